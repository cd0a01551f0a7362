#include "costing/memory.h"

#include <algorithm>
#include <string>
#include <vector>

#include "costing/caches.h"
#include "costing/liveness.h"
#include "costing/weights.h"

namespace opcost {
namespace {

std::string NodeOf(const CountedModel& model, int32_t row) {
  const Subgraph& subgraph = model.classification.subgraphs[static_cast<size_t>(row)];
  const NodeId node = subgraph.anchor == kNone ? subgraph.nodes.front() : subgraph.anchor;
  return model.graph.nodes[static_cast<size_t>(node)].id;
}

void CountActivations(const CountedModel& model, const Liveness& liveness, MemoryUse& use) {
  use.input_bytes = use.peak_activation_bytes = liveness.FromStart(0);
  int32_t peak = kNone;
  for (const LiveStep& step : liveness.Timeline(0)) {
    use.timeline.push_back({step.row, step.live_bytes, step.after_bytes});
    const bool first = peak == kNone && step.live_bytes == use.peak_activation_bytes;
    if (first || step.live_bytes > use.peak_activation_bytes) {
      use.peak_activation_bytes = step.live_bytes;
      use.peak_nodes.clear();
      peak = step.row;
    }
    if (peak != kNone && step.live_bytes == use.peak_activation_bytes) {
      use.peak_nodes.push_back(NodeOf(model, step.row));
    }
  }
  if (peak == kNone) return;
  use.peak_node = use.peak_nodes.front();
  for (const LiveTensor& live : liveness.AliveAt(peak)) {
    use.at_peak.push_back({model.graph.tensors[static_cast<size_t>(live.tensor)].name, live.bytes});
  }
}

void CountCaches(const Graph& graph, const std::vector<KeyValueCache>& caches, MemoryUse& use) {
  for (const KeyValueCache& cache : caches) {
    const Tensor& past = graph.tensors[static_cast<size_t>(cache.past)];
    const Tensor& present = graph.tensors[static_cast<size_t>(cache.present)];
    const std::optional<int64_t> past_bytes = ByteSize(past), present_bytes = ByteSize(present);
    use.complete = use.complete && past_bytes && present_bytes;
    use.caches.push_back({past.name, present.name, past_bytes.value_or(0), present_bytes.value_or(0), cache.shared});
    // Keys and values may be stacked in one present.
    const bool counted =
        std::any_of(caches.data(), &cache, [&](const KeyValueCache& c) { return c.present == cache.present; });
    if (!counted) use.cache_bytes += present_bytes.value_or(0);
  }
}

}  // namespace

MemoryUse CountMemory(const CountedModel& model, std::optional<int64_t> capacity) {
  MemoryUse use;
  CountWeights(model.graph, use);
  const std::vector<KeyValueCache> caches = FindCaches(model.graph);
  const Liveness liveness(model, caches);
  CountActivations(model, liveness, use);
  CountCaches(model.graph, caches, use);
  use.complete = use.complete && liveness.complete();
  use.capacity_bytes = capacity;
  if (capacity) use.fits = use.weight_bytes <= *capacity - use.peak_activation_bytes;
  return use;
}

}  // namespace opcost
