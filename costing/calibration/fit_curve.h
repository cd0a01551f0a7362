// Efficiency curves as an alternative to additive time forms: a rate as a function of one size, in several shapes.
//
// The seed prices every operator so, and where a class's time depends on one size alone a curve may say it as well.
// Shapes, each fitted to relative errors: points at quantiles of the sizes, joined linearly, linearly in log x, or with
// times linear in x; a saturating rate top · x / (x + half); a sigmoid in log x between two plateaus. Where a shape
// makes more work faster within the sizes that were seen, it is not a candidate.
#ifndef OPCOST_COSTING_CALIBRATION_FIT_CURVE_H_
#define OPCOST_COSTING_CALIBRATION_FIT_CURVE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "costing/calibration/choose_form.h"
#include "costing/calibration/samples.h"
#include "hardware/target.h"

namespace opcost {

struct RatePoint {
  double x = 0, rate = 0;  // units of the metric in a second
  double std_dev = 0;      // of the rate; 0 unknown
  int64_t n = 0;           // samples behind it
};

struct FittedCurve {
  Metric metric = Metric::kMatrixFlops;  // of size and of work
  Interpolation shape = Interpolation::kLogLinear;
  std::vector<RatePoint> points;
};

// "log_linear, 5 points".
std::string ToString(const FittedCurve& curve);
// Seconds at a size.
double SecondsAt(const FittedCurve& curve, double x);

struct CurveChoice {
  FittedCurve curve;  // fitted on all samples
  CrossValidation validation;
};

// The simplest shape that no other is clearly better than, by cross-validation over the same folds as time forms, with
// all that were tried in `tried` (name and error). nullopt where there is no one size that all samples have, or no
// shape fits.
struct TriedShape {
  std::string name;
  double error = 0;
};
std::optional<CurveChoice> ChooseCurve(absl::Span<const Sample> samples, const ChoiceOptions& options,
                                       std::vector<TriedShape>& tried);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FIT_CURVE_H_
