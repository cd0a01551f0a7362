#include "costing/calibration/choose_form.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace opcost {
namespace {

using Eigen::Index;

// A term that kernels of fewer networks than this have is not tried: it would be told from the others by what else is
// odd about those.
constexpr size_t kLeastNetworks = 3;
// Divided by the number of networks: the share of the error that the best of many terms takes away by chance.
constexpr double kChance = 0.25;
// A term that costs less than this when left out goes.
constexpr double kLeastLoss = 0.003;
// With few networks a standard error covers a multitude: the simpler form is never worse than the best by more than
// this.
constexpr double kAsGood = 0.02;

struct Errors {
  double mean_relative = 0, time_weighted = 0;
  double Both() const { return (mean_relative + time_weighted) / 2; }
};

Errors ErrorsOf(const Eigen::VectorXd& predicted, const Eigen::VectorXd& seconds, const Eigen::VectorXd& clock_s,
                const std::vector<Index>& rows) {
  Errors errors;
  double total = 0;
  for (Index i : rows) {
    const double error = std::abs(predicted(i) - seconds(i));
    errors.mean_relative += std::min(1.0, error / (seconds(i) + 2 * clock_s(i)));
    errors.time_weighted += error;
    total += seconds(i);
  }
  if (!rows.empty()) errors.mean_relative /= static_cast<double>(rows.size());
  if (total > 0) errors.time_weighted /= total;
  return errors;
}

bool Has(absl::Span<const Term> terms, const Term& term) {
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

// One standard error of the mean difference of two fits' errors, fold by fold.
double ErrorOfDifference(const std::vector<double>& mine, const std::vector<double>& others) {
  const double n = static_cast<double>(std::min(mine.size(), others.size()));
  double mean = 0, square = 0;
  for (size_t f = 0; f < mine.size() && f < others.size(); ++f) {
    const double difference = mine[f] - others[f];
    mean += difference / n;
    square += difference * difference / n;
  }
  return n > 1 ? std::sqrt(std::max(0.0, square - mean * mean) / (n - 1)) : 0;
}

// The smallest prefix of the path that is as good as its best, within one standard error of the difference.
size_t SimplestAsGood(const std::vector<Choice>& path) {
  const auto best = std::min_element(path.begin(), path.end(), [](const Choice& a, const Choice& b) {
    return a.validation.error < b.validation.error;
  });
  for (size_t i = 0; i < path.size(); ++i) {
    const double error = ErrorOfDifference(path[i].validation.fold_errors, best->validation.fold_errors);
    const double allowed = std::min(error, kAsGood * best->validation.error);
    if (path[i].validation.error <= best->validation.error + allowed) return i;
  }
  return static_cast<size_t>(best - path.begin());
}

// That have a sample of which `counts` says so.
size_t CountNetworks(absl::Span<const Sample> samples, const std::function<bool(const Sample&)>& counts) {
  std::set<int32_t> networks;
  for (const Sample& sample : samples) {
    if (counts(sample)) networks.insert(sample.network);
  }
  return networks.size();
}

}  // namespace

std::vector<int> FoldsOf(absl::Span<const Sample> samples, int folds) {
  std::map<int32_t, int> of_network;
  for (const Sample& sample : samples) of_network.emplace(sample.network, 0);
  int next = 0;
  std::vector<int> result;
  if (of_network.size() == 1) {
    for (size_t i = 0; i < samples.size(); ++i) result.push_back(next++ % folds);
    return result;
  }
  for (auto& [network, fold] : of_network) fold = next++ % folds;
  for (const Sample& sample : samples) result.push_back(of_network[sample.network]);
  return result;
}

Eigen::MatrixXd AmountMatrix(absl::Span<const Sample> samples, absl::Span<const Term> terms, const Caches& caches) {
  Eigen::MatrixXd amounts(static_cast<Index>(samples.size()), static_cast<Index>(terms.size()));
  for (size_t i = 0; i < samples.size(); ++i) {
    for (size_t j = 0; j < terms.size(); ++j) {
      amounts(static_cast<Index>(i), static_cast<Index>(j)) = Amount(terms[j], samples[i].amounts(), caches);
    }
  }
  return amounts;
}

Eigen::VectorXd Seconds(absl::Span<const Sample> samples) {
  Eigen::VectorXd seconds(static_cast<Index>(samples.size()));
  for (size_t i = 0; i < samples.size(); ++i) seconds(static_cast<Index>(i)) = samples[i].seconds;
  return seconds;
}

Eigen::VectorXd ClockErrors(absl::Span<const Sample> samples) {
  Eigen::VectorXd errors(static_cast<Index>(samples.size()));
  for (size_t i = 0; i < samples.size(); ++i) errors(static_cast<Index>(i)) = samples[i].clock_error_s;
  return errors;
}

Eigen::VectorXd PriorFor(absl::Span<const Term> terms, const Prior& prior) {
  Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(static_cast<Index>(terms.size()));
  for (size_t j = 0; j < terms.size(); ++j) {
    const auto it = std::find(prior.terms.begin(), prior.terms.end(), terms[j]);
    if (it != prior.terms.end()) {
      coefficients(static_cast<Index>(j)) = prior.coefficients[static_cast<size_t>(it - prior.terms.begin())];
    }
  }
  return coefficients;
}

CrossValidation Judge(absl::Span<const Sample> samples, const ChoiceOptions& options, Eigen::VectorXd predicted) {
  const Eigen::VectorXd seconds = Seconds(samples), clock = ClockErrors(samples);
  std::map<int, std::vector<Index>> by_fold;
  std::vector<Index> everything;
  const std::vector<int> fold = FoldsOf(samples, options.folds);
  for (Index i = 0; i < seconds.size(); ++i) {
    by_fold[fold[static_cast<size_t>(i)]].push_back(i);
    everything.push_back(i);
  }
  CrossValidation result;
  for (const auto& [f, rows] : by_fold) {
    result.fold_errors.push_back(ErrorsOf(predicted, seconds, clock, rows).Both());
  }
  const Errors errors = ErrorsOf(predicted, seconds, clock, everything);
  result.mean_relative = errors.mean_relative;
  result.time_weighted = errors.time_weighted;
  result.error = errors.Both();
  result.predicted = std::move(predicted);
  return result;
}

CrossValidation CrossValidate(absl::Span<const Sample> samples, const ChoiceOptions& options,
                              const FitAndPredict& fit) {
  const auto count = static_cast<Index>(samples.size());
  const std::vector<int> fold = FoldsOf(samples, options.folds);
  Eigen::VectorXd held_out = Eigen::VectorXd::Zero(count);
  for (int f = 0; f < options.folds; ++f) {
    std::vector<Index> in, out;
    for (Index i = 0; i < count; ++i) (fold[static_cast<size_t>(i)] == f ? out : in).push_back(i);
    if (out.empty()) continue;
    const Eigen::VectorXd predicted = fit(in, out);
    for (size_t i = 0; i < out.size(); ++i) held_out(out[i]) = predicted(static_cast<Index>(i));
  }
  return Judge(samples, options, std::move(held_out));
}

CrossValidation CrossValidate(absl::Span<const Sample> samples, absl::Span<const Term> terms, const Prior& prior,
                              const Caches& caches, const ChoiceOptions& options) {
  const Eigen::MatrixXd amounts = AmountMatrix(samples, terms, caches);
  const Eigen::VectorXd seconds = Seconds(samples);
  const Eigen::VectorXd leaning = PriorFor(terms, prior), clock = ClockErrors(samples);
  return CrossValidate(samples, options, [&](const std::vector<Index>& in, const std::vector<Index>& out) {
    const Eigen::VectorXd x =
        in.empty() ? leaning : FitNonNegative(amounts(in, Eigen::all), seconds(in), clock(in), leaning, options.robust);
    return Eigen::VectorXd(amounts(out, Eigen::all) * x);
  });
}

bool ClearlyBetter(const CrossValidation& a, const CrossValidation& b, double least_gain) {
  return a.error < b.error * (1 - least_gain) && a.error < b.error - ErrorOfDifference(a.fold_errors, b.fold_errors);
}

Choice ChooseTerms(absl::Span<const Sample> samples, const FormSpec& form, const Prior& prior, const Caches& caches,
                   const ChoiceOptions& options) {
  const auto validate = [&](const std::vector<Term>& terms) {
    return Choice{terms, CrossValidate(samples, terms, prior, caches, options)};
  };
  const auto seen = [&](const Term& term) {
    return CountNetworks(samples, [&](const Sample& sample) { return Amount(term, sample.amounts(), caches) > 0; });
  };
  std::vector<Term> start = form.always;
  std::vector<Term> candidates;
  for (const Term& term : form.optional) {
    const Eigen::VectorXd leaning = PriorFor({&term, 1}, prior);
    if (Has(start, term)) continue;
    if (leaning(0) > 0) {
      start.push_back(term);
    } else if (seen(term) >= kLeastNetworks) {
      candidates.push_back(term);
    }
  }
  std::vector<Choice> path = {validate(start)};
  const auto networks = static_cast<double>(CountNetworks(samples, [](const Sample&) { return true; }));
  const double least_gain = std::max(options.least_gain, kChance / networks);
  while (!candidates.empty()) {
    std::vector<Choice> tries;
    for (const Term& term : candidates) {
      std::vector<Term> terms = path.back().terms;
      terms.push_back(term);
      tries.push_back(validate(terms));
    }
    const auto best = std::min_element(tries.begin(), tries.end(), [](const Choice& a, const Choice& b) {
      return a.validation.error < b.validation.error;
    });
    if (best->validation.error > path.back().validation.error * (1 - least_gain)) break;
    candidates.erase(candidates.begin() + (best - tries.begin()));
    path.push_back(std::move(*best));
  }
  Choice chosen = path[SimplestAsGood(path)];
  // Terms that later ones have made idle.
  for (size_t j = start.size(); j < chosen.terms.size();) {
    std::vector<Term> fewer = chosen.terms;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(j));
    Choice without = validate(fewer);
    if (without.validation.error < chosen.validation.error * (1 + kLeastLoss)) {
      chosen = std::move(without);
    } else {
      ++j;
    }
  }
  return chosen;
}

}  // namespace opcost
