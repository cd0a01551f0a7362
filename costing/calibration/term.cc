#include "costing/calibration/term.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 5> kScopeWords = {"", " beyond l2", " beyond llc", " missed each run",
                                                          " cold each run"};

// The share of what one run touches that a cache does not hold until the next.
double Evicted(const Amounts& amounts, double cache_bytes) {
  const double footprint = static_cast<double>(At(amounts, Metric::kFootprintBytes));
  return footprint > cache_bytes ? (footprint - cache_bytes) / footprint : 0;
}

}  // namespace

std::string ToString(const Term& term) {
  return absl::StrCat(Name(term.metric), kScopeWords[static_cast<size_t>(term.scope)]);
}

bool IsSized(const Term& term, const Caches& caches) {
  if (term.scope == TermScope::kAll) return true;
  const bool own = term.scope == TermScope::kBeyondL2 || term.scope == TermScope::kColdEachRun;
  return (own ? caches.l2_bytes : caches.llc_bytes) > 0;
}

double Amount(const Term& term, const Amounts& amounts, const Caches& caches) {
  const double amount = static_cast<double>(At(amounts, term.metric));
  switch (term.scope) {
    case TermScope::kAll:
      return amount;
    case TermScope::kBeyondL2:
      return std::max(0.0, amount - caches.l2_bytes);
    case TermScope::kBeyondLlc:
      return std::max(0.0, amount - caches.llc_bytes);
    case TermScope::kMissedEachRun:
      return amount * Evicted(amounts, caches.llc_bytes);
    case TermScope::kColdEachRun:
      return amount * Evicted(amounts, caches.l2_bytes);
  }
  return amount;
}

}  // namespace opcost
