#include "costing/calibration/fit.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

using Eigen::Index;

constexpr double kSpreadQuantile = 0.9;
constexpr int64_t kFewSamples = 8;
constexpr size_t kFewNetworks = 3;
// A column that the others explain to this share is no coefficient of its own.
constexpr double kSameColumn = 1e-9;
constexpr int kDrawSeed = 20210;
constexpr int kBiasRounds = 50;
constexpr double kBiasFloor = 0.005;

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t at = static_cast<size_t>(q * static_cast<double>(values.size() - 1) + 0.5);
  return values[at];
}

// Equal kernels of one network are one observation: layers repeat, and a deep network must not outvote the others.
std::vector<Sample> MergeRepeats(std::vector<Sample> samples) {
  std::map<std::tuple<int32_t, int32_t, Amounts>, std::vector<double>> groups;
  for (const Sample& sample : samples) groups[{sample.network, sample.form, sample.amounts}].push_back(sample.seconds);
  std::vector<Sample> merged;
  for (Sample& sample : samples) {
    std::vector<double>& times = groups[{sample.network, sample.form, sample.amounts}];
    if (times.empty()) continue;
    sample.seconds = Median(std::move(times));
    times.clear();
    merged.push_back(sample);
  }
  return merged;
}

struct Fitter {
  const SampleSet& set;
  const FitOptions& options;
  Fit& fit;
  std::vector<std::vector<Sample>> own;  // by form

  bool Wanted(const FormSpec& spec) const {
    return options.only.empty() || options.only.count(spec.name) > 0 ||
           options.only.count(std::string(Name(spec.pattern))) > 0;
  }

  // A parent without kernels of its own is fitted on those of the children that lean on all of it.
  bool Pooled(size_t form) const { return own[form].empty(); }
  std::vector<Sample> SamplesOf(size_t form) const {
    if (!Pooled(form)) return own[form];
    std::vector<Sample> pool;
    for (size_t child = 0; child < set.forms.size(); ++child) {
      if (set.forms[child].parent != static_cast<int32_t>(form) || set.forms[child].shrinkage != Shrinkage::kAll)
        continue;
      pool.insert(pool.end(), own[child].begin(), own[child].end());
    }
    return pool;
  }

  // The parent's coefficients, as far as the form leans on them. A launch is a class's own unless the parent is a pool.
  Prior PriorOf(size_t form) const {
    Prior prior;
    const FormSpec& spec = set.forms[form];
    if (spec.parent < 0 || spec.shrinkage == Shrinkage::kNone) return prior;
    const size_t parent = static_cast<size_t>(spec.parent);
    if (!fit.forms[parent]) return prior;
    for (const FittedTerm& term : fit.forms[parent]->terms) {
      const bool hinge = term.term.scope == TermScope::kBeyondL2 || term.term.scope == TermScope::kBeyondLlc;
      if (spec.shrinkage == Shrinkage::kHinges && !hinge) continue;
      if (term.term.metric == Metric::kDispatches && !Pooled(parent)) continue;
      prior.terms.push_back(term.term);
      prior.coefficients.push_back(term.coefficient);
    }
    return prior;
  }

  // Terms of `always` that no sample has, or that the others already explain.
  std::vector<Term> Identifiable(const FormSpec& spec, const std::vector<Sample>& samples, const Prior& prior) {
    std::vector<Term> kept;
    for (const Term& term : spec.always) {
      std::vector<Term> with = kept;
      with.push_back(term);
      const Eigen::VectorXd weight = Seconds(samples).cwiseMax(1e-9).cwiseInverse();
      const Eigen::MatrixXd a = weight.asDiagonal() * AmountMatrix(samples, with, set.machine.caches);
      const Index last = a.cols() - 1;
      if (PriorFor({&term, 1}, prior)(0) > 0) {
        kept = with;
      } else if (a.col(last).norm() == 0) {
        fit.refusals.push_back({absl::StrCat(spec.name, ": ", ToString(term)), "no sample has any of it"});
      } else if (last > 0) {
        const Eigen::MatrixXd others = a.leftCols(last).colwise().normalized();
        const Eigen::VectorXd column = a.col(last).normalized();
        const Eigen::VectorXd rest =
            column - others * (others.transpose() * others).ldlt().solve(others.transpose() * column);
        if (rest.squaredNorm() < kSameColumn) {
          fit.refusals.push_back({absl::StrCat(spec.name, ": ", ToString(term)),
                                  absl::StrCat("in these samples it grows with ", ToString(kept.back()),
                                               " and cannot be told apart from it")});
        } else {
          kept = with;
        }
      } else {
        kept = with;
      }
    }
    return kept;
  }

