#include <algorithm>
#include <vector>

#include "ops/count.h"

namespace opcost {
namespace {

bool IsBytes(Resource r) {
  return r == Resource::kActivationBytesRead || r == Resource::kWeightBytesRead || r == Resource::kBytesWritten;
}

struct Group {
  const Graph& graph;
  absl::Span<const NodeId> nodes;  // as given
  absl::Span<const NodeCount> counts;
  std::vector<NodeId> sorted;

  const Tensor& tensor(TensorId id) const { return graph.tensors[static_cast<size_t>(id)]; }
  const NodeCount& count(NodeId id) const { return counts[static_cast<size_t>(id)]; }
  bool Holds(NodeId id) const { return id != kNone && std::binary_search(sorted.begin(), sorted.end(), id); }

  // The tensor whose bytes this one is: views inside the group are followed back.
  TensorId Source(TensorId id) const {
    for (size_t step = 0; step <= sorted.size(); ++step) {
      const NodeId producer = tensor(id).producer;
      if (!Holds(producer) || !count(producer).zero_by_rule) return id;
      const Node& node = graph.nodes[static_cast<size_t>(producer)];
      if (!node.bodies.empty() || node.inputs.empty() || node.inputs[0] == kNone || node.outputs.empty() ||
          node.outputs[0] != id)
        return id;
      id = node.inputs[0];
    }
    return id;
  }

  bool Escapes(TensorId id) const {
    const Tensor& t = tensor(id);
    if (t.is_graph_output) return true;
    if (std::any_of(t.consumers.begin(), t.consumers.end(), [&](NodeId n) { return !Holds(n); })) return true;
    if (t.region == 0) return false;
    const std::vector<TensorId>& results = graph.regions[static_cast<size_t>(t.region)].outputs;
    return std::find(results.begin(), results.end(), id) != results.end();
  }
};

struct Traffic {
  TensorId tensor;
  int64_t bytes;
};

// One entry a tensor, with the most that any member moves of it.
void Largest(std::vector<Traffic>& traffic) {
  std::sort(traffic.begin(), traffic.end(), [](const Traffic& a, const Traffic& b) {
    return a.tensor != b.tensor ? a.tensor < b.tensor : a.bytes > b.bytes;
  });
  traffic.erase(std::unique(traffic.begin(), traffic.end(),
                            [](const Traffic& a, const Traffic& b) { return a.tensor == b.tensor; }),
                traffic.end());
}

// Which resource a member booked its read of this tensor under: a weight seen through a view is still a weight.
Resource ReadAs(const Group& group, TensorId id) {
  const Tensor& t = group.tensor(id);
  return IsWeight(t) ? Resource::kWeightBytesRead : Resource::kActivationBytesRead;
}

}  // namespace

Work FuseCounts(const Graph& graph, absl::Span<const NodeId> nodes, absl::Span<const NodeCount> counts) {
  if (nodes.size() == 1) return counts[static_cast<size_t>(nodes[0])].work;
  Group group{graph, nodes, counts, {nodes.begin(), nodes.end()}};
  std::sort(group.sorted.begin(), group.sorted.end());
  Work work;
  std::vector<Traffic> reads;
  std::vector<TensorId> escaping;
  bool dispatched = false;
  for (NodeId id : nodes) {
    const NodeCount& count = group.count(id);
    const Node& node = graph.nodes[static_cast<size_t>(id)];
    if (count.work.overflowed()) work.MarkOverflow();
    // Weights that stand in attributes are in no slot.
    int64_t outside_slots = count.work.Get(Resource::kActivationBytesRead) + count.work.Get(Resource::kWeightBytesRead);
    for (const Work::Entry& e : count.work.entries()) {
      if (e.resource == Resource::kDispatches) dispatched = dispatched || e.amount > 0;
      if (!IsBytes(e.resource) && e.resource != Resource::kDispatches) work.Add(e.resource, e.dtype, e.amount);
    }
    for (size_t slot = 0; slot < count.read_bytes.size(); ++slot) {
      outside_slots -= count.read_bytes[slot];
      if (count.read_bytes[slot] == 0) continue;
      const TensorId source = group.Source(node.inputs[slot]);
      // A Constant node inside the group is stored with it, not made by it.
      const Tensor& tensor = group.tensor(source);
      if (!group.Holds(tensor.producer) || IsWeight(tensor)) reads.push_back({source, count.read_bytes[slot]});
    }
    work.Add(Resource::kWeightBytesRead, DType::kFloat32, std::max<int64_t>(outside_slots, 0));
    for (TensorId output : node.outputs) {
      if (output != kNone && group.Escapes(output)) escaping.push_back(group.Source(output));
    }
  }
  Largest(reads);
  for (const Traffic& read : reads) work.Add(ReadAs(group, read.tensor), group.tensor(read.tensor).dtype, read.bytes);
  std::sort(escaping.begin(), escaping.end());
  escaping.erase(std::unique(escaping.begin(), escaping.end()), escaping.end());
  for (TensorId id : escaping) {
    // A view of an outside tensor that leaves the group moves nothing.
    const NodeId producer = group.tensor(id).producer;
    if (!group.Holds(producer)) continue;
    const Node& node = graph.nodes[static_cast<size_t>(producer)];
    const auto slot = std::find(node.outputs.begin(), node.outputs.end(), id) - node.outputs.begin();
    work.Add(Resource::kBytesWritten, group.tensor(id).dtype,
             group.count(producer).written_bytes[static_cast<size_t>(slot)]);
  }
  if (dispatched) work.Add(Resource::kDispatches, DType::kUnknown, 1);
  return work;
}

}  // namespace opcost
