#include "costing/calibration/term.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 6> kScopeWords = {
    "", " beyond l2", " beyond llc", " missed each run", " missed each pass", " displaced from l2"};

// The share of what one run touches that a cache does not hold until the next.
double Evicted(const Amounts& amounts, Metric metric, double cache_bytes) {
  const double touched = static_cast<double>(At(amounts, ReuseDistance(metric)));
  return touched > cache_bytes ? (touched - cache_bytes) / touched : 0;
}

// The same for passes over and over the same bytes. Where each miss evicts a line at random, the share m that misses
// solves 1 − m = exp(−m · touched / cache), which this follows within 0.06.
double EvictedByPasses(const Amounts& amounts, Metric metric, double cache_bytes) {
  const double kept = 1 - Evicted(amounts, metric, cache_bytes);
  return 1 - kept * kept;
}

}  // namespace

std::string ToString(const Term& term) {
  return absl::StrCat(Name(term.metric), kScopeWords[static_cast<size_t>(term.scope)]);
}

bool IsSized(const Term& term, const Caches& caches) {
  if (term.scope == TermScope::kAll) return true;
  const bool own = term.scope == TermScope::kBeyondL2 || term.scope == TermScope::kDisplaced ||
                   term.scope == TermScope::kMissedEachPass;
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
      return amount * Evicted(amounts, term.metric, caches.llc_bytes);
    case TermScope::kMissedEachPass:
      return amount * EvictedByPasses(amounts, term.metric, caches.l2_bytes);
    case TermScope::kDisplaced: {
      const double touched = static_cast<double>(At(amounts, Metric::kKernelBytes));
      return touched > 0 ? amount * touched / (touched + caches.l2_bytes) : 0;
    }
  }
  return amount;
}

}  // namespace opcost
