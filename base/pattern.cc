#include "base/pattern.h"

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace opcost {
namespace {

struct PatternRow {
  const char* name;
  Pattern parent;  // itself at the root
  bool is_block = false;
};

constexpr size_t kPatterns = static_cast<size_t>(Pattern::kCount);

// In the order of the enum. A parent is the nearest class of kernels that behaves alike.
constexpr std::array<PatternRow, kPatterns> kTable = {{
    {"conv2d", Pattern::kAny},
    {"conv2d_bn", Pattern::kConv2d},
    {"conv2d_bn_act", Pattern::kConv2dBn},
    {"conv2d_act", Pattern::kConv2d},
    {"conv2d_add_act", Pattern::kConv2dAct},
    {"depthwise", Pattern::kGrouped},
    {"pointwise", Pattern::kConv2d},
    {"grouped", Pattern::kConv2d},
    {"transposed", Pattern::kConv2d},
    {"matmul", Pattern::kAny},
    {"linear", Pattern::kMatmul},
    {"gemm", Pattern::kMatmul},
    {"attention", Pattern::kMatmul},
    {"recurrent", Pattern::kMatmul},
    {"batchnorm", Pattern::kElementwise},
    {"layernorm", Pattern::kReduce},
    {"rmsnorm", Pattern::kLayernorm},
    {"gelu", Pattern::kActivation},
    {"silu", Pattern::kActivation},
    {"hardswish", Pattern::kActivation},
    {"activation", Pattern::kElementwise},
    {"softmax", Pattern::kReduce},
    {"elementwise", Pattern::kAny},
    {"pool", Pattern::kReduce},
    {"reduce", Pattern::kElementwise},
    {"embedding", Pattern::kMove},
    {"move", Pattern::kElementwise},
    {"quantize", Pattern::kElementwise},
    {"free", Pattern::kAny},
    {"control", Pattern::kAny},
    {"other", Pattern::kAny},
    {"any", Pattern::kAny},
    {"mbconv", Pattern::kConv2dBnAct, true},
    {"mbconv_se", Pattern::kMbconv, true},
    {"fused_mbconv", Pattern::kConv2dBnAct, true},
    {"residual_basic", Pattern::kConv2dBnAct, true},
    {"residual_bottleneck", Pattern::kConv2dBnAct, true},
    {"squeeze_excite", Pattern::kPointwise, true},
    {"transformer_block", Pattern::kAttention, true},
    {"grouped_query_attention", Pattern::kAttention, true},
    {"window_attention", Pattern::kAttention, true},
    {"conv_attention", Pattern::kPointwise, true},
    {"rotary", Pattern::kElementwise, true},
    {"gated_mlp", Pattern::kLinear, true},
    {"moe", Pattern::kMatmul, true},
    {"convnext_block", Pattern::kPointwise, true},
    {"c2f", Pattern::kConv2dBnAct, true},
    {"sppf", Pattern::kConv2dBnAct, true},
    {"focus", Pattern::kConv2dBnAct, true},
    {"channel_shuffle", Pattern::kMove, true},
    {"pixel_shuffle", Pattern::kMove, true},
}};

const PatternRow& Row(Pattern pattern) { return kTable[static_cast<size_t>(pattern)]; }

}  // namespace

absl::string_view Name(Pattern pattern) { return pattern == Pattern::kCount ? "" : Row(pattern).name; }

std::optional<Pattern> Parent(Pattern pattern) {
  const Pattern parent = Row(pattern).parent;
  if (parent == pattern) return std::nullopt;
  return parent;
}

bool IsBlock(Pattern pattern) { return Row(pattern).is_block; }

absl::StatusOr<Pattern> ParsePattern(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kPatterns; ++i) {
    if (name == kTable[i].name) return static_cast<Pattern>(i);
    names.emplace_back(kTable[i].name);
  }
  return absl::NotFoundError(absl::StrCat("'", name, "' is no pattern", DidYouMean(name, names)));
}

}  // namespace opcost
