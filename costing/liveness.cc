#include "costing/liveness.h"

#include <algorithm>

#include "costing/pricing.h"

namespace opcost {
namespace {

constexpr int32_t kForever = INT32_MAX;

bool OverwritesInput(Pattern pattern) {
  return pattern == Pattern::kElementwise || pattern == Pattern::kActivation || pattern == Pattern::kBatchnorm ||
         pattern == Pattern::kGelu || pattern == Pattern::kSilu || pattern == Pattern::kHardswish;
}

}  // namespace

Liveness::Liveness(const CountedModel& model, const std::vector<KeyValueCache>& caches)
    : model_(model), graph_(model.graph), folds_(RuntimeFolds(model.classification.rule_set)) {
  PlaceRows();
  MakeStorages(caches);
  ListByRow();
  FindOverwritten();
}

RegionId Liveness::RegionOfRow(int32_t row) const {
  return graph_.nodes[static_cast<size_t>(RowOf(row).nodes.front())].region;
}

// Rows run in the order of their last node: a fused addition waits for both of its sides.
void Liveness::PlaceRows() {
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
    rows_[static_cast<size_t>(RegionOfRow(order[i]))].push_back(order[i]);
  }
}

// The node in `region` that a consumer belongs to: itself, or the owner of the body it stands in.
NodeId Liveness::InRegion(NodeId consumer, RegionId region) const {
  RegionId at = graph_.nodes[static_cast<size_t>(consumer)].region;
  while (at != region && at != kNone) {
    consumer = graph_.regions[static_cast<size_t>(at)].owner;
    at = graph_.regions[static_cast<size_t>(at)].parent;
  }
  return at == region ? consumer : kNone;
}

std::optional<int64_t> Liveness::BytesOf(TensorId id) const {
  const Tensor& tensor = graph_.tensors[static_cast<size_t>(id)];
  return tensor.type == TypeClass::kTensor ? ByteSize(tensor) : std::nullopt;
}

// The tensor whose memory this one shares, or kNone.
TensorId Liveness::ViewedBy(TensorId id) const {
  if (const TensorId past = past_of_[static_cast<size_t>(id)]; past != kNone) return past;
  const NodeId producer = graph_.tensors[static_cast<size_t>(id)].producer;
  if (producer == kNone) return kNone;
  const Node& node = graph_.nodes[static_cast<size_t>(producer)];
  const NodeCount& count = model_.counts[static_cast<size_t>(producer)];
  if (!count.zero_by_rule || node.inputs.empty() || node.inputs[0] == kNone || !node.bodies.empty()) return kNone;
  if (node.outputs.empty() || node.outputs[0] != id) return kNone;
  const std::optional<int64_t> bytes = BytesOf(id);
  // Shape and Size read no data either, but make something new.
  if (!bytes || bytes != BytesOf(node.inputs[0]) || node.op_type == "Shape" || node.op_type == "Size") return kNone;
  return node.inputs[0];
}

