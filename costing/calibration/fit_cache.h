// How much of the caches a run finds: of the last level, which other cores use, too, and on a virtual machine the
// neighbours; and of the core's own, where pages lie by chance.
#ifndef OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_
#define OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/samples.h"

namespace opcost {

// FitForms with the shares of the last level cache and then of the L2 that predict held-out networks best, or the mean
// of several that do as well; `set.machine.caches` holds them afterwards, and what the machine has. Without a known
// size: FitForms.
absl::StatusOr<Fit> FitWithShareOfCache(SampleSet& set, const std::vector<MeasuredRun>& runs,
                                        const FitOptions& options = {});

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FIT_CACHE_H_
