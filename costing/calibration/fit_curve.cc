#include "costing/calibration/fit_curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "costing/calibration/least_squares.h"
#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

using Eigen::Index;

// A point needs this many samples, and a shape this many sizes.
constexpr size_t kSamplesAPoint = 4;
constexpr size_t kLeastSizes = 6;
// Where plateaus of a sigmoid may begin and end, as quantiles of the sizes.
constexpr int kSigmoidSteps = 10;
// At how many sizes monotony is tried.
constexpr int kMonotonySteps = 64;
constexpr double kTenth = 0.1;

// What is tried: a shape and, of those with free points, how many. Simpler ones first: a later one has to be clearly
// better.
struct ShapeRow {
  Interpolation shape;
  size_t points;
};
constexpr std::array kShapes = {
    ShapeRow{Interpolation::kSaturating, 2}, ShapeRow{Interpolation::kLogLinear, 3},
    ShapeRow{Interpolation::kLinear, 3},     ShapeRow{Interpolation::kTimeLinear, 3},
    ShapeRow{Interpolation::kSigmoid, 2},    ShapeRow{Interpolation::kLogLinear, 5},
    ShapeRow{Interpolation::kLinear, 5},     ShapeRow{Interpolation::kTimeLinear, 5},
    ShapeRow{Interpolation::kLogLinear, 8},  ShapeRow{Interpolation::kTimeLinear, 8},
};

struct Measured {
  double x = 0, seconds = 0, clock_error_s = 0;
  double rate() const { return x / seconds; }
};

// The curve as the hardware reads it, so that what is fitted is what will be priced.
double RateAtSize(const FittedCurve& fitted, double x) {
  Curve curve;
  curve.interpolation = fitted.shape;
  std::vector<double> values;
  for (const RatePoint& point : fitted.points) {
    const auto id = static_cast<CoefficientId>(values.size());
    values.push_back(point.x);
    values.push_back(point.rate);
    curve.points.push_back({id, id + 1, 0, 0, Evidence::kFitted});
  }
  return EvaluateCurve(curve, x, values);
}

// The middle rate at the middle of each size.
std::optional<FittedCurve> FitPoints(const std::vector<Measured>& rows, ShapeRow row) {
  if (rows.size() < row.points * kSamplesAPoint) return std::nullopt;
  std::vector<SizedValue> rates;
  for (const Measured& measured : rows) rates.push_back({measured.x, measured.rate()});
  FittedCurve curve{.shape = row.shape};
  for (const Bin& bin : GatherSizes(std::move(rates), row.points)) {
    if (!curve.points.empty() && !(bin.x > curve.points.back().x)) return std::nullopt;  // as many at one size
    curve.points.push_back({bin.x, bin.median, bin.std_dev, bin.n});
  }
  return curve;
}

std::vector<double> SizesOf(const std::vector<Measured>& rows) {
  std::vector<double> sizes;
  for (const Measured& row : rows) sizes.push_back(row.x);
  return sizes;
}

// x / (a + b·x), from the time a + b·x, which is linear.
std::optional<FittedCurve> FitSaturating(const std::vector<Measured>& rows, const RobustOptions& robust) {
  Eigen::MatrixXd amounts(static_cast<Index>(rows.size()), 2);
  Eigen::VectorXd seconds(static_cast<Index>(rows.size())), clock = seconds;
  for (size_t i = 0; i < rows.size(); ++i) {
    amounts(static_cast<Index>(i), 0) = 1;
    amounts(static_cast<Index>(i), 1) = rows[i].x;
    seconds(static_cast<Index>(i)) = rows[i].seconds;
    clock(static_cast<Index>(i)) = rows[i].clock_error_s;
  }
  const Eigen::VectorXd ab = FitNonNegative(amounts, seconds, clock, Eigen::VectorXd::Zero(2), robust);
  if (!(ab(1) > 0)) return std::nullopt;
  FittedCurve curve{.shape = Interpolation::kSaturating};
  for (double q : {kTenth, 1 - kTenth}) {
    const double x = Quantile(SizesOf(rows), q);
    curve.points.push_back({x, x / (ab(0) + ab(1) * x), 0, static_cast<int64_t>(rows.size())});
  }
  if (!(curve.points[0].x < curve.points[1].x)) return std::nullopt;
  return curve;
}

