// Convolutions as ONNX Runtime's CPU kernels run them: directly on blocked channels, or as im2col and a matrix product.
#include <algorithm>
#include <array>
#include <string>

#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

constexpr double kFloatBytes = 4;
constexpr double kFilterBlocks = 4;  // channel blocks it makes at once
constexpr double kPassDepth = 128;   // reduction length before accumulators are written, plain convolution
// Tiles that the widest does not fill are made of 3, 2 and 1 outputs.
constexpr std::array<int64_t, 3> kTailTiles = {3, 2, 1};
// A longer window is one that lies inside: nothing is gained by looking at each of its positions.
constexpr int64_t kLongestWindow = 4096;

// Along one axis.
struct Window {
  double taps = 0;         // Σ over outputs of the window positions inside the input
  double inner = 0;        // outputs whose window lies inside
  double border_taps = 0;  // taps of the other outputs
};

// How many o in [0, outputs) have `from` <= o · stride < `to`.
int64_t OutputsBetween(int64_t from, int64_t to, int64_t stride, int64_t outputs) {
  const auto first_at = [&](int64_t position) {
    return position <= 0 ? 0 : std::min(outputs, position / stride + (position % stride != 0 ? 1 : 0));
  };
  return std::max<int64_t>(0, first_at(to) - first_at(from));
}

struct Axis {
  int64_t input, output, kernel, stride, dilation, pad;
};

Window MakeWindow(const Axis& axis) {
  const int64_t stride = std::max<int64_t>(1, axis.stride);
  const int64_t reach = (axis.kernel - 1) * axis.dilation;
  Window window;
  window.inner = static_cast<double>(OutputsBetween(axis.pad, axis.input + axis.pad - reach, stride, axis.output));
  if (axis.kernel > kLongestWindow) {
    window.taps = window.inner * static_cast<double>(axis.kernel);
    return window;
  }
  for (int64_t t = 0; t < axis.kernel; ++t) {
    const int64_t shift = axis.pad - t * axis.dilation;
    window.taps += static_cast<double>(OutputsBetween(shift, axis.input + shift, stride, axis.output));
  }
  window.border_taps = window.taps - window.inner * static_cast<double>(axis.kernel);
  return window;
}

double Tiles(double outputs, const KernelMachine& machine) {
  const int64_t n = ToCount(outputs), widest = machine.TileOutputs();
  int64_t tiles = n / widest, rest = n % widest;
  for (int64_t tile : kTailTiles) {
    tiles += rest / tile;
    rest %= tile;
  }
  return static_cast<double>(tiles);
}

struct ConvShape {
  Extents64 in, out, weight;
  Extents64 kernel, strides, dilations, pads;
  int64_t group = 1;
  int64_t cin_per_group = 1, cout_per_group = 1;
  bool good = false;

  bool IsDepthwise() const { return cin_per_group == 1 && cout_per_group == 1 && group > 1; }
  Window Along(size_t axis) const {
    return MakeWindow({in[axis + 2], out[axis + 2], kernel[axis], strides[axis], dilations[axis], pads[axis]});
  }
};

// Beyond this no product of two of them fits; no real convolution comes near.
constexpr int64_t kLargest = int64_t{1} << 30;
Extents64 Bounded(Extents64 values) {
  for (int64_t& value : values) value = std::clamp(value, -kLargest, kLargest);
  return values;
}

Extents64 IntsOr(const Node& node, const char* name, size_t n, int64_t fallback) {
  const std::vector<int64_t>& values = IntsAttribute(node, name);
  return values.size() == n ? Bounded(values) : Extents64(n, fallback);
}

ConvShape ReadConv(const KernelContext& context) {
  ConvShape conv{Bounded(context.In(0)), Bounded(context.Out()), Bounded(context.In(1))};
  conv.group = std::max<int64_t>(1, IntAttribute(context.node, "group", 1));
  if (conv.in.size() < 3 || conv.out.size() != conv.in.size()) return conv;
  const size_t spatial = conv.in.size() - 2;
  if (conv.weight.size() == conv.in.size()) {
    conv.kernel.assign(conv.weight.begin() + 2, conv.weight.end());
    conv.cin_per_group = conv.weight[1];
  } else {
    conv.kernel = IntsOr(context.node, "kernel_shape", spatial, 1);
    conv.cin_per_group = conv.in[1] / conv.group;
  }
  conv.cout_per_group = conv.out[1] / conv.group;
  conv.strides = IntsOr(context.node, "strides", spatial, 1);
  conv.dilations = IntsOr(context.node, "dilations", spatial, 1);
  conv.pads = IntsOr(context.node, "pads", 2 * spatial, 0);
  conv.good = conv.cout_per_group > 0 && conv.cin_per_group > 0;
  return conv;
}

// A fused sum reads its addend: an operand of the output's rank and shape.
void AddResidual(const ConvShape& conv, const KernelContext& context) {
  for (size_t slot = 2; slot < context.node.inputs.size(); ++slot) {
    if (context.In(slot).size() == conv.out.size()) {
      context.Set(Metric::kResidualBytes, Product(conv.out) * kFloatBytes);
    }
  }
}

