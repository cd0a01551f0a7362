// Language models: steps with a cache and prompts, rotary positions, grouped queries, gated layers, causal masks.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"

namespace opcost::generate {
namespace {

constexpr double kMostMacs = 3e8;

T Rotate(Net& net, const T& x, const T& cosine, const T& sine) {
  const int64_t width = x.dims.back(), half = width / 2;
  T low, high;
  if (net.index() % 2 == 0) {
    const std::vector<T> parts = Split(net, x, {half, half}, -1);
    low = parts[0], high = parts[1];
  } else {
    low = Slice(net, x, 3, 0, half), high = Slice(net, x, 3, half, width);
  }
  const T turned = Concat(net, {net.Op("Neg", {high}), low}, -1);
  return Add(net, Mul(net, x, cosine), Mul(net, turned, sine));
}

// Each key head serves several query heads.
T Repeat(Net& net, const T& x, int64_t times) {
  if (times == 1) return x;
  const Dims& d = x.dims;
  const T five = net.Op("Unsqueeze", {x, net.Ints({2})});
  return Reshape(net, net.Op("Expand", {five, net.Ints({d[0], d[1], times, d[2], d[3]})}),
                 {d[0], d[1] * times, d[2], d[3]});
}

struct Shape {
  int64_t tokens, past, width, head, key_heads, repeats, hidden;
};

T Project(Net& net, const T& x, int64_t heads, int64_t head) {
  const T y = Linear(net, x, heads * head, /*bias=*/net.index() % 4 == 3);
  return Transpose(net, Reshape(net, y, {1, x.dims[1], heads, head}), {0, 2, 1, 3});
}

T CausalMask(Net& net, const T& scores, int64_t past) {
  const int64_t tokens = scores.dims[2], total = scores.dims[3];
  const T keep = net.Op(
      "LessOrEqual",
      {net.Op("Range", {net.Int(0), net.Int(total), net.Int(1)}),
       net.Op("Unsqueeze", {net.Op("Range", {net.Int(past), net.Int(past + tokens), net.Int(1)}), net.Ints({1})})});
  return net.Op("Where", {keep, scores, net.Scalar(-1e4)});
}

T Block(Net& net, T x, const Shape& s, const T& cosine, const T& sine, const T& mask) {
  const T normed = RmsNorm(net, x);
  const T q = Rotate(net, Project(net, normed, s.key_heads * s.repeats, s.head), cosine, sine);
  T k = Rotate(net, Project(net, normed, s.key_heads, s.head), cosine, sine);
  T v = Project(net, normed, s.key_heads, s.head);
  if (s.past > 0) {
    k = Concat(net, {net.Input({1, s.key_heads, s.past, s.head}), k}, 2);
    v = Concat(net, {net.Input({1, s.key_heads, s.past, s.head}), v}, 2);
    net.Output(k);
    net.Output(v);
  }
  const Heads heads = {q, Repeat(net, k, s.repeats), Repeat(net, v, s.repeats)};
  x = Add(net, x,
          Linear(net, net.index() % 2 == 0 ? Attend(net, heads, mask) : AttendScaledFirst(net, heads, mask), s.width,
                 false));
  const T y = RmsNorm(net, x);
  const T gate = Activate(net, Linear(net, y, s.hidden, false), Activation::kSilu);
  return Add(net, x, Linear(net, Mul(net, gate, Linear(net, y, s.hidden, false)), s.width, false));
}

}  // namespace

void BuildDecoder(Net& net) {
  Shape s = {.tokens = net.Turn<int64_t>({1, 64, 1, 16, 1, 128}),
             .past = net.Turn<int64_t>({127, 255, 1023, 31, 511}),
             .width = net.Turn<int64_t>({896, 512, 2048, 768, 1536, 256, 1024}),
             .head = net.Turn<int64_t>({64, 64, 128, 96, 32}),
             .key_heads = net.Turn<int64_t>({2, 8, 4, 1}),
             .repeats = net.Turn<int64_t>({7, 1, 4, 8, 2})};
  if (s.tokens > 1) s.width = std::min<int64_t>(s.width, 1024), s.past = net.Turn<int64_t>({0, 63});
  s.repeats = std::max<int64_t>(1, std::min(s.repeats, 32 / s.key_heads));
  const int64_t layers = s.width >= 1536 ? 1 : 2;  // weights, not work, are what grows
  s.hidden = s.width * net.Turn<int64_t>({11, 8, 16}) / 4 / 8 * 8;
  const T ids = net.Input({1, s.tokens}, DType::kInt64);
  T x = net.Op("Gather", {net.Weight({net.Turn<int64_t>({8000, 2000}), s.width}), ids});
  const T cosine = net.Input({1, 1, s.tokens, s.head}), sine = net.Input({1, 1, s.tokens, s.head});
  const T mask = s.tokens > 1 || net.index() % 3 == 0 ? net.Input({1, 1, s.tokens, s.past + s.tokens}) : T();
  for (int64_t block = 0; block < layers && net.macs() < kMostMacs; ++block) x = Block(net, x, s, cosine, sine, mask);
  net.Output(Linear(net, RmsNorm(net, x),
                    s.tokens > 1     ? 1000
                    : s.width > 1024 ? 8000
                                     : net.Turn<int64_t>({8000, 32000, 4000}),
                    false));
}

// As GPT-2 exports: one projection taken apart, norms with bias, tanh approximations, causal masks by Where.
void BuildGpt(Net& net) {
  const int64_t heads = net.Turn<int64_t>({12, 4, 16, 6}), head = net.Turn<int64_t>({64, 32, 80}), width = heads * head;
  const int64_t tokens = net.Turn<int64_t>({1, 64, 128, 1, 32}),
                past = tokens == 1 ? net.Turn<int64_t>({127, 511, 63}) : 0;
  const T ids = net.Input({1, tokens}, DType::kInt64), places = net.Input({1, tokens}, DType::kInt64);
  const int64_t words = net.Turn<int64_t>({5000, 50257, 8000});
  T x = Add(net, net.Op("Gather", {net.Weight({words, width}), ids}),
            net.Op("Gather", {net.Weight({1024, width}), places}));
  for (int block = 0; block < 2 && net.macs() < kMostMacs; ++block) {
    Heads parts = PackedHeads(net, LayerNorm(net, x), heads, Packing::kSplit);
    if (past > 0) {
      parts.k = Concat(net, {net.Input({1, heads, past, head}), parts.k}, 2);
      parts.v = Concat(net, {net.Input({1, heads, past, head}), parts.v}, 2);
      net.Output(parts.k);
    }
    T scores = net.Op("Div", {MatMul(net, parts.q, Transpose(net, parts.k, {0, 1, 3, 2})), net.Scalar(8)});
    scores = Softmax(net, CausalMask(net, scores, past), -1);
    x = Add(net, x, Linear(net, MergeHeads(net, MatMul(net, scores, parts.v)), width));
    x = Add(net, x, Mlp(net, LayerNorm(net, x), 4 * width, Activation::kGeluTanh));
  }
  net.Output(Linear(net, LayerNorm(net, x), words, false));
}

}  // namespace opcost::generate
