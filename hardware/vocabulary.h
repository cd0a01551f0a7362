// The keys that a profile may hold, each with its one dimension, class, unit and range. A row here and its use in
// `costing/` are what a new coefficient takes.
#ifndef OPCOST_HARDWARE_VOCABULARY_H_
#define OPCOST_HARDWARE_VOCABULARY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/dtype.h"
#include "hardware/target.h"

namespace opcost {

// One coefficient of a fixed name: "memory" "bandwidth_bytes_per_s".
struct KeyRow {
  absl::string_view section;
  absl::string_view name;
  Dimension dimension;
  TermClass term_class;
  absl::string_view unit;
  ValueRange range;
  bool required = false;
};
absl::Span<const KeyRow> KeyRows();
// The names of a section's rows.
std::vector<absl::string_view> KeysOf(absl::string_view section);
// A coefficient of that key, without a value.
Coefficient ShapeOf(const KeyRow& row);

// The key of a precision's own peak, "peak.fp32_flops_per_s".
std::string PeakKey(Precision precision);
std::optional<Precision> PrecisionOfPeak(absl::string_view key);

// Coefficients of a free name and of names made from an entry's key.
Coefficient FactorShape(absl::string_view name);
// InvalidArgument where the name does not end in a unit that a rate can have.
absl::StatusOr<Coefficient> RateShape(absl::string_view name);
Coefficient EfficiencyShape(std::string key);
Coefficient CurveXShape(std::string key, Metric metric);
Coefficient LaunchShape(std::string key);
Coefficient TermShape(std::string key, Metric metric);
Coefficient ThresholdShape(std::string key, Metric metric);
// What a term's threshold is a size of: the term's own amount, or what one run of the model or
// an average kernel of it touches.
Metric ThresholdMetric(TermReach reach, Metric metric);
Coefficient ExactShape(std::string key);

// "FLOP/s" for work counted in `metric`; "" where no rate divides it.
absl::string_view RateUnit(Metric metric);

}  // namespace opcost

#endif  // OPCOST_HARDWARE_VOCABULARY_H_
