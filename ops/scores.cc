#include "ops/scores.h"

#include <algorithm>

namespace opcost {
namespace {

using Wide = __int128;

// Σ of min(first + i, cap) for i in [0, n), all terms clamped to 0 from below.
Wide ClampedSum(Wide first, Wide n, Wide cap) {
  // Terms that are negative add nothing.
  if (first < 0) {
    const Wide skipped = std::min(n, -first);
    n -= skipped;
    first += skipped;
  }
  if (cap <= 0 || n <= 0) return 0;
  const Wide rising = std::clamp<Wide>(cap - first, 0, n);
  return rising * first + rising * (rising - 1) / 2 + (n - rising) * cap;
}

}  // namespace

std::optional<int64_t> VisiblePairs(int64_t q_len, int64_t kv_len, const ScoreOptions& options) {
  const Wide first = static_cast<Wide>(kv_len) - q_len;
  // Keys up to and with the last one seen, minus those before the first one seen.
  Wide last = static_cast<Wide>(q_len) * kv_len;
  const bool right = options.causal || options.right_window >= 0;
  if (right) last = ClampedSum(first + 1 + (options.causal ? 0 : options.right_window), q_len, kv_len);
  const Wide before = options.left_window >= 0 ? ClampedSum(first - options.left_window, q_len, kv_len) : 0;
  const Wide pairs = std::max<Wide>(last - before, 0);
  if (pairs > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(pairs);
}

Amount CacheBytes(Amount whole_bytes, Amount extent, Amount tokens) { return whole_bytes / extent * tokens; }

void AddCachedPast(Tally& t, const CacheSlots& slots, Heads& h) {
  if (!t.Has(slots.past_key)) return;
  const Amount current = h.kv_len;
  const Amount buffer = t.InDim(slots.past_key, 2);
  const Amount present = t.OutDim(slots.present_key, 2);
  const bool same_size = t.Has(slots.past_length) && present.complete && present.value == buffer.value;
  h.past = buffer;
  if (same_size || t.Int("past_present_share_buffer", 0) != 0) {
    if (const std::optional<int64_t> length = t.InInt(slots.past_length); length && *length >= 0) {
      h.past = Min(Amount(*length), buffer);
    } else {
      h.past = buffer - current;
      t.Bound();
    }
    for (int i = 0; i < 2; ++i) {
      t.Reads(slots.past_key + i, CacheBytes(t.InBytes(slots.past_key + i), buffer, h.past));
      t.Writes(slots.present_key + i, CacheBytes(t.OutBytes(slots.present_key + i), present, current));
    }
  }
  h.kv_len = h.past + current;
}

void PackedPairs(Tally& t, int offsets, int cumulative, Heads& h) {
  const absl::Span<const int64_t> sums = t.InInts(cumulative);
  if (sums.size() < 2) {
    h.kv_len = t.InDim(offsets, -1);
    t.Bound();
    return;
  }
  Amount pairs = 0;
  for (size_t i = 1; i < sums.size(); ++i) {
    const Amount length = Amount(sums[i]) - Amount(sums[i - 1]);
    pairs = pairs + length * length;
  }
  h.q_len = 1;
  h.kv_len = pairs;
}

void CountScores(Tally& t, DType dtype, const Heads& h, const ScoreOptions& options) {
  const Amount rows = h.batch * h.q_heads;
  const Amount scores = rows * h.q_len * h.kv_len;
  t.Macs(dtype, scores * h.qk_dim);
  t.Macs(dtype, scores * h.v_dim);
  const bool mask = options.mask || options.causal || options.left_window >= 0 || options.right_window >= 0;
  t.Ops(dtype, scores * (5 + (options.bias ? 1 : 0) + (mask ? 1 : 0) + (options.softcap ? 2 : 0)));
  t.Transcendentals(dtype, scores * (options.softcap ? 2 : 1));
  if (!options.causal && options.left_window < 0 && options.right_window < 0) return;
  const std::optional<int64_t> pairs = VisiblePairs(h.q_len.value, h.kv_len.value, options);
  if (pairs) t.MaskedMacs(rows * *pairs * (h.qk_dim + h.v_dim));
}

}  // namespace opcost
