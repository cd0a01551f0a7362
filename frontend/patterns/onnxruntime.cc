// What ONNX Runtime's CPU provider makes of a graph at the levels basic and extended. Kernels are named as it names
// them. Its order of passes is kept where it decides: folding before bias, bias before activation.
#include <array>

#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const FusionRule> OnnxRuntimeFusions() {
  static constexpr std::array<FusionRule, 17> kRules = {{
      // BatchNormalization and constants per channel fold into the weights; these activations become an attribute.
      {"ort_fused_conv", Pattern::kConv2dAct, "@ort_conv_act{float}(%folded(!Conv(_)))", "com.microsoft::FusedConv"},
      {"ort_folded_conv", Pattern::kConv2d,
       "(Mul(%folded_base(!@conv(_)), #) | Add{vector}(%folded_base(!@conv(_)), #) | "
       "BatchNormalization{inference}(!@conv(_)))"},
      // Gemm with two-dimensional operands keeps its activation; higher ranks get a Reshape in between.
      {"ort_fused_gemm", Pattern::kLinear,
       "@ort_gemm_act{float,rank2}((!Gemm(_) | Add{vector}(!MatMul{weight}(_), #)))", "com.microsoft::FusedGemm"},
      {"ort_matmul_add", Pattern::kLinear, "Add{vector,static_shape,float}(!MatMul{weight}(_), #)", "Gemm"},
      {"ort_layernorm", Pattern::kLayernorm, "?Add(Mul(?Cast(%centred(_)), #), #)", "LayerNormalization"},
      {"ort_rmsnorm", Pattern::kRmsnorm, "Mul(?Cast(%rms(_)), #)", "SimplifiedLayerNormalization"},
      // A sum that is normalised: the kernel also returns the sum, so it may be read elsewhere.
      {"ort_skip_layernorm_bias", Pattern::kLayernorm, "!LayerNormalization(^Add(Add{vector}(~, #), ~))",
       "com.microsoft::SkipLayerNormalization"},
      {"ort_skip_layernorm", Pattern::kLayernorm, "!LayerNormalization(^Add{same_shapes}(~, ~))",
       "com.microsoft::SkipLayerNormalization"},
      {"ort_bias_gelu", Pattern::kGelu, "(%gelu_erf(Add{vector}(~, #)) | Gelu(Add{vector}(~, #)))",
       "com.microsoft::BiasGelu"},
      {"ort_gelu", Pattern::kGelu, "%gelu_erf(_)", "com.microsoft::Gelu"},
      {"ort_fast_gelu", Pattern::kGelu, "%gelu_tanh(_)", "com.microsoft::FastGelu"},
      {"ort_quick_gelu_scaled", Pattern::kGelu, "Mul($x, Sigmoid(Mul($x, #)))", "com.microsoft::QuickGelu"},
      {"ort_quick_gelu", Pattern::kSilu, "%silu(_)", "com.microsoft::QuickGelu"},
      // A scale or the transposition of an operand becomes an attribute of the product.
      {"ort_fused_matmul", Pattern::kMatmul,
       "(@scale{const_scalar}(!MatMul(%ort_operand(~), %ort_operand(_))) | !MatMul(%ort_operand(~), %ort_operand(_)))",
       "com.microsoft::FusedMatMul"},
      {"ort_matmul_integer", Pattern::kMatmul, "Mul(Cast(!MatMulInteger(_)), Mul(_, _))",
       "com.microsoft::MatMulIntegerToFloat"},
      {"ort_relu_clip", Pattern::kActivation, "Clip(Relu(_))", "Clip"},
      {"ort_pad", Pattern::kConv2d, "!Conv(Pad(_))"},
  }};
  return kRules;
}

}  // namespace opcost
