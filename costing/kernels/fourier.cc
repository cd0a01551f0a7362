// Fourier transforms along one axis.
#include <algorithm>
#include <cmath>

#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

struct Transforms {
  double count = 1;
  double length = 1;
};

// x [.., n, .., 1 or 2]. The axis is an attribute, from version 20 on the third operand; where neither says it, it is
// the last but one.
Transforms ReadDft(const KernelContext& context) {
  constexpr size_t kAxisSlot = 2;
  const Extents64 in = context.In(0);
  const int64_t last_but_one = static_cast<int64_t>(in.size()) - 2;
  const size_t axis = AxisOf(context.node, context.IntIn(kAxisSlot).value_or(last_but_one), in.size());
  const double length = std::max(1.0, static_cast<double>(in[axis]));
  return {Product(in) / (length * std::max(1.0, static_cast<double>(in.back()))), length};
}

// Output [batch, frames, bins, 2]; as long as the frame says, or the window.
Transforms ReadStft(const KernelContext& context) {
  constexpr size_t kWindowSlot = 2, kLengthSlot = 3;
  const Extents64 window = context.In(kWindowSlot), out = context.Out();
  const int64_t from_window = window.empty() ? 1 : window[0];
  return {static_cast<double>(out[0]) * static_cast<double>(out[1]),
          static_cast<double>(context.IntIn(kLengthSlot).value_or(from_window))};
}

// Butterflies of n elements: log2 n times all of them. Where n is no power of two, Bluestein's algorithm makes three
// transforms of the next one from 2 n − 1 on.
double Steps(double n) {
  const double bits = std::ceil(std::log2(std::max(1.0, n)));
  if (std::exp2(bits) == n) return n * std::max(1.0, bits);
  const double more = std::ceil(std::log2(2 * n - 1));
  return 3 * std::exp2(more) * more;
}

}  // namespace

void FourierKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kFourier;
  const bool frames = context.node.op_type == "STFT";
  if (context.In(0).size() < 2 || (frames && context.Out().size() < 2)) return;
  const Transforms transforms = frames ? ReadStft(context) : ReadDft(context);
  constexpr double kParts = 2;  // real and imaginary, a multiply-accumulate each
  context.Set(Metric::kTiledMacs, kParts * transforms.count * Steps(transforms.length));
  context.Set(Metric::kRows, transforms.count);
}

}  // namespace opcost
