#include "ops/registry.h"

#include <algorithm>
#include <array>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"

namespace opcost {

absl::Span<const absl::Span<const Rule>> RuleTables() {
  static const auto* const tables = new std::array<absl::Span<const Rule>, 30>{ConvRules(),
                                                                               MatmulRules(),
                                                                               EinsumRules(),
                                                                               BlockQuantizedRules(),
                                                                               ExpertRules(),
                                                                               AttentionRules(),
                                                                               ProjectedAttentionRules(),
                                                                               CachedAttentionRules(),
                                                                               LinearAttentionRules(),
                                                                               RotaryRules(),
                                                                               RecurrentRules(),
                                                                               QuantizedRules(),
                                                                               ElementwiseRules(),
                                                                               ActivationRules(),
                                                                               NormalizationRules(),
                                                                               PoolingRules(),
                                                                               ReductionRules(),
                                                                               MovementRules(),
                                                                               ViewRules(),
                                                                               IndexingRules(),
                                                                               ImageRules(),
                                                                               SignalRules(),
                                                                               GeneratorRules(),
                                                                               ControlRules(),
                                                                               SequenceRules(),
                                                                               TrainingRules(),
                                                                               TraditionalMlRules(),
                                                                               TreeRules(),
                                                                               ContribRules(),
                                                                               GenerationRules()};
  return *tables;
}

namespace {

// The rows of one operator name in every domain, by version.
using Rows = absl::InlinedVector<const Rule*, 2>;
using RowsByName = absl::flat_hash_map<absl::string_view, Rows>;

const RowsByName& ByName() {
  static const RowsByName* const by_name = [] {
    auto* map = new RowsByName();
    for (absl::Span<const Rule> table : RuleTables()) {
      for (const Rule& rule : table) (*map)[rule.op_type].push_back(&rule);
    }
    for (auto& [name, rows] : *map) {
      std::sort(rows.begin(), rows.end(), [](const Rule* a, const Rule* b) { return a->first < b->first; });
    }
    return map;
  }();
  return *by_name;
}

const Rule* InDomain(const Rows& rows, absl::string_view domain, int opset) {
  const Rule* found = nullptr;
  for (const Rule* rule : rows) {
    if (domain != rule->domain) continue;
    if (found == nullptr || rule->first <= opset) found = rule;
  }
  return found != nullptr && (opset <= found->last) ? found : nullptr;
}

}  // namespace

const Rule* FindRule(absl::string_view domain, absl::string_view op_type, int opset) {
  if (domain == "ai.onnx") domain = kOnnx;
  const auto rows = ByName().find(op_type);
  if (rows == ByName().end()) return nullptr;
  const Rule* rule = InDomain(rows->second, domain, opset);
  if (rule == nullptr && domain == kOnnx) rule = InDomain(rows->second, kMicrosoft, opset);
  return rule;
}

}  // namespace opcost
