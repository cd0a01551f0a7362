// Attention as exporters spell it out.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_ATTENTION_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_ATTENTION_H_

#include <cstdint>

#include "costing/calibration/generate/layers.h"

namespace opcost::generate {

struct Heads {
  T q, k, v;  // [batch, heads, tokens, width of a head]
};

// Three projections of x [batch, tokens, width].
Heads SeparateHeads(Net& net, const T& x, int64_t heads, bool bias = true);
// One projection to three times the width, then taken apart: by Split, or by a transpose and Gather or Slice.
enum class Packing : uint8_t { kSplit, kGather, kSlice };
Heads PackedHeads(Net& net, const T& x, int64_t heads, Packing packing);

// Softmax(q·kᵀ · scale + mask)·v, heads side by side again: [batch, tokens, width]. A mask without a name is none.
T Attend(Net& net, const Heads& heads, const T& mask = {});
// The scores are scaled by a product of both operands, as torch's scaled_dot_product_attention does.
T AttendScaledFirst(Net& net, const Heads& heads, const T& mask = {});

T MergeHeads(Net& net, const T& x);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_ATTENTION_H_