void Depthwise(const ConvShape& conv, const Window& rows, const Window& columns, const KernelContext& context) {
  const double lanes = static_cast<double>(context.machine.lanes);
  const double batch = static_cast<double>(conv.out[0]), group = static_cast<double>(conv.group);
  const double width = static_cast<double>(conv.kernel[1]);
  context.count.kernel_class = KernelClass::kConvBlockedDepthwise;
  context.Set(Metric::kTiledMacs, batch * RoundUp(group, lanes) * rows.taps * columns.inner * width);
  context.Set(Metric::kBorderMacs, batch * RoundUp(group, lanes) * rows.taps * columns.border_taps);
  context.Set(Metric::kTileSteps,
              batch * CeilDiv(group, lanes) * rows.taps * width * Tiles(columns.inner, context.machine));
}

void Dense(const ConvShape& conv, const Window& rows, const Window& columns, const KernelContext& context) {
  const double lanes = static_cast<double>(context.machine.lanes);
  const double width = static_cast<double>(conv.kernel[1]);
  const bool first = conv.group == 1 && conv.cin_per_group < context.machine.lanes;
  const bool pointwise = !first && Product(conv.kernel) == 1 &&
                         std::all_of(conv.pads.begin(), conv.pads.end(), [](int64_t p) { return p == 0; });
  const double per_group = static_cast<double>(conv.cin_per_group);
  const double cin = first ? per_group : RoundUp(per_group, lanes);
  const double blocks = CeilDiv(static_cast<double>(conv.cout_per_group), lanes);
  const double times = static_cast<double>(conv.out[0]) * static_cast<double>(conv.group) * cin;
  const double filters = CeilDiv(blocks, kFilterBlocks);
  const double cout = blocks * lanes;
  const double height = static_cast<double>(conv.out[2]), line = static_cast<double>(conv.out[3]);
  double macs, border = 0, steps;
  if (pointwise) {
    context.count.kernel_class = KernelClass::kConvBlockedPointwise;
    const bool whole = conv.strides == Extents64{1, 1};  // the lines are one
    macs = cout * height * line;
    steps = filters * (whole ? Tiles(height * line, context.machine) : Tiles(line, context.machine) * height);
  } else {
    context.count.kernel_class = first ? KernelClass::kConvBlockedFirst : KernelClass::kConvBlocked;
    macs = cout * rows.taps * columns.inner * width;
    border = cout * rows.taps * columns.border_taps;
    steps = filters * rows.taps * (width * Tiles(columns.inner, context.machine) + columns.border_taps);
  }
  context.Set(Metric::kTiledMacs, times * macs);
  context.Set(Metric::kBorderMacs, times * border);
  context.Set(Metric::kTileSteps, times * steps);
  if (Aliased(height * line * lanes * kFloatBytes, context.machine)) context.Set(Metric::kAliasedMacs, times * macs);
}

}  // namespace

void AddFusedActivation(double elements, const KernelContext& context) {
  const absl::string_view kind = StringAttribute(context.node, "activation", "");
  if (kind.empty() || kind == "Relu") return;  // Relu costs nothing in the epilogue
  const bool transcendental = kind == "Sigmoid" || kind == "Tanh";
  context.Set(transcendental ? Metric::kActivationTranscendentals : Metric::kActivationOps, elements);
}

void BlockedConvKernel(const KernelContext& context) {
  const ConvShape conv = ReadConv(context);
  context.count.kernel_class = KernelClass::kConvBlocked;
  if (!conv.good || conv.in.size() != 4) return;
  if (conv.IsDepthwise()) {
    Depthwise(conv, conv.Along(0), conv.Along(1), context);
  } else {
    Dense(conv, conv.Along(0), conv.Along(1), context);
  }
  AddResidual(conv, context);
  AddFusedActivation(Product(conv.out), context);
}

void PlainConvKernel(const KernelContext& context) {
  const ConvShape conv = ReadConv(context);
  context.count.kernel_class = KernelClass::kConvPlain;
  if (!conv.good) return;
  const double pixels = Product(absl::MakeSpan(conv.out).subspan(2));
  const double depth = static_cast<double>(conv.cin_per_group) * Product(conv.kernel);
  const double calls = static_cast<double>(conv.out[0]) * static_cast<double>(conv.group);
  const bool direct = Product(conv.kernel) == 1 &&
                      std::all_of(conv.strides.begin(), conv.strides.end(), [](int64_t s) { return s == 1; });
  AddFusedActivation(Product(conv.out), context);
  context.Set(Metric::kCalls, calls);
  // Lines of the windows, copied one by one.
  const double lines = calls * depth * pixels / std::max(1.0, static_cast<double>(conv.out.back()));
  if (conv.IsDepthwise()) {
    context.count.kernel_class = KernelClass::kConvPlainDepthwise;
    context.Set(Metric::kRows, lines);
    context.Set(Metric::kTiledMacs, Product(conv.out) * Product(conv.kernel));
    return;
  }
  AddProduct(calls, static_cast<double>(conv.cout_per_group), pixels, depth, context);
  if (!direct) context.Set(Metric::kRows, lines);
  context.Set(Metric::kPassBytes, Product(conv.out) * kFloatBytes * CeilDiv(depth, kPassDepth));
  context.Set(Metric::kPackedElements, calls * depth * pixels);
  if (pixels == 1) {
    context.count.kernel_class = KernelClass::kConvPlainVector;
  } else if (direct) {
    context.count.kernel_class = KernelClass::kConvPlainPointwise;
  } else if (conv.group > 1) {
    context.count.kernel_class = KernelClass::kConvPlainGrouped;
  }
}

}  // namespace opcost
