// Measured beside predicted: the kernels of a run against the rows of a report, joined by the nodes that both stand
// for.
//
// Neither side's units are the other's: a kernel may hold the nodes of several rows and a row those of several kernels.
// What shares nodes, directly or through others, is one group, and a group is the smallest thing that can be compared.
#ifndef OPCOST_COSTING_CALIBRATION_COMPARE_RUN_H_
#define OPCOST_COSTING_CALIBRATION_COMPARE_RUN_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/measurement.h"
#include "costing/report.h"

namespace opcost {

struct ComparedGroup {
  std::string name;              // of its dearest row, else of its dearest kernel
  std::vector<int32_t> kernels;  // indices into MeasuredRun::kernels; empty: predicted, not measured
  std::vector<int32_t> rows;     // indices into Report::rows; empty: measured, not predicted
  double measured_s = 0;         // best times of the kernels
  double predicted_s = 0;
  bool conversions = false;  // changes of layout and type that the runtime put in, and those that are predicted
};

struct JoinCoverage {
  struct Ways {
    int64_t kernels = 0;
    double seconds = 0;
  };
  std::array<Ways, kJoinWays> ways;            // by JoinWay
  std::array<int64_t, kNodeFates> fates = {};  // nodes by NodeFate
  double missing_macs = 0, missing_bytes = 0;  // shares of the model's, of the nodes that no entry covers
  double unmeasured_s = 0;                     // predicted, of rows without a kernel
  double unpredicted_s = 0;                    // measured, of kernels without a row; conversions left out
};

struct RunComparison {
  std::vector<ComparedGroup> groups;  // in execution order
  JoinCoverage coverage;
  double measured_s = 0;   // Σ kernels
  double predicted_s = 0;  // Σ counted rows
  // Σ |predicted − measured| / Σ measured over the groups that have both, and that share of the measured time.
  double absolute_error = 0;
  double compared_share = 0;
};

// `join` is of `run` and of the graph that `report` was made of: Report::nodes stand in the order of its nodes.
RunComparison CompareRun(const Report& report, const MeasuredRun& run, const ModelJoin& join);

// Groups hold every kernel and every counted row exactly once, and their times add up to both totals. Internal on the
// first breach.
absl::Status CheckConservation(const Report& report, const MeasuredRun& run, const RunComparison& comparison);

// What differs between the run's facts and the target that predicts: a sentence each.
std::vector<std::string> DifferencesOf(const Report& report, const RunFacts& facts);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_COMPARE_RUN_H_
