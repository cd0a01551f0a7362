// Convolutions as ONNX Runtime's CPU kernels run them: directly on blocked channels, or as im2col and a matrix product.
#include <algorithm>
#include <array>
#include <string>

#include "costing/calibration/kernel_rules.h"

namespace opcost {
namespace {

constexpr int64_t kFloatBytes = 4;
constexpr int64_t kOutputTile = 6;    // outputs of a blocked kernel's widest register tile
constexpr int64_t kFilterBlocks = 4;  // channel blocks it makes at once
constexpr int64_t kPassDepth = 128;   // reduction length before accumulators are written, plain convolution
// Tiles that the widest does not fill are made of 3, 2 and 1 outputs.
constexpr std::array<int64_t, 3> kTailTiles = {3, 2, 1};

struct Window {
  int64_t taps = 0;         // Σ over outputs of the window positions inside the input
  int64_t inner = 0;        // outputs whose window lies inside
  int64_t border_taps = 0;  // taps of the other outputs
  int64_t borders = 0;
};

Window MakeWindow(int64_t input, int64_t output, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
  Window window;
  for (int64_t o = 0; o < output; ++o) {
    int64_t inside = 0;
    for (int64_t t = 0; t < kernel; ++t) {
      const int64_t at = o * stride - pad + t * dilation;
      inside += at >= 0 && at < input ? 1 : 0;
    }
    window.taps += inside;
    if (inside == kernel) {
      ++window.inner;
    } else {
      window.border_taps += inside;
      ++window.borders;
    }
  }
  return window;
}

int64_t Tiles(int64_t outputs) {
  int64_t tiles = outputs / kOutputTile, rest = outputs % kOutputTile;
  for (int64_t tile : kTailTiles) {
    tiles += rest / tile;
    rest %= tile;
  }
  return tiles;
}

struct ConvShape {
  Extents64 in, out, weight;
  Extents64 kernel, strides, dilations, pads;
  int64_t group = 1;
  int64_t cin_per_group = 1, cout_per_group = 1;
  bool good = false;
};

Extents64 IntsOr(const Node& node, const char* name, size_t n, int64_t fallback) {
  const std::vector<int64_t>& values = IntsAttribute(node, name);
  return values.size() == n ? values : Extents64(n, fallback);
}

ConvShape ReadConv(const KernelContext& context) {
  ConvShape conv{context.In(0), context.Out(), context.In(1)};
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
      context.Set(KernelMetric::kResidualBytes) = static_cast<double>(Product(conv.out) * kFloatBytes);
    }
  }
}

void Depthwise(const ConvShape& conv, const Window& rows, const Window& columns, const KernelContext& context) {
  const int64_t lanes = context.machine.lanes;
  const double planes = static_cast<double>(conv.out[0] * RoundUp(conv.group, lanes));
  const double vectors = static_cast<double>(conv.out[0] * CeilDiv(conv.group, lanes));
  context.count.kernel_class = KernelClass::kConvBlockedDepthwise;
  context.Set(KernelMetric::kTiledMacs) = planes * static_cast<double>(rows.taps * columns.inner * conv.kernel[1]);
  context.Set(KernelMetric::kBorderMacs) = planes * static_cast<double>(rows.taps * columns.border_taps);
  context.Set(KernelMetric::kTileSteps) =
      vectors * static_cast<double>(rows.taps * conv.kernel[1] * Tiles(columns.inner));
}

