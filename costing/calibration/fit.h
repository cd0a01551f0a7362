// Samples in, time forms out: every class of kernels that the samples can tell about, with its uncertainty.
#ifndef OPCOST_COSTING_CALIBRATION_FIT_H_
#define OPCOST_COSTING_CALIBRATION_FIT_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/calibration/choose_form.h"
#include "costing/calibration/form_spec.h"

namespace opcost {

struct FittedTerm {
  Term term;
  double coefficient = 0;  // seconds per unit
  double std_dev = 0;      // of it, over networks drawn anew; 0 unknown
};

struct FittedForm {
  std::vector<FittedTerm> terms;
  int64_t samples = 0;
  std::vector<std::string> networks;  // whose kernels it was fitted on
  bool leans = false;                 // coefficients are held near its parent's
  // Held out: each network predicted without itself.
  double cv_mean_relative = 0, cv_time_weighted = 0;
  double relative_spread = 0;  // 90 % of held-out kernels lie within ± this share of the prediction
  std::optional<std::pair<double, double>> range;  // of the first amount that is no launch
  Term range_term;
};

// A coefficient that the samples cannot tell, or a class that has too few of them.
struct Refusal {
  std::string what;  // "conv_plain_grouped", "softmax: rows"
  std::string why;
};

struct Fit {
  std::vector<FormSpec> specs;
  CalibratedMachine machine;
  std::vector<std::optional<FittedForm>> forms;  // by spec
  double profiler_s = 0;   // what the profiler adds to each kernel's time; taken off when a model is priced
  double noise_floor = 0;  // relative spread of a kernel's best times between passes, median over kernels
  std::vector<Refusal> refusals;
};

struct FitOptions {
  ChoiceOptions choice;
  int draws = 40;              // of networks, for the uncertainty
  std::set<std::string> only;  // classes or patterns to fit; empty: all
};

// InvalidArgument when no class at all can be fitted.
absl::StatusOr<Fit> FitForms(const SampleSet& set, const std::vector<MeasuredRun>& runs,
                             const FitOptions& options = {});

// The form that prices a class: its own, else the nearest ancestor's, else none. `steps` counts how far it had to go.
struct FormLookup {
  int32_t form = -1;
  int steps = 0;
};
FormLookup FindForm(const Fit& fit, int32_t form);

// Seconds as a profiler would show them; 0 where no form prices the class.
double PredictKernel(const Fit& fit, const Sample& sample);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FIT_H_
