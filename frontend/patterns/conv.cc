// Convolution with what follows it: BatchNormalization, an activation (whole or written out), an addition.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const Rule> ConvRules() {
  static constexpr std::array<Rule, 4> kRules = {{
      {"conv2d_add_act", Pattern::kConv2dAddAct, "%act(@sum(%bn(!@conv(_)), ~))"},
      {"conv2d_bn_act", Pattern::kConv2dBnAct, "%act(BatchNormalization{inference}(!@conv(_)))"},
      {"conv2d_bn", Pattern::kConv2dBn, "BatchNormalization{inference}(!@conv(_))"},
      {"conv2d_act", Pattern::kConv2dAct, "%act(!@conv(_))"},
  }};
  return kRules;
}

}  // namespace opcost
