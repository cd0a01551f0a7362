// Level basic: equal nodes on equal inputs run once.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

// Everything that decides a node's results, as one text; "" when that cannot be told.
std::string Key(Rewrite& rewrite, NodeId n) {
  const Node& node = rewrite.node(n);
  if (!node.bodies.empty() || absl::StartsWith(node.op_type, "Random") || node.op_type == "Bernoulli" ||
      node.op_type == "Multinomial" || node.op_type == "Dropout") {
    return "";
  }
  std::string key =
      absl::StrCat(node.domain, "\n", node.op_type, "\n", absl::StrJoin(node.inputs, ","), "\n", node.outputs.size());
  std::vector<std::string> attributes;
  for (const Attribute& a : node.attributes) {
    if (a.kind == Attribute::Kind::kGraph || a.kind == Attribute::Kind::kOther) return "";
    attributes.push_back(absl::StrCat(a.name, "=", a.i, ";", a.f, ";", a.s, ";", absl::StrJoin(a.ints, ","), ";",
                                      absl::StrJoin(a.floats, ","), ";", absl::StrJoin(a.strings, ","), ";", a.value));
  }
  std::sort(attributes.begin(), attributes.end());
  return absl::StrCat(key, "\n", absl::StrJoin(attributes, "\n"));
}

// Small constants that hold the same elements count as one.
void MergeEqualConstants(Rewrite& rewrite) {
  absl::flat_hash_map<std::string, TensorId> first;
  Graph& graph = rewrite.graph();
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const TensorId t = static_cast<TensorId>(i);
    const Tensor& tensor = graph.tensors[i];
    if (!tensor.is_constant || tensor.value == kNone || tensor.producer != kNone || tensor.consumers.empty()) continue;
    const TensorValue& value = graph.values[static_cast<size_t>(tensor.value)];
    if (!value.strings.empty() || value.ints.size() + value.floats.size() > 8) continue;
    const std::string key = absl::StrCat(static_cast<int>(value.dtype), ":", absl::StrJoin(value.dims, ","), ":",
                                         absl::StrJoin(value.ints, ","), ":", absl::StrJoin(value.floats, ","));
    const auto [at, is_new] = first.emplace(key, t);
    if (!is_new && !tensor.is_graph_output) rewrite.ReplaceUses(t, at->second);
  }
}

}  // namespace

bool MergeEqualNodes(Rewrite& rewrite, const RuntimeOptions&) {
  MergeEqualConstants(rewrite);
  bool changed = false;
  absl::flat_hash_map<std::string, NodeId> first;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.removed(n) || rewrite.node(n).region != 0) continue;
    std::string key = Key(rewrite, n);
    if (key.empty()) continue;
    const auto [at, is_new] = first.emplace(std::move(key), n);
    if (is_new) continue;
    const NodeId kept = at->second;
    const Node& node = rewrite.node(n);
    const bool visible = std::any_of(node.outputs.begin(), node.outputs.end(),
                                     [&](TensorId t) { return t != kNone && rewrite.tensor(t).is_graph_output; });
    if (visible) continue;
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      if (node.outputs[o] != kNone && rewrite.Output(kept, o) != kNone) {
        rewrite.ReplaceUses(node.outputs[o], rewrite.Output(kept, o));
      }
    }
    rewrite.Absorb(kept, n);
    rewrite.Remove(n);
    changed = true;
  }
  return changed;
}

}  // namespace opcost::internal
