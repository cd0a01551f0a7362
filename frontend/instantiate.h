// The state of one Model::Instantiate call, and the steps that it runs, in order.
#ifndef OPCOST_FRONTEND_INSTANTIATE_H_
#define OPCOST_FRONTEND_INSTANTIATE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontend/evaluate.h"
#include "frontend/graph.h"
#include "frontend/load.h"
#include "frontend/read_proto.h"
#include "frontend/schemas.h"
#include "frontend/value.h"

namespace opcost::internal {

// An operator as one operator set of one domain means it; nodes share it.
struct Operator {
  std::string domain;
  std::string op_type;
  int opset = 0;
  int since_version = 0;
  int32_t serial = 0;  // stands for the operator in keys
  const onnx::OpSchema* schema = nullptr;
  ShapeFunction shape_function = nullptr;  // used where ONNX has none
  Evaluator evaluator = nullptr;
  // Its inference never looks at the elements of an input, so they need not be part of a key.
  bool shape_only = false;
  bool random = false;
};

// What inference found out about one output.
struct Inferred {
  TypeClass type = TypeClass::kTensor;
  DType dtype = DType::kUnknown;
  std::optional<Shape> shape;
  int32_t value = kNone;
  std::shared_ptr<const onnx::TypeProto> rich;  // for what is no tensor
  // Of a sequence whose elements are known one by one.
  std::shared_ptr<const std::vector<Inferred>> elements;
};

// Longer sequences are not followed element by element.
inline constexpr size_t kMaxSequence = 1024;
// Elements of sequences that are written down, of one model: a file cannot exhaust memory by them.
inline constexpr int64_t kSequenceBudget = 1 << 18;
// Nodes that are inferred to follow loops round by round, of one model.
inline constexpr int64_t kRoundBudget = 1 << 15;

// A remembered inference: equal operators on equal inputs give equal outputs.
struct Remembered {
  std::vector<Inferred> outputs;
  std::string failure;  // why ONNX refused, "" if it did not
};

struct Instantiation {
  Instantiation(const ParsedModel& parsed_model, const LoadOptions& load_options)
      : parsed(parsed_model), options(load_options) {}

  const ParsedModel& parsed;
  LoadOptions options;
  Graph graph;
  ValuePool values;  // Tensor::value and Attribute::value index it until Finish

  // By NodeId.
  std::vector<const onnx::NodeProto*> protos;
  std::vector<const Operator*> operators;
  // Nodes of functions whose attributes refer to the caller's.
  std::deque<onnx::NodeProto> rewritten;
  std::deque<Operator> operator_pool;
  absl::flat_hash_map<std::string, const Operator*> operator_index;
  std::string operator_key;  // scratch

  // By RegionId: the nodes [first, last) of the region, inner regions included.
  std::vector<std::pair<NodeId, NodeId>> region_nodes;

  // By TensorId.
  std::vector<const onnx::TypeProto*> declared;  // by the file, may be nullptr
  std::vector<uint8_t> depends_on_data;          // an extent of it, or of what it is computed from, is a symbol
  std::vector<uint8_t> from_data;                // its elements follow from the inputs' elements
  absl::flat_hash_map<TensorId, std::shared_ptr<const onnx::TypeProto>> rich_types;
  absl::flat_hash_map<TensorId, std::shared_ptr<const std::vector<Inferred>>> sequences;
  int64_t sequence_budget = kSequenceBudget;

  // Symbols.
  std::optional<absl::flat_hash_set<std::string>> params;  // of the main graph, as the file writes them
  absl::flat_hash_map<std::string, SymbolId> symbol_index;
  absl::flat_hash_map<std::string, TensorId> symbol_owner;  // of extents: names may repeat in bodies, symbols do not
  absl::flat_hash_map<SymbolId, int64_t> at_most;           // where an operator's definition says so
  absl::flat_hash_set<std::string> symbols_met;  // every data-dependent symbol that came up, assumed ones too
  absl::flat_hash_set<std::string> told;         // symbols that a note says are unequal to others
  absl::flat_hash_set<std::string> unbound;      // symbols that nobody bound: they count as 1
  bool shapes_rebound = false;                   // an extent that the file fixes was overridden
  bool probing = false;                          // bindings that fit no file: what does not fit is no error

