// The graph that everything behind the front end looks at: plain data, no ONNX type, indices instead of pointers.
//
// Local functions are expanded at load, so a node of one occurs once per call site with that call's shapes. Bodies of
// If, Loop and Scan are regions: their nodes stand in the same array and say which region they belong to.
#ifndef OPCOST_FRONTEND_GRAPH_H_
#define OPCOST_FRONTEND_GRAPH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "base/dtype.h"

namespace opcost {

using TensorId = int32_t;
using NodeId = int32_t;
using RegionId = int32_t;
using SymbolId = int32_t;
inline constexpr int32_t kNone = -1;

// One extent. Known (extent >= 0), or a symbol whose value depends on data (extent < 0, symbol named), or unknown.
struct Dim {
  int64_t extent = -1;
  SymbolId symbol = kNone;
  bool known() const { return extent >= 0; }
  bool operator==(const Dim&) const = default;
};

using Shape = absl::InlinedVector<Dim, 4>;

// The elements of a tensor that was small enough to keep (LoadOptions::max_value_elements): integers and bools in
// `ints`, floats in `floats`, strings in `strings`. Row-major.
struct TensorValue {
  DType dtype = DType::kUnknown;
  std::vector<int64_t> dims;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  std::vector<std::string> strings;
};

enum class TensorKind : uint8_t {
  kActivation,   // a node's output
  kInput,        // a graph input without a default value
  kInitializer,  // stored in the file, or beside it
  kConstant,     // output of a Constant node
};

enum class TypeClass : uint8_t { kTensor, kSparse, kSequence, kOptional, kMap, kOpaque };

struct Tensor {
  std::string name;
  DType dtype = DType::kUnknown;  // for sequences and optionals: of their element
  TypeClass type = TypeClass::kTensor;
  TensorKind kind = TensorKind::kActivation;
  bool is_graph_output = false;
  // The values follow from the file alone (initialisers, constants, and what is computed from nothing else).
  bool is_constant = false;
  // The file states every extent, as a number or as a symbol.
  bool shape_stated = false;
  // Where it does and one is a symbol: an entry an axis, kNone for a number. Equal entries are equal names. Inference
  // may since have found two names to be one, or a number: `shape` says that.
  std::vector<int32_t> stated_symbols;
  std::optional<Shape> shape;  // nullopt: not even the rank is known
  int32_t value = kNone;       // index into Graph::values when the elements are known
  NodeId producer = kNone;
  RegionId region = 0;            // where it is defined
  std::vector<NodeId> consumers;  // ascending, one entry a consuming node
};

struct Attribute {
  enum class Kind : uint8_t { kInt, kFloat, kString, kInts, kFloats, kStrings, kTensor, kGraph, kOther };
  std::string name;
  Kind kind = Kind::kOther;
  int64_t i = 0;
  double f = 0;
  std::string s;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  std::vector<std::string> strings;
  int32_t value = kNone;  // kTensor: index into Graph::values, kNone when the payload was skipped
};

struct Node {
  std::string name;  // as in the file: may be empty, may occur twice
  // Unique and stable for one file: the name where that is unique, else with its first output or position appended.
  std::string id;
  std::string op_type;
  std::string domain;             // "" for ai.onnx
  int opset = 0;                  // the version of `domain` in force here
  int since_version = 0;          // of the schema that this opset selects; 0 when there is no schema
  std::vector<TensorId> inputs;   // kNone for an omitted optional input
  std::vector<TensorId> outputs;  // kNone for an omitted optional output
  std::vector<Attribute> attributes;
  RegionId region = 0;
  std::vector<RegionId> bodies;  // If: then_branch, else_branch; Loop, Scan: body
  // Module path: "layer1/layer1.0/conv1" from TorchScript names "/layer1/layer1.0/conv1/Conv", or from metadata_props.
  std::string scope;
  std::vector<std::string> call_path;  // local functions entered, outermost first
  // All inputs are constant: counted in the model's totals, executed by no runtime that folds.
  bool foldable = false;
};

enum class RegionKind : uint8_t { kMain, kThen, kElse, kLoopBody, kScanBody, kOtherBody };

struct Region {
  RegionKind kind = RegionKind::kMain;
  NodeId owner = kNone;
  RegionId parent = kNone;
  // How often the body runs each time its owner runs. 1 for branches; `trips_assumed` when nothing determines it.
  int64_t trips = 1;
  bool trips_assumed = false;
  // A branch that a constant condition rules out.
  bool dead = false;
  std::vector<TensorId> inputs;   // the body's own inputs, in order
  std::vector<TensorId> outputs;  // the body's outputs, in order
};

enum class NoteKind : uint8_t {
  kUnboundSymbol,    // a symbol nobody bound: became 1
  kUnresolvedShape,  // an extent that could not be found
  kDataDependent,    // an extent that depends on data: a symbol stays
  kAssumption,       // something was assumed (trips, a branch …)
  kUnknownOperator,
  kMissingData,  // an external file is not there (never needed)
  kModel,        // an oddity of the file that was repaired
  kPrecision,    // the target lacks a precision that the model uses
  kProfile,      // what the profile says of itself
  kCoverage,
};

absl::string_view Name(NoteKind kind);

struct Note {
  NoteKind kind;
  std::string text;   // one sentence, names the flag that helps
  std::string where;  // node, tensor or symbol; may be empty
};

struct Graph {
  std::string path;  // as given; "-" for standard input
  std::string name;
  int64_t ir_version = 0;
  std::string producer;
  std::map<std::string, int> opsets;  // "" is written "ai.onnx"
  // SHA-256 (hex) over the structure: nodes, attributes, types, shapes; no weight byte.
  std::string structure_sha256;
  std::vector<Node> nodes;  // in an order that can be executed
  std::vector<Tensor> tensors;
  std::vector<Region> regions;  // [0] is the main graph
  std::vector<TensorValue> values;
  std::vector<TensorId> inputs;  // without initialisers
  std::vector<TensorId> outputs;
  std::vector<std::string> symbols;         // by SymbolId: those that remain in shapes
  std::map<std::string, int64_t> bindings;  // every symbol of the file and the value it got
  std::vector<Note> notes;
};

// The attribute, or nullptr.
const Attribute* FindAttribute(const Node& node, absl::string_view name);
int64_t IntAttribute(const Node& node, absl::string_view name, int64_t fallback);
double FloatAttribute(const Node& node, absl::string_view name, double fallback);
absl::string_view StringAttribute(const Node& node, absl::string_view name, absl::string_view fallback);
// Empty when absent.
const std::vector<int64_t>& IntsAttribute(const Node& node, absl::string_view name);

// Product of the extents; nullopt when one is unknown or the product overflows. A scalar has 1 element.
std::optional<int64_t> NumElements(const Shape& shape);
// Bytes of the tensor by true width (sub-byte types packed); nullopt when shape or type is unknown.
std::optional<int64_t> ByteSize(const Tensor& tensor);
// "[1, 3, h, ?]".
std::string ToString(const Shape& shape, const Graph& graph);
// Initialiser or Constant output: counted as weight bytes.
inline bool IsWeight(const Tensor& tensor) {
  return tensor.kind == TensorKind::kInitializer || tensor.kind == TensorKind::kConstant;
}
// Whether a constant condition rules the region out, or one around it.
bool IsDead(const Graph& graph, RegionId region);
// How often a node of `region` runs in one inference: the product of the trips of the regions around it.
std::optional<int64_t> Repeats(const Graph& graph, RegionId region);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_GRAPH_H_
