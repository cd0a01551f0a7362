// Measurements in, a profile's text out: the whole of what `calibrate` does apart from files and flags.
#ifndef OPCOST_COSTING_CALIBRATION_CALIBRATE_H_
#define OPCOST_COSTING_CALIBRATION_CALIBRATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/new_profile.h"
#include "costing/calibration/profile_sections.h"
#include "costing/calibration/validate.h"

namespace opcost {

struct CalibrationRequest {
  MachineIdentity identity;
  CalibrationFacts facts;
  Caches caches;  // 0: not known, and terms beyond them are not tried
  FitOptions fit;
  std::string mode;  // of the profile that is updated, "": the profile itself
};

struct Calibrated {
  std::string text;  // of the profile
  Fit fit;
};

// A new profile. InvalidArgument when nothing can be fitted.
absl::StatusOr<Calibrated> Calibrate(const std::vector<MeasuredRun>& runs, const CalibrationRequest& request);

// `profile`, or a mode of it, with the classes that were fitted anew in the place of its own; machine facts are the
// profile's.
absl::StatusOr<Calibrated> Recalibrate(const std::string& profile, const std::string& path,
                                       const std::vector<MeasuredRun>& runs, CalibrationRequest request);

// Each network predicted by a profile fitted on all the others: accuracy where nothing was kept apart.
absl::StatusOr<Validation> LeaveOneOut(const std::vector<MeasuredRun>& runs, const CalibrationRequest& request,
                                       const ValidateOptions& options = {});

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_CALIBRATE_H_
