// Attention as exporters write it out: softmax(scale · Q·Kᵀ + mask) · V between two products of activations, MatMul or
// Einsum. The transposition of K and the scaling of Q and K belong to it; splitting heads and projecting do not.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> AttentionFusions() {
  static constexpr std::array<FusionRule, 2> kRules = {{
      {"attention", Pattern::kAttention,
       "!@product{no_weight}(%guard(*Cast(%softmax(*@score(@product{no_weight}("
       "(@scale{scalar}(~) | ~), (@scale{scalar}(%turned(~)) | %turned(~))))))), ~)"},
      // The same with channels before positions: V · softmax(Qᵀ·K)ᵀ.
      {"attention_channels_first", Pattern::kAttention,
       "!@product{no_weight}(~, Transpose{swaps_last}(%softmax(*@score(@product{no_weight}("
       "(@scale{scalar}(Transpose{swaps_last}(~)) | Transpose{swaps_last}(@scale{scalar}(~)) | "
       "Transpose{swaps_last}(~)), ~)))))"},
  }};
  return kRules;
}

}  // namespace opcost
