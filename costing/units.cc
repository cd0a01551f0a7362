#include "costing/units.h"

namespace opcost {

// Dispatches print as plain numbers.
absl::string_view UnitOf(Metric metric) { return metric == Metric::kDispatches ? "" : Unit(metric); }

absl::string_view WorkName(Metric metric) { return metric == Metric::kCount ? "repeats" : Name(metric); }

}  // namespace opcost
