// The flags of commands that run models with a runtime that is installed.
#ifndef OPCOST_CLI_RUNTIME_OPTIONS_H_
#define OPCOST_CLI_RUNTIME_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "costing/calibration/runtime/ort_library.h"
#include "costing/calibration/runtime/prepared_model.h"

namespace opcost {

struct InstalledRuntime {
  std::string runtime = "onnxruntime";
  std::string library;
  std::string level = "all";
  std::string provider = "cpu";
  int64_t threads = 1;
  int64_t seed = 1;
};

// --runtime, --runtime-library, --provider; commands add --threads and --level where they have none of their own.
std::vector<Argument> InstalledRuntimeArguments(InstalledRuntime& options);
std::vector<Argument> ThreadArguments(InstalledRuntime& options);
std::vector<Argument> LevelArguments(InstalledRuntime& options);

// Usage errors of the flags; then those of FindOrtLibrary and OrtLibrary::Load.
absl::StatusOr<std::shared_ptr<const OrtLibrary>> LoadRuntime(const InstalledRuntime& options);
absl::StatusOr<RuntimeRequest> RequestOf(const InstalledRuntime& options);

}  // namespace opcost

#endif  // OPCOST_CLI_RUNTIME_OPTIONS_H_
