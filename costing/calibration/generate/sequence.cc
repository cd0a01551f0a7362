// Sequences: recurrent layers in one and both directions, convolutions over time; and video, in three dimensions.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

struct Cell {
  const char* op_type;
  int64_t gates;
};

// x [steps, batch, features] to [steps, batch, directions · hidden].
T Recurrent(Net& net, const T& x, const Cell& cell, int64_t hidden, int64_t directions) {
  const int64_t rows = cell.gates * hidden;
  Attributes attributes = {{"hidden_size", hidden},
                           {"direction", std::string(directions == 2 ? "bidirectional" : "forward")}};
  if (cell.gates == 3) attributes.push_back({"linear_before_reset", int64_t{1}});
  const std::vector<T> inputs = {x, net.Weight({directions, rows, x.dims[2]}), net.Weight({directions, rows, hidden}),
                                 net.Weight({directions, 2 * rows})};
  const T y = net.Op(cell.op_type, inputs, attributes);
  return Reshape(net, Transpose(net, y, {0, 2, 1, 3}), {x.dims[0], x.dims[1], directions * hidden});
}

}  // namespace

// Several cells on the same frames, each of its own size: a step of one waits for the step before, so few are many.
void BuildRecurrent(Net& net) {
  const int64_t features = net.Turn<int64_t>({80, 40, 128}), steps = net.Turn<int64_t>({100, 35, 200, 16, 400, 60});
  // Small states and large ones in each network: the weights of a large one are fetched anew at every step.
  const int64_t batch = net.Turn<int64_t>({1, 1, 1, 4}), most = steps > 100 ? 400 : steps > 40 ? 640 : 1024;
  const T frames = net.Input({batch, features, steps});
  const T filtered = ConvAct(net, frames, {.channels = 2 * features, .kernel = 3}, Activation::kRelu);
  const T x = Transpose(net, filtered, {2, 0, 1});
  for (const Cell& cell : {Cell{"LSTM", 4}, Cell{"GRU", 3}, Cell{"RNN", 1}}) {
    const int64_t directions = steps > 100 ? 2 : net.random.Between(1, 2);
    T y = x;
    for (const int64_t below : {most / 4, most / 2, most}) {
      y = Recurrent(net, y, cell, Channels(net, std::max<int64_t>(64, below / 2), below), directions);
    }
    y = Linear(net, y, net.random.Pick<int64_t>({30, 1000, 4000}));
    net.Output(net.Op("LogSoftmax", {y}, {{"axis", int64_t{-1}}}));
  }
  // Many short sequences with small states: gates take a good part of the time there.
  const T rows = net.Input({net.random.LogBetween(8, 40), net.random.LogBetween(8, 64), Channels(net, 48, 256)});
  for (const Cell& cell : {Cell{"LSTM", 4}, Cell{"GRU", 3}, Cell{"RNN", 1}}) {
    net.Output(Recurrent(net, rows, cell, Channels(net, 32, 128), net.random.Between(1, 2)));
  }
}

// Convolutions over time: strided stems on samples, dilated stacks, depthwise ones, gated ones.
// Transforms of rows and of frames of a signal, lengths that are powers of two and others.
void BuildSpectral(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const int64_t length = net.random.Pick<int64_t>({128, 256, 512, 1024, 384, 400, 768});
    const T x = net.Input({1, net.random.LogBetween(16, 400), length, net.random.Pick<int64_t>({1, 2})});
    net.Output(net.opset() >= 20 ? net.Op("DFT", {x, {}, net.Int(2)}) : net.Op("DFT", {x}, {{"axis", int64_t{2}}}));
    const int64_t frame = net.random.Pick<int64_t>({256, 400, 512, 1024}), frames = net.random.LogBetween(8, 200);
    net.Output(net.Op("STFT", {net.Input({1, (frames + 1) * frame / 2, 1}), net.Int(frame / 2), net.Weight({frame}),
                               net.Int(frame)}));
  }
}

void BuildTemporal(Net& net) {
  const int64_t steps = net.Turn<int64_t>({8000, 3000, 16000, 500}), features = net.Turn<int64_t>({1, 80, 1, 40});
  const Activation activation =
      net.Turn({Activation::kRelu, Activation::kGelu, Activation::kElu, Activation::kLeakyRelu});
  T x = net.Input({1, features, steps});
  const int64_t c = net.Turn<int64_t>({64, 256, 128, 384});
  x = ConvAct(net, x, {.channels = c, .kernel = net.Turn<int64_t>({79, 3, 15, 7}), .stride = features == 1 ? 4 : 1},
              activation);
  if (steps > 1000) x = Pooling(net, x, Pool::kMax, 4, 4);
  for (int layer = 0; layer < 4; ++layer) {
    x = ConvAct(net, x, {.channels = c, .kernel = 3, .dilation = int64_t{1} << layer}, activation);
    const T depthwise =
        Conv(net, BatchNorm(net, x), {.channels = c, .kernel = net.random.Pick<int64_t>({3, 15, 31}), .group = c});
    const std::vector<T> halves = Split(net, Conv(net, depthwise, {.channels = 2 * c}), {c, c}, 1);
    x = Add(net, x, Mul(net, Activate(net, halves[0], Activation::kTanh), net.Op("Sigmoid", {halves[1]})));
  }
  x = Pooling(net, x, Pool::kAverage, 4, 4);
  const T up = net.Op("ConvTranspose", {x, net.Weight({c, c / 2, 4}), net.Weight({c / 2})},
                      {{"kernel_shape", Dims{4}}, {"strides", Dims{2}}, {"pads", Dims{1, 1}}});
  net.Output(up);
  net.Output(Gemm(net, Reduce(net, "ReduceMean", x, {2}, false), 35));
}

void BuildVideo(Net& net) {
  const int64_t frames = net.Turn<int64_t>({8, 4, 16}), side = net.Turn<int64_t>({32, 56, 24, 40});
  const Activation activation = net.Turn({Activation::kRelu, Activation::kSilu, Activation::kHardSwish});
  T x = net.Input({1, 3, frames, side, side});
  const int64_t c = net.Turn<int64_t>({32, 24, 48});
  x = ConvAct(net, x, {.channels = c, .kernel = 3}, activation);
  x = Pooling(net, x, Pool::kMax, 2, 2);
  for (int block = 0; block < 2; ++block) {
    const T y = Conv(net, ConvAct(net, x, {.channels = c, .kernel = 3}, activation), {.channels = c, .kernel = 3});
    x = Activate(net, Add(net, y, x), activation);
    x = Activate(net, BatchNorm(net, Conv(net, x, {.channels = c, .kernel = 3, .group = c})), activation);
  }
  x = ConvAct(net, x, {.channels = 2 * c, .kernel = 1}, activation);
  x = Pooling(net, x, net.Turn({Pool::kAverage, Pool::kMax}), 2, 2);
  // As attention over space and time reads it.
  const Dims& d = x.dims;
  const T tokens = LayerNorm(net, Transpose(net, x, {0, 2, 3, 4, 1}));
  const T flat = Reshape(net, tokens, {d[2], d[3] * d[4], d[1]});
  net.Output(Attend(net, PackedHeads(net, flat, 2, Packing::kGather)));
  const T back = Transpose(net, tokens, {0, 4, 1, 2, 3});
  net.Output(Classifier(net, back, 400));
}

}  // namespace opcost::generate
