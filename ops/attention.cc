// Attention without projections. An op_type means another operator in another domain: com.microsoft::Attention, with
// its projections inside, stands in projected_attention.cc.
#include "ops/rule.h"
#include "ops/scores.h"

namespace opcost {
namespace {

// Heads and extents of ai.onnx's Q, K, V: [B, H, S, d], or [B, S, H · d] with the heads in attributes.
Heads OnnxHeads(const Tally& t) {
  Heads h;
  h.batch = t.InDim(0, 0);
  if (t.InRank(0) == 3) {
    h.q_heads = t.Int("q_num_heads", 1);
    h.kv_heads = t.Int("kv_num_heads", 1);
    h.q_len = t.InDim(0, 1);
    h.qk_dim = t.InDim(0, 2) / h.q_heads;
    h.kv_len = t.InDim(1, 1);
    h.v_dim = t.InDim(2, 2) / h.kv_heads;
  } else {
    h.q_heads = t.InDim(0, 1);
    h.kv_heads = t.InDim(1, 1);
    h.q_len = t.InDim(0, 2);
    h.qk_dim = t.InDim(0, 3);
    h.kv_len = t.InDim(1, 2);
    h.v_dim = t.InDim(2, 3);
  }
  if (t.Has(4)) h.past = t.InDim(4, 2);
  h.kv_len = h.kv_len + h.past;
  return h;
}

// Q, K, V, attn_mask, past_key, past_value, nonpad_kv_seqlen. With the last, K and V are the whole cache and the count
// is of all of it. The score matrix is not written unless the QK output is used.
void Attention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  ScoreOptions options;
  options.mask = t.Has(3) || t.Has(6);
  options.causal = t.Int("is_causal", 0) != 0;
  options.softcap = t.Float("softcap", 0) != 0;
  options.left_window = t.Int("left_window_size", -1);
  options.right_window = t.Int("right_window_size", -1);
  CountScores(t, dtype, OnnxHeads(t), options);
}

// Q, K, V, all of rank 4. The modifier graphs are bodies whose nodes are counted by themselves.
void FlexAttention(Tally& t, const Rule&) { CountScores(t, t.InType(0), OnnxHeads(t), {}); }

// query [B, S, H · d], or [B, S, heads, 3, d] with K and V inside; key [B, L, H · d], [B, heads, L, d] (a static
// cache), or [B, L, heads, 2, d] with V inside.
Heads MultiHeads(const Tally& t) {
  Heads h;
  h.batch = t.InDim(0, 0);
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  h.q_len = t.InDim(0, 1);
  if (t.InRank(0) == 5) {
    h.kv_len = h.q_len;
    h.qk_dim = h.v_dim = t.InDim(0, 4);
    return h;
  }
  h.qk_dim = h.v_dim = t.InDim(0, 2) / h.q_heads;
  if (t.InRank(1) == 4) {
    h.kv_len = t.InDim(1, 2);
    if (t.InRank(2) == 4) h.v_dim = t.InDim(2, 3);
    return h;
  }
  h.kv_len = t.Has(1) ? t.InDim(1, 1) : h.q_len;
  if (t.InRank(1) != 5 && t.Has(2)) h.v_dim = t.InDim(2, 2) / h.kv_heads;
  return h;
}

// Biases of Q, K and V: 1 op per element of each.
void ProjectionBias(Tally& t, DType dtype, const Heads& h, Amount kv_tokens, int slot) {
  if (!t.Has(slot)) return;
  t.Ops(dtype, h.batch * h.q_heads * h.q_len * h.qk_dim);
  t.Ops(dtype, h.batch * h.kv_heads * kv_tokens * (h.qk_dim + h.v_dim));
}

struct MultiHeadSlots {
  int bias;
  int mask;
  int attention_bias;
  CacheSlots cache;
};

void CountMultiHead(Tally& t, const MultiHeadSlots& slots) {
  const DType dtype = t.InType(0);
  Heads h = MultiHeads(t);
  ProjectionBias(t, dtype, h, h.kv_len, slots.bias);
  AddCachedPast(t, slots.cache, h);
  ScoreOptions options;
  options.mask = t.Has(slots.mask);
  options.bias = t.Has(slots.attention_bias);
  options.causal = t.Int("unidirectional", 0) != 0;
  CountScores(t, dtype, h, options);
}

// query, key, value, bias, key_padding_mask, attention_bias, past_key, past_value, past_sequence_length,
// cache_indirection.
void MultiHeadAttention(Tally& t, const Rule&) {
  CountMultiHead(t, {.bias = 3, .mask = 4, .attention_bias = 5, .cache = {.past_key = 6, .past_length = 8}});
}

// query, key, value, mask_index, attention_bias, past_key, past_value, past_sequence_length, beam_width,
// cache_indirection, bias.
void DecoderMaskedMultiHeadAttention(Tally& t, const Rule&) {
  CountMultiHead(t, {.bias = 10, .mask = 3, .attention_bias = 4, .cache = {.past_key = 5, .past_length = 7}});
}

// query [T, H · d] or [T, heads, 3, d], key, value, bias, token_offset [B, S], cumulative_sequence_length [B + 1],
// attention_bias. Real tokens: Σ length² pairs where the lengths are known, else at most S keys for each of T tokens.
void PackedMultiHeadAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  Heads h;
  h.q_heads = h.kv_heads = t.Int("num_heads", 1);
  const bool packed = t.InRank(0) == 4;
  h.qk_dim = packed ? t.InDim(0, 3) : t.InDim(0, 1) / h.q_heads;
  h.v_dim = !packed && t.Has(2) ? t.InDim(2, 1) / h.q_heads : h.qk_dim;
  h.q_len = t.InDim(0, 0);
  ProjectionBias(t, dtype, h, h.q_len, 3);
  PackedPairs(t, 4, 5, h);
  CountScores(t, dtype, h, {.bias = t.Has(6)});
}

constexpr const char* kScores =
    "MACs B · Hq · Sq · Skv · (d + dv); per score 4 ops + 1 T softmax, 1 op each for scale, bias, mask, softcap 1 T + "
    "2 ops";

constexpr Rule kRules[] = {
    {kOnnx, "Attention", 23, kNewest, Attention, "attention", kE, kScores},
    {kPreview, "FlexAttention", 1, kNewest, FlexAttention, "attention", kE,
     "MACs B · Hq · Sq · Skv · (d + dv); softmax 4 ops + 1 T and scale 1 op per score; modifier bodies by themselves"},
    {kMicrosoft, "MultiHeadAttention", 1, kNewest, MultiHeadAttention, "attention", kE, kScores},
    {kMicrosoft, "DecoderMaskedMultiHeadAttention", 1, kNewest, DecoderMaskedMultiHeadAttention, "attention", kE,
     kScores},
    {kMicrosoft, "PackedMultiHeadAttention", 1, kNewest, PackedMultiHeadAttention, "attention", kE,
     "as MultiHeadAttention over the real tokens: Σ length² pairs, at most T · S when the lengths are not known"},
};

}  // namespace

absl::Span<const Rule> AttentionRules() { return kRules; }

}  // namespace opcost