  // Spread of each coefficient when networks are drawn anew, with replacement.
  std::vector<double> StdDevs(const std::vector<Sample>& samples, const std::vector<Term>& terms, const Prior& prior) {
    const Eigen::MatrixXd amounts = AmountMatrix(samples, terms, set.machine.caches);
    const Eigen::VectorXd seconds = Seconds(samples), leaning = PriorFor(terms, prior);
    std::map<int32_t, std::vector<Index>> rows;
    for (size_t i = 0; i < samples.size(); ++i) rows[samples[i].network].push_back(static_cast<Index>(i));
    std::vector<const std::vector<Index>*> networks;
    for (const auto& [network, list] : rows) networks.push_back(&list);
    std::vector<double> sum(terms.size()), square(terms.size());
    if (networks.size() < 2 || options.draws < 2) return std::vector<double>(terms.size(), 0);
    std::mt19937 random(kDrawSeed);
    for (int draw = 0; draw < options.draws; ++draw) {
      std::vector<Index> drawn;
      for (size_t i = 0; i < networks.size(); ++i) {
        const std::vector<Index>& list = *networks[random() % networks.size()];
        drawn.insert(drawn.end(), list.begin(), list.end());
      }
      const Eigen::VectorXd x =
          FitNonNegative(amounts(drawn, Eigen::all), seconds(drawn), leaning, options.choice.robust);
      for (size_t j = 0; j < terms.size(); ++j) {
        sum[j] += x(static_cast<Index>(j));
        square[j] += x(static_cast<Index>(j)) * x(static_cast<Index>(j));
      }
    }
    std::vector<double> result;
    const double n = options.draws;
    for (size_t j = 0; j < terms.size(); ++j) {
      result.push_back(std::sqrt(std::max(0.0, (square[j] - sum[j] * sum[j] / n) / (n - 1))));
    }
    return result;
  }

  void SetRange(const std::vector<Sample>& samples, FittedForm& fitted) const {
    const auto plain = std::find_if(fitted.terms.begin(), fitted.terms.end(), [](const FittedTerm& term) {
      return term.term.scope == TermScope::kAll && term.term.metric != Metric::kDispatches;
    });
    if (plain == fitted.terms.end()) return;
    fitted.range_term = plain->term;
    const Eigen::VectorXd x = AmountMatrix(samples, {&fitted.range_term, 1}, set.machine.caches);
    if (x.minCoeff() < x.maxCoeff()) fitted.range = {x.minCoeff(), x.maxCoeff()};
  }

  void FitOne(size_t form) {
    const std::vector<Sample> samples = MergeRepeats(SamplesOf(form));
    if (samples.empty()) return;
    FormSpec spec = set.forms[form];
    const Prior prior = PriorOf(form);
    spec.always = Identifiable(spec, samples, prior);
    if (spec.always.empty()) return;
    std::set<int32_t> networks;
    for (const Sample& sample : samples) networks.insert(sample.network);
    const bool few = static_cast<int64_t>(samples.size()) < kFewSamples || networks.size() < kFewNetworks;
    if (few) {
      spec.optional.erase(std::remove_if(spec.optional.begin(), spec.optional.end(),
                                         [&](const Term& term) {
                                           return PriorFor({&term, 1}, prior)(0) == 0;
                                         }),
                          spec.optional.end());
      fit.refusals.push_back({spec.name, absl::StrCat("only ", samples.size(), " samples from ", networks.size(),
                                                      " networks: optional terms not tried",
                                                      prior.terms.empty() ? "" : ", held near its parent")});
    }
    const Choice choice = ChooseTerms(samples, spec, prior, set.machine.caches, options.choice);
    const Eigen::VectorXd seconds = Seconds(samples);
    const Eigen::VectorXd x = FitNonNegative(AmountMatrix(samples, choice.terms, set.machine.caches), seconds,
                                             PriorFor(choice.terms, prior), options.choice.robust);
    const std::vector<double> std_devs = StdDevs(samples, choice.terms, prior);
    FittedForm fitted;
    for (size_t j = 0; j < choice.terms.size(); ++j) {
      if (x(static_cast<Index>(j)) == 0) continue;
      fitted.terms.push_back({choice.terms[j], x(static_cast<Index>(j)), std_devs[j]});
    }
    if (fitted.terms.empty()) {
      fit.refusals.push_back({spec.name, "every coefficient came out as 0"});
      return;
    }
    fitted.samples = static_cast<int64_t>(samples.size());
    for (int32_t network : networks) fitted.networks.push_back(set.networks[static_cast<size_t>(network)]);
    fitted.leans = !prior.terms.empty();
    fitted.cv_mean_relative = choice.validation.mean_relative;
    fitted.cv_time_weighted = choice.validation.time_weighted;
    std::vector<double> residuals;
    for (Index i = 0; i < seconds.size(); ++i) {
      const double predicted = std::max(choice.validation.predicted(i), options.choice.robust.clock_error_s);
      residuals.push_back(std::abs(choice.validation.predicted(i) - seconds(i)) / predicted);
    }
    fitted.relative_spread = Quantile(std::move(residuals), kSpreadQuantile);
    SetRange(samples, fitted);
    fit.forms[form] = std::move(fitted);
  }
};

