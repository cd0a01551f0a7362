// One class at one precision: what can be told, its coefficients, and how sure they are.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "costing/calibration/average_form.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

using Eigen::Index;

constexpr double kSpreadQuantile = 0.9;
// More says nothing: the class cannot be told from these samples within two orders of magnitude.
constexpr double kLargestSpread = 100;
constexpr int64_t kFewSamples = 8;
constexpr size_t kFewNetworks = 3;
// A column that the others explain to this share is no coefficient of its own.
constexpr double kSameColumn = 1e-9;
constexpr int kDrawSeed = 20210;
// Sizes that observations are gathered at, and how many kernels make one worth a line.
constexpr size_t kObservations = 10;
// What a curve must gain on the terms, of their held-out error.
constexpr double kCurveGain = 0.05;
// By how much tiles may hold more or less of what is not asked for before a curve over what is says nothing of them.
constexpr double kSameTiles = 1.1;

// Equal kernels of one network are one observation: layers repeat, and a deep network must not outvote the others.
// `merged_into` says, by sample, which of the result it went into.
std::vector<Sample> MergeRepeats(const std::vector<Sample>& samples, std::vector<size_t>& merged_into) {
  std::map<std::tuple<int32_t, int32_t, Amounts>, size_t> groups;
  std::vector<std::vector<double>> times;
  std::vector<Sample> merged;
  for (const Sample& sample : samples) {
    const auto [it, inserted] = groups.try_emplace({sample.network, sample.form, sample.amounts()}, merged.size());
    if (inserted) {
      merged.push_back(sample);
      times.emplace_back();
    }
    times[it->second].push_back(sample.seconds);
    merged_into.push_back(it->second);
  }
  for (size_t i = 0; i < merged.size(); ++i) merged[i].seconds = Median(std::move(times[i]));
  return merged;
}

struct FormFitter {
  const std::vector<Sample>& samples;
  const Prior& prior;
  const Caches& caches;
  const FitOptions& options;
  std::vector<Refusal>& refusals;

  double Leaning(const Term& term) const { return PriorFor({&term, 1}, prior)(0); }

  // What of the last column the others do not explain, as a share.
  static double Unexplained(const Eigen::MatrixXd& a) {
    const Index last = a.cols() - 1;
    const Eigen::MatrixXd others = a.leftCols(last).colwise().normalized();
    const Eigen::VectorXd column = a.col(last).normalized();
    return (column - others * (others.transpose() * others).ldlt().solve(others.transpose() * column)).squaredNorm();
  }

  // Terms of `always` without those that no sample has, or that the others already explain.
  std::vector<Term> Identifiable(const FormSpec& spec) const {
    std::vector<Term> kept;
    const Eigen::VectorXd weight = Seconds(samples).cwiseMax(1e-9).cwiseInverse();
    for (const Term& term : spec.always) {
      std::vector<Term> with = kept;
      with.push_back(term);
      const Eigen::MatrixXd a = weight.asDiagonal() * AmountMatrix(samples, with, caches);
      const std::string what = absl::StrCat(spec.name, ": ", ToString(term));
      if (Leaning(term) > 0) {
        kept = with;
      } else if (a.col(a.cols() - 1).norm() == 0) {
        refusals.push_back({what, "no sample has any of it"});
      } else if (a.cols() > 1 && Unexplained(a) < kSameColumn) {
        refusals.push_back({what, absl::StrCat("in these samples it grows with ", ToString(kept.back()),
                                               " and cannot be told apart from it")});
      } else {
        kept = with;
      }
    }
    return kept;
  }

  AveragedForm FitOn(const Choice& choice) const {
    const Eigen::VectorXd x =
        FitNonNegative(AmountMatrix(samples, choice.terms, caches), Seconds(samples), ClockErrors(samples),
                       PriorFor(choice.terms, prior), options.choice.robust);
    return {choice.terms, {x.data(), x.data() + x.size()}, choice.validation};
  }

