#include "costing/calibration/kernel_metric.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace opcost {
namespace {

struct MetricRow {
  absl::string_view name;
  absl::string_view unit;
};
constexpr std::array<MetricRow, static_cast<size_t>(KernelMetric::kCount)> kMetrics = {{
    {"dispatches", "dispatch"},
    {"tiled_macs", "MAC"},
    {"border_macs", "MAC"},
    {"tile_steps", "step"},
    {"aliased_macs", "MAC"},
    {"pass_bytes", "byte"},
    {"packed_elements", "element"},
    {"inner_calls", "call"},
    {"bytes", "byte"},
    {"activation_bytes", "byte"},
    {"weight_bytes", "byte"},
    {"residual_bytes", "byte"},
    {"activation_ops", "element"},
    {"activation_transcendentals", "element"},
    {"rows", "row"},
    {"row_vectors", "vector"},
    {"taps", "tap"},
    {"planes", "plane"},
    {"aliased_bytes", "byte"},
}};
constexpr std::array<absl::string_view, 4> kScopes = {"", "l2", "llc", "run"};
constexpr std::array<absl::string_view, 4> kScopeWords = {"", " beyond l2", " beyond llc", " missed each run"};

}  // namespace

absl::string_view Name(KernelMetric metric) { return kMetrics[static_cast<size_t>(metric)].name; }
absl::string_view Unit(KernelMetric metric) { return kMetrics[static_cast<size_t>(metric)].unit; }
absl::string_view Name(TermScope scope) { return kScopes[static_cast<size_t>(scope)]; }

absl::StatusOr<KernelMetric> ParseKernelMetric(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    if (kMetrics[i].name == name) return static_cast<KernelMetric>(i);
    names.emplace_back(kMetrics[i].name);
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no kernel metric", DidYouMean(name, names)));
}

std::string ToString(const Term& term) {
  return absl::StrCat(Name(term.metric), kScopeWords[static_cast<size_t>(term.scope)]);
}

double Amount(const Term& term, const KernelAmounts& amounts, const KernelMachine& machine, double footprint_bytes) {
  const double amount = At(amounts, term.metric);
  switch (term.scope) {
    case TermScope::kAll:
      return amount;
    case TermScope::kBeyondL2:
      return std::max(0.0, amount - machine.l2_bytes);
    case TermScope::kBeyondLlc:
      return std::max(0.0, amount - machine.llc_bytes);
    case TermScope::kMissedEachRun:
      return footprint_bytes > machine.llc_bytes ? amount * (1 - machine.llc_bytes / footprint_bytes) : 0;
  }
  return amount;
}

}  // namespace opcost
