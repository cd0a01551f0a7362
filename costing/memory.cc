#include "costing/memory.h"

#include <algorithm>
#include <vector>

#include "costing/pricing.h"
#include "costing/weights.h"

namespace opcost {
namespace {

constexpr int32_t kForever = INT32_MAX;

// What several tensors may share: a view and its source.
struct Storage {
  int64_t bytes = 0;
  RegionId region = 0;
  int32_t born = kNone;  // row; kNone: lives from the region's start
  int32_t dies = kNone;  // last row that reads it
  bool internal = true;  // only seen inside the row it is born in
};

bool OverwritesInput(Pattern pattern) {
  return pattern == Pattern::kElementwise || pattern == Pattern::kActivation || pattern == Pattern::kBatchnorm ||
         pattern == Pattern::kGelu || pattern == Pattern::kSilu || pattern == Pattern::kHardswish;
}

class Liveness {
 public:
  explicit Liveness(const CountedModel& model)
      : model_(model), graph_(model.graph), folds_(RuntimeFolds(model.classification.rule_set)) {
    PlaceRows();
    MakeStorages();
  }

  bool complete() const { return complete_; }

  struct Peak {
    int64_t bytes = 0;
    NodeId node = kNone;
  };

  // The most bytes alive at once while the region runs, of what is defined in it and below.
  Peak Of(RegionId region) {
    const std::vector<int32_t>& rows = rows_[static_cast<size_t>(region)];
    int64_t live = 0;
    for (int32_t s : from_start_[static_cast<size_t>(region)]) live += storages_[static_cast<size_t>(s)].bytes;
    Peak peak{live, kNone};
    for (int32_t row : rows) Step(row, live, peak);
    return peak;
  }

 private:
  const Subgraph& RowOf(int32_t row) const { return model_.classification.subgraphs[static_cast<size_t>(row)]; }

  // Rows run in the order of their last node: a fused addition waits for both of its sides.
  void PlaceRows() {
    const auto& subgraphs = model_.classification.subgraphs;
    std::vector<int32_t> order;
    for (size_t i = 0; i < subgraphs.size(); ++i) {
      if (!subgraphs[i].nodes.empty()) order.push_back(static_cast<int32_t>(i));
    }
    const auto last = [&](int32_t row) { return *std::max_element(RowOf(row).nodes.begin(), RowOf(row).nodes.end()); };
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return last(a) < last(b); });
    place_.assign(subgraphs.size(), 0);
    rows_.resize(std::max<size_t>(graph_.regions.size(), 1));
    for (size_t i = 0; i < order.size(); ++i) {
      place_[static_cast<size_t>(order[i])] = static_cast<int32_t>(i);
      const NodeId first = RowOf(order[i]).nodes.front();
      rows_[static_cast<size_t>(graph_.nodes[static_cast<size_t>(first)].region)].push_back(order[i]);
    }
  }

  int32_t RowOfNode(NodeId node) const { return model_.classification.subgraph_of[static_cast<size_t>(node)]; }

  // The node in `region` that a consumer belongs to: itself, or the owner of the body it stands in.
  NodeId InRegion(NodeId consumer, RegionId region) const {
    RegionId at = graph_.nodes[static_cast<size_t>(consumer)].region;
    while (at != region && at != kNone) {
      consumer = graph_.regions[static_cast<size_t>(at)].owner;
      at = graph_.regions[static_cast<size_t>(at)].parent;
    }
    return at == region ? consumer : kNone;
  }

  std::optional<int64_t> BytesOf(const Tensor& tensor) const {
    return tensor.type == TypeClass::kTensor ? ByteSize(tensor) : std::nullopt;
  }

