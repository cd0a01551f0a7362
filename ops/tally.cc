#include "ops/tally.h"

#include <algorithm>

namespace opcost {

Tally::Tally(const Graph& graph, const Node& node, NodeCount& count) : graph_(graph), node_(node), count_(count) {
  reads_.resize(node.inputs.size());
  writes_.resize(node.outputs.size());
}

namespace {

const Tensor* At(const Graph& graph, const std::vector<TensorId>& ids, int slot) {
  if (slot < 0 || static_cast<size_t>(slot) >= ids.size() || ids[slot] == kNone) return nullptr;
  return &graph.tensors[static_cast<size_t>(ids[slot])];
}

int Rank(const Tensor* tensor) {
  return tensor != nullptr && tensor->shape ? static_cast<int>(tensor->shape->size()) : -1;
}

Amount Extent(const Tensor* tensor, int axis) {
  const int rank = Rank(tensor);
  if (axis < 0) axis += rank;
  if (rank < 0 || axis < 0 || axis >= rank) return Amount::Unknown();
  const Dim& dim = (*tensor->shape)[static_cast<size_t>(axis)];
  return dim.known() ? Amount(dim.extent) : Amount::Unknown();
}

}  // namespace

const Tensor* Tally::In(int slot) const { return At(graph_, node_.inputs, slot); }
const Tensor* Tally::Out(int slot) const { return At(graph_, node_.outputs, slot); }

bool Tally::IsUsed(const Tensor& output) const {
  if (!output.consumers.empty() || output.is_graph_output) return true;
  if (output.region == 0) return false;
  const std::vector<TensorId>& results = graph_.regions[static_cast<size_t>(output.region)].outputs;
  return std::any_of(results.begin(), results.end(),
                     [&](TensorId id) { return id != kNone && &graph_.tensors[static_cast<size_t>(id)] == &output; });
}

DType Tally::InType(int slot) const { return In(slot) == nullptr ? DType::kUnknown : In(slot)->dtype; }
DType Tally::OutType(int slot) const { return Out(slot) == nullptr ? DType::kUnknown : Out(slot)->dtype; }
int Tally::InRank(int slot) const { return Rank(In(slot)); }
int Tally::OutRank(int slot) const { return Rank(Out(slot)); }
Amount Tally::InDim(int slot, int axis) const { return Extent(In(slot), axis); }
Amount Tally::OutDim(int slot, int axis) const { return Extent(Out(slot), axis); }

Amount Tally::Elements(const Tensor& tensor) const {
  if (!tensor.shape || tensor.type != TypeClass::kTensor) return Amount::Unknown();
  Amount n = 1;
  for (const Dim& dim : *tensor.shape) n = n * (dim.known() ? Amount(dim.extent) : Amount::Unknown());
  return n;
}

Amount Tally::InElements(int slot) const { return In(slot) == nullptr ? Amount(0) : Elements(*In(slot)); }
Amount Tally::OutElements(int slot) const { return Out(slot) == nullptr ? Amount(0) : Elements(*Out(slot)); }

Amount Tally::InElementsFrom(int slot, int first) const {
  const int rank = InRank(slot);
  if (rank < 0) return Amount::Unknown();
  Amount n = 1;
  for (int axis = first; axis < rank; ++axis) n = n * InDim(slot, axis);
  return n;
}

Amount Tally::InBytes(int slot) const { return BytesOf(InType(slot), InElements(slot)); }
Amount Tally::OutBytes(int slot) const { return BytesOf(OutType(slot), OutElements(slot)); }

absl::Span<const int64_t> Tally::InInts(int slot) const {
  const Tensor* tensor = In(slot);
  if (tensor == nullptr || tensor->value == kNone) return {};
  return graph_.values[static_cast<size_t>(tensor->value)].ints;
}

std::optional<int64_t> Tally::InInt(int slot) const {
  const absl::Span<const int64_t> values = InInts(slot);
  if (values.size() != 1) return std::nullopt;
  return values[0];
}

std::optional<double> Tally::InFloat(int slot) const {
  const Tensor* tensor = In(slot);
  if (tensor == nullptr || tensor->value == kNone) return std::nullopt;
  const TensorValue& value = graph_.values[static_cast<size_t>(tensor->value)];
  if (value.floats.size() == 1) return value.floats[0];
  if (value.ints.size() == 1) return static_cast<double>(value.ints[0]);
  return std::nullopt;
}

void Tally::Add(Resource resource, DType dtype, Amount amount) {
  if (!amount.complete) count_.incomplete = true;
  if (amount.overflow) {
    overflow_ = resource;
    count_.work.MarkOverflow();
    return;
  }
  // A negative extent can only come from an attribute that the operator does not allow.
  if (amount.value < 0) count_.incomplete = true;
  count_.work.Add(resource, dtype, std::max<int64_t>(amount.value, 0));
  if (count_.work.overflowed() && overflow_ == Resource::kCount) overflow_ = resource;
}

void Tally::Macs(DType dtype, Amount amount) { Add(Resource::kMatrixMacs, dtype, amount); }

void Tally::Ops(DType dtype, Amount amount) {
  Add(IsInteger(dtype) ? Resource::kIntOps : Resource::kVectorOps, dtype, amount);
}

void Tally::Transcendentals(DType dtype, Amount amount) { Add(Resource::kTranscendentals, dtype, amount); }

void Tally::Each(DType dtype, PerElement per, Amount elements) {
  if (per.ops > 0) Ops(dtype, Amount(per.ops) * elements);
  if (per.transcendentals > 0) Transcendentals(dtype, Amount(per.transcendentals) * elements);
}

void Tally::Reads(int slot, Amount bytes) {
  if (Has(slot)) reads_[static_cast<size_t>(slot)] = {bytes, true};
}

void Tally::ReadsElements(int slot, Amount elements) { Reads(slot, BytesOf(InType(slot), elements)); }

void Tally::ReadsAtMost(int slot, Amount elements) {
  const Amount table = InElements(slot);
  ReadsElements(slot, table.complete && elements.complete ? Min(table, elements) : elements);
}

void Tally::Writes(int slot, Amount bytes) {
  if (Out(slot) != nullptr) writes_[static_cast<size_t>(slot)] = {bytes, true};
}

void Tally::WritesAtMost(int slot, Amount bound) {
  if (Out(slot) == nullptr || OutElements(slot).complete) return;
  Writes(slot, BytesOf(OutType(slot), bound));
  Bound();
}

void Tally::ReadsAttribute(DType dtype, Amount elements) {
  Add(Resource::kWeightBytesRead, dtype, BytesOf(dtype, elements));
}

void Tally::View() {
  view_ = true;
  dispatched_ = false;
  count_.zero_by_rule = true;
}

void Tally::NoDispatch() { dispatched_ = false; }

void Tally::Bound() { count_.status = RuleStatus::kBound; }

void Tally::MaskedMacs(Amount amount) {
  if (!amount.overflow) count_.masked_macs = amount.value;
}

bool Tally::IsRepeat(int slot) const {
  const auto end = node_.inputs.begin() + slot;
  return std::find(node_.inputs.begin(), end, node_.inputs[static_cast<size_t>(slot)]) != end;
}

// Exporters put Identity and Reshape between a stored weight and its use: the bytes are still the weight's.
bool Tally::ReadsAsWeight(const Tensor& tensor) const {
  const Tensor* t = &tensor;
  while (!IsWeight(*t)) {
    if (!t->is_constant || t->producer == kNone) return false;
    const Node& producer = graph_.nodes[static_cast<size_t>(t->producer)];
    if (!IsPlainView(producer) || producer.inputs.empty() || producer.inputs[0] == kNone) return false;
    t = &graph_.tensors[static_cast<size_t>(producer.inputs[0])];
  }
  return true;
}

Resource Tally::Finish() {
  count_.read_bytes.resize(node_.inputs.size(), 0);
  count_.written_bytes.resize(node_.outputs.size(), 0);
  if (view_) return overflow_;
  for (int slot = 0; slot < num_inputs(); ++slot) {
    const Tensor* tensor = In(slot);
    if (tensor == nullptr || IsRepeat(slot)) continue;
    const Traffic& said = reads_[static_cast<size_t>(slot)];
    const Amount bytes = said.set ? said.bytes : BytesOf(tensor->dtype, Elements(*tensor));
    count_.read_bytes[static_cast<size_t>(slot)] = bytes.value;
    Add(ReadsAsWeight(*tensor) ? Resource::kWeightBytesRead : Resource::kActivationBytesRead, tensor->dtype, bytes);
  }
  for (int slot = 0; slot < num_outputs(); ++slot) {
    const Tensor* tensor = Out(slot);
    if (tensor == nullptr || !IsUsed(*tensor)) continue;
    const Traffic& said = writes_[static_cast<size_t>(slot)];
    const Amount bytes = said.set ? said.bytes : BytesOf(tensor->dtype, Elements(*tensor));
    count_.written_bytes[static_cast<size_t>(slot)] = bytes.value;
    Add(Resource::kBytesWritten, tensor->dtype, bytes);
  }
  if (dispatched_) Add(Resource::kDispatches, DType::kUnknown, 1);
  return overflow_;
}

}  // namespace opcost
