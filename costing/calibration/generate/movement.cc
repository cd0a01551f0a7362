// Movement, kernels side by side: transposes, copies, indices, searching.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"
#include "costing/calibration/generate/sized_inputs.h"

namespace opcost::generate {

// Axes change places, in every way that networks have.
void BuildTransposes(Net& net) {
  struct Row {
    Dims permutation;
    Dims low, high;  // of the extents
  };
  const std::vector<Row> rows = {
      {{0, 2, 1, 3}, {1, 16, 2, 16}, {2, 1024, 16, 128}},                 // heads
      {{0, 1, 3, 2}, {1, 2, 16, 16}, {2, 16, 1024, 128}},                 // keys
      {{0, 2, 1}, {1, 32, 48}, {1, 4096, 1536}},                          // tokens and channels
      {{0, 2, 3, 1}, {1, 16, 7, 7}, {1, 768, 80, 80}},                    // channels last
      {{0, 3, 1, 2}, {1, 7, 7, 16}, {1, 80, 80, 768}},                    // channels first
      {{0, 1, 3, 2, 4, 5}, {1, 2, 4, 2, 4, 32}, {1, 8, 14, 8, 14, 256}},  // windows
      {{2, 0, 3, 1, 4}, {1, 16, 3, 2, 16}, {8, 1024, 3, 12, 64}},         // packed heads
      {{0, 2, 1, 3, 4}, {1, 2, 8, 7, 7}, {1, 4, 256, 56, 56}},            // channel shuffle
      {{0, 2, 3, 4, 1}, {1, 16, 2, 7, 7}, {1, 128, 8, 28, 28}},           // video
      {{0, 4, 1, 2, 3}, {1, 2, 7, 7, 16}, {1, 8, 28, 28, 128}},
      {{1, 0, 2}, {16, 1, 64}, {400, 4, 512}},  // steps first
      {{1, 0, 2}, {16, 1, 64}, {400, 1, 512}},  // nothing really moves
      {{2, 0, 1}, {1, 32, 32}, {4, 512, 800}},
      {{1, 0}, {32, 32}, {4096, 2048}},
      {{0, 3, 2, 1}, {1, 8, 8, 8}, {1, 128, 96, 96}},
      {{3, 2, 1, 0}, {1, 8, 8, 8}, {4, 96, 64, 64}},
      {{0, 3, 4, 1, 2}, {1, 4, 4, 16, 16}, {1, 8, 16, 64, 64}},
      {{0, 2, 4, 1, 3, 5}, {1, 16, 2, 4, 2, 4}, {1, 256, 8, 14, 8, 14}},
      {{0, 1, 4, 2, 5, 3}, {1, 8, 2, 2, 8, 8}, {1, 64, 2, 2, 32, 32}},  // pixel shuffle spelt out
      {{0, 2, 1}, {1, 256, 192}, {1, 4096, 640}},                       // planes that leave the core's cache, both ways
      {{0, 2, 1}, {1, 128, 640}, {1, 512, 8192}},
  };
  for (const Row& row : rows) {
    // All extents small, or all large: of three networks each has its third of the sizes.
    const double size = (static_cast<double>(net.index() % 3) + net.random.Uniform()) / 3;
    Dims dims;
    for (size_t d = 0; d < row.low.size(); ++d) {
      const double low = static_cast<double>(row.low[d]), high = static_cast<double>(row.high[d]);
      dims.push_back(std::llround(low * std::pow(high / low, size)));
    }
    net.Output(Transpose(net, net.Input(dims), row.permutation));
  }
}

// `count` places in an axis, three beside each other from each start.
Dims Places(int64_t count, int64_t extent) {
  Dims places;
  for (int64_t i = 0; i < count; ++i) places.push_back(std::min(i / 3 + i % 3, extent - 1));
  return places;
}

// Parts of tensors and tensors of parts.
void BuildCopies(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    const int64_t c = x.dims[1], h = x.dims[2], n = y.dims[1], width = y.dims[2];
    const T beside = net.Input({1, std::max<int64_t>(1, c / 2), h, h});
    net.Output(Concat(net, {x, beside, x}, 1));
    net.Output(Concat(net, {y, net.Input({1, n, width / 2})}, 2));
    if (h > 4) net.Output(Slice(net, x, 2, 1, h - 1));
    if (h > 4) net.Output(Slice(net, x, 3, 0, h, 2));
    net.Output(Slice(net, y, 2, width / 2, width));
    for (const T& part : Split(net, y, {width / 4, width / 4, width / 2}, 2)) net.Output(part);
    if (c > 1) {
      for (const T& part : Split(net, x, {c / 2, c - c / 2}, 1)) net.Output(part);
    }
    net.Output(net.Op("Expand", {net.Input({1, 1, width}), net.Ints({1, n, width})}));
    net.Output(net.Op("Expand", {net.Input({1, c, h, 1}), net.Ints({1, c, h, 32})}));
    net.Output(net.Op("Tile", {net.Input({1, std::max<int64_t>(1, c / 4), h, 1}), net.Ints({1, 2, 1, h})}));
    net.Output(net.Op("Tile", {net.Input({1, 1, width}), net.Ints({1, n, 1})}));
    const T quads = net.Input({1, 4 * net.random.LogBetween(4, 128), 28, 28});
    net.Output(net.Op("DepthToSpace", {quads}, {{"blocksize", int64_t{2}}}));
    net.Output(net.Op("SpaceToDepth", {quads}, {{"blocksize", int64_t{2}}}));
    // From channels last into blocks and back.
    const T last = net.Input({1, 28, 28, 16 * net.random.LogBetween(2, 32)});
    const T first = Conv(net, Transpose(net, last, {0, 3, 1, 2}), {.channels = 16 * net.random.LogBetween(1, 8)});
    net.Output(Transpose(net, first, {0, 2, 3, 1}));
    const std::string mode = net.random.Pick({"constant", "reflect", "edge"});
    if (h > 2) net.Output(net.Op("Pad", {x, net.Ints({0, 0, 1, 2, 0, 0, 1, 0})}, {{"mode", mode}}));
    net.Output(net.Op("Gather", {y, net.Ints({0, n / 2, n - 1})}, {{"axis", int64_t{1}}}));
    const T places = net.Input({net.random.LogBetween(4, 256)}, DType::kInt64);
    net.Output(net.Op("Gather", {net.Input({500, width}), places}));
  }
}

