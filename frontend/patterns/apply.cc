#include "frontend/patterns/apply.h"

#include <algorithm>
#include <utility>

namespace opcost {
namespace {

bool HasAll(const GraphView& view, const Form& form) {
  const auto occurs = [&](OpId op) { return !view.nodes_of[op].empty(); };
  return std::all_of(form.required.begin(), form.required.end(),
                     [&](const std::vector<OpId>& ops) { return std::any_of(ops.begin(), ops.end(), occurs); });
}

}  // namespace

void ApplyRules(const GraphView& view, const std::vector<CompiledRule>& rules, std::vector<uint8_t>& taken,
                absl::FunctionRef<void(const FusionRule&, Match)> on_match, bool through_quantization) {
  Matcher matcher(view, taken, through_quantization);
  for (const CompiledRule& rule : rules) {
    if (!HasAll(view, rule.form)) continue;
    for (NodeId end = static_cast<NodeId>(view.op.size()) - 1; end >= 0; --end) {
      if (!rule.form.first[view.op[static_cast<size_t>(end)]]) continue;
      Match match;
      if (!matcher.Find(rule.form, end, &match) || match.nodes.size() < 2) continue;
      for (NodeId n : match.nodes) taken[static_cast<size_t>(n)] = 1;
      on_match(*rule.rule, std::move(match));
    }
  }
}

}  // namespace opcost
