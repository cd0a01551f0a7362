#include "costing/calibration/runtime/kernel_difference.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

std::string KernelName(const Node& node) {
  return node.domain.empty() ? node.op_type : absl::StrCat(node.domain, "::", node.op_type);
}

std::string OutputOf(const Graph& graph, const Node& node) {
  for (TensorId id : node.outputs) {
    if (id == kNone) continue;
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    return tensor.shape ? ToString(*tensor.shape, graph) : "?";
  }
  return "?";
}

using Key = std::pair<std::string, std::string>;  // operator, output
Key KeyOf(const Graph& graph, const Node& node) { return {KernelName(node), OutputOf(graph, node)}; }

std::map<Key, int64_t> CountKeys(const Graph& graph) {
  std::map<Key, int64_t> counts;
  for (const Node& node : graph.nodes) ++counts[KeyOf(graph, node)];
  return counts;
}

// The kernels of `from` that `other` lacks: the last ones of a key, as many as are too many.
void AddLone(const Graph& raw, const ExecutedGraph& from, const ExecutedGraph& other, bool predicted,
             std::vector<LoneKernel>& lone) {
  std::map<Key, int64_t> left = CountKeys(other.graph);
  for (size_t n = 0; n < from.graph.nodes.size(); ++n) {
    const Node& node = from.graph.nodes[n];
    const Key key = KeyOf(from.graph, node);
    if (left[key]-- > 0) continue;
    const std::vector<NodeId>& origins = from.origins[n];
    lone.push_back({.name = key.first,
                    .output = key.second,
                    .node = origins.empty() ? "" : raw.nodes[static_cast<size_t>(origins.front())].id,
                    .predicted = predicted});
  }
}

}  // namespace

bool KernelDifference::equal() const {
  return std::all_of(kinds.begin(), kinds.end(),
                     [](const KernelKind& kind) { return kind.predicted == kind.executed; });
}

KernelDifference CompareKernels(const Graph& raw, const ExecutedGraph& predicted, const ExecutedGraph& executed) {
  std::map<std::string, KernelKind> kinds;
  for (const Node& node : predicted.graph.nodes) ++kinds[KernelName(node)].predicted;
  for (const Node& node : executed.graph.nodes) ++kinds[KernelName(node)].executed;
  KernelDifference difference;
  for (auto& [name, kind] : kinds) {
    kind.name = name;
    difference.kinds.push_back(std::move(kind));
  }
  const auto rank = [](const KernelKind& kind) {
    return std::pair(std::abs(kind.predicted - kind.executed), kind.executed);
  };
  std::stable_sort(difference.kinds.begin(), difference.kinds.end(),
                   [&](const KernelKind& a, const KernelKind& b) { return rank(a) > rank(b); });
  AddLone(raw, predicted, executed, true, difference.lone);
  AddLone(raw, executed, predicted, false, difference.lone);
  return difference;
}

}  // namespace opcost
