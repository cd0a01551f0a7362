// Models measured on this machine: every kernel that the runtime executes, and the whole run.
//
// Minima over several sessions, because memory lies differently in each, and with scattered pages held back; within a
// session until the best run stops getting better. The profiler's own share of a kernel's time is measured on a chain
// of operators that do next to nothing, and taken off. A product of fixed size, measured before each session, shows
// whether the machine is still as fast as usual: a session on a slower one is repeated.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_MEASURE_MODEL_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_MEASURE_MODEL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/runtime/flush_denormals.h"
#include "costing/calibration/runtime/merge_sessions.h"
#include "costing/calibration/runtime/prepared_model.h"
#include "costing/calibration/runtime/profiler_cost.h"
#include "costing/calibration/runtime/reference_speed.h"
#include "costing/calibration/runtime/scattered_pages.h"
#include "frontend/graph.h"

namespace opcost {

struct MeasureOptions {
  int sessions = 3;
  double least_s = 0.15;  // of runs in a session, with and without the profiler each
  double most_s = 3;      // likewise; ends a session that does not get stable
  // Denormal numbers as zeros (with one thread): of made-up weights they are an artefact that no other model has.
  bool flush_denormals = false;
  // Asked between runs; true ends the measurement with Cancelled.
  std::function<bool()> stop;
};

struct Measured {
  MeasuredRun run;  // kernel times without the profiler's share
  ModelJoin join;   // of its kernels to the nodes of the file
  // Of kernels, as a share of the run, before they were made to add up to it; not known of devices.
  std::optional<double> added_up;
  double noise = 0;             // how much kernels' minima differ between sessions, weighted by time
  int sessions = 0;             // that count
  int repeated = 0;             // further ones, because the machine was slower than usual beside one
  double seconds = 0;           // that measuring took
  int64_t held_back_bytes = 0;  // of scattered pages, meanwhile
};

class Measurer {
 public:
  // Measures the profiler's share and the reference first.
  static absl::StatusOr<Measurer> Make(std::shared_ptr<const OrtLibrary> library, const RuntimeRequest& request,
                                       const MeasureOptions& options);

  // `graph` as of PreparedModel::Make, `other_binding` as of JoinOptions. Errors are those of PreparedModel::Make, or
  // of the first run; Cancelled.
  absl::StatusOr<Measured> Measure(const Graph& graph, const Graph* other_binding);

  const ProfilerCost& profiler() const { return profiler_; }
  const std::string& machine() const { return machine_; }

 private:
  Measurer(std::shared_ptr<const OrtLibrary> library, RuntimeRequest request, MeasureOptions options)
      : library_(std::move(library)), request_(std::move(request)), options_(std::move(options)) {
    // A device's weights lie in its own memory.
    if (request_.provider == "cpu") scattered_ = ScatteredPages::Hold();
  }

  struct Session {
    MeasuredRun run;
    std::vector<NodeId> nodes;
    double best_s = 0;
    std::optional<double> flushed_s;  // with denormal numbers as zeros
  };
  // Of `operands` and a result.
  absl::StatusOr<TrivialKernel> MeasureChain(const absl::StatusOr<std::string>& chain, int64_t operands) const;
  // What a device traces of its own kernels holds nothing of the profiler.
  bool TakesOffProfiler() const { return request_.provider == "cpu"; }
  bool CanFlush() const { return request_.threads == 1 && TakesOffProfiler() && FlushDenormals::IsSupported(); }
  absl::Status MeasureProfiler();
  double RunClock() const;
  // A product of fixed size that is run again and again.
  struct Reference {
    std::shared_ptr<PreparedModel> model;
    std::shared_ptr<OrtSession> session;
    int runs = 0;
    ReferenceSpeed speed;
  };
  absl::StatusOr<Reference> MakeReference(int64_t rows, int64_t side, int runs) const;
  absl::StatusOr<double> BestOf(OrtSession& session, int runs) const;  // of a session that has run before
  absl::StatusOr<double> Time(Reference& reference) const;
  // Speeds beside a model's sessions.
  struct Beside {
    ReferenceSpeed product, memory;
  };
  // Which of the references take longer than usual right now.
  struct Slow {
    bool product = false, memory = false;
  };
  absl::StatusOr<Slow> TimeReferences(Beside& beside);
  absl::StatusOr<double> RunUntilStable(OrtSession& session, int64_t most_runs, double least_s, bool warm) const;
  absl::StatusOr<Session> MeasureSession(const PreparedModel& model, double least_s, int64_t most_events) const;
  absl::Status MeasureSessions(const PreparedModel& model, std::vector<Session>& sessions, Measured& measured,
                               Beside& beside);

  std::shared_ptr<const OrtLibrary> library_;
  RuntimeRequest request_;
  MeasureOptions options_;
  std::string machine_;
  ScatteredPages scattered_;
  Reference product_, memory_;
  ProfilerCost profiler_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_MEASURE_MODEL_H_
