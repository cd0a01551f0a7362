// Fusion rules and rule sets: data only.
//
// To add a fusion: a row in one of the families (conv.cc, matmul.cc, …), and a graph in tests/patterns/. To add a
// runtime: one file with its rules and a row in rule_sets.cc.
#ifndef OPCOST_FRONTEND_PATTERNS_RULES_H_
#define OPCOST_FRONTEND_PATTERNS_RULES_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/pattern.h"
#include "frontend/patterns/form.h"

namespace opcost {

struct FusionRule {
  const char* name;  // unique
  Pattern pattern;
  const char* form;         // the grammar of form.h
  const char* kernel = "";  // what the runtime calls the result; "" when it keeps the ONNX operator's name
};

// The families. Within one, earlier rules go first.
absl::Span<const FusionRule> ConvFusions();
absl::Span<const FusionRule> MatmulFusions();
absl::Span<const FusionRule> ActivationFusions();
absl::Span<const FusionRule> NormFusions();
absl::Span<const FusionRule> AttentionFusions();
absl::Span<const FusionRule> TensorrtFusions();
absl::Span<const FusionRule> TensorrtChainFusions();
// Blocks: matched on the graph itself, whatever a rule set fuses.
absl::Span<const FusionRule> BlockFusions();
absl::Span<const FusionRule> SqueezeExciteFusions();
absl::Span<const FusionRule> ImageBlockFusions();
absl::Span<const FusionRule> SequenceBlockFusions();

// Depthwise, grouped and transposed convolutions keep their own pattern whatever is fused into them. A pointwise one …
enum class PointwiseName : uint8_t {
  kByKernel,  // … is `pointwise`, too
  kByTail,    // … is named by what is fused into it (conv2d_bn_act), and `pointwise` only when that is nothing
};

struct RuleSet {
  const char* name;
  const char* summary;
  const char* leaves_out;
  absl::Span<const FusionRule> (*families[6])() = {};  // in order; nullptr ends
  PointwiseName pointwise = PointwiseName::kByKernel;
  bool mbconv_rows = false;      // MBConv blocks are rows
  bool folds_constants = false;  // what follows from constants and known shapes does not run: `free`
  bool integer_rows = false;     // Q/DQ around an operator is one integer operator
  bool executed = false;         // rows are the kernels that passes predict (frontend/runtime), not rules of this kind
};

absl::Span<const RuleSet> AllRuleSets();

// The rules of a family, compiled once. A rule that does not compile is a bug (tests compile every one).
struct CompiledRule {
  const FusionRule* rule = nullptr;
  Form form;
};
using Family = absl::Span<const FusionRule> (*)();
const std::vector<CompiledRule>& Compiled(Family family);
// Every family that there is.
absl::Span<const Family> AllFamilies();

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_RULES_H_
