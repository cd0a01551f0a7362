// Detectors and networks that make images: pyramids, upsampling, concatenations, heads that decode boxes; transposed
// and dilated convolutions, norms over groups and instances, pixel shuffles.
#include <algorithm>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

T CrossStage(Net& net, const T& x, int64_t out, int64_t depth, Activation activation, bool residual) {
  const int64_t half = out / 2;
  std::vector<T> parts = Split(net, ConvAct(net, x, {.channels = 2 * half}, activation), {half, half}, 1);
  for (int64_t i = 0; i < depth; ++i) {
    const T inner = ConvAct(net, parts.back(), {.channels = half, .kernel = 3}, activation);
    const T y = ConvAct(net, inner, {.channels = half, .kernel = 3}, activation);
    parts.push_back(residual ? Add(net, parts.back(), y) : y);
  }
  return ConvAct(net, Concat(net, parts, 1), {.channels = out}, activation);
}

// One pool after another, all side by side.
T SpatialPyramid(Net& net, const T& x, Activation activation) {
  std::vector<T> parts = {ConvAct(net, x, {.channels = std::max<int64_t>(8, x.dims[1] / 2)}, activation)};
  for (int i = 0; i < 3; ++i) parts.push_back(Pooling(net, parts.back(), Pool::kMax, 5, 1));
  return ConvAct(net, Concat(net, parts, 1), {.channels = x.dims[1]}, activation);
}

enum class Enlarge { kNearest, kNearestBlocked, kLinear, kLinearCorners, kCubic };

T Resize(Net& net, const T& x, Enlarge how, double factor) {
  const std::vector<float> scales = {1, 1, static_cast<float>(factor), static_cast<float>(factor)};
  const bool nearest = how == Enlarge::kNearest || how == Enlarge::kNearestBlocked;
  const char* mode = nearest ? "nearest" : how == Enlarge::kCubic ? "cubic" : "linear";
  const char* transform = how == Enlarge::kNearestBlocked || how == Enlarge::kNearest ? "asymmetric"
                          : how == Enlarge::kLinearCorners                            ? "align_corners"
                                                                                      : "half_pixel";
  Attributes attributes = {{"mode", std::string(mode)}, {"coordinate_transformation_mode", std::string(transform)}};
  if (nearest) attributes.push_back({"nearest_mode", std::string("floor")});
  if (how == Enlarge::kNearest) {  // sizes instead of scales
    const auto scaled = [&](int64_t extent) { return static_cast<int64_t>(static_cast<double>(extent) * factor); };
    return net.Op("Resize", {x, {}, {}, net.Ints({x.dims[0], x.dims[1], scaled(x.dims[2]), scaled(x.dims[3])})},
                  attributes);
  }
  return net.Op("Resize", {x, {}, net.Floats({4}, scales)}, attributes);
}

T Upscale(Net& net, const T& x) {
  const Enlarge how = net.Turn({Enlarge::kNearestBlocked, Enlarge::kNearest, Enlarge::kLinear, Enlarge::kLinearCorners,
                                Enlarge::kNearestBlocked});
  return Resize(net, x, how, 2);
}

// Distances to four sides as expectations over 16 bins, around the centres of the cells.
T DecodeBoxes(Net& net, const T& boxes) {
  const int64_t cells = boxes.dims[2];
  T bins = Softmax(net, Transpose(net, Reshape(net, boxes, {1, 4, 16, cells}), {0, 2, 1, 3}), 1);
  bins = Conv(net, bins, {.channels = 1, .bias = false});
  const std::vector<T> sides = Split(net, Reshape(net, bins, {1, 4, cells}), {2, 2}, 1);
  const T centres = net.Weight({1, 2, cells});
  const T low = net.Op("Sub", {centres, sides[0]}), high = Add(net, centres, sides[1]);
  const T middle = net.Op("Div", {Add(net, low, high), net.Scalar(2)});
  return Mul(net, Concat(net, {middle, net.Op("Sub", {high, low})}, 1), net.Weight({1, cells}));
}

// The best candidates by score, and their boxes.
T BestBoxes(Net& net, const T& scores, const T& boxes, int64_t count) {
  const T best = Reduce(net, "ReduceMax", scores, {1}, false);
  const std::vector<T> top = net.Ops("TopK", {best, net.Ints({count})}, {{"axis", int64_t{-1}}}, 2);
  const T places = net.Op("Expand", {net.Op("Unsqueeze", {top[1], net.Ints({-1})}), net.Ints({1, count, 4})});
  const T chosen = net.Op("GatherElements", {Transpose(net, boxes, {0, 2, 1}), places}, {{"axis", int64_t{1}}});
  return Mul(net, chosen, net.Op("Unsqueeze", {top[0], net.Ints({-1})}));
}

}  // namespace

