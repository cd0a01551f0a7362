// How much of the last level cache a run finds: other cores use it too, and on a virtual machine the neighbours do.
#ifndef OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_
#define OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/samples.h"

namespace opcost {

// FitForms with the share of the last level cache that predicts held-out networks best, or the mean of several that do
// as well; `set.machine.caches` holds it afterwards, and what the machine has. Without a known size: FitForms.
absl::StatusOr<Fit> FitWithShareOfCache(SampleSet& set, const std::vector<MeasuredRun>& runs,
                                        const FitOptions& options = {});

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_
