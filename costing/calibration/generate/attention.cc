#include "costing/calibration/generate/attention.h"

#include <cmath>

namespace opcost::generate {
namespace {

T ToHeads(Net& net, const T& x, int64_t heads) {
  const Dims split = {x.dims[0], x.dims[1], heads, x.dims[2] / heads};
  return Transpose(net, Reshape(net, x, split), {0, 2, 1, 3});
}

double ScaleOf(const Heads& heads) { return 1 / std::sqrt(static_cast<double>(heads.q.dims.back())); }

}  // namespace

Heads SeparateHeads(Net& net, const T& x, int64_t heads, bool bias) {
  const int64_t width = x.dims[2];
  return {ToHeads(net, Linear(net, x, width, bias), heads), ToHeads(net, Linear(net, x, width, bias), heads),
          ToHeads(net, Linear(net, x, width, bias), heads)};
}

Heads PackedHeads(Net& net, const T& x, int64_t heads, Packing packing) {
  const int64_t batch = x.dims[0], tokens = x.dims[1], width = x.dims[2];
  const T packed = Linear(net, x, 3 * width);
  if (packing == Packing::kSplit) {
    const std::vector<T> parts = Split(net, packed, {width, width, width}, 2);
    return {ToHeads(net, parts[0], heads), ToHeads(net, parts[1], heads), ToHeads(net, parts[2], heads)};
  }
  const T five = Transpose(net, Reshape(net, packed, {batch, tokens, 3, heads, width / heads}), {2, 0, 3, 1, 4});
  const auto part = [&](int64_t i) {
    if (packing == Packing::kGather) return net.Op("Gather", {five, net.Int(i)}, {{"axis", int64_t{0}}});
    return net.Op("Squeeze", {Slice(net, five, 0, i, i + 1), net.Ints({0})});
  };
  return {part(0), part(1), part(2)};
}

T MergeHeads(Net& net, const T& x) {
  return Reshape(net, Transpose(net, x, {0, 2, 1, 3}), {x.dims[0], x.dims[2], x.dims[1] * x.dims[3]});
}

T Attend(Net& net, const Heads& heads, const T& mask) {
  T scores = MatMul(net, heads.q, Transpose(net, heads.k, {0, 1, 3, 2}));
  scores = Mul(net, scores, net.Scalar(ScaleOf(heads)));
  if (!mask.name.empty()) scores = Add(net, scores, mask);
  return MergeHeads(net, MatMul(net, Softmax(net, scores, -1), heads.v));
}

T AttendScaledFirst(Net& net, const Heads& heads, const T& mask) {
  const T scale = net.Scalar(std::sqrt(ScaleOf(heads)));
  T scores = MatMul(net, Mul(net, heads.q, scale), Mul(net, Transpose(net, heads.k, {0, 1, 3, 2}), scale));
  if (!mask.name.empty()) scores = Add(net, scores, mask);
  return MergeHeads(net, MatMul(net, Softmax(net, scores, -1), heads.v));
}

}  // namespace opcost::generate
