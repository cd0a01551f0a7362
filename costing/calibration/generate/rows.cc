// Along rows and through windows, kernels side by side: reductions, softmax, norms, pools.
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"
#include "costing/calibration/generate/sized_inputs.h"

namespace opcost::generate {

// Sums and extremes over axes, softmax over rows and columns, norms alone.
void BuildReductions(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    for (const char* op_type :
         {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2", "ReduceMin", "ReduceProd", "ReduceSumSquare"}) {
      if (net.random.Chance(0.4)) net.Output(Reduce(net, op_type, y, {-1}, true));
      if (net.random.Chance(0.3)) net.Output(Reduce(net, op_type, x, {2, 3}, net.random.Chance(0.5)));
      if (net.random.Chance(0.3)) net.Output(Reduce(net, op_type, x, {1}, true));
      if (net.random.Chance(0.2)) net.Output(Reduce(net, op_type, y, {1}, false));
    }
    const int64_t heads = net.random.LogBetween(1, 24), rows = net.random.LogBetween(7, 1024);
    const int64_t columns = net.random.Chance(0.7) ? rows : net.random.LogBetween(7, 1500);
    net.Output(Softmax(net, net.Input({1, heads, rows, columns}), -1));
    net.Output(Softmax(net, MapOf(net, net.random.LogBetween(2000, 2500000)), 1));
    // Over an axis next to the innermost: heads last, windows that weigh their places.
    net.Output(Softmax(net, net.Input({1, rows, columns, net.random.Pick<int64_t>({2, 4, 8})}), 2));
    net.Output(Softmax(net, net.Input({rows, net.random.Pick<int64_t>({3, 9, 49}), 1}), 1));
    net.Output(Softmax(net, TokensOf(net, net.random.LogBetween(2000, 1000000)), 1));
    net.Output(Softmax(net, net.Input({1, net.random.LogBetween(10, 2000)}), -1));
    net.Output(net.Op("LogSoftmax", {net.Input({1, net.random.LogBetween(4, 100), 1000})}, {{"axis", int64_t{-1}}}));
  }
}

void BuildNorms(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    net.Output(LayerNorm(net, y));
    net.Output(Add(net, y, LayerNorm(net, Add(net, y, net.Input(y.dims)))));
    net.Output(RmsNorm(net, TokensOf(net, Size(net))));
    net.Output(InstanceNorm(net, x));
    net.Output(BatchNorm(net, x));
    net.Output(ChannelNorm(net, MapOf(net, net.random.LogBetween(10000, 400000))));
    if (x.dims[1] % 4 == 0) net.Output(GroupNorm(net, x, 4));
    net.Output(
        net.Op("LpNormalization", {TokensOf(net, net.random.LogBetween(5000, 100000))}, {{"axis", int64_t{-1}}}));
    net.Output(net.Op("LRN", {MapOf(net, net.random.LogBetween(10000, 200000))}, {{"size", int64_t{5}}}));
  }
}

// Windows of every kind, on channels that fill blocks and on others.
void BuildPools(Net& net) {
  const int64_t side = net.Turn<int64_t>({56, 112, 28, 160, 14, 80});
  const int64_t c = net.Turn<int64_t>({64, 96, 256, 32, 512, 64});
  for (const int64_t channels : {c, c + 3}) {
    const T x = Activate(net, net.Input({1, channels, side, side}), Activation::kRelu);
    for (const Pool pool : {Pool::kMax, Pool::kAverage}) {
      net.Output(Pooling(net, x, pool, net.random.Pick<int64_t>({2, 3}), 2));
      net.Output(Pooling(net, x, pool, net.random.Pick<int64_t>({3, 5, 7}), 1));
    }
    net.Output(GlobalPool(net, x));
    net.Output(net.Op("GlobalMaxPool", {x}));
    const T y = ConvAct(net, x, {.channels = channels, .kernel = 1}, Activation::kRelu);
    net.Output(GlobalPool(net, y));
    net.Output(net.Op("GlobalMaxPool", {y}));
  }
  const T video = net.Input({1, net.random.LogBetween(8, 64), 8, 28, 28});
  net.Output(Pooling(net, video, Pool::kMax, 2, 2));
  net.Output(Pooling(net, video, Pool::kAverage, 3, 2));
  const T sound = net.Input({1, net.random.LogBetween(16, 256), net.random.LogBetween(100, 4000)});
  net.Output(Pooling(net, sound, Pool::kMax, 4, 4));
  net.Output(Pooling(net, sound, Pool::kAverage, 3, 2));
  net.Output(GlobalPool(net, sound));
}

}  // namespace opcost::generate
