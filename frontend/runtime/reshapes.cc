// Level basic: Reshapes in a row merge, and shapes that are put together from the extents of the tensor itself become
// constant.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

bool IsReshaping(Rewrite& rewrite, NodeId n) {
  return rewrite.Is(n, "Reshape") || rewrite.Is(n, "Squeeze") || rewrite.Is(n, "Unsqueeze");
}

// Zeros in its shape are extents, not those of its operand.
bool AllowsZero(Rewrite& rewrite, NodeId n) { return IntAttribute(rewrite.node(n), "allowzero", 0) != 0; }

// A Reshape, and what else only reshapes its result: one Reshape does it when the last shape is known. No zeros may
// stand for themselves: in the first, and from 1.27 in those behind it.
bool MergeInto(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  constexpr int kAllKeepZerosSince = 27;
  if (!IsReshaping(rewrite, n) || !rewrite.Extents(rewrite.Output(n))) return false;
  if (options.minor_version >= kAllKeepZerosSince && AllowsZero(rewrite, n)) return false;
  const NodeId before = rewrite.ProducerOf(rewrite.Input(n, 0), "Reshape");
  if (before == kNone || AllowsZero(rewrite, before) || !rewrite.IsPrivate(rewrite.Output(before))) return false;
  const TensorId in = rewrite.Input(before, 0);
  const TensorId shape = rewrite.AddInts(absl::StrCat(rewrite.tensor(rewrite.Output(n)).name, "/shape"),
                                         *rewrite.Extents(rewrite.Output(n)));
  rewrite.Absorb(n, before);
  rewrite.Remove(before);
  Node& node = rewrite.node(n);
  node.op_type = "Reshape";
  node.attributes.clear();
  rewrite.SetInput(n, 0, in);
  rewrite.SetInput(n, 1, shape);
  return true;
}

// Known, and the same number or the same symbol of the file.
bool SameExtent(Rewrite& rewrite, TensorId a, TensorId b, size_t axis) {
  const std::optional<Shape>&x = rewrite.tensor(a).shape, &y = rewrite.tensor(b).shape;
  if (!x || !y || axis >= x->size() || axis >= y->size()) return false;
  const Dim &one = (*x)[axis], &other = (*y)[axis];
  return one.known() ? one == other : one.symbol != kNone && one.symbol == other.symbol && !other.known();
}

// From 1.29 the extent may be read of another tensor that has the same, or of what an average over whole channels
// reads.
bool HasExtentOf(Rewrite& rewrite, const RuntimeOptions& options, TensorId other, TensorId data, int64_t axis) {
  constexpr int kOthersSince = 29, kChannelAxis = 1;
  if (other == data) return true;
  if (options.minor_version < kOthersSince) return false;
  const NodeId average = rewrite.ProducerOf(data, "GlobalAveragePool");
  if (average != kNone && rewrite.Input(average, 0) == other && axis <= kChannelAxis) return true;
  return SameExtent(rewrite, other, data, static_cast<size_t>(axis));
}

// `part` is the extent of axis `axis` of `data`, alone in a vector.
bool IsOwnExtent(Rewrite& rewrite, const RuntimeOptions& options, TensorId part, TensorId data, int64_t axis) {
  const NodeId unsqueeze = rewrite.ProducerOf(part, "Unsqueeze");
  const NodeId gather = unsqueeze == kNone ? kNone : rewrite.ProducerOf(rewrite.Input(unsqueeze, 0), "Gather");
  if (gather == kNone) return false;
  const NodeId shape = rewrite.ProducerOf(rewrite.Input(gather, 0), "Shape");
  const auto index = rewrite.IntValues(rewrite.Input(gather, 1));
  return shape != kNone && index && index->size() == 1 && (*index)[0] == axis &&
         HasExtentOf(rewrite, options, rewrite.Input(shape, 0), data, axis);
}

// Not an extent of the tensor itself, but one number all the same: it can be what is left over.
bool IsOneExtent(Rewrite& rewrite, TensorId part) {
  const NodeId n = rewrite.Producer(part);
  if (rewrite.Is(n, "Unsqueeze")) {
    const TensorId in = rewrite.Input(n, 0);
    const auto extents = rewrite.Extents(in);
    return extents && extents->empty();
  }
  const auto extents = rewrite.Extents(part);
  return extents && *extents == std::vector<int64_t>{1};
}

// The shape operand as constant: 0 for an axis that stays, -1 for at most one that is left over.
std::optional<std::vector<int64_t>> ConstantShape(Rewrite& rewrite, const RuntimeOptions& options, NodeId concat,
                                                  TensorId data) {
  std::vector<int64_t> shape;
  int left_over = 0;
  for (TensorId part : rewrite.node(concat).inputs) {
    const auto values = rewrite.IntValues(part);
    if (values) {
      shape.insert(shape.end(), values->begin(), values->end());
    } else if (IsOwnExtent(rewrite, options, part, data, static_cast<int64_t>(shape.size()))) {
      shape.push_back(0);
    } else if (IsOneExtent(rewrite, part)) {
      ++left_over;
      shape.push_back(-1);
    } else {
      return std::nullopt;
    }
  }
  if (left_over > 1 || std::count(shape.begin(), shape.end(), -1) > 1) return std::nullopt;
  return shape;
}

bool FoldShape(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  if (!rewrite.Is(n, "Reshape")) return false;
  const NodeId concat = rewrite.ProducerOf(rewrite.Input(n, 1), "Concat");
  if (concat == kNone || !rewrite.IsPrivate(rewrite.Output(concat))) return false;
  const auto shape = ConstantShape(rewrite, options, concat, rewrite.Input(n, 0));
  if (!shape) return false;
  rewrite.Absorb(n, concat);
  rewrite.SetInput(n, 1, rewrite.AddInts(absl::StrCat(rewrite.tensor(rewrite.Output(concat)).name, "/shape"), *shape));
  LearnShapes(rewrite, n);
  return true;
}

}  // namespace

bool FuseReshapes(Rewrite& rewrite, const RuntimeOptions& options) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.removed(n)) continue;
    changed |= FoldShape(rewrite, options, n);
    while (MergeInto(rewrite, options, n)) changed = true;
  }
  return changed;
}

}  // namespace opcost::internal
