// Kernels bound by moving their operands: element by element, along rows, through windows, between layouts.
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

constexpr double kFloatBytes = 4;

// How the smaller operand repeats. Fills in the runs that one inner loop covers.
KernelClass BroadcastClass(const KernelContext& context) {
  const Extents64 out = context.Out();
  Extents64 other;
  bool broadcast = false;
  for (size_t slot = 0; slot < context.node.inputs.size(); ++slot) {
    if (!context.HasIn(slot) || context.In(slot) == out) continue;
    if (!broadcast) other = context.In(slot);
    broadcast = true;
  }
  if (!broadcast) return KernelClass::kElementwiseSame;
  if (Product(other) == 1) return KernelClass::kElementwiseScalar;
  // The result's shape is not known, and so neither is how anything repeats.
  if (other.size() > out.size()) return KernelClass::kElementwiseSame;
  other.insert(other.begin(), out.size() - std::min(out.size(), other.size()), 1);
  const bool row = other.back() == out.back();
  double run = 1;
  for (size_t d = out.size(); d-- > 0 && (other[d] == out[d]) == row;) run *= static_cast<double>(out[d]);
  context.Set(Metric::kRows, Product(out) / std::max(1.0, run));
  return row ? KernelClass::kElementwiseRow : KernelClass::kElementwiseColumn;
}

// The one axis whose removal leaves the others in order.
bool MovesOneAxis(const Extents64& permutation) {
  for (size_t left_out = 0; left_out < permutation.size(); ++left_out) {
    int64_t last = -1;
    bool ordered = true;
    for (size_t i = 0; i < permutation.size(); ++i) {
      if (i == left_out) continue;
      ordered = ordered && permutation[i] > last;
      last = permutation[i];
    }
    if (ordered) return true;
  }
  return false;
}

// Axes that stay side by side and in order move as one.
Extents64 Merged(const Extents64& permutation) {
  Extents64 firsts;  // of each group, in output order
  for (size_t i = 0; i < permutation.size(); ++i) {
    if (i == 0 || permutation[i] != permutation[i - 1] + 1) firsts.push_back(permutation[i]);
  }
  Extents64 ranks;
  for (int64_t first : firsts) {
    ranks.push_back(std::count_if(firsts.begin(), firsts.end(), [&](int64_t other) { return other < first; }));
  }
  return ranks;
}

bool MovesNothing(const Extents64& permutation, const Extents64& dims) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (dims[static_cast<size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

// Whether `axis` and the innermost one change places by copying rows, or nothing moves at all.
bool SwapsQuickly(const Extents64& dims, size_t axis) {
  Extents64 permutation(dims.size());
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation[axis], permutation.back());
  return MovesNothing(permutation, dims) || MovesOneAxis(Merged(permutation));
}

}  // namespace

void ElementwiseKernel(const KernelContext& context) {
  struct Row {
    absl::string_view op_type;
    KernelClass floats, others;
  };
  constexpr KernelClass kOther = KernelClass::kElementwiseOther;
  constexpr std::array<Row, 5> kRows = {{{"Where", KernelClass::kWhere, KernelClass::kWhere},
                                         {"Pow", KernelClass::kPower, KernelClass::kPower},
                                         {"PRelu", KernelClass::kPrelu, KernelClass::kPrelu},
                                         {"Mod", kOther, KernelClass::kDivideIntegers},
                                         {"Div", kOther, KernelClass::kDivideIntegers}}};
  const bool floats = context.IsFloat32(0);
  const KernelClass broadcast = BroadcastClass(context);
  context.count.kernel_class = floats ? broadcast : kOther;
  for (const Row& row : kRows) {
    if (row.op_type != context.node.op_type || (floats && row.floats == kOther)) continue;
    context.count.kernel_class = floats ? row.floats : row.others;
  }
}

// Along the innermost axis rows are summed up one by one; otherwise whole rows are added to each other. Told from the
// shapes, which measured kernels have where they lack the axes: a result that ends like the operand is taken for one
// that kept its innermost axis.
void ReduceKernel(const KernelContext& context) {
  const Extents64 in = context.In(0), out = context.Out();
  const bool inner = in.empty() || out.empty() || out.back() != in.back() || in.back() == 1;
  context.count.kernel_class = inner ? KernelClass::kReduce : KernelClass::kReduceOuter;
  context.Set(Metric::kRows, Product(out));
}

void SoftmaxKernel(const KernelContext& context) {
  const Extents64 dims = context.Out();
  if (dims.empty()) return;
  const size_t axis = AxisOf(context.node, -1, dims.size());
  const double length = std::max(1.0, static_cast<double>(dims[axis]));
  const double rows = Product(dims) / length;
  const bool innermost = axis + 1 == dims.size();
  context.count.kernel_class = innermost                  ? KernelClass::kSoftmax
                               : SwapsQuickly(dims, axis) ? KernelClass::kSoftmaxStrided
                                                          : KernelClass::kSoftmaxOuter;
  context.Set(Metric::kRows, rows);
  context.Set(Metric::kRowVectors, rows * CeilDiv(length, static_cast<double>(context.machine.lanes)));
}

void NormKernel(const KernelContext& context) {
  const std::string& op = context.node.op_type;
  const bool skip = op == "SkipLayerNormalization";
  const bool rms =
      op == "SimplifiedLayerNormalization" || op == "SkipSimplifiedLayerNormalization" || op == "RMSNormalization";
  context.count.kernel_class = rms    ? KernelClass::kRmsnorm
                               : skip ? KernelClass::kSkipLayernorm
                                      : KernelClass::kLayernorm;
  const Extents64 dims = context.Out();
  if (dims.empty()) return;
  const Extents64 scale = context.In(1);
  const bool last = skip || op == "SkipSimplifiedLayerNormalization" || scale.empty();
  const double length = last ? static_cast<double>(dims.back()) : Product(scale);
  context.Set(Metric::kRows, Product(dims) / std::max(1.0, length));
}

