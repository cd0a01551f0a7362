// Which terms a form gets: the smallest set that predicts networks left out as well as any.
#ifndef OPCOST_COSTING_CALIBRATION_CHOOSE_FORM_H_
#define OPCOST_COSTING_CALIBRATION_CHOOSE_FORM_H_

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "costing/calibration/form_spec.h"
#include "costing/calibration/least_squares.h"
#include "costing/calibration/samples.h"

namespace opcost {

struct ChoiceOptions {
  RobustOptions robust;
  int folds = 8;              // over networks, never over kernels
  double least_gain = 0.015;  // of the error, that a further term must bring
};

// Held-out predictions and what they are worth.
struct CrossValidation {
  Eigen::VectorXd predicted;        // by sample; each from a fit without its network
  std::vector<double> fold_errors;  // by fold
  double error = 0;                 // mean of the two below
  double mean_relative = 0;         // over samples, each at most 1
  double time_weighted = 0;         // Σ |error| / Σ time
};

struct Choice {
  std::vector<Term> terms;
  CrossValidation validation;
};

Eigen::MatrixXd AmountMatrix(absl::Span<const Sample> samples, absl::Span<const Term> terms, const Caches& caches);
Eigen::VectorXd Seconds(absl::Span<const Sample> samples);
Eigen::VectorXd ClockErrors(absl::Span<const Sample> samples);

// By sample, which fold it is in: networks in order of their index are dealt out in turn, the same for every form and
// every order of the files. A class that one network alone has is dealt out kernel by kernel: better than no test at
// all, and `few` for whoever reads it.
std::vector<int> FoldsOf(absl::Span<const Sample> samples, int folds);

// What the parent's coefficients are for these terms; 0 where it has none.
struct Prior {
  std::vector<Term> terms;
  std::vector<double> coefficients;
};
Eigen::VectorXd PriorFor(absl::Span<const Term> terms, const Prior& prior);

// `samples` are those of one form. Terms that the prior knows are always kept: they are held in place by it. Of the
// others, those enter that lower the error by more than `least_gain`, best first, and with few networks by more than
// that: the best of many terms gains something by chance; then the smallest set on the path whose error lies within one
// standard error (of the difference, over folds) of the best is taken.
Choice ChooseTerms(absl::Span<const Sample> samples, const FormSpec& form, const Prior& prior, const Caches& caches,
                   const ChoiceOptions& options);

CrossValidation CrossValidate(absl::Span<const Sample> samples, absl::Span<const Term> terms, const Prior& prior,
                              const Caches& caches, const ChoiceOptions& options);

// The same for any way to fit: seconds of the samples `out` by what the samples `in` say.
using FitAndPredict =
    std::function<Eigen::VectorXd(const std::vector<Eigen::Index>& in, const std::vector<Eigen::Index>& out)>;
CrossValidation CrossValidate(absl::Span<const Sample> samples, const ChoiceOptions& options, const FitAndPredict& fit);

// What held-out predictions are worth, whoever made them.
CrossValidation Judge(absl::Span<const Sample> samples, const ChoiceOptions& options, Eigen::VectorXd predicted);

// Whether `a` is better than `b` by more than `least_gain` of the error and by more than one standard error of the
// difference over folds.
bool ClearlyBetter(const CrossValidation& a, const CrossValidation& b, double least_gain);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_CHOOSE_FORM_H_
