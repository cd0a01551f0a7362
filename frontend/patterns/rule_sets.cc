// The table of rule sets, and the families compiled.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "frontend/patterns/rules.h"

namespace opcost {

absl::Span<const RuleSet> AllRuleSets() {
  static constexpr std::array<RuleSet, 4> kSets = {{
      {
          .name = "none",
          .summary = "Each node runs by itself.",
          .leaves_out = "",
      },
      {
          .name = "pytorch-eager",
          .summary = "Rows as measured in eager PyTorch: what is one module there (layer norm, GELU, SiLU, softmax, "
                     "attention, "
                     "linear) is one row however it was exported, and convolutions are grouped with the normalisation, "
                     "addition and activation behind them, MBConv and squeeze-excite whole.",
          .leaves_out =
              "Eager PyTorch itself fuses nothing: within a grouped row every operator is a kernel of its own.",
          .families = {AttentionFusions, NormFusions, SqueezeExciteFusions, ConvFusions, ActivationFusions,
                       MatmulFusions},
          .pointwise = PointwiseName::kByTail,
          .mbconv_rows = true,
          .folds_constants = true,
      },
      {
          .name = "onnxruntime-cpu",
          .summary =
              "The kernels that ONNX Runtime executes on CPU at the profile's version and level: constants folded, "
              "operators fused, layouts blocked, reorders inserted. Each row is one kernel.",
          .leaves_out = "Provider choice by partition, and rewrites of subgraphs inside control flow.",
          .folds_constants = true,
          .executed = true,
      },
      {
          .name = "tensorrt",
          .summary =
              "A TensorRT engine: convolutions and products with the pointwise chain behind them, attention and "
              "normalisations as one kernel, chains of pointwise operators as one, Q/DQ around an operator as one "
              "integer operator.",
          .leaves_out =
              "Horizontal merging, convolution with pooling, what a region compiled as a whole fuses beyond attention, "
              "and the engine's choice by timing.",
          .families = {AttentionFusions, NormFusions, TensorrtFusions, ActivationFusions, MatmulFusions,
                       TensorrtChainFusions},
          .folds_constants = true,
          .integer_rows = true,
      },
  }};
  return kSets;
}

namespace {

std::vector<CompiledRule> Compile(absl::Span<const FusionRule> rules) {
  std::vector<CompiledRule> compiled;
  for (const FusionRule& rule : rules) {
    absl::StatusOr<Form> form = CompileForm(rule.form);
    if (!form.ok()) {
      std::fprintf(stderr, "rule %s: %s\n", rule.name, std::string(form.status().message()).c_str());
      std::abort();
    }
    compiled.push_back({&rule, *std::move(form)});
  }
  return compiled;
}

}  // namespace

absl::Span<const Family> AllFamilies() {
  static constexpr std::array<Family, 11> kFamilies = {ConvFusions,          MatmulFusions,       ActivationFusions,
                                                       NormFusions,          AttentionFusions,    TensorrtFusions,
                                                       TensorrtChainFusions, BlockFusions,        SqueezeExciteFusions,
                                                       ImageBlockFusions,    SequenceBlockFusions};
  return kFamilies;
}

const std::vector<CompiledRule>& Compiled(Family family) {
  static const auto* const kCompiled = [] {
    auto* all = new absl::flat_hash_map<Family, std::vector<CompiledRule>>;
    for (const Family f : AllFamilies()) (*all)[f] = Compile(f());
    return all;
  }();
  return kCompiled->at(family);
}

}  // namespace opcost
