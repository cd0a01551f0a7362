// The tables of rules, one a family. A row says which operator, from which version to which, how it is counted, and the
// formula in words: what `ops list` prints.
#ifndef OPCOST_OPS_RULE_H_
#define OPCOST_OPS_RULE_H_

#include <cstdint>
#include <limits>

#include "absl/types/span.h"
#include "ops/count.h"
#include "ops/tally.h"

namespace opcost {

inline constexpr const char* kOnnx = "";
inline constexpr const char* kMl = "ai.onnx.ml";
inline constexpr const char* kPreview = "ai.onnx.preview";
inline constexpr const char* kTraining = "ai.onnx.preview.training";
inline constexpr const char* kMicrosoft = "com.microsoft";
inline constexpr const char* kNchwc = "com.microsoft.nchwc";
inline constexpr const char* kNhwc = "com.ms.internal.nhwc";
inline constexpr int kNewest = std::numeric_limits<int>::max();

struct Rule {
  const char* domain;
  const char* op_type;
  int first;  // opset versions, both included
  int last;
  void (*count)(Tally& tally, const Rule& rule);
  const char* name;
  RuleStatus status;
  const char* formula;
  PerElement per = {};  // for rules that several operators share
};

inline constexpr RuleStatus kE = RuleStatus::kExact;
inline constexpr RuleStatus kC = RuleStatus::kConvention;
inline constexpr RuleStatus kB = RuleStatus::kBound;
inline constexpr RuleStatus kF = RuleStatus::kFallback;

absl::Span<const Rule> ConvRules();
absl::Span<const Rule> MatmulRules();
absl::Span<const Rule> EinsumRules();
absl::Span<const Rule> BlockQuantizedRules();
absl::Span<const Rule> ExpertRules();
absl::Span<const Rule> AttentionRules();
absl::Span<const Rule> ProjectedAttentionRules();
absl::Span<const Rule> CachedAttentionRules();
absl::Span<const Rule> LinearAttentionRules();
absl::Span<const Rule> RotaryRules();
absl::Span<const Rule> RecurrentRules();
absl::Span<const Rule> QuantizedRules();
absl::Span<const Rule> ElementwiseRules();
absl::Span<const Rule> ActivationRules();
absl::Span<const Rule> NormalizationRules();
absl::Span<const Rule> PoolingRules();
absl::Span<const Rule> ReductionRules();
absl::Span<const Rule> MovementRules();
absl::Span<const Rule> ViewRules();
absl::Span<const Rule> IndexingRules();
absl::Span<const Rule> ImageRules();
absl::Span<const Rule> SignalRules();
absl::Span<const Rule> GeneratorRules();
absl::Span<const Rule> ControlRules();
absl::Span<const Rule> SequenceRules();
absl::Span<const Rule> TrainingRules();
absl::Span<const Rule> TraditionalMlRules();
absl::Span<const Rule> TreeRules();
absl::Span<const Rule> ContribRules();
absl::Span<const Rule> GenerationRules();

// The cost of an activation named in an attribute ("Relu", "silu", …): none for "" and names that are not known.
PerElement ActivationCost(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_OPS_RULE_H_
