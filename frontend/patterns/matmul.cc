// Matrix products with their bias.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> MatmulFusions() {
  static constexpr std::array<FusionRule, 2> kRules = {{
      {"linear", Pattern::kLinear, "Add{vector}(!MatMul{weight}(_), #)"},
      {"linear_nbits", Pattern::kLinear, "Add{vector}(!ms.MatMulNBits(_), #)"},
  }};
  return kRules;
}

}  // namespace opcost
