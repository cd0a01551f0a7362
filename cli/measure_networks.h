// What `calibrate --runtime` measures: networks one after another, each kept as soon as it is done.
#ifndef OPCOST_CLI_MEASURE_NETWORKS_H_
#define OPCOST_CLI_MEASURE_NETWORKS_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/measure_models.h"
#include "cli/runtime_options.h"
#include "costing/calibration/fit.h"

namespace opcost {

struct NetworkOptions {
  InstalledRuntime runtime{.runtime = ""};  // "": nothing is measured
  // A second session shows what the first one's memory layout cost; time for more is better spent on more networks.
  MeasureFlags measure{.sessions = 2, .budget = "5m"};
  std::vector<std::string> networks;  // files, or folders of them; empty: generated ones
  std::set<std::string> only;         // patterns or classes of kernels: only networks that have one
  std::string folder;                 // of the runs
  bool quiet = false;
};

// --runtime …, --budget, --sessions, --networks, --seed.
std::vector<Argument> NetworkArguments(NetworkOptions& options);

// The fit of all runs in the folder so far, for the choice of what comes next.
using FitSoFar = std::function<absl::StatusOr<Fit>()>;

// Measures until the budget is used up, no network is left, or nothing more is to be learnt. Progress goes to the error
// stream. A network that the runtime refuses is named and left out. Cancelled on Ctrl-C, and says how to go on; runs
// that are done stay in the folder.
absl::Status MeasureNetworks(const NetworkOptions& options, const FitSoFar& fit);

}  // namespace opcost

#endif  // OPCOST_CLI_MEASURE_NETWORKS_H_