void BuildDetector(Net& net) {
  const Activation activation =
      net.Turn({Activation::kSilu, Activation::kSilu, Activation::kRelu, Activation::kLeakyRelu});
  const int64_t c = net.Turn<int64_t>({16, 12, 24, 16, 32, 8}),
                side = net.Turn<int64_t>({256, 320, 160, 288, 128, 384});
  const int64_t classes = net.Turn<int64_t>({80, 20, 1, 91});
  T x = net.Input({1, 3, side, side});
  x = ConvAct(net, x, {.channels = c, .kernel = 3, .stride = 2}, activation);
  x = ConvAct(net, x, {.channels = 2 * c, .kernel = 3, .stride = 2}, activation);
  x = CrossStage(net, x, 2 * c, 1, activation, true);
  const T fine = CrossStage(net, ConvAct(net, x, {.channels = 4 * c, .kernel = 3, .stride = 2}, activation), 4 * c, 2,
                            activation, true);
  T coarse = CrossStage(net, ConvAct(net, fine, {.channels = 8 * c, .kernel = 3, .stride = 2}, activation), 8 * c, 1,
                        activation, true);
  coarse = SpatialPyramid(net, coarse, activation);
  const T joined = CrossStage(net, Concat(net, {Upscale(net, coarse), fine}, 1), 4 * c, 1, activation, false);
  std::vector<T> flat;
  for (const T& level : {joined, coarse}) {
    const T boxes = Conv(net, ConvAct(net, level, {.channels = 64, .kernel = 3}, activation), {.channels = 64});
    const T scores =
        Conv(net, ConvAct(net, level, {.channels = std::max<int64_t>(classes, 32), .kernel = 3}, activation),
             {.channels = classes});
    const T both = Concat(net, {boxes, scores}, 1);
    flat.push_back(Reshape(net, both, {1, both.dims[1], both.dims[2] * both.dims[3]}));
  }
  const std::vector<T> parts = Split(net, Concat(net, flat, 2), {64, classes}, 1);
  const T boxes = DecodeBoxes(net, parts[0]), scores = net.Op("Sigmoid", {parts[1]});
  net.Output(Concat(net, {boxes, scores}, 1));
  net.Output(BestBoxes(net, scores, boxes, std::min<int64_t>(100, boxes.dims[2])));
}

namespace {

enum class Norm { kBatch, kGroup, kInstance, kNone };

T NormOf(Net& net, const T& x, Norm norm) {
  switch (norm) {
    case Norm::kBatch:
      return BatchNorm(net, x);
    case Norm::kGroup: {
      const int64_t groups = net.random.Pick<int64_t>({4, 8, 16, 32});
      return x.dims[1] % groups == 0 ? GroupNorm(net, x, groups) : InstanceNorm(net, x);
    }
    case Norm::kInstance:
      return InstanceNorm(net, x);
    default:
      return x;
  }
}

T Twice(Net& net, T x, int64_t c, Norm norm, Activation activation) {
  for (int i = 0; i < 2; ++i) {
    x = Activate(net, NormOf(net, Conv(net, x, {.channels = c, .kernel = 3}), norm), activation);
  }
  return x;
}

T PixelShuffle(Net& net, const T& x, int64_t c) {
  const T wide = Conv(net, x, {.channels = 4 * c, .kernel = 3});
  return net.Op("DepthToSpace", {wide}, {{"blocksize", int64_t{2}}, {"mode", std::string(net.Turn({"CRD", "DCR"}))}});
}

T TransposedConv(Net& net, const T& x, int64_t c) {
  const int64_t kernel = net.random.Pick<int64_t>({2, 4, 3});
  const int64_t pad = kernel == 2 ? 0 : 1;
  return net.Op("ConvTranspose", {x, net.Weight({x.dims[1], c, kernel, kernel}), net.Weight({c})},
                {{"kernel_shape", Dims{kernel, kernel}},
                 {"strides", Dims{2, 2}},
                 {"pads", Dims(4, pad)},
                 {"output_padding", Dims(2, kernel == 3 ? 1 : 0)}});
}

T Up(Net& net, const T& x, int64_t c) {
  switch (net.index() % 4) {
    case 0:
      return TransposedConv(net, x, c);
    case 1:
      return Conv(net, Resize(net, x, net.random.Pick({Enlarge::kLinear, Enlarge::kLinearCorners}), 2),
                  {.channels = c});
    case 2:
      return PixelShuffle(net, x, c);
    default:
      return Conv(net, Resize(net, x, net.random.Pick({Enlarge::kNearest, Enlarge::kNearestBlocked}), 2),
                  {.channels = c, .kernel = 3});
  }
}

}  // namespace

