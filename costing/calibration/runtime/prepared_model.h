// A model as the runtime rewrites it, saved, so that what runs is known node by node.
//
// A runtime's profile names kernels by their place in a graph that only the runtime sees. So a model is loaded twice:
// first with the wanted optimisation, which saves the optimised graph; then that file with optimisation off, so that
// every place in a profile is a node of the file.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_PREPARED_MODEL_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_PREPARED_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/runtime/ort_library.h"
#include "costing/calibration/runtime/ort_session.h"
#include "costing/calibration/runtime/temp_folder.h"
#include "frontend/graph.h"
#include "frontend/runtime/executed.h"

namespace opcost {

struct RuntimeRequest {
  int threads = 1;
  RuntimeLevel level = RuntimeLevel::kAll;
  std::string provider = "cpu";
  uint64_t seed = 1;  // of inputs, and of weights that the file lacks
};

class PreparedModel {
 public:
  // `graph` was loaded from the file that its path names, with every symbol bound as the inputs shall be. Errors are
  // those of OrtSession::Create, of TempFolder::Make and of MakeInputs.
  static absl::StatusOr<PreparedModel> Make(std::shared_ptr<const OrtLibrary> library, const Graph& graph,
                                            const RuntimeRequest& request);

  // What runs: the nodes of the saved file, shapes inferred as far as the rules for its operators go.
  const Graph& executed() const { return *executed_; }
  // A session of the saved file, fed; with the profiler where asked for.
  absl::StatusOr<OrtSession> Open(bool profiled) const;

  // The profile that `session` made so far, read: kernels with times as the profiler shows them, completed by their
  // nodes: operator, domain, attributes, operands by slot. By kernel of the run, `nodes` gets its node of executed(),
  // kNone where the runtime put one in while loading.
  absl::StatusOr<MeasuredRun> EndProfiling(OrtSession& session, std::vector<NodeId>& nodes) const;

 private:
  PreparedModel(std::shared_ptr<const OrtLibrary> library, TempFolder folder, const RuntimeRequest& request)
      : library_(std::move(library)), folder_(std::move(folder)), request_(request) {}

  std::shared_ptr<const OrtLibrary> library_;
  TempFolder folder_;
  RuntimeRequest request_;
  std::string model_;  // the raw file
  std::vector<HostTensor> inputs_;
  std::unique_ptr<Graph> executed_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_PREPARED_MODEL_H_