// What the profiler adds to a kernel: the one figure that makes sums of kernels equal runs without it, over the runs
// that were measured both ways. Absolute deviations, by reweighting; never negative.
double ProfilerTime(const std::vector<MeasuredRun>& runs) {
  struct Row {
    double per_kernel, excess;
  };
  std::vector<Row> rows;
  for (const MeasuredRun& run : runs) {
    if (!run.profiled || !run.end_to_end_s) continue;
    double sum = 0;
    for (const MeasuredKernel& kernel : run.kernels) sum += kernel.seconds;
    rows.push_back({static_cast<double>(run.kernels.size()) / *run.end_to_end_s, sum / *run.end_to_end_s - 1});
  }
  if (rows.size() < kFewNetworks) return 0;
  double bias = 0;
  std::vector<double> weight(rows.size(), 1);
  for (int round = 0; round < kBiasRounds; ++round) {
    double top = 0, bottom = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      top += weight[i] * rows[i].per_kernel * rows[i].excess;
      bottom += weight[i] * rows[i].per_kernel * rows[i].per_kernel;
    }
    bias = bottom > 0 ? std::max(0.0, top / bottom) : 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      weight[i] = 1 / std::max(std::abs(rows[i].per_kernel * bias - rows[i].excess), kBiasFloor);
    }
  }
  return bias;
}

}  // namespace

absl::StatusOr<Fit> FitForms(const SampleSet& set, const std::vector<MeasuredRun>& runs, const FitOptions& options) {
  if (set.samples.empty()) return absl::InvalidArgumentError("no measured kernels, expected at least one run");
  Fit fit{.specs = set.forms, .machine = set.machine};
  fit.forms.resize(set.forms.size());
  Fitter fitter{set, options, fit, std::vector<std::vector<Sample>>(set.forms.size())};
  for (const Sample& sample : set.samples) fitter.own[static_cast<size_t>(sample.form)].push_back(sample);
  std::vector<bool> done(set.forms.size(), false);
  const std::function<void(size_t)> visit = [&](size_t form) {
    if (done[form]) return;
    done[form] = true;
    if (set.forms[form].parent >= 0) visit(static_cast<size_t>(set.forms[form].parent));
    fitter.FitOne(form);
  };
  for (size_t form = 0; form < set.forms.size(); ++form) {
    if (fitter.Wanted(set.forms[form])) visit(form);
  }
  const bool any = std::any_of(fit.forms.begin(), fit.forms.end(), [](const auto& form) { return form.has_value(); });
  if (!any) return absl::InvalidArgumentError("no class of kernels can be fitted from these runs");
  fit.profiler_s = ProfilerTime(runs);
  std::vector<double> spreads;
  for (const MeasuredRun& run : runs) {
    for (const MeasuredKernel& kernel : run.kernels) spreads.push_back(kernel.spread);
  }
  fit.noise_floor = Median(std::move(spreads));
  return fit;
}

FormLookup FindForm(const Fit& fit, int32_t form) {
  FormLookup lookup;
  for (; form >= 0; form = fit.specs[static_cast<size_t>(form)].parent, ++lookup.steps) {
    if (fit.forms[static_cast<size_t>(form)]) {
      lookup.form = form;
      return lookup;
    }
  }
  return lookup;
}

double PredictKernel(const Fit& fit, const Sample& sample) {
  const FormLookup lookup = FindForm(fit, sample.form);
  if (lookup.form < 0) return 0;
  double seconds = 0;
  for (const FittedTerm& term : fit.forms[static_cast<size_t>(lookup.form)]->terms) {
    seconds += term.coefficient * Amount(term.term, sample.amounts, fit.machine.caches);
  }
  return seconds;
}

}  // namespace opcost