void BuildSegmenter(Net& net) {
  const Norm norm = net.Turn({Norm::kBatch, Norm::kGroup, Norm::kInstance, Norm::kGroup, Norm::kNone});
  const Activation activation =
      net.Turn({Activation::kRelu, Activation::kSilu, Activation::kLeakyRelu, Activation::kGelu});
  const int64_t c = net.Turn<int64_t>({16, 32, 24, 12, 48}), side = net.Turn<int64_t>({96, 64, 128, 80, 160});
  const T image = net.Input({1, 3, side, side});
  const T a = Twice(net, image, c, norm, activation);
  const T b = Twice(net, Pooling(net, a, Pool::kMax, 2, 2), 2 * c, norm, activation);
  T d = Twice(net, Pooling(net, b, Pool::kAverage, 2, 2), 4 * c, norm, activation);
  if (net.random.Chance(0.5)) {  // several dilations side by side
    std::vector<T> parts = {ConvAct(net, d, {.channels = c}, activation)};
    for (const int64_t rate : {6, 12, 18}) {
      parts.push_back(ConvAct(net, d, {.channels = c, .kernel = 3, .dilation = rate}, activation));
    }
    parts.push_back(Resize(net, ConvAct(net, GlobalPool(net, d), {.channels = c}, activation), Enlarge::kLinear,
                           static_cast<double>(d.dims[2])));
    d = ConvAct(net, Concat(net, parts, 1), {.channels = 4 * c}, activation);
  }
  T y = Twice(net, Concat(net, {Up(net, d, 2 * c), b}, 1), 2 * c, norm, activation);
  y = Twice(net, Concat(net, {Up(net, y, c), a}, 1), c, norm, activation);
  y = Conv(net, y, {.channels = net.Turn<int64_t>({21, 1, 3, 150})});
  if (net.index() % 3 == 0) y = net.Op("ArgMax", {y}, {{"axis", int64_t{1}}});
  net.Output(y);
}

// Generators of images: reflecting pads, instance norms, transposed convolutions, 1-D and 3-D ones too.
void BuildUpsampler(Net& net) {
  const int64_t c = net.Turn<int64_t>({24, 16, 32}), side = net.Turn<int64_t>({64, 96, 48});
  T x = net.Input({1, 3, side, side});
  const BuiltAttribute mode = {"mode", std::string(net.Turn({"reflect", "edge", "constant"}))};
  const auto padded = [&](const T& t, int64_t by) {
    return net.Op("Pad", {t, net.Ints({0, 0, by, by, 0, 0, by, by})}, {mode});
  };
  x = Activate(net, InstanceNorm(net, Conv(net, padded(x, 3), {.channels = c, .kernel = 7, .padded = false})),
               Activation::kRelu);
  x = Activate(net, InstanceNorm(net, Conv(net, x, {.channels = 2 * c, .kernel = 3, .stride = 2})), Activation::kRelu);
  for (int i = 0; i < 2; ++i) {
    const T y = Conv(net, padded(x, 1), {.channels = 2 * c, .kernel = 3, .padded = false});
    x = Add(net, x, Activate(net, InstanceNorm(net, y), Activation::kPRelu));
  }
  x = Activate(net, TransposedConv(net, x, c), Activation::kLeakyRelu);
  for (const Enlarge how : {Enlarge::kLinear, Enlarge::kNearest, Enlarge::kLinearCorners}) {
    net.Output(Resize(net, net.Input({1, Channels(net, 16, 256), side / 4, side / 4}), how, 2));
  }
  net.Output(Resize(net, x, Enlarge::kLinear, net.random.Pick({0.5, 1.5})));
  // Positions that are stretched to other image sizes, images that are made smaller.
  for (int i = 0; i < 4; ++i) {
    const int64_t here = net.random.Pick<int64_t>({14, 16, 24, 60}),
                  channels = i == 0 ? 3 : Channels(net, 16, 4000 / here);
    net.Output(
        Resize(net, net.Input({1, channels, here, here}), Enlarge::kCubic, net.random.Pick({0.75, 0.9, 1.25, 2.0})));
  }
  for (const Enlarge how : {Enlarge::kNearestBlocked, Enlarge::kLinear}) {  // on blocks of channels
    const int64_t channels = 16 * net.random.LogBetween(1, 16);
    net.Output(Resize(net, Conv(net, x, {.channels = channels, .stride = 2}), how, 2));
  }
  const T blocks = net.Op("SpaceToDepth", {x}, {{"blocksize", int64_t{2}}});
  net.Output(TransposedConv(net, PixelShuffle(net, blocks, c), 3));
  const T deep = net.Input({1, Channels(net, 64, 512), 14, 14});
  net.Output(TransposedConv(net, TransposedConv(net, deep, Channels(net, 32, 256)), Channels(net, 16, 64)));
}

}  // namespace opcost::generate
