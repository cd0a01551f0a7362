// What the installed runtime makes of a model, in the form in which kernels are predicted.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_EXECUTED_MODEL_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_EXECUTED_MODEL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/runtime/prepared_model.h"
#include "frontend/runtime/executed.h"

namespace opcost {

struct RuntimeExecution {
  ExecutedGraph executed;  // shapes are those of a run
  MeasuredRun run;         // one run: its kernels, without times worth anything
  ModelJoin join;          // of its kernels to the nodes of the file
  int64_t unlisted = 0;    // kernels that ran and that the saved file lacks
  std::string origin;      // "ONNX Runtime 1.26.0, level all, as it runs on this machine"
};

// Optimises `graph`'s file as asked and runs it once. `other_binding` as of JoinOptions.
absl::StatusOr<RuntimeExecution> ExecuteOnce(std::shared_ptr<const OrtLibrary> library, const Graph& graph,
                                             const Graph* other_binding, const RuntimeRequest& request);

absl::string_view Name(RuntimeLevel level);
// InvalidArgument lists the levels.
absl::StatusOr<RuntimeLevel> ParseRuntimeLevel(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_EXECUTED_MODEL_H_