// Both plateaus for a given slope, by relative least squares: 1 ≈ low · (1 − s) / rate + high · s / rate.
FittedCurve Plateaus(const std::vector<Measured>& rows, double x0, double x1, const RobustOptions& robust,
                     double& loss) {
  FittedCurve curve{.shape = Interpolation::kSigmoid};
  curve.points = {{x0, 1, 0, static_cast<int64_t>(rows.size())}, {x1, 2, 0, static_cast<int64_t>(rows.size())}};
  Eigen::MatrixXd amounts(static_cast<Index>(rows.size()), 2);
  Eigen::VectorXd rates(static_cast<Index>(rows.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const double share = RateAtSize(curve, rows[i].x) - 1;
    amounts(static_cast<Index>(i), 0) = 1 - share;
    amounts(static_cast<Index>(i), 1) = share;
    rates(static_cast<Index>(i)) = rows[i].rate();
  }
  const Eigen::VectorXd plateaus =
      FitNonNegative(amounts, rates, Eigen::VectorXd::Zero(rates.size()), Eigen::VectorXd::Zero(2), robust);
  curve.points[0].rate = plateaus(0);
  curve.points[1].rate = plateaus(1);
  loss = (amounts * plateaus - rates).cwiseAbs().cwiseQuotient(rates).cwiseMin(1).sum();
  return curve;
}

// The best plateaus of a grid over where they begin and end, then of smaller and smaller steps around it.
class SigmoidSearch {
 public:
  SigmoidSearch(const std::vector<Measured>& rows, const RobustOptions& robust) : rows_(rows), robust_(robust) {}

  std::optional<FittedCurve> Run() {
    const std::vector<double> sizes = SizesOf(rows_);
    for (int i = 0; i < kSigmoidSteps; ++i) {
      for (int j = i + 1; j <= kSigmoidSteps; ++j) {
        Try(Quantile(sizes, static_cast<double>(i) / kSigmoidSteps),
            Quantile(sizes, static_cast<double>(j) / kSigmoidSteps));
      }
    }
    for (double factor = kFirstFactor; best_ && factor > kLastFactor; factor = std::sqrt(factor)) Refine(factor);
    return std::move(best_);
  }

 private:
  bool Try(double x0, double x1) {
    if (!(x0 < x1)) return false;
    double loss = 0;
    FittedCurve curve = Plateaus(rows_, x0, x1, robust_, loss);
    if (!(curve.points[0].rate > 0) || !(curve.points[1].rate > 0) || (best_ && loss >= least_)) return false;
    best_ = std::move(curve);
    least_ = loss;
    return true;
  }
  void Refine(double factor) {
    for (int round = 0; round < kRounds; ++round) {
      const double x0 = best_->points[0].x, x1 = best_->points[1].x;
      const bool better = Try(x0 * factor, x1) || Try(x0 / factor, x1) || Try(x0, x1 * factor) || Try(x0, x1 / factor);
      if (!better) return;
    }
  }

  static constexpr double kFirstFactor = 2, kLastFactor = 1.02;
  static constexpr int kRounds = 10;
  const std::vector<Measured>& rows_;
  const RobustOptions& robust_;
  std::optional<FittedCurve> best_;
  double least_ = 0;
};

// More work is never faster between the sizes that were seen.
bool IsMonotone(const FittedCurve& curve, const std::vector<Measured>& rows) {
  const std::vector<double> sizes = SizesOf(rows);
  const double low = Quantile(sizes, 0), high = Quantile(sizes, 1);
  double before = 0;
  for (int i = 0; i <= kMonotonySteps; ++i) {
    const double seconds = SecondsAt(curve, low * std::pow(high / low, static_cast<double>(i) / kMonotonySteps));
    if (!(seconds >= before)) return false;
    before = seconds;
  }
  return true;
}

std::optional<FittedCurve> FitShape(const std::vector<Measured>& rows, ShapeRow row, Metric metric,
                                    const RobustOptions& robust) {
  if (rows.size() < kLeastSizes) return std::nullopt;
  std::optional<FittedCurve> curve = row.shape == Interpolation::kSaturating ? FitSaturating(rows, robust)
                                     : row.shape == Interpolation::kSigmoid  ? SigmoidSearch(rows, robust).Run()
                                                                             : FitPoints(rows, row);
  if (!curve || !IsMonotone(*curve, rows)) return std::nullopt;
  curve->metric = metric;
  return curve;
}

// The first that every sample has some of.
std::optional<Metric> SizeMetric(absl::Span<const Sample> samples) {
  for (Metric metric : {Metric::kMatrixFlops, Metric::kBytes, Metric::kActivationBytes}) {
    if (std::all_of(samples.begin(), samples.end(), [&](const Sample& s) { return At(s.amounts(), metric) > 0; })) {
      return metric;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string ToString(const FittedCurve& curve) {
  return HoldsEverywhere(curve.shape) ? std::string(Name(curve.shape))
                                      : absl::StrCat(Name(curve.shape), ", ", curve.points.size(), " points");
}

double SecondsAt(const FittedCurve& curve, double x) { return x / RateAtSize(curve, x); }

std::optional<CurveChoice> ChooseCurve(absl::Span<const Sample> samples, const ChoiceOptions& options,
                                       std::vector<TriedShape>& tried) {
  const std::optional<Metric> metric = SizeMetric(samples);
  if (!metric) return std::nullopt;
  std::vector<Measured> all;
  for (const Sample& s : samples) {
    all.push_back({static_cast<double>(At(s.amounts(), *metric)), s.seconds, s.clock_error_s});
  }
  std::optional<CurveChoice> best;
  for (const ShapeRow& row : kShapes) {
    std::optional<FittedCurve> curve = FitShape(all, row, *metric, options.robust);
    if (!curve) continue;
    bool complete = true;
    CrossValidation validation = CrossValidate(
        samples, options, [&](const std::vector<Index>& in, const std::vector<Index>& out) -> Eigen::VectorXd {
          std::vector<Measured> rows;
          for (Index i : in) rows.push_back(all[static_cast<size_t>(i)]);
          const std::optional<FittedCurve> part = FitShape(rows, row, *metric, options.robust);
          complete = complete && part;
          Eigen::VectorXd predicted = Eigen::VectorXd::Zero(static_cast<Index>(out.size()));
          for (size_t i = 0; part && i < out.size(); ++i) {
            predicted(static_cast<Index>(i)) = SecondsAt(*part, all[static_cast<size_t>(out[i])].x);
          }
          return predicted;
        });
    if (!complete) continue;
    tried.push_back({ToString(*curve), validation.error});
    if (!best || ClearlyBetter(validation, best->validation, options.least_gain)) {
      best = {*std::move(curve), std::move(validation)};
    }
  }
  return best;
}

}  // namespace opcost
