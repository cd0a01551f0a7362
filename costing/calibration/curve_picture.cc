#include "costing/calibration/curve_picture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

constexpr size_t kSteps = 120;  // of a line
// A line goes this far beyond what is known of it, so that clamps and launches show.
constexpr double kMargin = 3;
// Where an entry has neither range nor points.
constexpr std::pair<double, double> kAnywhere = {1e4, 1e10};

double ValueOf(const Target& target, CoefficientId id) { return target.coefficients[static_cast<size_t>(id)].value(); }

std::vector<double> ValuesOf(const Target& target) {
  std::vector<double> values;
  for (const Coefficient& c : target.coefficients) values.push_back(c.value());
  return values;
}

// The rate that an entry says is achieved at x of its metric, everything else being nothing.
class Rate {
 public:
  Rate(const Target& target, const Entry& entry) : target_(target), entry_(entry), values_(ValuesOf(target)) {
    if (entry.efficiency) {
      const EfficiencyForm& form = *entry.efficiency;
      metric_ = form.curve == kNoId ? form.work : target.curves[static_cast<size_t>(form.curve)].x;
      full_rate_ = ValueOf(target, form.rate);
      for (CoefficientId factor : form.factors) full_rate_ *= ValueOf(target, factor);
    } else {
      for (const TimeTerm& term : entry.time->terms) {
        if (term.reach != TermReach::kAll) continue;
        metric_ = term.metric;
        return;
      }
      metric_ = Metric::kCount;
    }
  }

  // kCount: there is no size to draw along.
  Metric metric() const { return metric_; }
  // Of a coefficient's own scale: 1 is this rate.
  double full_rate() const { return full_rate_; }

  double At(double x) const {
    if (entry_.efficiency) {
      const CurveId curve = entry_.efficiency->curve;
      return curve == kNoId ? full_rate_
                            : full_rate_ * EvaluateCurve(target_.curves[static_cast<size_t>(curve)], x, values_);
    }
    const TimeForm& form = *entry_.time;
    double seconds = form.launch == kNoId ? 0 : ValueOf(target_, form.launch);
    for (const TimeTerm& term : form.terms) {
      const bool depends_on_run = term.reach == TermReach::kEvicted || term.reach == TermReach::kDisplaced;
      if (term.metric != metric_ || depends_on_run) continue;
      const double beyond = term.reach == TermReach::kBeyond ? ValueOf(target_, term.threshold) : 0;
      seconds += ValueOf(target_, term.seconds_per_unit) * std::max(0.0, x - beyond);
    }
    return seconds > 0 ? x / seconds : 0;
  }

 private:
  const Target& target_;
  const Entry& entry_;
  const std::vector<double> values_;
  Metric metric_ = Metric::kFlops;
  double full_rate_ = 1;
};

std::vector<PicturePoint> PointsOf(const Target& target, const Entry& entry, const Rate& rate) {
  std::vector<PicturePoint> points;
  for (const Observation& o : entry.observed) points.push_back({o.x, o.value, o.std_dev, o.n, Evidence::kMeasured});
  if (!points.empty() || !entry.efficiency || entry.efficiency->curve == kNoId) return points;
  for (const CurvePoint& p : target.curves[static_cast<size_t>(entry.efficiency->curve)].points) {
    if (p.x == kNoId) continue;
    points.push_back(
        {ValueOf(target, p.x), ValueOf(target, p.y) * rate.full_rate(), p.std_dev * rate.full_rate(), p.n, p.evidence});
  }
  return points;
}

// What a picture shows of x: all that is known, and a margin.
std::pair<double, double> Extent(const CurvePicture& picture) {
  double low = 0, high = 0;
  const auto take = [&](double x) {
    if (!(x > 0)) return;
    low = low == 0 ? x : std::min(low, x);
    high = std::max(high, x);
  };
  for (const PicturePoint& point : picture.points) take(point.x);
  for (const PictureKernel& kernel : picture.kernels) take(kernel.x);
  if (picture.range) {
    take(picture.range->first);
    take(picture.range->second);
  }
  if (high == 0) return kAnywhere;
  return {low / kMargin, high * kMargin};
}

std::vector<RateAt> LineOf(const Rate& rate, std::pair<double, double> extent, double units) {
  std::vector<RateAt> line;
  const double step = std::log(extent.second / extent.first) / static_cast<double>(kSteps);
  for (size_t i = 0; i <= kSteps; ++i) {
    const double x = extent.first * std::exp(step * static_cast<double>(i));
    line.push_back({x, rate.At(x * units) / units});
  }
  return line;
}

