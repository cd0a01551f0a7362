// The folder in which a calibration keeps what it has measured so far.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_RUNS_FOLDER_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_RUNS_FOLDER_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "costing/calibration/measurement.h"

namespace opcost {

struct RunsFolder {
  std::map<std::string, double> networks;  // those that are done, and the seconds that each took
};

// What an earlier, interrupted calibration left; makes the folder where it is not there. FailedPrecondition when its
// runs are of another machine, runtime version or number of threads: they would not go with new ones.
absl::StatusOr<RunsFolder> OpenRunsFolder(const std::string& folder, const RunFacts& facts);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_RUNS_FOLDER_H_
