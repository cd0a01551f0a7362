// Files may list nodes in any order; inference needs producers before consumers.
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/build_graph.h"

namespace opcost::internal {
namespace {

// Names that `graph` reads from the graphs around it.
void CollectCaptures(const onnx::GraphProto& graph, std::vector<absl::string_view>& reads) {
  absl::flat_hash_set<absl::string_view> own;
  for (const auto& input : graph.input()) own.insert(input.name());
  for (const auto& t : graph.initializer()) own.insert(t.name());
  for (const auto& t : graph.sparse_initializer()) own.insert(t.values().name());
  for (const auto& node : graph.node()) {
    for (const std::string& output : node.output()) own.insert(output);
  }
  std::vector<absl::string_view> inner;
  for (const auto& node : graph.node()) CollectReads(node, inner);
  for (const auto& output : graph.output()) inner.push_back(output.name());
  for (const absl::string_view name : inner) {
    if (!own.contains(name)) reads.push_back(name);
  }
}

}  // namespace

void CollectReads(const onnx::NodeProto& node, std::vector<absl::string_view>& reads) {
  for (const std::string& input : node.input()) {
    if (!input.empty()) reads.push_back(input);
  }
  for (const onnx::AttributeProto& a : node.attribute()) {
    if (a.has_g()) CollectCaptures(a.g(), reads);
    for (const onnx::GraphProto& g : a.graphs()) CollectCaptures(g, reads);
  }
}

absl::StatusOr<std::vector<int>> SortNodes(const NodeList& nodes) {
  absl::flat_hash_map<absl::string_view, int> producer;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const std::string& output : nodes.Get(i).output()) {
      if (!output.empty()) producer.emplace(output, i);
    }
  }
  std::vector<std::vector<int>> consumers(static_cast<size_t>(nodes.size()));
  std::vector<int> waiting(static_cast<size_t>(nodes.size()), 0);
  std::vector<absl::string_view> reads;
  for (int i = 0; i < nodes.size(); ++i) {
    reads.clear();
    CollectReads(nodes.Get(i), reads);
    for (const absl::string_view name : reads) {
      const auto it = producer.find(name);
      if (it == producer.end()) continue;
      consumers[static_cast<size_t>(it->second)].push_back(i);
      ++waiting[static_cast<size_t>(i)];
    }
  }
  // The earliest in the file first, so that a sorted file keeps its order.
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[static_cast<size_t>(i)] == 0) ready.push(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int i = ready.top();
    ready.pop();
    order.push_back(i);
    for (const int c : consumers[static_cast<size_t>(i)]) {
      if (--waiting[static_cast<size_t>(c)] == 0) ready.push(c);
    }
  }
  if (order.size() == static_cast<size_t>(nodes.size())) return order;
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[static_cast<size_t>(i)] != 0) {
      return absl::InvalidArgumentError(absl::StrCat("node '", nodes.Get(i).name(), "' (", nodes.Get(i).op_type(),
                                                     ") is part of a cycle; a model's graph has none"));
    }
  }
  return order;
}

}  // namespace opcost::internal