// Through indices, element by element or row by row; sorting and searching.
void BuildIndexing(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const int64_t rows = net.random.LogBetween(16, 4096), width = net.random.LogBetween(16, 1024);
    const T x = net.Input({1, rows, width});
    const int64_t chosen = std::max<int64_t>(2, rows / 3);
    const T places = net.Input({1, chosen, width}, DType::kInt64);
    net.Output(net.Op("GatherElements", {x, places}, {{"axis", int64_t{1}}}));
    net.Output(net.Op("ScatterElements", {x, places, net.Input({1, chosen, width})}, {{"axis", int64_t{1}}}));
    const T points = net.Input({chosen, 2}, DType::kInt64);
    const T pair = net.Input({2, rows, width});
    net.Output(net.Op("GatherND", {pair, points}));
    net.Output(net.Op("ScatterND", {pair, points, net.Input({chosen, width})}));
    const T flat = net.Input({1, net.random.LogBetween(500, 300000)});
    const std::vector<T> top =
        net.Ops("TopK", {flat, net.Ints({std::min<int64_t>(300, flat.dims[1] / 2)})}, {{"axis", int64_t{-1}}}, 2);
    net.Output(top[0]);
    net.Output(net.Op("ArgMax", {x}, {{"axis", int64_t{-1}}}));
    net.Output(net.Op("ArgMin", {MapOf(net, net.random.LogBetween(5000, 200000))}, {{"axis", int64_t{1}}}));
    net.Output(net.Op("CumSum", {x, net.Int(1)}));
    net.Output(net.Op(
        "OneHot", {net.Input({net.random.LogBetween(8, 512)}, DType::kInt64), net.Int(80), net.Floats({2}, {0, 1})}));
    net.Output(net.Op("Trilu", {net.Input({net.random.LogBetween(16, 512), 128})}, {{"upper", int64_t{0}}}));
    const int64_t side = net.random.Pick<int64_t>({16, 28, 40});
    // Windows of an image as exporters spell them, where no operator unfolds: indices along each of its axes.
    const T image = net.Input({1, net.random.LogBetween(4, 128), side, side});
    const Dims starts = Places(3 * (side - 2), side);
    const T bands = net.Op("Gather", {image, net.Ints(starts)}, {{"axis", int64_t{2}}});
    net.Output(net.Op("Gather", {bands, net.Ints(starts)}, {{"axis", int64_t{3}}}));
    if (net.opset() >= 18) {  // where the operator begins
      net.Output(net.Op(
          "Col2Im",
          {net.Input({1, net.random.LogBetween(4, 32) * 9, side * side}), net.Ints({side, side}), net.Ints({3, 3})},
          {{"pads", Dims(4, 1)}}));
    }
    const T experts = net.Input({net.random.LogBetween(1, 256), net.random.Pick<int64_t>({8, 32, 128})});
    net.Output(
        net.Ops("TopK", {experts, net.Ints({net.random.Pick<int64_t>({2, 4, 8})})}, {{"axis", int64_t{-1}}}, 2)[0]);
    net.Output(net.Op("GridSample",
                      {net.Input({1, net.random.LogBetween(16, 256), side, side}),
                       net.Input({1, 2 * side, net.random.LogBetween(20, 200), 2})},
                      {{"mode", std::string(net.opset() >= 20 ? "linear" : "bilinear")}}));
    net.Output(net.Op("GridSample",
                      {net.Input({1, net.random.LogBetween(8, 64), side, side}), net.Input({1, side / 2, side, 2})},
                      {{"mode", std::string(net.opset() >= 20 ? "linear" : "bilinear")}}));
  }
}

}  // namespace opcost::generate
