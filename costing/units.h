// Names and units of the counts that stand in a formula.
#ifndef OPCOST_COSTING_UNITS_H_
#define OPCOST_COSTING_UNITS_H_

#include "absl/strings/string_view.h"
#include "hardware/target.h"

namespace opcost {

// kCount is a plain number of repeats.
absl::string_view UnitOf(Metric metric);
// "matrix_flops" …, "repeats" for kCount.
absl::string_view WorkName(Metric metric);

}  // namespace opcost

#endif  // OPCOST_COSTING_UNITS_H_