  // The tensor whose memory this one shares, or kNone.
  TensorId ViewedBy(const Tensor& tensor) const {
    if (tensor.producer == kNone) return kNone;
    const Node& node = graph_.nodes[static_cast<size_t>(tensor.producer)];
    const NodeCount& count = model_.counts[static_cast<size_t>(tensor.producer)];
    if (!count.zero_by_rule || node.inputs.empty() || node.inputs[0] == kNone || !node.bodies.empty()) return kNone;
    if (node.outputs.empty() || &graph_.tensors[static_cast<size_t>(node.outputs[0])] != &tensor) return kNone;
    const Tensor& source = graph_.tensors[static_cast<size_t>(node.inputs[0])];
    const std::optional<int64_t> bytes = BytesOf(tensor);
    // Shape and Size read no data either, but make something new.
    if (!bytes || bytes != BytesOf(source) || node.op_type == "Shape" || node.op_type == "Size") return kNone;
    return node.inputs[0];
  }

  void MakeStorages() {
    storage_of_.assign(graph_.tensors.size(), kNone);
    from_start_.resize(std::max<size_t>(graph_.regions.size(), 1));
    // Producers stand before consumers, so a view's source is placed when the view comes.
    for (size_t r = 0; r < graph_.regions.size(); ++r) {
      for (TensorId id : r == 0 ? graph_.inputs : graph_.regions[r].inputs) Place(id);
    }
    if (graph_.regions.empty()) {
      for (TensorId id : graph_.inputs) Place(id);
    }
    for (const Node& node : graph_.nodes) {
      for (TensorId id : node.outputs) {
        if (id != kNone) Place(id);
      }
    }
    for (size_t s = 0; s < storages_.size(); ++s) {
      if (storages_[s].born == kNone) {
        from_start_[static_cast<size_t>(storages_[s].region)].push_back(static_cast<int32_t>(s));
      }
    }
  }

  void Place(TensorId id) {
    const Tensor& tensor = graph_.tensors[static_cast<size_t>(id)];
    if (IsWeight(tensor) || storage_of_[static_cast<size_t>(id)] != kNone) return;
    // Computed once, before the run: it takes the place of the weights it is made of.
    if (folds_ && tensor.is_constant) return;
    const TensorId source = ViewedBy(tensor);
    if (source != kNone && IsWeight(graph_.tensors[static_cast<size_t>(source)])) return;
    int32_t s = source == kNone ? kNone : storage_of_[static_cast<size_t>(source)];
    if (s == kNone) {
      s = static_cast<int32_t>(storages_.size());
      const std::optional<int64_t> bytes = BytesOf(tensor);
      complete_ = complete_ && bytes.has_value();
      storages_.push_back({.bytes = bytes.value_or(0),
                           .region = tensor.region,
                           .born = tensor.producer == kNone ? kNone : RowOfNode(tensor.producer)});
      storages_.back().dies = storages_.back().born;
    }
    storage_of_[static_cast<size_t>(id)] = s;
    Extend(tensor, storages_[static_cast<size_t>(s)]);
  }

  void Extend(const Tensor& tensor, Storage& storage) const {
    if (tensor.is_graph_output || storage.born == kNone || tensor.consumers.empty()) storage.internal = false;
    if (tensor.is_graph_output || IsRegionOutput(tensor)) Outlive(kForever, storage);
    for (NodeId consumer : tensor.consumers) {
      const NodeId node = InRegion(consumer, storage.region);
      if (node == kNone) continue;
      const int32_t row = RowOfNode(node);
      if (row != storage.born) storage.internal = false;
      Outlive(row, storage);
    }
  }

  bool IsRegionOutput(const Tensor& tensor) const {
    if (tensor.region == 0) return false;
    const std::vector<TensorId>& outputs = graph_.regions[static_cast<size_t>(tensor.region)].outputs;
    const TensorId id = static_cast<TensorId>(&tensor - graph_.tensors.data());
    return std::find(outputs.begin(), outputs.end(), id) != outputs.end();
  }

  void Outlive(int32_t row, Storage& storage) const {
    if (row == kForever) {
      storage.dies = kForever;
      storage.internal = false;
    } else if (storage.dies == kNone || (storage.dies != kForever && place_[static_cast<size_t>(row)] >
                                                                         place_[static_cast<size_t>(storage.dies)])) {
      storage.dies = row;
    }
  }

