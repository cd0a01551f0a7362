// Attention with its input projections inside, as com.microsoft packs them: weights [in, H + H + Hv].
#include "ops/rule.h"
#include "ops/scores.h"

namespace opcost {
namespace {

struct ProjectedSlots {
  int weights = 1;
  int bias = 2;
  int mask = 3;
  int past = 4;
  int attention_bias = 5;
  int past_length = 6;
};

// Widths of Q / K and of V from qkv_hidden_sizes, else a third of the packed weight's columns each.
struct Widths {
  Amount qk;
  Amount v;
};

Widths PackedWidths(const Tally& t, int weights) {
  const std::vector<int64_t>& sizes = IntsAttribute(t.node(), "qkv_hidden_sizes");
  if (sizes.size() == 3) return {sizes[0], sizes[2]};
  const Amount third = t.InDim(weights, 1) / 3;
  return {third, third};
}

// The cache is one tensor [2, B, heads, P, d].
void StackedPast(Tally& t, const ProjectedSlots& slots, Heads& h) {
  if (!t.Has(slots.past)) return;
  const Amount current = h.kv_len;
  const Amount buffer = t.InDim(slots.past, 3);
  h.past = buffer;
  if (t.Int("past_present_share_buffer", 0) != 0) {
    const std::optional<int64_t> length = t.InInt(slots.past_length);
    if (!length) t.Bound();
    h.past = length ? Min(Amount(*length), buffer) : buffer - current;
    t.Reads(slots.past, CacheBytes(t.InBytes(slots.past), buffer, h.past));
    t.Writes(1, CacheBytes(t.OutBytes(1), t.OutDim(1, 3), current));
  }
  h.kv_len = h.past + current;
}

// B · S · numel(weights) MACs of projection in the input's type, bias 1 op per column, then the scores in `dtype`.
void Projected(Tally& t, const ProjectedSlots& slots, DType dtype) {
  const Amount tokens = t.InDim(0, 0) * t.InDim(0, 1);
  const Widths widths = PackedWidths(t, slots.weights);
  t.Macs(t.InType(0), tokens * t.InElements(slots.weights));
  if (t.Has(slots.bias)) t.Ops(dtype, tokens * t.InElements(slots.bias));
  Heads h;
  h.batch = t.InDim(0, 0);
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  h.q_len = h.kv_len = t.InDim(0, 1);
  h.qk_dim = widths.qk / h.q_heads;
  h.v_dim = widths.v / h.q_heads;
  if (t.Int("do_rotary", 0) != 0) {
    const int64_t rotated = t.Int("rotary_embedding_dim", 0);
    t.Ops(dtype, tokens * h.q_heads * (rotated > 0 ? Amount(rotated) : h.qk_dim) * 6);
  }
  StackedPast(t, slots, h);
  ScoreOptions options;
  options.mask = t.Has(slots.mask);
  options.bias = t.Has(slots.attention_bias);
  options.causal = t.Int("unidirectional", 0) != 0;
  CountScores(t, dtype, h, options);
}

// input, weights, bias, mask_index, past, attention_bias, past_sequence_length. DecoderMaskedSelfAttention has the same
// slots.
void Attention(Tally& t, const Rule&) { Projected(t, {}, t.InType(0)); }

// input, weight, bias, input_scale, weight_scale, mask_index, input_zero_point, weight_zero_point, past. Projections on
// integers, scores on floats.
void QAttention(Tally& t, const Rule&) {
  Projected(t, {.mask = 5, .past = 8, .attention_bias = kNone, .past_length = kNone}, t.OutType(0));
}

// input [T, in], weights, bias, token_offset [B, S], cumulative_sequence_length, attention_bias. Real tokens only.
void PackedAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount tokens = t.InDim(0, 0);
  const Widths widths = PackedWidths(t, 1);
  t.Macs(dtype, tokens * t.InElements(1));
  if (t.Has(2)) t.Ops(dtype, tokens * t.InElements(2));
  Heads h;
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  h.q_len = tokens;
  h.qk_dim = widths.qk / h.q_heads;
  h.v_dim = widths.v / h.q_heads;
  PackedPairs(t, 3, 4, h);
  CountScores(t, dtype, h, {.bias = t.Has(5)});
}

// input, scales, Q / K / V weights in slots 5 to 7, their biases in 11 to 13, mask_index 17, past 18, bias 19. Integer
// throughout.
void QOrderedAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Amount tokens = t.InDim(0, 0) * t.InDim(0, 1);
  for (int slot = 5; slot <= 7; ++slot) t.Macs(dtype, tokens * t.InElements(slot));
  for (int slot = 11; slot <= 13; ++slot) t.Ops(dtype, tokens * t.InElements(slot));
  Heads h;
  h.batch = t.InDim(0, 0);
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  h.q_len = t.InDim(0, 1);
  h.qk_dim = t.InDim(5, 1) / h.q_heads;
  h.v_dim = t.InDim(7, 1) / h.q_heads;
  h.past = t.Has(18) ? t.InDim(18, 3) : Amount(0);
  h.kv_len = h.past + h.q_len;
  CountScores(t, dtype, h, {.bias = t.Has(19), .mask = t.Has(17), .causal = t.Int("unidirectional", 0) != 0});
}

// query [S, B, H], key, q_weight [H, H], kv_weight [H, 2H], bias, key_padding_mask, key_cache, value_cache. Whether the
// caches are used depends on run-time flags, so this is the larger case: projections and all of the key.
void DecoderAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  t.Bound();
  t.Macs(dtype, t.InElements(0) * t.InDim(2, 1));
  t.Macs(dtype, t.InElements(1) * t.InDim(3, 1));
  t.Ops(dtype, t.InElements(0) + Amount(2) * t.InElements(1));
  Heads h;
  h.batch = t.InDim(0, 1);
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  h.q_len = t.InDim(0, 0);
  h.past = t.Has(6) ? t.InDim(6, 2) : Amount(0);
  h.kv_len = h.past + t.InDim(1, 0);
  h.qk_dim = h.v_dim = t.InDim(0, 2) / h.q_heads;
  CountScores(t, dtype, h, {.mask = t.Has(5)});
}

constexpr const char* kFormula =
    "MACs B · S · numel(weights) for the projections + B · H · Sq · Skv · (d + dv); biases, softmax, masks as "
    "elsewhere";

constexpr Rule kRules[] = {
    {kMicrosoft, "Attention", 1, kNewest, Attention, "attention", kE, kFormula},
    {kMicrosoft, "DecoderMaskedSelfAttention", 1, kNewest, Attention, "attention", kE, kFormula},
    {kMicrosoft, "QAttention", 1, kNewest, QAttention, "attention", kE,
     "integer MACs B · S · numel(weights) + float MACs B · H · Sq · Skv · (d + dv)"},
    {kMicrosoft, "QOrderedAttention", 1, kNewest, QOrderedAttention, "attention", kE,
     "integer MACs B · S · numel(weights) + B · H · Sq · Skv · (d + dv)"},
    {kMicrosoft, "PackedAttention", 1, kNewest, PackedAttention, "attention", kE,
     "MACs T · numel(weights) + H · Σ length² · (d + dv) over real tokens, at most T · S pairs"},
    {kMicrosoft, "DecoderAttention", 1, kNewest, DecoderAttention, "attention", kB,
     "projections of query and key + B · H · Sq · Skv · (d + dv), as if no cache were static: an upper bound"},
};

}  // namespace

absl::Span<const Rule> ProjectedAttentionRules() { return kRules; }

}  // namespace opcost
