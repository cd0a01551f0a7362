// Attention for decoders with grouped heads and a key / value cache: Hq for compute, Hkv for bytes.
#include <algorithm>

#include "ops/rule.h"
#include "ops/scores.h"

namespace opcost {
namespace {

// Shared by GroupQueryAttention and SparseAttention: query [B, S, Hq · d], or with key and value packed behind it.
struct GroupedSlots {
  int past_key = 3;
  int total_length = 6;
  int lengths = 5;  // total length − 1 for each sequence
  int cos = 7;
  int sin = 8;
};

Heads GroupedHeads(const Tally& t) {
  Heads h;
  h.batch = t.InDim(0, 0);
  h.q_len = t.InDim(0, 1);
  h.q_heads = t.Int("num_heads", 1);
  h.kv_heads = t.Int("kv_num_heads", 1);
  const Amount columns = t.Has(1) ? h.q_heads : h.q_heads + Amount(2) * h.kv_heads;
  h.qk_dim = h.v_dim = t.InDim(0, 2) / columns;
  return h;
}

// The true length of keys: an input, the sequence lengths + 1, or what the shapes say. With a shared buffer the shapes
// say the buffer's length, which bounds it.
Amount TotalLength(Tally& t, const GroupedSlots& slots, const Heads& h, bool shared) {
  if (const std::optional<int64_t> total = t.InInt(slots.total_length); total && *total > 0) return *total;
  const absl::Span<const int64_t> lengths = t.InInts(slots.lengths);
  if (!lengths.empty()) return *std::max_element(lengths.begin(), lengths.end()) + 1;
  if (!t.Has(slots.past_key)) return h.q_len;
  if (!shared) return t.InDim(slots.past_key, 2) + h.q_len;
  t.Bound();
  return t.InDim(slots.past_key, 2);
}

// Rotation of Q and the new K: 3 ops per rotated element; of the cosine and sine tables the rows of the new tokens.
void Rotate(Tally& t, DType dtype, const Heads& h, const GroupedSlots& slots) {
  if (t.Int("do_rotary", 0) == 0) return;
  const Amount rotated = t.Has(slots.cos) ? t.InDim(slots.cos, -1) * 2 : h.qk_dim;
  const Amount tokens = h.batch * h.q_len;
  t.Ops(dtype, tokens * (h.q_heads + h.kv_heads) * rotated * 3);
  t.ReadsAtMost(slots.cos, tokens * t.InDim(slots.cos, -1));
  t.ReadsAtMost(slots.sin, tokens * t.InDim(slots.sin, -1));
}

void CacheTraffic(Tally& t, const GroupedSlots& slots, const Heads& h, bool shared) {
  for (int i = 0; i < 2; ++i) {
    const int past = slots.past_key + i;
    const int present = 1 + i;
    if (t.Has(past)) t.Reads(past, CacheBytes(t.InBytes(past), t.InDim(past, 2), Min(h.past, t.InDim(past, 2))));
    if (shared) t.Writes(present, CacheBytes(t.OutBytes(present), t.OutDim(present, 2), h.q_len));
  }
}

Heads Grouped(Tally& t, const GroupedSlots& slots) {
  Heads h = GroupedHeads(t);
  const Amount past = t.InDim(slots.past_key, 2);
  const Amount present = t.OutDim(1, 2);
  const bool shared = t.Has(slots.past_key) && past.complete && present.complete && past.value == present.value;
  h.kv_len = Max(TotalLength(t, slots, h, shared), h.q_len);
  h.past = h.kv_len - h.q_len;
  CacheTraffic(t, slots, h, shared);
  Rotate(t, t.InType(0), h, slots);
  return h;
}

// RMS norm of each head of Q and of the new K: 4 ops per element and 1 T per row.
void NormaliseHeads(Tally& t, DType dtype, const Heads& h, int q_norm) {
  const Amount rows = h.batch * h.q_len;
  if (t.Has(q_norm)) {
    t.Ops(dtype, rows * h.q_heads * h.qk_dim * 4);
    t.Transcendentals(dtype, rows * h.q_heads);
  }
  if (t.Has(q_norm + 1)) {
    t.Ops(dtype, rows * h.kv_heads * h.qk_dim * 4);
    t.Transcendentals(dtype, rows * h.kv_heads);
  }
}

// query, key, value, past_key, past_value, seqlens_k, total_sequence_length, cos_cache, sin_cache, position_ids,
// attention_bias, head_sink, k_scale, v_scale, q_norm_weight, k_norm_weight. A quantised cache is dequantised at 2 ops
// per element. local_window_size W keeps at most W positions.
void GroupQueryAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const Heads h = Grouped(t, {});
  NormaliseHeads(t, dtype, h, 14);
  if (t.Int("kv_cache_bit_width", 0) > 0) t.Ops(dtype, h.batch * h.kv_heads * h.kv_len * (h.qk_dim + h.v_dim) * 2);
  ScoreOptions options;
  options.bias = t.Has(10);
  options.softcap = t.Float("softcap", 0) > 0;
  options.causal = t.Int("causal", 1) != 0;
  const int64_t window = t.Int("local_window_size", -1);
  options.left_window = window > 0 ? window - 1 : -1;
  CountScores(t, dtype, h, options);
}

// query, key, value, past_key, past_value, block_row_indices, block_col_indices, total_sequence_length,
// key_total_sequence_lengths, cos_cache, sin_cache. As if every block were kept.
void SparseAttention(Tally& t, const Rule&) {
  const Heads h = Grouped(t, {.past_key = 3, .total_length = 7, .lengths = kNone, .cos = 9, .sin = 10});
  CountScores(t, t.InType(0), h, {.causal = true});
}

// query [T, Hq · d], key, value, key_cache, value_cache, cumulative_sequence_length [B + 1], past_seqlens, block_table
// [B, blocks], cos_cache, sin_cache … Cache lengths stand in the data: each token sees at most its table's blocks.
void PagedAttention(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  Heads h;
  h.q_heads = t.Int("num_heads", 1);
  h.kv_heads = t.Int("kv_num_heads", 1);
  h.q_len = t.InDim(0, 0);
  h.qk_dim = t.InDim(0, 1) / (t.Has(1) ? h.q_heads : h.q_heads + Amount(2) * h.kv_heads);
  const int64_t v_dim = t.Int("v_head_size", 0);
  h.v_dim = v_dim > 0 ? Amount(v_dim) : h.qk_dim;
  h.kv_len = t.InDim(7, 1) * t.InDim(3, 1);
  for (int slot : {3, 4}) {
    const Amount pages = t.InDim(slot, 0);
    t.Reads(slot, CacheBytes(t.InBytes(slot), pages, Min(pages, t.InElements(7))));
    t.Writes(slot - 2, CacheBytes(t.OutBytes(slot - 2), pages * t.InDim(slot, 1), h.q_len));
  }
  Rotate(t, dtype, h, {.cos = 8, .sin = 9});
  CountScores(t, dtype, h, {.softcap = t.Float("softcap", 0) > 0, .causal = t.Int("is_causal", 1) != 0});
}

constexpr Rule kRules[] = {
    {kMicrosoft, "GroupQueryAttention", 1, kNewest, GroupQueryAttention, "attention", kE,
     "MACs B · Hq · Sq · Skv · 2d, Skv = total_sequence_length; cache bytes with Hkv heads, only new tokens written "
     "into a "
     "shared buffer; rotation 3 ops per element"},
    {kMicrosoft, "SparseAttention", 1, kNewest, SparseAttention, "attention", kB,
     "as GroupQueryAttention with every block kept: an upper bound"},
    {kMicrosoft, "PagedAttention", 1, kNewest, PagedAttention, "attention", kB,
     "MACs Hq · T · (blocks · block size) · (d + dv): every token sees all blocks of its table, an upper bound"},
};

}  // namespace

absl::Span<const Rule> CachedAttentionRules() { return kRules; }

}  // namespace opcost
