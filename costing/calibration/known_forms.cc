#include "costing/calibration/known_forms.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

std::optional<TermScope> ScopeOf(const Target& target, const TimeTerm& term) {
  if (term.reach == TermReach::kAll) return TermScope::kAll;
  const bool llc = term.threshold == target.Find("memory.llc_bytes");
  const bool l2 = term.threshold == target.Find("memory.l2_bytes");
  switch (term.reach) {
    case TermReach::kBeyond:
      return llc ? std::optional(TermScope::kBeyondLlc) : l2 ? std::optional(TermScope::kBeyondL2) : std::nullopt;
    case TermReach::kEvicted:
      return llc  ? std::optional(TermScope::kMissedEachRun)
             : l2 ? std::optional(TermScope::kMissedEachPass)
                  : std::nullopt;
    case TermReach::kDisplaced:
      return l2 ? std::optional(TermScope::kDisplaced) : std::nullopt;
    case TermReach::kAll:
      break;
  }
  return std::nullopt;
}

bool Belongs(const Entry& entry, const FormSpec& spec) {
  const absl::string_view name = entry.kernel_class ? Name(*entry.kernel_class) : Name(entry.pattern);
  return spec.section == absl::StrCat(entry.kernel_class ? "kernel." : "pattern.", name);
}

}  // namespace

std::vector<FittedForm> KnownForms(const Target& target, const std::vector<FormSpec>& specs) {
  const auto value = [&](CoefficientId id) { return target.coefficients[static_cast<size_t>(id)].value(); };
  std::vector<FittedForm> forms;
  for (size_t i = 0; i < specs.size(); ++i) {
    for (const Entry& entry : target.entries) {
      if (entry.is_default || !entry.time || !Belongs(entry, specs[i])) continue;
      FittedForm form{.spec = static_cast<int32_t>(i), .precision = entry.precision};
      form.terms.push_back({{Metric::kDispatches, TermScope::kAll}, value(entry.time->launch)});
      for (const TimeTerm& term : entry.time->terms) {
        const std::optional<TermScope> scope = ScopeOf(target, term);
        if (scope) form.terms.push_back({{term.metric, *scope}, value(term.seconds_per_unit)});
      }
      forms.push_back(std::move(form));
    }
  }
  return forms;
}

}  // namespace opcost
