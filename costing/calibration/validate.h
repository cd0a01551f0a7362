// How well a target predicts runs: by model, by class, kernel by kernel.
#ifndef OPCOST_COSTING_CALIBRATION_VALIDATE_H_
#define OPCOST_COSTING_CALIBRATION_VALIDATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/error_summary.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/samples.h"
#include "hardware/target.h"

namespace opcost {

struct ModelError {
  std::string network;
  double measured_s = 0, predicted_s = 0;
  double error = 0;           // predicted / measured − 1
  double noise = 0;           // Σ kernels (less the profiler's time) / best run − 1
  double unpriced_share = 0;  // of the measured time, in classes that only the default prices
  bool in_fit = false;        // its structure was fitted on: not in the headline
  bool end_to_end = false;    // measured_s is a run without the profiler, not a sum
  double interval_s = 0;      // half-width: kernels of one entry move together, entries on their own
  bool inside = false;        // the measured time lies within ± of the predicted one
};

struct ClassError {
  std::string name;
  int64_t kernels = 0;
  double measured_s = 0;
  double share = 0;          // of all measured time
  double time_weighted = 0;  // Σ |error| / Σ time
  double signed_error = 0;   // Σ error / Σ time
  int steps = 0;             // 0: priced by its own entry; beyond all parents: the default
  double outside_share = 0;  // of its time, on sizes outside the calibrated range
};

struct KernelError {
  std::string network, kernel, op_type, class_name, entry;
  double measured_s = 0, predicted_s = 0;
  double x = 0;  // size, in what the entry's range is a function of; 0 without work
  std::vector<ReportRow::Term> terms;
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
  double inside_share = 0;           // of the headline's models, those whose time lies inside the interval
  std::vector<ModelError> models;    // worst first
  std::vector<ClassError> classes;   // most absolute error first
  std::vector<KernelError> kernels;  // worst first, in seconds
  std::vector<Gap> gaps;             // most time first
};

struct ValidateOptions {
  size_t worst_kernels = 20;
};

// What the target says of every kernel that the runs measured: its entries, not the points it was fitted on. A run is
// `in_fit` when [calibration.networks] has its structure, under whatever name. InvalidArgument for a kernel that
// cannot be counted.
absl::StatusOr<Validation> Validate(const Target& target, const std::vector<MeasuredRun>& runs,
                                    const ValidateOptions& options = {});

// The machine facts that a target's amounts depend on.
CalibratedMachine MachineOf(const Target& target);

// Puts validations of several runs together, as if they had been one.
Validation MergeValidations(std::vector<Validation> parts, const ValidateOptions& options = {});

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
