#include "frontend/patterns/apply.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace opcost {
namespace {

// Nodes whose operator can end the form, last first.
std::vector<NodeId> Ends(const GraphView& view, const Form& form) {
  std::vector<NodeId> ends;
  for (size_t op = 1; op < kMaxOps; ++op) {
    if (form.first[op]) ends.insert(ends.end(), view.nodes_of[op].begin(), view.nodes_of[op].end());
  }
  std::sort(ends.begin(), ends.end(), std::greater<>());
  return ends;
}

bool HasAll(const GraphView& view, const Form& form) {
  return std::all_of(form.required.begin(), form.required.end(), [&](const OpSet& ops) {
    for (size_t op = 1; op < kMaxOps; ++op) {
      if (ops[op] && !view.nodes_of[op].empty()) return true;
    }
    return false;
  });
}

}  // namespace

void ApplyRules(const GraphView& view, const std::vector<CompiledRule>& rules, std::vector<uint8_t>& taken,
                absl::FunctionRef<void(const FusionRule&, Match)> on_match, bool through_quantization) {
  Matcher matcher(view, taken, through_quantization);
  for (const CompiledRule& rule : rules) {
    if (!HasAll(view, rule.form)) continue;
    for (NodeId end : Ends(view, rule.form)) {
      Match match;
      if (!matcher.Find(rule.form, end, &match) || match.nodes.size() < 2) continue;
      for (NodeId n : match.nodes) taken[static_cast<size_t>(n)] = 1;
      on_match(*rule.rule, std::move(match));
    }
  }
}

}  // namespace opcost
