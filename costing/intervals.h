// How far an estimate may be off, as far as the profile knows.
#ifndef OPCOST_COSTING_INTERVALS_H_
#define OPCOST_COSTING_INTERVALS_H_

#include <optional>
#include <vector>

#include "costing/pricing.h"

namespace opcost {

struct Interval {
  double lo = 0, hi = 0;
  int32_t source = kNoId;  // equal numbers move together: a curve, or an entry with a spread of its own
};

// By index into Pricing::prices: plus or minus one standard deviation, nullopt where no spread is known. A curve's
// points move together by their std_dev and the whole expression is evaluated anew, so a spread that another term hides
// does not pass for certainty: then there is none.
std::vector<std::optional<Interval>> PriceIntervals(const Pricing& pricing);

struct TotalInterval {
  std::optional<double> lo_s, hi_s;
  double share = 0;  // of the rows' time that has a known spread
};
// `counted` by row.
TotalInterval SumIntervals(const Pricing& pricing, const std::vector<std::optional<Interval>>& intervals,
                           const std::vector<bool>& counted);

}  // namespace opcost

#endif  // OPCOST_COSTING_INTERVALS_H_
