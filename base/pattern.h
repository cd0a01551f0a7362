// The closed set of patterns that a subgraph can be: what a profile has curves for and what a report groups by.
#ifndef OPCOST_BASE_PATTERN_H_
#define OPCOST_BASE_PATTERN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

enum class Pattern : uint8_t {
  // Convolutions. `kConv2d` is the dense one of any rank; the others are told apart by groups, kernel and fusion.
  kConv2d,
  kConv2dBn,
  kConv2dBnAct,
  kConv2dAct,
  kConv2dAddAct,
  kDepthwise,
  kPointwise,
  kGrouped,
  kTransposed,
  // Matrix products.
  kMatmul,
  kLinear,
  kGemm,
  kAttention,
  kRecurrent,
  // Normalisation, activation, reduction.
  kBatchnorm,
  kLayernorm,
  kRmsnorm,
  kGelu,
  kSilu,
  kHardswish,
  kActivation,
  kSoftmax,
  kElementwise,
  kPool,
  kReduce,
  // Memory.
  kEmbedding,
  kMove,
  kQuantize,
  kFree,
  // Whatever has no class of its own.
  kControl,
  kOther,
  // The root of every parent chain: a profile's curve for whatever has none of its own.
  kAny,
  // Blocks: groups of subgraphs. A rule set may price one as a single row.
  kMbconv,
  kMbconvSe,
  kFusedMbconv,
  kResidualBasic,
  kResidualBottleneck,
  kSqueezeExcite,
  kTransformerBlock,
  // Blocks of attention and its surroundings; single operators of their kinds as well.
  kGroupedQueryAttention,
  kWindowAttention,
  kConvAttention,
  kRotary,
  kGatedMlp,
  kMoe,
  // Blocks of image networks.
  kConvnextBlock,
  kC2f,
  kSppf,
  kFocus,
  kChannelShuffle,
  kPixelShuffle,
  kCount,
};

// "conv2d_bn_act", "squeeze_excite" …
absl::string_view Name(Pattern pattern);
// The pattern whose curve stands in when a profile has none for this one (conv2d_bn_act → conv2d_bn → conv2d);
// every chain ends at `any`, which has none.
std::optional<Pattern> Parent(Pattern pattern);
// True for the kinds that group subgraphs. Some are also what a single operator is (rotary, moe …).
bool IsBlock(Pattern pattern);
// NotFound names the nearest pattern.
absl::StatusOr<Pattern> ParsePattern(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_BASE_PATTERN_H_
