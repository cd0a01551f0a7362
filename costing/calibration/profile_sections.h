// A fit as sections of a profile: TOML that a person reviews as a diff.
#ifndef OPCOST_COSTING_CALIBRATION_PROFILE_SECTIONS_H_
#define OPCOST_COSTING_CALIBRATION_PROFILE_SECTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "costing/calibration/fit.h"
#include "costing/calibration/measurement.h"

namespace opcost {

// The names in [source] that fitted values and machine facts refer to, unless a refit of a part names its own.
inline constexpr absl::string_view kFitSource = "calibration";
inline constexpr absl::string_view kMachineSource = "machine";

// What a profile says of its calibration beside the coefficients.
struct CalibrationFacts {
  RunFacts run;
  std::string date;                                     // of the fit, "2026-11-21"
  std::string tool;                                     // "opcost 0.1.0"
  std::string level;                                    // of the runtime's optimisation
  std::string source = std::string(kFitSource);         // that fitted values refer to
  std::map<std::string, std::string> earlier_networks;  // fitted on before, and still behind other sections
  std::map<std::string, double> rates;                  // peaks and bandwidth by key: what efficiencies are relative to
};

// The rate that a form's efficiencies are relative to, a key of CalibrationFacts::rates; "" for terms.
std::string ReferenceOf(const FittedForm& form);

// The sections that a calibration owns: [kernel.X.PRECISION] or [pattern.X.PRECISION] of each fitted class, and
// [calibration], whose [calibration.networks] lists what was fitted on with StructureOf each. Classes in their enum's
// order, terms in the order they were chosen, numbers to six digits. Launches are without the profiler's time: that is
// how a model runs.
std::string CalibrationSections(const Fit& fit, const CalibrationFacts& facts, const std::vector<MeasuredRun>& runs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_PROFILE_SECTIONS_H_
