// Blocks of language models: rotary position embedding, gated MLP, attention with fewer heads of keys than of queries.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> SequenceBlockFusions() {
  static constexpr std::array<FusionRule, 6> kRules = {{
      // x·cos + rotated(x)·sin.
      {"rotary_half", Pattern::kRotary, "Add(Mul($x, _), Mul(%rotated($x), _))"},
      {"rotary_mixed", Pattern::kRotary, "?Reshape(%mixed(_))"},
      // down(act(gate(x)) · up(x)): SwiGLU, GeGLU and the like; gate and up as two layers or as one that is split.
      {"gated_mlp", Pattern::kGatedMlp, "%layer(?Reshape(?Cast(Mul(%act(%layer($x:~)), %layer($x)))))"},
      {"gated_mlp_split", Pattern::kGatedMlp,
       "%layer((Mul(%act(Split(%layer(_))), _) | Mul(%act(Slice($h:%layer(_))), Slice($h))))"},
      // Keys and values repeated for the heads of queries that share them, with the cache that they are put behind.
      {"grouped_query_attention", Pattern::kGroupedQueryAttention,
       "!@product{no_weight}(%guard(*Cast(%softmax(*@score(@product{no_weight}((@scale{scalar}(~) | ~), "
       "(@scale{scalar}(%turned(%repeated(~))) | %turned(%repeated(~)))))))), %repeated(~))"},
      {"grouped_query_attention_whole", Pattern::kGroupedQueryAttention, "!Attention(~, %repeated(~), %repeated(~))"},
  }};
  return kRules;
}

}  // namespace opcost
