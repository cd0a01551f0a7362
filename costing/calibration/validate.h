// How well a fit predicts runs: by model, by class, kernel by kernel.
#ifndef OPCOST_COSTING_CALIBRATION_VALIDATE_H_
#define OPCOST_COSTING_CALIBRATION_VALIDATE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/fit.h"

namespace opcost {

// Errors of totals, over models.
struct ErrorSummary {
  int64_t models = 0;
  double mean_absolute = 0, signed_mean = 0, maximum = 0;
  double within_5 = 0, within_10 = 0;  // shares
  // Models within 10 %, within 25 %, within 50 %, beyond.
  int64_t excellent = 0, good = 0, fair = 0, poor = 0;
};
ErrorSummary Summarize(const std::vector<double>& errors);

struct ModelError {
  std::string network;
  double measured_s = 0, predicted_s = 0;
  double error = 0;           // predicted / measured − 1
  double noise = 0;           // Σ kernels (less the profiler's time) / best run − 1
  bool in_fit = false;        // its structure was fitted on: not in the headline
  double unpriced_share = 0;  // of the measured time, in classes without any form
  bool end_to_end = false;    // measured_s is a run without the profiler, not a sum
};

struct ClassError {
  std::string name;
  int64_t kernels = 0;
  double measured_s = 0;
  double share = 0;          // of all measured time
  double time_weighted = 0;  // Σ |error| / Σ time
  double signed_error = 0;   // Σ error / Σ time
  int steps = 0;             // 0: priced by its own form
  double outside_share = 0;  // of its time, on sizes outside the calibrated range
};

struct KernelError {
  std::string network, kernel, op_type, class_name;
  double measured_s = 0, predicted_s = 0;
  struct Part {
    Term term;
    double seconds = 0;
  };
  std::vector<Part> parts;
};

// A class, and a range of it, that lacks points, with the time that rests on it.
struct Gap {
  std::string what;
  double share = 0;
};

struct Validation {
  ErrorSummary headline;             // models that were not in the fit
  ErrorSummary fitted;               // the others: says nothing about accuracy
  double kernel_error = 0;           // Σ |error| / Σ time over the headline's kernels
  std::vector<ModelError> models;    // worst first
  std::vector<ClassError> classes;   // most absolute error first
  std::vector<KernelError> kernels;  // worst first, in seconds
  std::vector<Gap> gaps;             // most time first
};

struct ValidateOptions {
  std::set<std::string> fitted_networks;  // names
  size_t worst_kernels = 20;
};

absl::StatusOr<Validation> Validate(const Fit& fit, const std::vector<MeasuredRun>& runs,
                                    const ValidateOptions& options = {});

// The same with each network predicted by a fit of all the others: accuracy where nothing was kept apart.
absl::StatusOr<Validation> LeaveOneOut(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine,
                                       const FitOptions& fit_options, const ValidateOptions& options = {});

// What changed against an older validation of the same models: names with both errors, worst first; those beyond
// `threshold` (absolute error grew by more than that) are regressions.
struct Change {
  std::string network;
  double before = 0, after = 0;  // absolute errors
  bool regression = false, improvement = false;
};
std::vector<Change> Compare(const Validation& before, const Validation& after, double threshold);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_VALIDATE_H_
