#include "costing/calibration/average_form.h"

#include <Eigen/Core>
#include <algorithm>
#include <utility>

namespace opcost {
namespace {

using Eigen::Index;

// Of the choices, that must have a term.
constexpr double kOften = 0.25;

// The networks of all folds but one, the terms chosen on them, and who was left out.
struct Rest {
  std::vector<Sample> samples;
  std::vector<Term> terms;
  std::vector<Index> left_out;
};

bool Has(const std::vector<Term>& terms, const Term& term) {
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

std::vector<Rest> ChooseOnEach(absl::Span<const Sample> samples, const FormSpec& spec, const Prior& prior,
                               const Caches& caches, const ChoiceOptions& options) {
  const std::vector<int> fold = FoldsOf(samples, options.folds);
  const int folds = 1 + *std::max_element(fold.begin(), fold.end());
  std::vector<Rest> rests(static_cast<size_t>(folds));
  for (size_t f = 0; f < rests.size(); ++f) {
    for (size_t i = 0; i < samples.size(); ++i) {
      if (fold[i] == static_cast<int>(f)) {
        rests[f].left_out.push_back(static_cast<Index>(i));
      } else {
        rests[f].samples.push_back(samples[i]);
      }
    }
    rests[f].terms = ChooseTerms(rests[f].samples, spec, prior, caches, options).terms;
  }
  return rests;
}

// In the order in which they were first chosen.
std::vector<Term> OftenChosen(const std::vector<Rest>& rests) {
  std::vector<std::pair<Term, double>> times;
  for (const Rest& rest : rests) {
    for (const Term& term : rest.terms) {
      const auto it = std::find_if(times.begin(), times.end(), [&](const auto& seen) { return seen.first == term; });
      if (it == times.end()) {
        times.emplace_back(term, 1);
      } else {
        it->second += 1;
      }
    }
  }
  std::vector<Term> often;
  for (const auto& [term, n] : times) {
    if (n >= kOften * static_cast<double>(rests.size())) often.push_back(term);
  }
  return often;
}

// By `terms`: 0 for those that this choice does not have.
Eigen::VectorXd FitOn(const Rest& rest, const std::vector<Term>& terms, const Prior& prior, const Caches& caches,
                      const ChoiceOptions& options) {
  std::vector<Term> own;
  std::copy_if(terms.begin(), terms.end(), std::back_inserter(own),
               [&](const Term& term) { return Has(rest.terms, term); });
  const Eigen::VectorXd x = FitNonNegative(AmountMatrix(rest.samples, own, caches), Seconds(rest.samples),
                                           ClockErrors(rest.samples), PriorFor(own, prior), options.robust);
  Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(static_cast<Index>(terms.size()));
  Index next = 0;
  for (size_t j = 0; j < terms.size(); ++j) {
    if (Has(rest.terms, terms[j])) coefficients(static_cast<Index>(j)) = x(next++);
  }
  return coefficients;
}

}  // namespace

AveragedForm AverageForms(absl::Span<const Sample> samples, const FormSpec& spec, const Prior& prior,
                          const Caches& caches, const ChoiceOptions& options) {
  const std::vector<Rest> rests = ChooseOnEach(samples, spec, prior, caches, options);
  AveragedForm form{.terms = OftenChosen(rests)};
  const Eigen::MatrixXd amounts = AmountMatrix(samples, form.terms, caches);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(amounts.cols()), held_out = Eigen::VectorXd::Zero(amounts.rows());
  for (const Rest& rest : rests) {
    const Eigen::VectorXd x = FitOn(rest, form.terms, prior, caches, options);
    sum += x;
    for (Index i : rest.left_out) held_out(i) = amounts.row(i).dot(x);
  }
  const Eigen::VectorXd mean = sum / static_cast<double>(rests.size());
  form.coefficients.assign(mean.data(), mean.data() + mean.size());
  form.validation = Judge(samples, options, std::move(held_out));
  return form;
}

}  // namespace opcost
