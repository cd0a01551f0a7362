// Blocks of image networks beside the residual ones: of detectors, ConvNeXt, shuffles, attention by convolution.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> ImageBlockFusions() {
  static constexpr std::array<FusionRule, 7> kRules = {{
      // Depthwise, normalise, widen, act, narrow, scale by channel, add.
      {"convnext_block", Pattern::kConvnextBlock,
       "@sum(?Mul(?Transpose(?Mul(%pwlayer(%act(%pwlayer(%anynorm(?Transpose(!@anyconv{dw}($x)))))), #)), #), $x)"},
      // One feature map and its maxima over growing windows, by a pool behind a pool or by three of them.
      {"sppf", Pattern::kSppf,
       "%optact(%bn(@anyconv{pw}(Concat($a:%optact(%bn(!@anyconv{pw}(_))), $b:MaxPool($a), ($c:MaxPool($b) | "
       "MaxPool($a)), "
       "(MaxPool($c) | MaxPool($a))))))"},
      // Four images, each with every second pixel of every second row, as channels of one.
      {"focus", Pattern::kFocus,
       "%optact(%bn(!@anyconv((SpaceToDepth(_) | Concat(%strided($x), %strided($x), %strided($x), %strided($x)) | "
       "Concat(Slice($r:Slice($x)), Slice($q:Slice($x)), Slice($r), Slice($q))))))"},
      {"channel_shuffle", Pattern::kChannelShuffle, "Reshape(Transpose{swaps_groups}(Reshape{splits_channels}(_)))"},
      {"pixel_shuffle", Pattern::kPixelShuffle, "Reshape(Transpose{moves_pixels}(Reshape{rank4}(_)))"},
      // A map multiplied by what large depthwise filters see around each of its points.
      {"large_kernel_attention", Pattern::kConvAttention,
       "Mul($x, %bn(@anyconv{pw}(%bn(@anyconv{dw}(%bn(!@anyconv{dw}($x)))))))"},
      // A map multiplied by a gate per point, from the mean and the maximum over its channels.
      {"spatial_attention", Pattern::kConvAttention,
       "Mul($x, Sigmoid(%bn(!@anyconv((Concat(ReduceMean($x), ReduceMax($x)) | Concat(ReduceMax($x), "
       "ReduceMean($x)))))))"},
  }};
  return kRules;
}

}  // namespace opcost
