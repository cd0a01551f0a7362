// What the numbers of a report rest on.
#ifndef OPCOST_COSTING_COVERAGE_H_
#define OPCOST_COSTING_COVERAGE_H_

#include <string>

#include "costing/report.h"

namespace opcost {

// From the report's nodes and rows. Shares are of the counted rows' time and sum to 1; without any time all of it is
// "free".
Coverage CountCoverage(const Report& report);

// "calibrated" when most of the time is priced by a calibrated profile's own curves, "seeded" by a profile's curves or
// patterns, "default" by the target's default.
std::string EvidenceGroup(const Report& report, bool calibrated);

}  // namespace opcost

#endif  // OPCOST_COSTING_COVERAGE_H_
