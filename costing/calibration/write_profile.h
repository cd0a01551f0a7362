// A fit as a profile: TOML that a person reviews as a diff, written so that nothing is ever half written.
#ifndef OPCOST_COSTING_CALIBRATION_WRITE_PROFILE_H_
#define OPCOST_COSTING_CALIBRATION_WRITE_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/dtype.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/validate.h"

namespace opcost {

// What a profile says of its calibration beside the coefficients.
struct CalibrationFacts {
  RunFacts run;
  std::string date;   // of the fit
  std::string tool;   // "opcost 0.1.0"
  std::string level;  // of the runtime's optimisation
  Precision precision = Precision::kFp32;
};

// The sections that a calibration owns: [pattern.X.PRECISION] of each fitted class, [calibration], and [validation]
// when there is one. Classes in the enum's order, terms in the order they were chosen, numbers to six digits.
std::string CalibrationSections(const Fit& fit, const CalibrationFacts& facts, const Validation* validation);

// `profile` with the sections of `sections` in place of its own of the same names; the others, and comments, stay as
// they are. [source] gets the line that the sections refer to.
std::string UpdateProfile(absl::string_view profile, absl::string_view sections);

// Writes beside the file, then renames. What stood there before is kept in history/NAME/DATE.toml beside it.
absl::Status WriteFileKeepingOld(const std::string& path, absl::string_view text, absl::string_view date);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_WRITE_PROFILE_H_
