// Files of measurements as flags give them: read, completed with the facts that they lack, put together.
#ifndef OPCOST_CLI_MEASUREMENTS_H_
#define OPCOST_CLI_MEASUREMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "costing/calibration/measurement.h"

namespace opcost {

struct MeasurementOptions {
  std::vector<std::string> from;    // files, or folders of them
  std::vector<std::string> models;  // names of networks to keep, comma lists; empty: all
  std::string machine, runtime, runtime_version, date, mode, precision;
  int64_t threads = 0;
};

// --machine, --threads, --runtime-version …: facts that a file lacks.
std::vector<Argument> FactArguments(MeasurementOptions& options);
// --from, --models and the facts.
std::vector<Argument> MeasurementArguments(MeasurementOptions& options);

RunFacts FactsOf(const MeasurementOptions& options);

// Every run of every file, the runs of one network merged. A file that no importer takes, a fact that a file
// contradicts and a name that no run has are errors; what was repaired or lost stays with the runs as notes.
absl::StatusOr<std::vector<MeasuredRun>> ReadMeasurements(const MeasurementOptions& options);

// The sentences of the runs' notes, each once, with how many runs have it where that is more than one.
std::vector<std::string> NotesOf(const std::vector<MeasuredRun>& runs);

}  // namespace opcost

#endif  // OPCOST_CLI_MEASUREMENTS_H_