  // Spread of each coefficient when networks are drawn anew, with replacement.
  std::vector<double> StdDevs(const std::vector<Term>& terms) const {
    const Eigen::MatrixXd amounts = AmountMatrix(samples, terms, caches);
    const Eigen::VectorXd seconds = Seconds(samples), leaning = PriorFor(terms, prior), clock = ClockErrors(samples);
    std::map<int32_t, std::vector<Index>> rows;
    for (size_t i = 0; i < samples.size(); ++i) rows[samples[i].network].push_back(static_cast<Index>(i));
    std::vector<const std::vector<Index>*> networks;
    for (const auto& [network, list] : rows) networks.push_back(&list);
    if (networks.size() < 2 || options.draws < 2 || options.quick) return std::vector<double>(terms.size(), 0);
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<Index>(terms.size())), square = sum;
    std::mt19937 random(kDrawSeed);
    for (int draw = 0; draw < options.draws; ++draw) {
      std::vector<Index> drawn;
      for (size_t i = 0; i < networks.size(); ++i) {
        const std::vector<Index>& list = *networks[random() % networks.size()];
        drawn.insert(drawn.end(), list.begin(), list.end());
      }
      const Eigen::VectorXd x =
          FitNonNegative(amounts(drawn, Eigen::all), seconds(drawn), clock(drawn), leaning, options.choice.robust);
      sum += x;
      square += x.cwiseAbs2();
    }
    const double n = options.draws;
    const Eigen::VectorXd variance = ((square - sum.cwiseAbs2() / n) / (n - 1)).cwiseMax(0);
    const Eigen::VectorXd deviation = variance.cwiseSqrt();
    return {deviation.data(), deviation.data() + deviation.size()};
  }

  void SetRange(FittedForm& fitted) const {
    const auto plain = std::find_if(fitted.terms.begin(), fitted.terms.end(), [](const FittedTerm& term) {
      return term.term.scope == TermScope::kAll && term.term.metric != Metric::kDispatches;
    });
    if (plain == fitted.terms.end()) return;
    fitted.range_term = plain->term;
    const Eigen::VectorXd x = AmountMatrix(samples, {&fitted.range_term, 1}, caches);
    double least = x.maxCoeff();  // of the kernels that have any of it
    for (Index i = 0; i < x.size(); ++i) {
      if (x(i) > 0) least = std::min(least, x(i));
    }
    if (least < x.maxCoeff()) fitted.range = {least, x.maxCoeff()};
    Observe(x, fitted);
  }

  void Observe(const Eigen::VectorXd& x, FittedForm& fitted) const {
    std::vector<SizedValue> rates;
    for (Index i = 0; i < x.size(); ++i) {
      if (x(i) > 0) rates.push_back({x(i), x(i) / samples[static_cast<size_t>(i)].seconds});
    }
    for (const Bin& bin : GatherSizes(std::move(rates), kObservations)) {
      fitted.observed.push_back({bin.x, bin.mean, bin.std_dev, bin.n});
    }
  }

  // How far held-out kernels lie from what is predicted for them.
  double Spread(const Eigen::VectorXd& predicted) const {
    std::vector<double> residuals;
    for (Index i = 0; i < predicted.size(); ++i) {
      const double seconds = samples[static_cast<size_t>(i)].seconds;
      residuals.push_back(std::abs(predicted(i) - seconds) /
                          std::max(predicted(i), samples[static_cast<size_t>(i)].clock_error_s));
    }
    return std::min(Quantile(std::move(residuals), kSpreadQuantile), kLargestSpread);
  }
};

void DropUnsized(const Caches& caches, std::vector<Term>& terms) {
  terms.erase(std::remove_if(terms.begin(), terms.end(), [&](const Term& term) { return !IsSized(term, caches); }),
              terms.end());
}

// With few samples only what the parent has already may be added.
void DropUnknown(FormSpec& spec, const FormFitter& fitter) {
  spec.optional.erase(std::remove_if(spec.optional.begin(), spec.optional.end(),
                                     [&](const Term& term) { return fitter.Leaning(term) == 0; }),
                      spec.optional.end());
}

// Whether what is computed grows with what is asked for: padding to whole tiles takes as much of each.
bool TilesAreAlike(const std::vector<Sample>& samples) {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const Sample& sample : samples) {
    const auto flops = static_cast<double>(At(sample.amounts(), Metric::kMatrixFlops));
    const double ratio = static_cast<double>(At(sample.amounts(), Metric::kTiledMacs)) / flops;
    if (!(flops > 0)) return false;
    least = std::min(least, ratio);
    most = std::max(most, ratio);
  }
  return most < kSameTiles * least;
}

