#include "costing/price_amounts.h"

#include "costing/entry_pricer.h"
#include "costing/pricing.h"

namespace opcost {

PricedAmounts PriceAmounts(const Target& target, const WorkSubject& subject) {
  const Precision precision = target.Supports(subject.precision) ? subject.precision : Precision::kFp32;
  const Lookup found = subject.kernel_class ? FindEntry(target, *subject.kernel_class, subject.pattern, precision)
                                            : FindEntry(target, subject.pattern, precision);
  PricedAmounts priced{.entry = found.entry, .steps_up = found.steps};
  const Entry& entry = target.entries[static_cast<size_t>(found.entry)];
  priced.step = entry.is_default ? LookupStep::kDefault : found.steps == 0 ? LookupStep::kPattern : LookupStep::kParent;
  ExprPool pool;
  const RowPrice price =
      EntryPricer(target, pool).Build({priced.step, found.entry, precision, kNoId, /*repeats=*/1, subject.amounts});
  std::vector<double> coefficients;
  coefficients.reserve(target.coefficients.size());
  for (const Coefficient& c : target.coefficients) coefficients.push_back(c.value());
  const std::vector<double> values = pool.Evaluate(target.curves, coefficients);
  const auto at = [&](ExprId id) { return values[static_cast<size_t>(id)]; };
  priced.seconds = at(price.seconds);
  for (const RowPrice::Part& part : price.parts) {
    priced.terms.push_back({std::string(part.name.data(), part.name.size()), at(part.seconds)});
  }
  if (price.range_x != kNoId) priced.x = at(price.range_x);
  priced.in_range = InRange(target, price, values, coefficients);
  return priced;
}

}  // namespace opcost
