// Level extended: Slices and Gathers of single elements that together read a whole axis become one Split.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

struct Part {
  NodeId node = kNone;
  int64_t axis = 0, begin = 0, end = 0;
  bool drops_axis = false;  // Gather of one element
};

std::optional<Part> SlicePart(Rewrite& rewrite, NodeId n, const std::vector<int64_t>& extents) {
  const auto starts = rewrite.IntValues(rewrite.Input(n, 1)), ends = rewrite.IntValues(rewrite.Input(n, 2)),
             axes = rewrite.IntValues(rewrite.Input(n, 3)), steps = rewrite.IntValues(rewrite.Input(n, 4));
  if (!starts || !ends || !axes || starts->size() != 1 || ends->size() != 1 || axes->size() != 1) return std::nullopt;
  if (rewrite.Input(n, 4) != kNone && (!steps || (*steps)[0] != 1)) return std::nullopt;
  const int64_t rank = static_cast<int64_t>(extents.size());
  const int64_t axis = (*axes)[0] < 0 ? (*axes)[0] + rank : (*axes)[0];
  if (axis < 0 || axis >= rank) return std::nullopt;
  const int64_t size = extents[static_cast<size_t>(axis)];
  if (size < 0) return std::nullopt;
  const auto wrap = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size); };
  return Part{n, axis, wrap((*starts)[0]), wrap((*ends)[0]), false};
}

std::optional<Part> GatherPart(Rewrite& rewrite, NodeId n, const std::vector<int64_t>& extents) {
  const auto index = rewrite.IntValues(rewrite.Input(n, 1));
  if (!index || index->size() != 1) return std::nullopt;
  const int64_t rank = static_cast<int64_t>(extents.size());
  int64_t axis = IntAttribute(rewrite.node(n), "axis", 0);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  const int64_t size = extents[static_cast<size_t>(axis)];
  if (size < 0) return std::nullopt;
  const int64_t at = (*index)[0] < 0 ? (*index)[0] + size : (*index)[0];
  return Part{n, axis, at, at + 1, rewrite.Rank(rewrite.Input(n, 1)) == 0};
}

void ToSplit(Rewrite& rewrite, TensorId data, std::vector<Part> parts) {
  const Node like = rewrite.node(parts[0].node);
  std::vector<int64_t> extents;
  for (const Dim& dim : *rewrite.tensor(data).shape) extents.push_back(dim.extent);
  Node split;
  split.op_type = "Split";
  split.opset = split.since_version = like.opset;
  split.name = absl::StrCat(like.name, "/Split");
  split.id = absl::StrCat(like.id, "/Split");
  split.scope = like.scope;
  split.inputs = {data};
  SetAttribute(split, "axis", parts[0].axis);
  std::vector<NodeId> origins;
  std::vector<Node> squeezes;
  for (const Part& part : parts) {
    for (NodeId o : rewrite.origins(part.node)) origins.push_back(o);
    const TensorId out = rewrite.Output(part.node);
    if (!part.drops_axis) {
      split.outputs.push_back(out);
      continue;
    }
    std::vector<int64_t> shape = extents;
    shape[static_cast<size_t>(part.axis)] = 1;
    const TensorId one =
        rewrite.AddTensor(absl::StrCat(rewrite.tensor(out).name, "/part"), rewrite.tensor(out).dtype, shape);
    split.outputs.push_back(one);
    Node squeeze = split;
    squeeze.op_type = "Squeeze";
    squeeze.attributes.clear();
    squeeze.inputs = {one, rewrite.AddConstant("axes", DType::kInt64, {1})};
    squeeze.outputs = {out};
    squeezes.push_back(std::move(squeeze));
  }
  for (const Part& part : parts) rewrite.Remove(part.node);
  rewrite.Add(std::move(split), origins, false);
  for (Node& squeeze : squeezes) rewrite.Add(std::move(squeeze), origins, true);
}

// Not what reads an extent of a shape, and not one of many results.
bool IsCandidate(Rewrite& rewrite, TensorId data) {
  const NodeId producer = rewrite.Producer(data);
  return producer == kNone || (!rewrite.Is(producer, "Shape") && rewrite.node(producer).outputs.size() == 1);
}

// Every Slice and every Gather of the tensor takes its part, along one axis: no element is left over or taken twice.
bool FuseReaders(Rewrite& rewrite, TensorId data) {
  if (!rewrite.tensor(data).shape || !IsCandidate(rewrite, data)) return false;
  std::vector<int64_t> extents;  // -1: not known
  for (const Dim& dim : *rewrite.tensor(data).shape) extents.push_back(dim.extent);
  std::vector<Part> parts;
  for (NodeId n : rewrite.Readers(data)) {
    const bool slices = rewrite.Is(n, "Slice");
    if (rewrite.Input(n, 0) != data || (!slices && !rewrite.Is(n, "Gather"))) continue;
    const std::optional<Part> part = slices ? SlicePart(rewrite, n, extents) : GatherPart(rewrite, n, extents);
    if (!part || part->begin >= part->end) return false;
    parts.push_back(*part);
  }
  if (parts.size() < 2) return false;
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
  if (parts.front().begin != 0 || parts.back().end != extents[static_cast<size_t>(parts[0].axis)]) return false;
  for (size_t p = 1; p < parts.size(); ++p) {
    if (parts[p].axis != parts[0].axis || parts[p].begin != parts[p - 1].end) return false;
  }
  ToSplit(rewrite, data, std::move(parts));
  return true;
}

}  // namespace

bool FuseSplits(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  const size_t count = rewrite.graph().tensors.size();
  for (size_t t = 0; t < count; ++t) {
    const TensorId data = static_cast<TensorId>(t);
    if (rewrite.IsConstant(data) || rewrite.tensor(data).region != 0 || rewrite.tensor(data).consumers.size() < 2)
      continue;
    changed |= FuseReaders(rewrite, data);
  }
  return changed;
}

}  // namespace opcost::internal
