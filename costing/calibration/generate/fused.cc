// Operators outside ONNX's first sets that stand for whole layers: what optimised files and newer exporters write.
#include <cmath>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

T SkipNorm(Net& net, const T& x, const T& skip) {
  const Dims last = {x.dims.back()};
  return net.Ms("SkipLayerNormalization", {x, skip, net.Weight(last), net.Weight(last), net.Weight(last)});
}

}  // namespace

void BuildFusedEncoder(Net& net) {
  const int64_t heads = net.Turn<int64_t>({12, 4, 8, 6}), width = heads * net.Turn<int64_t>({64, 32, 64});
  const int64_t tokens = net.Turn<int64_t>({64, 128, 32, 96}), batch = net.Turn<int64_t>({1, 1, 2});
  const Dims last = {width};
  const T ids = net.Input({batch, tokens}, DType::kInt32), types = net.Input({batch, tokens}, DType::kInt32);
  T x = net.MsAll("EmbedLayerNormalization",
                  {ids, types, net.Weight({8000, width}), net.Weight({512, width}), net.Weight({2, width}),
                   net.Weight(last), net.Weight(last)},
                  {}, 2)[0];
  for (int block = 0; block < 2; ++block) {
    T y;
    if (net.index() % 2 == 0) {
      y = net.Ms("Attention", {x, net.Weight({width, 3 * width}), net.Weight({3 * width})}, {{"num_heads", heads}});
    } else {
      y = net.Ms("MultiHeadAttention",
                 {Linear(net, x, width, false), Linear(net, x, width, false), Linear(net, x, width, false),
                  net.Weight({3 * width})},
                 {{"num_heads", heads}});
    }
    x = SkipNorm(net, Linear(net, y, width, false), x);
    const T wide = Linear(net, x, 4 * width, false);
    T hidden;
    switch (net.index() % 3) {
      case 0:
        hidden = net.Ms("BiasGelu", {wide, net.Weight({4 * width})});
        break;
      case 1:
        hidden = net.Ms("FastGelu", {wide, net.Weight({4 * width})});
        break;
      default:
        hidden = net.Ms("QuickGelu", {Add(net, wide, net.Weight({4 * width}))}, {{"alpha", 1.702}});
    }
    x = SkipNorm(net, Linear(net, hidden, width, false), x);
  }
  net.Output(x);
  // A step of a decoder with its cache.
  const T step = net.Input({1, 1, width}), past = net.Input({2, 1, heads, 127, width / heads});
  const std::vector<T> attended =
      net.MsAll("Attention", {step, net.Weight({width, 3 * width}), net.Weight({3 * width}), {}, past},
                {{"num_heads", heads}, {"unidirectional", int64_t{1}}}, 2);
  net.Output(attended[0]);
  net.Output(attended[1]);
}

void BuildFusedDecoder(Net& net) {
  const int64_t key_heads = net.Turn<int64_t>({2, 8, 4}), heads = key_heads * net.Turn<int64_t>({4, 1, 2}),
                head = net.Turn<int64_t>({64, 128, 64});
  const int64_t width = heads * head, tokens = net.Turn<int64_t>({1, 64, 1, 32}),
                past = tokens == 1 ? net.Turn<int64_t>({127, 511, 1023}) : 0;
  const int64_t total = tokens + past;
  const T last_place = net.Integers(DType::kInt32, {1}, {total - 1}), length = net.Integers(DType::kInt32, {}, {total});
  const T cosine = net.Weight({2048, head / 2}), sine = net.Weight({2048, head / 2});
  T x = net.Input({1, tokens, width});
  T y = RmsNorm(net, x);
  for (int block = 0; block < 2; ++block) {
    const T packed = Linear(net, y, (heads + 2 * key_heads) * head, false);
    const Dims cache = {1, key_heads, past, head};
    const std::vector<T> attended = net.MsAll(
        "GroupQueryAttention", {packed, {}, {}, net.Input(cache), net.Input(cache), last_place, length, cosine, sine},
        {{"num_heads", heads}, {"kv_num_heads", key_heads}, {"do_rotary", int64_t{1}}}, 3);
    net.Output(attended[1]);
    net.Output(attended[2]);
    const std::vector<T> normed =
        net.MsAll("SkipSimplifiedLayerNormalization", {x, Linear(net, attended[0], width, false), net.Weight({width})},
                  {{"epsilon", 1e-6}}, 1);
    const T gate = Activate(net, Linear(net, normed[0], 2 * width, false), Activation::kSilu);
    x = Linear(net, Mul(net, gate, Linear(net, normed[0], 2 * width, false)), width, false);
    y = net.Ms("SkipSimplifiedLayerNormalization", {x, normed[0], net.Weight({width})}, {{"epsilon", 1e-6}});
  }
  const T four = Transpose(net, Reshape(net, y, {1, tokens, heads, head}), {0, 2, 1, 3});
  const T places = net.Integers(DType::kInt64, {1}, {past});
  net.Output(net.Ms("RotaryEmbedding", {four, places, cosine, sine}));
  for (int i = 0; i < 3; ++i) {
    const T heads_here = net.Input({1, net.random.LogBetween(1, 32), net.random.LogBetween(1, 256), head});
    net.Output(net.Ms("RotaryEmbedding", {heads_here, net.Integers(DType::kInt64, {1}, {0}), cosine, sine}));
  }
  net.Output(Linear(net, y, 4000, false));
}

// As the operator sets from 23 on have them.
void BuildAttentionOperators(Net& net) {
  const int64_t heads = net.Turn<int64_t>({8, 4, 12, 16}), head = net.Turn<int64_t>({64, 32, 64}),
                key_heads = net.Turn<int64_t>({1, 1, 2}) == 2 ? heads / 2 : heads;
  const int64_t tokens = net.Turn<int64_t>({64, 1, 128, 197}), past = tokens == 1 ? 255 : 0, width = heads * head;
  T x = net.Input({1, tokens, width});
  const T normed = net.Op("RMSNormalization", {x, net.Weight({width})}, {{"axis", int64_t{-1}}});
  const auto project = [&](int64_t n) {
    return Transpose(net, Reshape(net, Linear(net, normed, n * head, false), {1, tokens, n, head}), {0, 2, 1, 3});
  };
  const T cosine = net.Input({1, tokens, head / 2}), sine = net.Input({1, tokens, head / 2});
  const T q = net.Op("RotaryEmbedding", {project(heads), cosine, sine}),
          k = net.Op("RotaryEmbedding", {project(key_heads), cosine, sine});
  std::vector<T> inputs = {q, k, project(key_heads)};
  if (past > 0)
    inputs.insert(inputs.end(), {T(), net.Input({1, key_heads, past, head}), net.Input({1, key_heads, past, head})});
  const std::vector<T> attended =
      net.Ops("Attention", inputs, {{"is_causal", int64_t{past == 0 && net.index() % 2 == 0}}}, past > 0 ? 3 : 1);
  for (size_t i = 1; i < attended.size(); ++i) net.Output(attended[i]);
  x = Add(net, x, Linear(net, MergeHeads(net, attended[0]), width, false));
  const T y = net.Op("RMSNormalization", {x, net.Weight({width})}, {{"axis", int64_t{-1}}});
  net.Output(Add(net, x, Mlp(net, y, 4 * width, Activation::kGeluOp)));
}

}  // namespace opcost::generate
