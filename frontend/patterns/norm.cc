// Normalisations and softmax written out in primitive operators.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> NormFusions() {
  static constexpr std::array<FusionRule, 4> kRules = {{
      // (x − mean) / sqrt(mean((x − mean)²) + ε), scale and shift if there.
      {"layernorm", Pattern::kLayernorm, "?Add(?Mul(?Cast(%centred(_)), #), #)"},
      // x / sqrt(mean(x²) + ε), scale if there.
      {"rmsnorm", Pattern::kRmsnorm, "?Mul(?Cast(%rms(_)), #)"},
      // Group normalisation: instance normalisation between two reshapes.
      {"groupnorm", Pattern::kLayernorm, "?Add(?Mul(Reshape(!InstanceNormalization(Reshape(_))), #), #)"},
      {"softmax", Pattern::kSoftmax,
       "(Div($e:Exp(Sub($x, ReduceMax($x))), ReduceSum($e)) | Div($e:Exp(_), ReduceSum($e)))"},
  }};
  return kRules;
}

}  // namespace opcost
