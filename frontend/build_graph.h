// Building the graph: what the steps of build_graph.cc, functions.cc, sort_nodes.cc and stored_data.cc share.
#ifndef OPCOST_FRONTEND_BUILD_GRAPH_H_
#define OPCOST_FRONTEND_BUILD_GRAPH_H_

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "frontend/instantiate.h"

namespace opcost::internal {

// The names visible at one level: a graph's own, then those of the graphs around it. A function sees its own only.
struct Names {
  const Names* parent = nullptr;
  absl::flat_hash_map<absl::string_view, TensorId> own;

  // Pointer to the tensor (which may be kNone for an argument that the caller left out), or nullptr.
  const TensorId* Find(absl::string_view name) const;
};

using AttributeMap = absl::flat_hash_map<absl::string_view, const onnx::AttributeProto*>;
using OpsetMap = absl::flat_hash_map<std::string, int>;

// Where nodes are being added.
struct Level {
  RegionId region = 0;
  Names* names = nullptr;
  const OpsetMap* opsets = nullptr;
  std::string prefix;            // before the names of a function's own tensors
  std::string scope;             // the modules that the calls around stand for
  bool scope_is_stated = false;  // the exporter wrote it down: functions inside are operators, not modules
  std::vector<std::string> call_path;
  const AttributeMap* attributes = nullptr;  // what attribute references mean; nullptr outside functions
  // Inside a function: names of its outputs as the caller calls them.
  const absl::flat_hash_map<absl::string_view, absl::string_view>* renamed = nullptr;
};

struct Builder {
  explicit Builder(Instantiation& instantiation) : in(instantiation) {}
  Instantiation& in;
  absl::flat_hash_map<std::string, const onnx::FunctionProto*> functions;
  std::vector<const onnx::FunctionProto*> active;  // the calls around the current node
  bool sorted_note = false;
};

// More nodes than this after expansion is a file made to exhaust memory.
inline constexpr size_t kMaxNodes = 4'000'000;

using NodeList = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
absl::Status AddNodes(Builder& b, Level& level, const NodeList& nodes);
// `last` is one past the region's last node when it returns.
absl::StatusOr<RegionId> AddRegion(Builder& b, const Level& level, const onnx::GraphProto& proto, RegionKind kind,
                                   NodeId owner);
TensorId AddTensor(Builder& b, std::string name, RegionId region);
absl::StatusOr<TensorId> AddOutput(Builder& b, Level& level, const std::string& name, NodeId producer);

// functions.cc
std::string FunctionKey(absl::string_view domain, absl::string_view name, absl::string_view overload);
absl::Status ExpandCall(Builder& b, Level& level, const onnx::NodeProto& call, const onnx::FunctionProto& function);
// `node` with its attribute references replaced; the node itself when it has none.
const onnx::NodeProto& ResolveReferences(Builder& b, const Level& level, const onnx::NodeProto& node);

// sort_nodes.cc: names that `node` reads, those its bodies capture included.
void CollectReads(const onnx::NodeProto& node, std::vector<absl::string_view>& reads);
// The order in which nodes[order[first..]] can run; InvalidArgument on a cycle.
absl::StatusOr<std::vector<int>> SortNodes(const NodeList& nodes);

// stored_data.cc: an attribute as plain data. Tensors too large to keep have no value, bodies no content.
Attribute ConvertAttribute(Builder& b, const onnx::AttributeProto& a);
// Adds the tensors that `g` stores. They come first: an initialiser that is also listed as an input is a constant, not
// an input.
void AddInitializers(Builder& b, Level& level, const onnx::GraphProto& g);

inline absl::string_view CanonicalDomain(absl::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_BUILD_GRAPH_H_