void PoolKernel(const KernelContext& context) {
  struct Row {
    absl::string_view op_type;
    KernelClass blocked, plain;
  };
  constexpr std::array<Row, 3> kRows = {{{"MaxPool", KernelClass::kPoolMaxBlocked, KernelClass::kPoolMax},
                                         {"AveragePool", KernelClass::kPoolAverageBlocked, KernelClass::kPoolAverage},
                                         {"", KernelClass::kPoolGlobalBlocked, KernelClass::kPoolGlobal}}};
  const bool blocked = IsBlocked(context.node);
  for (const Row& row : kRows) {
    if (!row.op_type.empty() && row.op_type != context.node.op_type) continue;
    context.count.kernel_class = blocked ? row.blocked : row.plain;
    break;
  }
  const bool bytes = context.HasDType(0, DType::kUInt8) || context.HasDType(0, DType::kInt8);
  if (context.node.op_type == "MaxPool" && bytes) {
    context.count.kernel_class = KernelClass::kPoolMaxBytes;
  }
  const Extents64 out = context.Out();
  const double window = Product(IntsAttribute(context.node, "kernel_shape"));
  const double together = blocked ? static_cast<double>(context.machine.lanes) : 1;
  context.Set(Metric::kTaps, Product(out) * window / together);
}

// Interpolation reads neighbours along every axis that changes: two of them, four with mode "cubic". The nearest
// element, and an image that keeps its size, are mere copies.
void ResizeKernel(const KernelContext& context) {
  const bool blocked = IsBlocked(context.node) || context.node.op_type == "Upsample";
  context.count.kernel_class = blocked ? KernelClass::kUpsample : KernelClass::kResize;
  const absl::string_view mode = StringAttribute(context.node, "mode", "nearest");
  const Extents64 in = context.In(0), out = context.Out();
  if (mode == "nearest" || in.size() != out.size()) return;
  if (mode == "cubic") context.count.kernel_class = KernelClass::kResizeCubic;
  constexpr double kLinear = 2, kCubic = 4;
  double taps = 1;
  for (size_t d = 0; d < out.size(); ++d) {
    if (in[d] != out[d]) taps *= mode == "cubic" ? kCubic : kLinear;
  }
  if (taps > 1) context.Set(Metric::kTaps, Product(out) * taps);
}

void ReorderKernel(const KernelContext& context) {
  const bool nhwc = IntAttribute(context.node, "channels_last", 0) != 0;
  const bool input = context.node.op_type == "ReorderInput";
  context.count.kernel_class = input ? (nhwc ? KernelClass::kReorderInputNhwc : KernelClass::kReorderInput)
                                     : (nhwc ? KernelClass::kReorderOutputNhwc : KernelClass::kReorderOutput);
  const Extents64 dims = context.In(0);
  if (dims.size() < 3 || nhwc) return;
  const double planes = static_cast<double>(dims[0]) * static_cast<double>(dims[1]);
  context.Set(Metric::kPlanes, planes);
  const double plane_bytes = kFloatBytes * Product(dims) / std::max(1.0, planes);
  if (Aliased(plane_bytes, context.machine)) context.Set(Metric::kAliasedBytes, context.Get(Metric::kBytes));
}

void TransposeKernel(const KernelContext& context) {
  const Extents64 dims = context.In(0);
  Extents64 permutation = IntsAttribute(context.node, "perm");
  if (permutation.empty()) {
    for (size_t i = dims.size(); i-- > 0;) permutation.push_back(static_cast<int64_t>(i));
  }
  context.count.kernel_class = KernelClass::kTransposeCopy;
  // Moved even where the order of the elements stays: the runtime copies.
  const double moved_bytes = 2 * context.BytesIn(0);
  context.Set(Metric::kBytes, std::max(context.Get(Metric::kBytes), moved_bytes));
  const int64_t rank = static_cast<int64_t>(dims.size());
  const bool good = permutation.size() == dims.size() &&
                    std::all_of(permutation.begin(), permutation.end(), [&](int64_t p) { return p >= 0 && p < rank; });
  if (!good || MovesNothing(permutation, dims)) return;
  size_t moved = dims.size();  // one past the last output axis that is not in its place
  while (permutation[moved - 1] == static_cast<int64_t>(moved - 1)) --moved;
  const double run = Product(absl::MakeConstSpan(dims).subspan(moved));
  const size_t axis = moved - 1;
  // How far apart neighbours along that axis lie where they come from and, for the input's own last moved axis, where
  // they go.
  const double from =
      kFloatBytes * Product(absl::MakeConstSpan(dims).subspan(static_cast<size_t>(permutation[axis]) + 1));
  double to = kFloatBytes;
  const size_t place =
      static_cast<size_t>(std::find(permutation.begin(), permutation.end(), axis) - permutation.begin());
  for (size_t i = place + 1; i < permutation.size(); ++i) {
    to *= static_cast<double>(dims[static_cast<size_t>(permutation[i])]);
  }
  if (Aliased(from, context.machine) || Aliased(to, context.machine)) {
    context.Set(Metric::kAliasedBytes, context.Get(Metric::kBytes));
  }
  context.Set(Metric::kRows, Product(dims) / std::max(1.0, run));
  const bool one = MovesOneAxis(Merged(permutation));
  context.count.kernel_class = run > 1 ? (one ? KernelClass::kTransposeAxis : KernelClass::kTransposeBlocks)
                                       : (one ? KernelClass::kTransposePlane : KernelClass::kTransposeElements);
}

}  // namespace opcost
