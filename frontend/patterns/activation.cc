// Activations that exporters write out in several operators. The constants tell them apart from arithmetic that only
// looks alike.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> ActivationFusions() {
  static constexpr std::array<FusionRule, 7> kRules = {{
      {"gelu_erf", Pattern::kGelu, "%gelu_erf(_)"},
      {"gelu_tanh", Pattern::kGelu, "%gelu_tanh(_)"},
      // x·sigmoid(1.702·x), the sigmoid approximation of GELU.
      {"gelu_sigmoid", Pattern::kGelu, "Mul($x, Sigmoid(Mul($x, #1.702)))"},
      {"silu", Pattern::kSilu, "%silu(_)"},
      {"hardswish", Pattern::kHardswish, "%hardswish(_)"},
      {"hardsigmoid", Pattern::kActivation,
       "(Div(Clip{relu6}(Add(_, #3)), #6) | Mul(Clip{relu6}(Add(_, #3)), #0.1666667))"},
      {"mish", Pattern::kActivation, "%mish(_)"},
  }};
  return kRules;
}

}  // namespace opcost
