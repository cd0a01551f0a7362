// Blocks made of convolutions, with BatchNormalization kept or folded and activations whole or written out.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> BlockFusions() {
  static constexpr std::array<FusionRule, 8> kRules = {{
      // Expand 1x1, depthwise, squeeze-excite, project 1x1 without activation, plus the input or its projection.
      {"mbconv_se", Pattern::kMbconvSe,
       "%shortcut(%bn(@anyconv{pw,linear_out}(%se(%optact(%bn(!@anyconv{dw}(%expanded($x))))))), $x)"},
      {"mbconv", Pattern::kMbconv,
       "%shortcut(%bn(@anyconv{pw,linear_out}(%optact(%bn(!@anyconv{dw}(%expanded($x)))))), $x)"},
      // The first stage of these networks does not expand. Separable convolutions of heads look alike, but for what
      // reads them.
      {"mbconv_se_1", Pattern::kMbconvSe,
       "%shortcut(%bn(@anyconv{pw,feeds_conv}(%se(%optact(%bn(!@anyconv{dw}($x)))))), $x)"},
      {"mbconv_1", Pattern::kMbconv, "%shortcut(%bn(@anyconv{pw,feeds_conv}(%optact(%bn(!@anyconv{dw}($x))))), $x)"},
      // Expansion and depthwise filter in one dense convolution.
      {"fused_mbconv", Pattern::kFusedMbconv,
       "%shortcut(%bn(@anyconv{pw,linear_out,narrows}(%optse(%act(%bn(!@anyconv{kxk,widens}($x)))))), $x)"},
      {"residual_bottleneck", Pattern::kResidualBottleneck,
       "%optact(%plus(%optse(%bn(@anyconv{pw}(%optact(%bn(!@anyconv{kxk_or_grouped}(%optact(%bn(@anyconv{pw}($x))))))))"
       ")"
       ", %side($x)))"},
      {"residual_basic", Pattern::kResidualBasic,
       "%optact(%plus(%optse(%bn(@anyconv{kxk}(%optact(%bn(!@anyconv{kxk}($x)))))), %side($x)))"},
      // The sum as the fourth input of the last convolution, as ONNX Runtime fuses it.
      {"residual_basic_fused", Pattern::kResidualBasic,
       "@anyconv{kxk}(%optact(%bn(!@anyconv{kxk}($x))), _, _, %side($x))"},
  }};
  return kRules;
}

absl::Span<const FusionRule> SqueezeExciteFusions() {
  static constexpr std::array<FusionRule, 1> kRules = {{
      {"squeeze_excite", Pattern::kSqueezeExcite, "%se(_)"},
  }};
  return kRules;
}

}  // namespace opcost
