// Level basic: a convolution or a Gemm between quantised tensors has its bias, and its weight, quantised as well. What
// comes of them is stored; their DequantizeLinear is left to be fused.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr const char* kDq = "DequantizeLinear";
// At first whatever follows; then only in front of a QuantizeLinear, and since also in front of one past activations.
constexpr int kSince = 21, kNeedsQuantisedResult = 22, kPastActivations = 23;

bool IsOneNumber(Rewrite& rewrite, TensorId t) {
  const auto extents = rewrite.Extents(t);
  return extents && (extents->empty() || *extents == std::vector<int64_t>{1});
}

// The one reader of the result quantises it, past activations where the runtime looks there.
bool IsQuantisedBehind(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  if (options.minor_version < kNeedsQuantisedResult) return true;
  while (true) {
    n = rewrite.OnlyReader(rewrite.Output(n));
    if (n == kNone || rewrite.Is(n, "QuantizeLinear")) return n != kNone;
    if (options.minor_version < kPastActivations || (!rewrite.Is(n, "Relu") && !rewrite.Is(n, "Clip"))) return false;
  }
}

// One scale for the weight, or one for each element of the bias.
bool HasScaleForBias(Rewrite& rewrite, NodeId n, NodeId weight) {
  const TensorId scale = rewrite.Input(weight, 1);
  if (IsOneNumber(rewrite, scale)) return true;
  const Node& dq = rewrite.node(weight);
  if (rewrite.Extents(scale) != rewrite.Extents(rewrite.Input(n, 2)) || IntAttribute(dq, "block_size", 0) != 0) {
    return false;
  }
  const bool columns = rewrite.Is(n, "Gemm") && IntAttribute(rewrite.node(n), "transB", 0) == 0;
  const int64_t axis = IntAttribute(dq, "axis", 1), rank = static_cast<int64_t>(rewrite.Rank(rewrite.Input(weight, 0)));
  return (axis < 0 ? axis + rank : axis) == (columns ? 1 : 0);
}

// Slot `slot` of `n` is read from integers that are stored.
void Quantise(Rewrite& rewrite, NodeId n, size_t slot, DType type, const std::vector<int64_t>& scales) {
  const TensorId from = rewrite.Input(n, slot);
  const std::string name = rewrite.tensor(from).name;
  const TensorId back = rewrite.AddLike(from, "/dequantized", [](const Shape& shape) { return shape; });
  Node dq;
  dq.op_type = kDq;
  dq.name = dq.id = absl::StrCat(rewrite.node(n).id, "/", kDq, slot);
  dq.scope = rewrite.node(n).scope;
  dq.opset = dq.since_version = rewrite.node(n).opset;
  dq.inputs = {rewrite.AddConstant(absl::StrCat(name, "/quantized"), type, *rewrite.Extents(from)),
               rewrite.AddConstant(absl::StrCat(name, "/scale"), DType::kFloat32, scales)};
  if (type == DType::kInt8) dq.inputs.push_back(rewrite.AddConstant(absl::StrCat(name, "/zero_point"), type, {}));
  dq.outputs = {back};
  if (!scales.empty()) SetAttribute(dq, "axis", int64_t{0});
  rewrite.Add(std::move(dq), {}, true);
  rewrite.SetInput(n, slot, back);
}

bool QuantiseConstants(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  if (!rewrite.Is(n, "Conv") && !rewrite.Is(n, "ConvTranspose") && !rewrite.Is(n, "Gemm")) return false;
  const NodeId input = rewrite.ProducerOf(rewrite.Input(n, 0), kDq);
  if (input == kNone || !IsOneNumber(rewrite, rewrite.Input(input, 1)) || !IsQuantisedBehind(rewrite, options, n)) {
    return false;
  }
  const TensorId w = rewrite.Input(n, 1), bias = rewrite.Input(n, 2);
  const NodeId weight = rewrite.ProducerOf(w, kDq);
  if (weight == kNone && (!rewrite.IsStored(w) || rewrite.tensor(w).dtype != DType::kFloat32)) return false;
  if (bias != kNone && (!rewrite.IsStored(bias) || rewrite.Rank(bias) != 1)) return false;
  if (weight != kNone && (bias == kNone || !HasScaleForBias(rewrite, n, weight))) return false;
  std::vector<int64_t> scales;
  if (weight != kNone && !IsOneNumber(rewrite, rewrite.Input(weight, 1))) {
    scales = *rewrite.Extents(rewrite.Input(weight, 1));
  }
  if (weight == kNone) Quantise(rewrite, n, 1, DType::kInt8, {});
  if (bias != kNone) Quantise(rewrite, n, 2, DType::kInt32, scales);
  return true;
}

}  // namespace

bool QuantiseBiases(Rewrite& rewrite, const RuntimeOptions& options) {
  if (options.minor_version < kSince) return false;
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) changed |= QuantiseConstants(rewrite, options, static_cast<NodeId>(i));
  return changed;
}

}  // namespace opcost::internal
