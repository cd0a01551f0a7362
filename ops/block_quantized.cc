// Products with weights that are stored packed in blocks and dequantised on the way.
#include "ops/rule.h"

namespace opcost {
namespace {

// A, B, scales, zero_points, g_idx, bias; sizes from the attributes K, N, bits, block_size.
// MACs (numel(A)/K) · N · K. Dequantising 2 · N · K ops. Weight bytes with kb = ceil(K / block): N · kb · block ·
// bits/8, scales N · kb elements, zero points N · ceil(kb · bits / 8) bytes packed, N · kb elements if not.
void MatMulNBits(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount n = t.Int("N", 0);
  const Amount k = t.Int("K", 0);
  const Amount bits = t.Int("bits", 4);
  const Amount block = t.Int("block_size", 32);
  t.Macs(dtype, t.InElements(0) / k * n * k);
  t.Ops(dtype, Amount(2) * n * k);
  if (t.Has(5)) t.Ops(dtype, t.OutElements(0));
  const Amount blocks = CeilDiv(k, block);
  t.Reads(1, n * blocks * CeilDiv(block * bits, 8));
  t.ReadsElements(2, n * blocks);
  if (t.InType(3) == DType::kUInt8) {
    t.Reads(3, n * CeilDiv(blocks * bits, 8));
  } else {
    t.ReadsElements(3, n * blocks);
  }
}

// A, skip, norm_scale, gate_B, gate_scales, gate_bias, up_B, up_scales, up_bias: gate and up projection of an MLP, the
// gate's activation and the product of both; in front an RMS norm (4 ops) over A, with its skip addition.
void NormBefore(Tally& t) {
  const DType dtype = t.InType(0);
  if (t.Has(2)) {
    t.Ops(dtype, t.InElements(0) * 4);
    t.Transcendentals(dtype, t.InElements(0) / t.InDim(0, -1));
  }
  if (t.Has(1)) t.Ops(dtype, t.InElements(0));
}

void MatMulNBitsMlp(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount n = t.Int("N", 0);
  const Amount k = t.Int("K", 0);
  const Amount y = t.InElements(0) / k * n;
  NormBefore(t);
  t.Macs(dtype, Amount(2) * y * k);
  t.Ops(dtype, Amount(4) * n * k);
  t.Ops(dtype, y * ((t.Has(5) ? 1 : 0) + (t.Has(8) ? 1 : 0) + 1));
  t.Each(dtype, ActivationCost(t.String("activation", "silu")), y);
}

// A, skip, norm_scale, then B, scales and bias of Q, K and V.
void MatMulNBitsQkv(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount k = t.Int("K", 0);
  const Amount nq = t.Int("Nq", 0);
  const Amount nkv = t.Int("Nkv", 0);
  const Amount rows = t.InElements(0) / k;
  NormBefore(t);
  t.Macs(dtype, rows * k * (nq + Amount(2) * nkv));
  t.Ops(dtype, Amount(2) * k * (nq + Amount(2) * nkv));
  t.Ops(dtype, rows * ((t.Has(5) ? nq : Amount(0)) + (t.Has(8) ? nkv : Amount(0)) + (t.Has(11) ? nkv : Amount(0))));
}

// A, B, absmax: sizes from K and N.
void MatMulBnb4(Tally& t, const Rule&) {
  const Amount n = t.Int("N", 0);
  const Amount k = t.Int("K", 0);
  t.Macs(t.InType(0), t.InElements(0) / k * n * k);
  t.Ops(t.InType(0), Amount(2) * n * k);
}

// K and N from A and Y.
void DequantizedProduct(Tally& t, const Rule&) {
  const Amount k = t.InDim(0, -1);
  t.Macs(t.InType(0), t.OutElements(0) * k);
  t.Ops(t.InType(0), Amount(2) * t.OutDim(0, -1) * k);
}

// A, B, weight_scale(s) …, the bias in the slot that the row says.
void BlockFloat(Tally& t, const Rule& rule) {
  DequantizedProduct(t, rule);
  if (t.Has(rule.per.ops)) t.Ops(t.InType(0), t.OutElements(0));
}

constexpr const char* kDequantized = "MACs numel(Y) · K; dequantising 2 · N · K ops; bias numel(Y) ops";

constexpr Rule kRules[] = {
    {kMicrosoft, "MatMulNBits", 1, kNewest, MatMulNBits, "matmul_nbits", kE,
     "MACs (numel(A)/K) · N · K; dequantising 2 · N · K ops; weight bytes N · kb · (block · bits/8) + scales + zero "
     "points"},
    {kMicrosoft, "MatMulNBitsMlp", 1, kNewest, MatMulNBitsMlp, "matmul_nbits", kE,
     "MACs 2 · (numel(A)/K) · N · K; dequantising 4 · N · K ops; biases, activation and gate"},
    {kMicrosoft, "MatMulNBitsQkv", 1, kNewest, MatMulNBitsQkv, "matmul_nbits", kE,
     "MACs (numel(A)/K) · K · (Nq + 2 · Nkv); dequantising 2 · K · (Nq + 2 · Nkv) ops; biases"},
    {kMicrosoft, "MatMulBnb4", 1, kNewest, MatMulBnb4, "matmul_nbits", kE,
     "MACs (numel(A)/K) · N · K; dequantising 2 · N · K ops"},
    {kMicrosoft, "MatMulFpQ4", 1, kNewest, DequantizedProduct, "matmul_nbits", kE,
     "MACs numel(Y) · K; dequantising 2 · N · K ops"},
    {kMicrosoft, "MatMulBlockQuantizedFp4Weight", 1, kNewest, BlockFloat, "matmul_nbits", kE, kDequantized, {5, 0}},
    {kMicrosoft, "MatMulBlockQuantizedFp8Weight", 1, kNewest, BlockFloat, "matmul_nbits", kE, kDequantized, {4, 0}},
};

}  // namespace

absl::Span<const Rule> BlockQuantizedRules() { return kRules; }

}  // namespace opcost