// How many of `there` one of `here` is; 0: they do not compare. A multiply-accumulate is two operations.
double UnitsOf(Metric here, Metric there) {
  if (here == there) return 1;
  const bool macs = here == Metric::kTiledMacs, flops = there == Metric::kMatrixFlops || there == Metric::kFlops;
  if (macs && flops) return 2;
  if ((here == Metric::kMatrixFlops || here == Metric::kFlops) && flops) return 1;
  if ((here == Metric::kMatrixFlops || here == Metric::kFlops) && there == Metric::kTiledMacs) return 0.5;
  return 0;
}

void DrawBeside(const Entry& entry, const Target& beside, std::pair<double, double> extent, CurvePicture& picture) {
  const Precision precision = entry.precision.value_or(Precision::kFp32);
  if (!beside.Supports(precision)) return;
  const Lookup found = entry.kernel_class ? FindEntry(beside, *entry.kernel_class, entry.pattern, precision)
                                          : FindEntry(beside, entry.pattern, precision);
  const Entry& other = beside.entries[static_cast<size_t>(found.entry)];
  const Rate rate(beside, other);
  if (rate.metric() == Metric::kCount) return;
  const double units = UnitsOf(picture.metric, rate.metric());
  if (units == 0) return;
  picture.beside_key = absl::StrCat(beside.FullName(), " ", other.key);
  picture.beside = LineOf(rate, extent, units);
}

void MeasureGaps(const Rate& rate, CurvePicture& picture) {
  double sum = 0, n = 0;
  for (const PicturePoint& point : picture.points) {
    const double line = rate.At(point.x), weight = std::max(1.0, static_cast<double>(point.n));
    if (!(line > 0)) continue;
    sum += weight * std::abs(point.rate / line - 1);
    n += weight;
  }
  if (n > 0) picture.point_gap = sum / n;
  double errors = 0, time = 0, outside = 0;
  for (const PictureKernel& kernel : picture.kernels) {
    const double seconds = kernel.x / kernel.measured;
    errors += std::abs(kernel.measured / kernel.predicted - 1);  // seconds predicted / measured − 1
    time += seconds;
    const bool inside = !picture.range || (kernel.x >= picture.range->first && kernel.x <= picture.range->second);
    if (!inside) outside += seconds;
  }
  if (picture.kernels.empty()) return;
  picture.kernel_gap = errors / static_cast<double>(picture.kernels.size());
  picture.outside_share = outside / time;
}

}  // namespace

PictureSet MakePictures(const Target& target, const Target* beside, const std::vector<KernelError>& kernels) {
  std::map<std::string, std::vector<PictureKernel>> by_entry;
  for (const KernelError& k : kernels) {
    if (!(k.x > 0) || !(k.measured_s > 0) || !(k.predicted_s > 0)) continue;
    by_entry[k.entry].push_back({k.network, k.kernel, k.x, k.x / k.measured_s, k.x / k.predicted_s});
  }
  PictureSet set;
  std::set<std::string> done;  // an entry for all precisions is there once for each
  for (const Entry& entry : target.entries) {
    if (entry.is_default || !done.insert(entry.key).second) continue;
    const Rate rate(target, entry);
    if (rate.metric() == Metric::kCount) {
      set.not_drawn.push_back(absl::StrCat(entry.key, ": a launch alone, whatever the size"));
      continue;
    }
    CurvePicture picture{.key = entry.key,
                         .form = entry.efficiency ? "efficiency" : "time",
                         .metric = rate.metric(),
                         .provenance = entry.provenance,
                         .points = PointsOf(target, entry, rate),
                         .kernels = std::move(by_entry[entry.key]),
                         .range = entry.range,
                         .relative_spread = entry.relative_spread};
    std::stable_sort(picture.kernels.begin(), picture.kernels.end(),
                     [](const PictureKernel& a, const PictureKernel& b) { return a.x < b.x; });
    const std::pair<double, double> extent = Extent(picture);
    picture.line = LineOf(rate, extent, 1);
    if (beside != nullptr) DrawBeside(entry, *beside, extent, picture);
    MeasureGaps(rate, picture);
    set.pictures.push_back(std::move(picture));
  }
  return set;
}

}  // namespace opcost
