// What all attention operators share: scores, softmax, values, and what a mask leaves of them.
#ifndef OPCOST_OPS_SCORES_H_
#define OPCOST_OPS_SCORES_H_

#include <optional>

#include "ops/tally.h"

namespace opcost {

// Sizes of one attention. Hq counts for compute, Hkv for bytes.
struct Heads {
  Amount batch = 1;
  Amount q_heads = 1;
  Amount kv_heads = 1;
  Amount q_len = 1;
  Amount past = 0;
  Amount kv_len = 1;  // past + current
  Amount qk_dim = 1;
  Amount v_dim = 1;
};

struct ScoreOptions {
  bool bias = false;
  bool mask = false;
  bool softcap = false;
  bool causal = false;
  // Positions to the left and right that a query sees besides its own; −1 for all.
  int64_t left_window = -1;
  int64_t right_window = -1;
};

// QK = B · Hq · Sq · Skv · d and AV = B · Hq · Sq · Skv · dv MACs. Softmax 4 ops + 1 T per score; scale 1 op per score;
// bias and mask 1 op each per score; softcap 1 T + 2 ops.
void CountScores(Tally& tally, DType dtype, const Heads& heads, const ScoreOptions& options);

// Pairs (query, key) that causality and windows leave of q_len · kv_len: query i stands at position kv_len − q_len + i.
// nullopt on overflow.
std::optional<int64_t> VisiblePairs(int64_t q_len, int64_t kv_len, const ScoreOptions& options);

// Packed sequences without padding: `h.q_len` holds all tokens, afterwards `h.kv_len` is such that q_len · kv_len is
// the pairs: Σ length² where the running sums in `cumulative` are known, else (status kBound) S keys for each token, S
// the last extent of `offsets`.
void PackedPairs(Tally& tally, int offsets, int cumulative, Heads& h);

// Slots of a key / value cache: keys here, values in the slot after.
struct CacheSlots {
  int past_key;
  int past_length;
  int present_key = 1;
};

// Adds the past to kv_len, and says its bytes: past read, present written whole. With a shared buffer the extent is the
// buffer's, the length an input of its own, and only the new tokens are written.
void AddCachedPast(Tally& tally, const CacheSlots& slots, Heads& h);

// Bytes of `tokens` of a cache of `extent` tokens.
Amount CacheBytes(Amount whole_bytes, Amount extent, Amount tokens);

}  // namespace opcost

#endif  // OPCOST_OPS_SCORES_H_
