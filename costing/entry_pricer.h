// From an entry of a profile and amounts of work to seconds, as an expression.
#ifndef OPCOST_COSTING_ENTRY_PRICER_H_
#define OPCOST_COSTING_ENTRY_PRICER_H_

#include <cstdint>
#include <utility>

#include "base/metric.h"
#include "costing/expr.h"
#include "costing/pricing.h"

namespace opcost {

// Everything that a price depends on besides the target.
struct PriceKey {
  LookupStep step;
  EntryId entry;
  Precision precision;
  CoefficientId exact;
  int64_t repeats;
  Amounts amounts;
  bool operator==(const PriceKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const PriceKey& k) {
    return H::combine(std::move(h), k.step, k.entry, k.precision, k.exact, k.repeats, k.amounts);
  }
};

class EntryPricer {
 public:
  // Both outlive it.
  EntryPricer(const Target& target, ExprPool& pool) : target_(target), pool_(pool) {}

  RowPrice Build(const PriceKey& key);

 private:
  ExprId WorkLeaf(const PriceKey& key, Metric metric);
  ExprId AllRuns(const PriceKey& key, ExprId once);
  void Limit(const PriceKey& key, RowPrice& price);
  ExprId ByEfficiency(const PriceKey& key, const EfficiencyForm& form, RowPrice& price);
  ExprId ByTime(const PriceKey& key, const TimeForm& form, RowPrice& price);
  ExprId Reached(const PriceKey& key, const TimeTerm& term, ExprId amount);

  const Target& target_;
  ExprPool& pool_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_ENTRY_PRICER_H_
