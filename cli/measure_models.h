// Files measured one after another: what `measure`, `validate --models` and `calibrate --runtime` do.
#ifndef OPCOST_CLI_MEASURE_MODELS_H_
#define OPCOST_CLI_MEASURE_MODELS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/measured_document.h"
#include "cli/options.h"
#include "cli/runtime_options.h"
#include "costing/calibration/runtime/measure_model.h"

namespace opcost {

struct MeasureFlags {
  int64_t sessions = MeasureOptions().sessions;
  std::string budget;  // "5m", "90s": of everything together
};

// --sessions, --budget.
std::vector<Argument> MeasureArguments(MeasureFlags& flags);
// "90", "90s", "5m", "1h" in seconds; 0 for "". Usage errors name the flag.
absl::StatusOr<double> ParseBudget(const std::string& text);
// Stops on Ctrl-C.
absl::StatusOr<MeasureOptions> MeasureOptionsOf(const MeasureFlags& flags);

// One file, bound as the options say.
absl::StatusOr<MeasuredView> MeasureFile(const std::string& path, const InputOptions& input, Measurer& measurer);

// Measures files and writes each as a run into `folder`. A file that cannot be measured is an error after the others
// were.
absl::Status MeasureInto(const std::string& folder, const std::vector<std::string>& files,
                         const InstalledRuntime& runtime, const MeasureFlags& flags, const InputOptions& input);

// Beside it first, then renamed: a file is whole or not there.
absl::Status WriteWhole(const std::string& path, const std::string& text);

}  // namespace opcost

#endif  // OPCOST_CLI_MEASURE_MODELS_H_
