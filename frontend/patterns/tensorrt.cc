// What a TensorRT engine makes of a graph in one kernel: a convolution or product with the whole chain of pointwise
// operators behind it, attention and normalisations as one, chains of pointwise operators as one.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> TensorrtFusions() {
  static constexpr std::array<FusionRule, 5> kRules = {{
      {"trt_conv_add_act", Pattern::kConv2dAddAct, "*@pointwise(%optact(@sum(%optact(%bn(!@conv(_))), ~)))"},
      {"trt_conv_bn_act", Pattern::kConv2dBnAct, "*@pointwise(%act(BatchNormalization{inference}(!@conv(_))))"},
      {"trt_conv_bn", Pattern::kConv2dBn, "BatchNormalization{inference}(!@conv(_))"},
      {"trt_conv_act", Pattern::kConv2dAct, "*@pointwise(%act(!@conv(_)))"},
      {"trt_linear", Pattern::kLinear,
       "(%act((Add(!MatMul{weight}(_), #) | !Gemm{weight}(_))) | Add(!MatMul{weight}(_), #))"},
  }};
  return kRules;
}

// After everything that has a name of its own.
absl::Span<const FusionRule> TensorrtChainFusions() {
  static constexpr std::array<FusionRule, 1> kRules = {{
      {"trt_pointwise", Pattern::kElementwise, "@pointwise(@pointwise(*@pointwise(_)))"},
  }};
  return kRules;
}

}  // namespace opcost