// A curve is a function of matrix FLOPs or of bytes. Where time grows with what follows neither (pairs of boxes, steps
// of a Fourier transform, tiles) it would only hold for the sizes that it was fitted on.
bool HasCurve(const FormSpec& spec, const std::vector<Sample>& samples) {
  if (spec.always.size() < 2) return true;
  const Metric metric = spec.always[1].metric;
  return metric != Metric::kFlops && (metric != Metric::kTiledMacs || TilesAreAlike(samples));
}

// An efficiency curve in the place of the terms, where held-out networks clearly say so: terms are simpler to read, add
// up, and name their causes.
void TryCurves(const std::vector<Sample>& samples, const CrossValidation& terms, const ChoiceOptions& options,
               FittedForm& fitted, Eigen::VectorXd& predicted) {
  fitted.terms_error = terms.error;
  std::optional<CurveChoice> curve = ChooseCurve(samples, options, fitted.tried);
  if (!curve || !ClearlyBetter(curve->validation, terms, kCurveGain)) return;
  fitted.curve = std::move(curve->curve);
  fitted.cv_mean_relative = curve->validation.mean_relative;
  fitted.cv_time_weighted = curve->validation.time_weighted;
  predicted = curve->validation.predicted;
  double least = 0, most = 0;
  for (const Sample& s : samples) {
    const double x = static_cast<double>(At(s.amounts(), fitted.curve->metric));
    least = least == 0 ? x : std::min(least, x);
    most = std::max(most, x);
  }
  fitted.range.reset();
  if (least < most) fitted.range = {least, most};
}

}  // namespace

std::optional<FittedForm> FitForm(const std::vector<Sample>& all, const FormSpec& given, const Prior& prior,
                                  const SampleSet& set, const FitOptions& options, std::vector<Refusal>& refusals,
                                  std::vector<double>& held_out) {
  std::vector<size_t> merged_into;
  const std::vector<Sample> samples = MergeRepeats(all, merged_into);
  if (samples.empty()) return std::nullopt;
  const FormFitter fitter{samples, prior, set.machine.caches, options, refusals};
  FormSpec spec = given;
  DropUnsized(set.machine.caches, spec.always);
  DropUnsized(set.machine.caches, spec.optional);
  spec.always = fitter.Identifiable(spec);
  if (spec.always.empty()) return std::nullopt;
  std::set<int32_t> networks;
  for (const Sample& sample : samples) networks.insert(sample.network);
  const bool few = static_cast<int64_t>(samples.size()) < kFewSamples || networks.size() < kFewNetworks;
  if (few) {
    DropUnknown(spec, fitter);
    refusals.push_back({spec.name, absl::StrCat("only ", samples.size(), " samples from ", networks.size(),
                                                " networks: optional terms not tried",
                                                prior.terms.empty() ? "" : ", held near its parent")});
  }
  const Choice choice = ChooseTerms(samples, spec, prior, set.machine.caches, options.choice);
  const AveragedForm form = !options.quick && !few
                                ? AverageForms(samples, spec, prior, set.machine.caches, options.choice)
                                : fitter.FitOn(choice);
  const std::vector<double> std_devs = fitter.StdDevs(form.terms);
  FittedForm fitted;
  for (size_t j = 0; j < form.terms.size(); ++j) {
    if (form.coefficients[j] > 0) fitted.terms.push_back({form.terms[j], form.coefficients[j], std_devs[j]});
  }
  if (fitted.terms.empty()) {
    refusals.push_back({spec.name, "every coefficient came out as 0"});
    return std::nullopt;
  }
  fitted.samples = static_cast<int64_t>(samples.size());
  fitted.few = few;
  for (int32_t network : networks) fitted.networks.push_back(set.networks[static_cast<size_t>(network)]);
  fitted.leans = !prior.terms.empty();
  fitted.cv_mean_relative = form.validation.mean_relative;
  fitted.cv_time_weighted = form.validation.time_weighted;
  fitter.SetRange(fitted);
  Eigen::VectorXd predicted = form.validation.predicted;
  if (!few && prior.terms.empty() && HasCurve(given, samples)) {
    TryCurves(samples, choice.validation, options.choice, fitted, predicted);
  }
  fitted.relative_spread = fitter.Spread(predicted);
  for (size_t i : merged_into) held_out.push_back(predicted(static_cast<Index>(i)));
  return fitted;
}

}  // namespace opcost
