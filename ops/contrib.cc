// com.microsoft: what has no family elsewhere.
#include "ops/rule.h"

namespace opcost {
namespace {

// `rule.per` for each element of the output.
void Elementwise(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.OutElements(0)); }

// X, bias, then a residual input in slot 2: 1 op for each of the two.
void BiasAdd(Tally& t, const Rule&) { t.Ops(t.InType(0), t.OutElements(0) * (t.Has(2) ? 2 : 1)); }

// streams, pre_mix: product and sum for each element of the streams.
void PreMix(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InElements(0) * 2); }

// streams [.., C, H], block_output, post_mix, stream_mix [.., C, C]: product and sum, and C products and sums more with
// a mix.
void PostMix(Tally& t, const Rule&) {
  const Amount branches = t.Has(3) ? t.InDim(3, -1) : Amount(0);
  t.Ops(t.InType(0), t.OutElements(0) * (branches * 2 + 2));
}

// a, dt_bias, decay_scale, b: add, softplus (2 T + 1), scale; the sigmoid of b.
void LinearAttentionGate(Tally& t, const Rule&) {
  t.Each(t.InType(0), {3, 2}, t.InElements(0));
  t.Transcendentals(t.InType(0), t.InElements(3));
}

// query [B, S, H · d], bias, rel_pos, weight [d, D], …: the gate's product, its activation, and the scaled bias table.
void GatedRelativePositionBias(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount gates = t.InElements(0) / t.InDim(3, 0);
  t.Macs(dtype, t.InElements(0) * t.InDim(3, 1));
  t.Ops(dtype, t.InElements(0) + gates * t.InDim(3, 1) + gates * 4 + t.OutElements(0));
  t.Transcendentals(dtype, gates * 2);
}

// input [B, S, in], weight [in, 3H], bias, mask, global weight and bias: the projections, and of the scores the local
// window. The global tokens depend on data and are not counted: a lower bound.
void LongformerAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount tokens = t.InDim(0, 0) * t.InDim(0, 1);
  const Amount hidden = t.InDim(1, 1) / 3;
  const Amount keys = Min(Amount(t.Int("window", 0)) * 2 + 1, t.InDim(0, 1));
  const Amount scores = tokens * t.Int("num_heads", 1) * keys;
  t.Macs(dtype, tokens * t.InElements(1) + tokens * keys * hidden * 2);
  t.Ops(dtype, tokens * t.InElements(2) + scores * 6);
  t.Transcendentals(dtype, scores);
  t.Incomplete();
}

// The same with int8 weights and scales between: input, its scale, weight, its scale, bias … The projections are
// integer, the scores are of the mask's type.
void QOrderedLongformerAttention(Tally& t, const Rule&) {
  const DType scores_type = t.InType(7);
  const Amount tokens = t.InDim(0, 0) * t.InDim(0, 1);
  const Amount hidden = t.InDim(2, 1) / 3;
  const Amount keys = Min(Amount(t.Int("window", 0)) * 2 + 1, t.InDim(0, 1));
  const Amount scores = tokens * t.Int("num_heads", 1) * keys;
  t.Macs(t.InType(0), tokens * t.InElements(2));
  t.Macs(scores_type, tokens * keys * hidden * 2);
  t.Ops(scores_type, tokens * t.InElements(4) + scores * 6);
  t.Transcendentals(scores_type, scores);
  t.Incomplete();
}

// key, query [B, S, C, H], value: two RMS norms (4 ops), their product and its sum, the gate's product for each
// element; a row's gate 4 ops and 2 T beside the 2 T of the norms. A normalised second output is one more norm.
void EngramGate(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const bool normed = t.Out(1) != nullptr;
  const Amount rows = t.InElements(0) / t.InDim(0, -1);
  t.Ops(dtype, t.InElements(0) * (normed ? 15 : 11) + rows * 4);
  t.Transcendentals(dtype, rows * (normed ? 5 : 4));
}

// input [B, M, N]: the cheapest of three predecessors for each cell.
void DynamicTimeWarping(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InElements(0) * 3); }

constexpr Rule kRules[] = {
    {kMicrosoft, "BiasAdd", 1, kNewest, BiasAdd, "elementwise", kC, "2 ops per element: bias, residual"},
    {kMicrosoft, "BiasDropout", 1, kNewest, BiasAdd, "elementwise", kC, "1 op per element, 2 with a residual"},
    {kMicrosoft, "BitmaskBiasDropout", 1, kNewest, BiasAdd, "elementwise", kC, "1 op per element, 2 with a residual"},
    {kMicrosoft, "GatedAdd", 1, kNewest, Elementwise, "elementwise", kC, "2 ops per element: product, sum", {2, 0}},
    {kMicrosoft,
     "ComplexMul",
     1,
     kNewest,
     Elementwise,
     "elementwise",
     kC,
     "6 ops per complex element, 3 per stored one",
     {3, 0}},
    {kMicrosoft,
     "ComplexMulConj",
     1,
     kNewest,
     Elementwise,
     "elementwise",
     kC,
     "6 ops per complex element, 3 per stored one",
     {3, 0}},
    {kMicrosoft, "HyperConnectionPreMix", 1, kNewest, PreMix, "elementwise", kC, "2 ops per element of the streams"},
    {kMicrosoft, "HyperConnectionPostMix", 1, kNewest, PostMix, "elementwise", kC,
     "2 ops per element; a stream mix 2 · C more"},
    {kMicrosoft, "LinearAttentionGate", 1, kNewest, LinearAttentionGate, "elementwise", kC,
     "2 T + 3 ops per element of a; 1 T per element of b"},
    {kMicrosoft, "GatedRelativePositionBias", 1, kNewest, GatedRelativePositionBias, "relative_position", kE,
     "MACs numel(query) · D; bias, gates, scaled table"},
    {kMicrosoft, "LongformerAttention", 1, kNewest, LongformerAttention, "attention", kE,
     "MACs B · S · numel(weight) + 2 · B · S · (2 · window + 1) · H; global tokens uncounted: a lower bound"},
    {kMicrosoft, "QOrderedLongformerAttention", 1, kNewest, QOrderedLongformerAttention, "attention", kE,
     "as LongformerAttention with integer MACs for the projections"},
    {kMicrosoft, "EngramGate", 1, kNewest, EngramGate, "norm", kC,
     "11 ops per element, 15 with the normalised output; per row 4 ops and 4 T, or 5"},
    {kMicrosoft, "DynamicTimeWarping", 1, kNewest, DynamicTimeWarping, "dynamic_time_warping", kC, "3 ops per cell"},
};

}  // namespace

absl::Span<const Rule> ContribRules() { return kRules; }

}  // namespace opcost
