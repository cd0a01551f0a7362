// Attention by recurrence over a state [dk, dv] for each head, and rotary embeddings.
#include "ops/rule.h"

namespace opcost {
namespace {

bool Contains(absl::string_view text, absl::string_view part) { return text.find(part) != absl::string_view::npos; }

struct State {
  Amount steps;  // B · T
  Amount kv_heads;
  Amount out_heads;
  Amount dk;
  Amount dv;
};

// Per step: the outer product k ⊗ v (dk · dv for each kv head), q · S (dk · dv for each output head); the delta rules
// read S^T k as well. Gated rules scale the state: dk · dv ops per step and kv head, 1 T per decay value.
void Recurrence(Tally& t, DType dtype, const State& s, absl::string_view update_rule, int decay) {
  const Amount cell = s.steps * s.dk * s.dv;
  t.Macs(dtype, cell * (s.kv_heads + s.out_heads));
  if (Contains(update_rule, "delta")) t.Macs(dtype, cell * s.kv_heads);
  if (Contains(update_rule, "gated")) {
    t.Ops(dtype, cell * s.kv_heads);
    t.Transcendentals(dtype, t.InElements(decay));
  }
}

// query [B, T, Hq · dk], key, value [B, T, Hkv · dv], past_state, decay, beta.
void LinearAttention(Tally& t, const Rule&) {
  State s;
  s.steps = t.InDim(0, 0) * t.InDim(0, 1);
  s.kv_heads = t.Int("kv_num_heads", 1);
  s.out_heads = t.Int("q_num_heads", 1);
  s.dk = t.InDim(1, 2) / s.kv_heads;
  s.dv = t.InDim(2, 2) / s.kv_heads;
  Recurrence(t, t.InType(0), s, t.String("update_rule", "gated_delta"), 4);
}

// query [T, Hq, dk], key, value [T, Hv, dv], cu_seqlens, decay, beta, initial_state [B, Hv, dv, dk] … Packed QKV takes
// the sizes from the state.
void GatedDeltaNet(Tally& t, const Rule&) {
  State s;
  const bool packed = !t.Has(1);
  s.kv_heads = packed ? t.InDim(6, 1) : t.InDim(2, -2);
  s.dv = packed ? t.InDim(6, 2) : t.InDim(2, -1);
  s.dk = packed ? t.InDim(6, 3) : t.InDim(0, -1);
  s.steps = packed ? t.InElements(0) / t.InDim(0, -1) : t.InElements(2) / (s.kv_heads * s.dv);
  s.out_heads = t.OutElements(0) / (s.steps * s.dv);
  Recurrence(t, t.InType(0), s, t.String("update_rule", "gated_delta"), 4);
}

constexpr const char* kRecurrence =
    "MACs B · T · dk · dv · (Hkv + Hq), delta rules + B · T · dk · dv · Hkv; gated rules dk · dv ops per step and kv "
    "head, "
    "1 T per decay value";

constexpr Rule kLinear[] = {
    {kOnnx, "LinearAttention", 27, kNewest, LinearAttention, "linear_attention", kE, kRecurrence},
    {kMicrosoft, "LinearAttention", 1, kNewest, LinearAttention, "linear_attention", kE, kRecurrence},
    {kMicrosoft, "GatedDeltaNet", 1, kNewest, GatedDeltaNet, "linear_attention", kE, kRecurrence},
};

// 3 ops per rotated element. `rotary_embedding_dim` > 0 rotates that part of each head; then the head's size comes from
// the shape, or from num_heads.
Amount Rotated(const Tally& t) {
  const int64_t part = t.Int("rotary_embedding_dim", 0);
  if (part <= 0) return t.InElements(0);
  const int64_t heads = t.Int("num_heads", 0);
  const Amount head = t.InRank(0) == 4 ? t.InDim(0, 3) : heads > 0 ? t.InDim(0, -1) / heads : Amount::Unknown();
  return t.InElements(0) / head * part;
}

void RotateInput(Tally& t, int cos, int positions) {
  t.Ops(t.InType(0), Rotated(t) * 3);
  // With positions, cos and sin are tables of which the rows of those positions are read.
  if (!t.Has(positions) || t.InRank(cos) != 2) return;
  Amount rows = t.InElements(positions);
  // A single position is the offset of the first token.
  if (rows.complete && rows.value == 1) rows = t.InElements(0) / t.InDim(0, -1);
  t.ReadsAtMost(cos, rows * t.InDim(cos, 1));
  t.ReadsAtMost(cos + 1, rows * t.InDim(cos + 1, 1));
}

// X, cos_cache, sin_cache, position_ids.
void RotaryEmbedding(Tally& t, const Rule&) { RotateInput(t, 1, 3); }
// input, position_ids, cos_cache, sin_cache.
void ContribRotaryEmbedding(Tally& t, const Rule&) { RotateInput(t, 2, 1); }

// emb, q, q_rot, k, k_rot: sine and cosine of emb, then q · cos + q_rot · sin and the same of k.
void GemmaRotaryEmbedding(Tally& t, const Rule&) {
  t.Transcendentals(t.InType(0), t.InElements(0) * 2);
  t.Ops(t.InType(1), (t.InElements(1) + t.InElements(3)) * 3);
}

constexpr const char* kRotation = "3 ops per rotated element; of the tables the rows of the positions";

constexpr Rule kRotary[] = {
    {kOnnx, "RotaryEmbedding", 23, kNewest, RotaryEmbedding, "rotary", kC, kRotation},
    {kMicrosoft, "RotaryEmbedding", 1, kNewest, ContribRotaryEmbedding, "rotary", kC, kRotation},
    {kMicrosoft, "MRotaryEmbedding", 1, kNewest, ContribRotaryEmbedding, "rotary", kC, kRotation},
    {kMicrosoft, "GemmaRotaryEmbedding", 1, kNewest, GemmaRotaryEmbedding, "rotary", kC,
     "3 ops per element of q and k; 2 T per element of emb"},
};

}  // namespace

absl::Span<const Rule> LinearAttentionRules() { return kLinear; }
absl::Span<const Rule> RotaryRules() { return kRotary; }

}  // namespace opcost