  // Inference.
  absl::flat_hash_map<std::string, Remembered> memory;
  std::string memory_key;  // scratch
  int quiet = 0;           // > 0: no notes (dead branches, first passes over loop bodies)
  int64_t unresolved_downstream = 0;
  int64_t round_budget = kRoundBudget;
  std::string failure;  // why ONNX refused the node at hand

  void Note(NoteKind kind, std::string text, std::string where) {
    if (quiet == 0) graph.notes.push_back({kind, std::move(text), std::move(where)});
  }
  opcost::Node& NodeAt(NodeId id) { return graph.nodes[static_cast<size_t>(id)]; }
  Tensor& TensorAt(TensorId id) { return graph.tensors[static_cast<size_t>(id)]; }
  // The known or partly known elements of a tensor; nullptr for kNone and for what is not known.
  const Value* ValueOf(TensorId id) {
    if (id == kNone || TensorAt(id).value == kNone) return nullptr;
    return &values[TensorAt(id).value];
  }
};

// 1. Nodes, tensors, regions; functions expanded, nodes sorted (build_graph.cc).
absl::Status BuildGraph(Instantiation& in);
//    Attributes are there and of the kinds that the operators' definitions ask for (attribute_kinds.cc).
absl::Status CheckAttributes(Instantiation& in);
// 2. Extents of the inputs (bind_symbols.cc).
absl::Status BindSymbols(Instantiation& in);
// 3. Types, shapes and values of everything else (infer_shapes.cc).
absl::Status InferShapes(Instantiation& in);
//    Undoes 2 and 3, notes aside (rewind.cc). What inference remembers stays: it holds under any binding.
void Rewind(Instantiation& in);
// 4. Constants, consumers, identities, values as plain data (finish_graph.cc).
absl::Status Finish(Instantiation& in);

// The operator, looked up once per model (build_graph.cc).
const Operator* InternOperator(Instantiation& in, absl::string_view domain, absl::string_view op_type, int opset);

// The symbol of that name, made when it is new.
SymbolId InternSymbol(Instantiation& in, absl::string_view name);
// What the extent is called as a symbol, and after --assume: "tensor:axis", with more before it where another tensor of
// that name came first.
std::string ExtentName(Instantiation& in, TensorId id, size_t axis);
// The extent of a declared dimension under the bindings; unknown when a part of it is not bound.
Dim DeclaredDim(Instantiation& in, const onnx::TensorShapeProto::Dimension& dim);

// Types every tensor of region nodes [first, last).
absl::Status InferNodes(Instantiation& in, NodeId first, NodeId last);
// What the operator's own definition says of the outputs, nothing remembered.
Remembered InferFresh(Instantiation& in, NodeId id, bool with_values);
// Adds what is known of sequences element by element (infer_sequences.cc).
void InferSequences(Instantiation& in, NodeId id, std::vector<Inferred>& outputs);
// If, Loop, Scan, SequenceMap and whatever else has a body (regions.h).
absl::Status InferControl(Instantiation& in, NodeId id);
// Records an output, merges what the file declares, and turns missing extents into symbols or notes.
void Apply(Instantiation& in, NodeId id, size_t output, Inferred inferred, bool inputs_resolved);
// What is known of a tensor, as if inferred.
Inferred Describe(Instantiation& in, TensorId id);
void Assign(Instantiation& in, TensorId id, const Inferred& inferred);

// The most that an unknown extent of the node's output can be on `axis` (upper_bounds.cc).
std::optional<int64_t> UpperBound(Instantiation& in, NodeId id, size_t output, size_t axis);

// "where" for notes: the node's name, or its operator and output when it has none.
std::string Label(Instantiation& in, NodeId id);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_INSTANTIATE_H_