void Liveness::MakeStorages(const std::vector<KeyValueCache>& caches) {
  past_of_.assign(graph_.tensors.size(), kNone);
  for (const KeyValueCache& cache : caches) {
    if (cache.shared) past_of_[static_cast<size_t>(cache.present)] = cache.past;
  }
  storage_of_.assign(graph_.tensors.size(), kNone);
  from_start_.resize(std::max<size_t>(graph_.regions.size(), 1));
  // Producers stand before consumers, so a view's source is placed when the view comes.
  for (TensorId id : graph_.inputs) Place(id);
  for (size_t r = 1; r < graph_.regions.size(); ++r) {
    for (TensorId id : graph_.regions[r].inputs) Place(id);
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

void Liveness::Place(TensorId id) {
  const Tensor& tensor = graph_.tensors[static_cast<size_t>(id)];
  if (IsWeight(tensor) || storage_of_[static_cast<size_t>(id)] != kNone) return;
  // Computed once, before the run: it takes the place of the weights it is made of.
  if (folds_ && tensor.is_constant) return;
  const TensorId source = ViewedBy(id);
  if (source != kNone && IsWeight(graph_.tensors[static_cast<size_t>(source)])) return;
  int32_t s = source == kNone ? kNone : storage_of_[static_cast<size_t>(source)];
  if (s == kNone) s = StorageFor(id);
  storage_of_[static_cast<size_t>(id)] = s;
  Extend(id, storages_[static_cast<size_t>(s)]);
}

int32_t Liveness::StorageFor(TensorId id) {
  const Tensor& tensor = graph_.tensors[static_cast<size_t>(id)];
  const std::optional<int64_t> bytes = BytesOf(id);
  complete_ = complete_ && bytes.has_value();
  Storage storage{.tensor = id,
                  .bytes = bytes.value_or(0),
                  .region = tensor.region,
                  .born = tensor.producer == kNone ? kNone : RowOfNode(tensor.producer)};
  storage.dies = storage.born;
  storages_.push_back(storage);
  return static_cast<int32_t>(storages_.size()) - 1;
}

void Liveness::Extend(TensorId id, Storage& storage) const {
  const Tensor& tensor = graph_.tensors[static_cast<size_t>(id)];
  if (tensor.is_graph_output || storage.born == kNone || tensor.consumers.empty()) storage.internal = false;
  if (tensor.is_graph_output || IsRegionOutput(id)) Outlive(kForever, storage);
  for (NodeId consumer : tensor.consumers) {
    const NodeId node = InRegion(consumer, storage.region);
    if (node == kNone) continue;
    const int32_t row = RowOfNode(node);
    if (row != storage.born) storage.internal = false;
    Outlive(row, storage);
  }
}

bool Liveness::IsRegionOutput(TensorId id) const {
  const RegionId region = graph_.tensors[static_cast<size_t>(id)].region;
  if (region == 0) return false;
  const std::vector<TensorId>& outputs = graph_.regions[static_cast<size_t>(region)].outputs;
  return std::find(outputs.begin(), outputs.end(), id) != outputs.end();
}

void Liveness::Outlive(int32_t row, Storage& storage) const {
  if (row == kForever) {
    storage.dies = kForever;
    storage.internal = false;
  } else if (storage.dies == kNone || (storage.dies != kForever && PlaceOf(row) > PlaceOf(storage.dies))) {
    storage.dies = row;
  }
}

// What each row makes, and what it is the last to read; bodies read for the row that owns them.
void Liveness::ListByRow() {
  born_.resize(place_.size());
  dying_.resize(place_.size());
  for (size_t i = 0; i < storages_.size(); ++i) {
    const Storage& storage = storages_[i];
    if (storage.internal) continue;
    if (storage.born != kNone) born_[static_cast<size_t>(storage.born)].push_back(static_cast<int32_t>(i));
    // An input that nobody reads stays where the caller put it; what else nobody reads dies with the row that made it.
    const bool dies = storage.dies != kNone && storage.dies != kForever;
    if (dies) dying_[static_cast<size_t>(storage.dies)].push_back(static_cast<int32_t>(i));
  }
}

// What an element-wise row writes takes the place of an input of the same size that dies with it. A caller's input is
// not overwritten.
void Liveness::FindOverwritten() {
  for (size_t row = 0; row < place_.size(); ++row) {
    const Subgraph& subgraph = RowOf(static_cast<int32_t>(row));
    if (subgraph.nodes.empty() || !OverwritesInput(subgraph.pattern)) continue;
    absl::InlinedVector<int32_t, 4> dying;
    for (const int32_t s : dying_[row]) {
      if (At(s).born != static_cast<int32_t>(row) && At(s).born != kNone) dying.push_back(s);
    }
    for (const int32_t s : born_[row]) {
      const auto reused =
          std::find_if(dying.begin(), dying.end(), [&](int32_t d) { return At(d).bytes == At(s).bytes; });
      if (reused == dying.end()) continue;
      storages_[static_cast<size_t>(s)].overwrites = *reused;
      dying.erase(reused);
    }
  }
}

int64_t Liveness::FromStart(RegionId region) const {
  int64_t live = 0;
  for (const int32_t s : from_start_[static_cast<size_t>(region)]) live += At(s).bytes;
  return live;
}

std::vector<LiveStep> Liveness::Timeline(RegionId region) const {
  std::vector<LiveStep> steps;
  int64_t live = FromStart(region);
  for (const int32_t row : rows_[static_cast<size_t>(region)]) {
    int64_t freed = 0;
    for (const int32_t s : born_[static_cast<size_t>(row)]) {
      live += At(s).bytes;
      if (At(s).overwrites == kNone) continue;
      // Gone before the row is done, so not there to be freed after it.
      live -= At(At(s).overwrites).bytes;
      freed -= At(At(s).overwrites).bytes;
    }
    for (const int32_t s : dying_[static_cast<size_t>(row)]) freed += At(s).bytes;
    const RegionId body = LargestBody(RowOf(row));
    steps.push_back({row, live + (body == kNone ? 0 : PeakOf(body)), live - freed});
    live -= freed;
  }
  return steps;
}

int64_t Liveness::PeakOf(RegionId region) const {
  int64_t peak = FromStart(region);
  for (const LiveStep& step : Timeline(region)) peak = std::max(peak, step.live_bytes);
  return peak;
}

RegionId Liveness::LargestBody(const Subgraph& row) const {
  RegionId largest = kNone;
  int64_t most = -1;
  for (const NodeId id : row.nodes) {
    for (const RegionId body : graph_.nodes[static_cast<size_t>(id)].bodies) {
      if (graph_.regions[static_cast<size_t>(body)].dead) continue;
      if (const int64_t peak = PeakOf(body); peak > most) {
        most = peak;
        largest = body;
      }
    }
  }
  return largest;
}

std::vector<LiveTensor> Liveness::AliveAt(int32_t row) const {
  std::vector<LiveTensor> alive;
  const RegionId region = RegionOfRow(row);
  std::vector<int32_t> gone;
  for (size_t s = 0; s < storages_.size(); ++s) {
    const Storage& storage = storages_[s];
    if (storage.region != region || storage.internal) continue;
    const bool born = storage.born == kNone || PlaceOf(storage.born) <= PlaceOf(row);
    const bool dead = storage.dies == kNone || (storage.dies != kForever && PlaceOf(storage.dies) < PlaceOf(row));
    if (storage.born == row && storage.overwrites != kNone) gone.push_back(storage.overwrites);
    // An input that nobody reads stays where the caller put it.
    if (!born || (dead && storage.dies != kNone)) continue;
    alive.push_back({storage.tensor, storage.bytes});
  }
  for (const int32_t s : gone) {
    alive.erase(
        std::find_if(alive.begin(), alive.end(), [&](const LiveTensor& t) { return t.tensor == At(s).tensor; }));
  }
  if (const RegionId body = LargestBody(RowOf(row)); body != kNone) {
    const std::vector<LiveStep> steps = Timeline(body);
    const auto peak = std::max_element(
        steps.begin(), steps.end(), [](const LiveStep& a, const LiveStep& b) { return a.live_bytes < b.live_bytes; });
    if (peak != steps.end()) {
      for (const LiveTensor& inside : AliveAt(peak->row)) alive.push_back(inside);
    }
  }
  std::stable_sort(alive.begin(), alive.end(),
                   [](const LiveTensor& a, const LiveTensor& b) { return a.bytes > b.bytes; });
  return alive;
}

}  // namespace opcost