  // Storages that the row reads or writes, each once.
  std::vector<int32_t> Touched(const Subgraph& row, bool outputs) const {
    std::vector<int32_t> touched;
    for (NodeId id : row.nodes) {
      const Node& node = graph_.nodes[static_cast<size_t>(id)];
      for (TensorId t : outputs ? node.outputs : node.inputs) {
        const int32_t s = t == kNone ? kNone : storage_of_[static_cast<size_t>(t)];
        if (s != kNone && !storages_[static_cast<size_t>(s)].internal) touched.push_back(s);
      }
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
  }

  void Step(int32_t row, int64_t& live, Peak& peak) {
    const Subgraph& subgraph = RowOf(row);
    const std::vector<int32_t> outputs = Touched(subgraph, /*outputs=*/true);
    std::vector<int32_t> dying;
    for (int32_t s : Touched(subgraph, /*outputs=*/false)) {
      const Storage& storage = storages_[static_cast<size_t>(s)];
      if (storage.dies == row && storage.born != row) dying.push_back(s);
    }
    int64_t born = 0;
    for (int32_t s : outputs) {
      const Storage& storage = storages_[static_cast<size_t>(s)];
      if (storage.born != row) continue;
      born += storage.bytes;
      if (!OverwritesInput(subgraph.pattern)) continue;
      const auto reused = std::find_if(dying.begin(), dying.end(), [&](int32_t d) {
        const Storage& input = storages_[static_cast<size_t>(d)];
        return input.bytes == storage.bytes && input.born != kNone;  // a caller's input is not overwritten
      });
      if (reused == dying.end()) continue;
      live -= storages_[static_cast<size_t>(*reused)].bytes;
      dying.erase(reused);
    }
    live += born;
    const int64_t now = live + Inside(subgraph);
    if (now > peak.bytes) peak = {now, subgraph.anchor == kNone ? subgraph.nodes.front() : subgraph.anchor};
    for (int32_t s : dying) live -= storages_[static_cast<size_t>(s)].bytes;
    // What nobody consumes dies at once.
    for (int32_t s : outputs) {
      const Storage& storage = storages_[static_cast<size_t>(s)];
      if (storage.born == row && storage.dies == row) live -= storage.bytes;
    }
  }

  // While a body runs, the row that owns it runs too.
  int64_t Inside(const Subgraph& subgraph) {
    int64_t inside = 0;
    for (NodeId id : subgraph.nodes) {
      for (RegionId body : graph_.nodes[static_cast<size_t>(id)].bodies) {
        if (!graph_.regions[static_cast<size_t>(body)].dead) inside = std::max(inside, Of(body).bytes);
      }
    }
    return inside;
  }

  const CountedModel& model_;
  const Graph& graph_;
  const bool folds_;
  bool complete_ = true;
  std::vector<int32_t> place_;              // by row
  std::vector<std::vector<int32_t>> rows_;  // by RegionId, as they run
  std::vector<Storage> storages_;
  std::vector<int32_t> storage_of_;               // by TensorId
  std::vector<std::vector<int32_t>> from_start_;  // by RegionId
};

}  // namespace

MemoryUse CountMemory(const CountedModel& model, std::optional<int64_t> capacity) {
  MemoryUse use;
  CountWeights(model.graph, use);
  Liveness liveness(model);
  const Liveness::Peak peak = liveness.Of(0);
  use.peak_activation_bytes = peak.bytes;
  if (peak.node != kNone) use.peak_node = model.graph.nodes[static_cast<size_t>(peak.node)].id;
  use.complete = use.complete && liveness.complete();
  use.capacity_bytes = capacity;
  if (capacity) use.fits = use.weight_bytes <= *capacity - use.peak_activation_bytes;
  return use;
}

}  // namespace opcost