void Dense(const ConvShape& conv, const Window& rows, const Window& columns, const KernelContext& context) {
  const int64_t lanes = context.machine.lanes;
  const bool first = conv.group == 1 && conv.cin_per_group < lanes;
  const bool pointwise = !first && Product(conv.kernel) == 1 &&
                         std::all_of(conv.pads.begin(), conv.pads.end(), [](int64_t p) { return p == 0; });
  const int64_t cin = first ? conv.cin_per_group : RoundUp(conv.cin_per_group, lanes);
  const int64_t blocks = CeilDiv(conv.cout_per_group, lanes);
  const double times = static_cast<double>(conv.out[0] * conv.group * cin);
  const double filters = static_cast<double>(CeilDiv(blocks, kFilterBlocks));
  const double cout = static_cast<double>(blocks * lanes);
  double macs, border = 0, steps;
  if (pointwise) {
    context.count.kernel_class = KernelClass::kConvBlockedPointwise;
    const bool whole = conv.strides == Extents64{1, 1};  // the lines are one
    const int64_t outputs = conv.out[2] * conv.out[3];
    macs = cout * static_cast<double>(outputs);
    steps = filters * static_cast<double>(whole ? Tiles(outputs) : Tiles(conv.out[3]) * conv.out[2]);
  } else {
    context.count.kernel_class = first ? KernelClass::kConvBlockedFirst : KernelClass::kConvBlocked;
    macs = cout * static_cast<double>(rows.taps * columns.inner * conv.kernel[1]);
    border = cout * static_cast<double>(rows.taps * columns.border_taps);
    steps = filters * static_cast<double>(rows.taps * (conv.kernel[1] * Tiles(columns.inner) + columns.border_taps));
  }
  context.Set(KernelMetric::kTiledMacs) = times * macs;
  context.Set(KernelMetric::kBorderMacs) = times * border;
  context.Set(KernelMetric::kTileSteps) = times * steps;
  if (Aliased(conv.out[2] * conv.out[3] * lanes * kFloatBytes, context.machine)) {
    context.Set(KernelMetric::kAliasedMacs) = times * macs;
  }
}

}  // namespace

void AddFusedActivation(int64_t elements, const KernelContext& context) {
  const absl::string_view kind = StringAttribute(context.node, "activation", "");
  if (kind.empty() || kind == "Relu") return;  // Relu costs nothing in the epilogue
  const bool transcendental = kind == "Sigmoid" || kind == "Tanh";
  context.Set(transcendental ? KernelMetric::kActivationTranscendentals : KernelMetric::kActivationOps) =
      static_cast<double>(elements);
}

void BlockedConvKernel(const KernelContext& context) {
  const ConvShape conv = ReadConv(context);
  context.count.kernel_class = KernelClass::kConvBlocked;
  if (!conv.good || conv.in.size() != 4) return;
  const Window rows =
      MakeWindow(conv.in[2], conv.out[2], conv.kernel[0], conv.strides[0], conv.dilations[0], conv.pads[0]);
  const Window columns =
      MakeWindow(conv.in[3], conv.out[3], conv.kernel[1], conv.strides[1], conv.dilations[1], conv.pads[1]);
  if (conv.cin_per_group == 1 && conv.cout_per_group == 1 && conv.group > 1) {
    Depthwise(conv, rows, columns, context);
  } else {
    Dense(conv, rows, columns, context);
  }
  AddResidual(conv, context);
  AddFusedActivation(Product(conv.out), context);
}

void PlainConvKernel(const KernelContext& context) {
  const ConvShape conv = ReadConv(context);
  context.count.kernel_class = KernelClass::kConvPlain;
  if (!conv.good) return;
  const int64_t pixels = Product(absl::MakeSpan(conv.out).subspan(2));
  const int64_t depth = conv.cin_per_group * Product(conv.kernel);
  const int64_t calls = conv.out[0] * conv.group;
  const bool direct = Product(conv.kernel) == 1 &&
                      std::all_of(conv.strides.begin(), conv.strides.end(), [](int64_t s) { return s == 1; });
  AddFusedActivation(Product(conv.out), context);
  context.Set(KernelMetric::kInnerCalls) = static_cast<double>(calls);
  if (conv.cin_per_group == 1 && conv.cout_per_group == 1 && conv.group > 1) {
    context.count.kernel_class = KernelClass::kConvPlainDepthwise;
    context.Set(KernelMetric::kTiledMacs) = static_cast<double>(Product(conv.out) * Product(conv.kernel));
    return;
  }
  AddProduct(calls, conv.cout_per_group, pixels, depth, context);
  context.Set(KernelMetric::kPassBytes) =
      static_cast<double>(Product(conv.out) * kFloatBytes * CeilDiv(depth, kPassDepth));
  context.Set(KernelMetric::kPackedElements) = static_cast<double>(calls * depth * pixels);
  if (pixels == 1) {
    context.count.kernel_class = KernelClass::kConvPlainVector;
  } else if (direct) {
    context.count.kernel_class = KernelClass::kConvPlainPointwise;
  } else if (conv.group > 1) {
    context.count.kernel_class = KernelClass::kConvPlainGrouped;
  }
}

}  // namespace opcost
