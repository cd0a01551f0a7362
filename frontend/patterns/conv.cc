// Convolution with what follows it: BatchNormalization, an activation (whole or written out), an addition.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> ConvFusions() {
  static constexpr std::array<FusionRule, 4> kRules = {{
      {"conv2d_add_act", Pattern::kConv2dAddAct, "%act(@sum(%bn(!@conv(_)), ~))"},
      {"conv2d_bn_act", Pattern::kConv2dBnAct, "%act(%norm(!@conv(_)))"},
      {"conv2d_bn", Pattern::kConv2dBn, "%norm(!@conv(_))"},
      {"conv2d_act", Pattern::kConv2dAct, "%act(!@conv(_))"},
  }};
  return kRules;
}

}  // namespace opcost
