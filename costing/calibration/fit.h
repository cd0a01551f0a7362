// Samples in, forms out: every class of kernels, at every precision, that the samples can tell about, with its
// uncertainty.
#ifndef OPCOST_COSTING_CALIBRATION_FIT_H_
#define OPCOST_COSTING_CALIBRATION_FIT_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/dtype.h"
#include "costing/calibration/choose_form.h"
#include "costing/calibration/fit_curve.h"
#include "costing/calibration/form_spec.h"
#include "costing/calibration/samples.h"
#include "hardware/target.h"

namespace opcost {

struct FittedTerm {
  Term term;
  double coefficient = 0;  // seconds per unit
  double std_dev = 0;      // of it, over networks drawn anew; 0 unknown
};

struct FittedForm {
  int32_t spec = -1;
  std::optional<Precision> precision;  // nullopt: one form for all
  std::vector<FittedTerm> terms;
  int64_t samples = 0;
  bool few = false;                   // too few samples or networks to try optional terms
  std::vector<std::string> networks;  // whose kernels it was fitted on
  bool leans = false;                 // coefficients are held near its parent's
  // Held out: each network predicted without itself.
  double cv_mean_relative = 0, cv_time_weighted = 0;
  double relative_spread = 0;  // 90 % of held-out kernels lie within ± this share of the prediction
  std::optional<std::pair<double, double>> range;  // of the first amount that is no launch
  Term range_term;
  // An efficiency curve that predicts held-out networks clearly better than the terms do: then it is what prices the
  // class, and the terms are what children lean on.
  std::optional<FittedCurve> curve;
  std::vector<TriedShape> tried;  // curves, each with its held-out error; that of the terms is terms_error
  double terms_error = 0;
  std::vector<Observation> observed;  // in the range's amount; n counts distinct kernels
};

// A coefficient that the samples cannot tell, or a class that has too few of them.
struct Refusal {
  std::string what;  // "conv_plain_grouped", "softmax: rows"
  std::string why;
};

// A network predicted by forms that were fitted without it.
struct HeldOut {
  std::string network;
  double measured_s = 0, predicted_s = 0;  // sums over the kernels whose class was fitted
};

struct Fit {
  std::vector<FormSpec> specs;
  CalibratedMachine machine;
  std::vector<FittedForm> forms;  // by spec, then precision
  double profiler_s = 0;          // what the profiler adds to each kernel's time; taken off when a model is priced
  double profiler_removed_s = 0;  // what had been taken off already when the runs were measured, median over runs
  // Relative spread of kernels' times between passes, weighted by time, median over runs. 0: no run tells.
  double noise_floor = 0;
  std::vector<Refusal> refusals;
  std::vector<HeldOut> held_out;  // by network
};

struct FitOptions {
  ChoiceOptions choice;
  // To see where errors are, in a fraction of the time: no averages over parts of the networks, no uncertainties, no
  // search for the share of the last level cache.
  bool quick = false;
  int draws = 40;                 // of networks, for the uncertainty
  std::set<std::string> only;     // classes or patterns to fit; empty: all
  std::vector<FittedForm> known;  // of an earlier calibration: parents to lean on where `only` leaves theirs out
};

// InvalidArgument when no class at all can be fitted, or when `only` names none.
absl::StatusOr<Fit> FitForms(const SampleSet& set, const std::vector<MeasuredRun>& runs,
                             const FitOptions& options = {});

// Fits one class at one precision. nullopt where nothing can be told; `refusals` says of what and why. `held_out`
// receives, by sample of `samples`, what a fit without its network says.
std::optional<FittedForm> FitForm(const std::vector<Sample>& samples, const FormSpec& spec, const Prior& prior,
                                  const SampleSet& set, const FitOptions& options, std::vector<Refusal>& refusals,
                                  std::vector<double>& held_out);

// The one figure that makes sums of kernels equal runs without the profiler, over the runs that were measured both
// ways: seconds a kernel, never negative.
double ProfilerTime(const std::vector<MeasuredRun>& runs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FIT_H_
