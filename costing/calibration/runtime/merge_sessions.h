// Several sessions of one model as one run.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_

#include <vector>

#include "costing/calibration/measurement.h"

namespace opcost {

// Kernels of the first session with the best of all sessions; `spread` is how far the sessions' minima lie apart. What
// only other sessions have (another branch was taken) is left out with a note. Never empty.
MeasuredRun MergeSessions(std::vector<MeasuredRun> sessions);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_
