#include "costing/calibration/validate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

constexpr double kWithin5 = 0.05, kExcellent = 0.10, kGood = 0.25, kFair = 0.50;
// Gaps with less of the time than this are not worth a line.
constexpr double kLeastGap = 0.001;

KernelError Explain(const Fit& fit, const Sample& sample, const MeasuredRun& run, double predicted) {
  const MeasuredKernel& kernel = run.kernels[static_cast<size_t>(sample.kernel)];
  KernelError error{.network = run.network,
                    .kernel = kernel.name,
                    .op_type = kernel.op_type,
                    .class_name = fit.specs[static_cast<size_t>(sample.form)].name,
                    .measured_s = sample.seconds,
                    .predicted_s = predicted};
  const FormLookup lookup = FindForm(fit, sample.form);
  if (lookup.form < 0) return error;
  for (const FittedTerm& term : fit.forms[static_cast<size_t>(lookup.form)]->terms) {
    const double seconds = term.coefficient * Amount(term.term, sample.amounts, fit.machine.caches);
    if (seconds > 0) error.parts.push_back({term.term, seconds});
  }
  return error;
}

bool OutsideRange(const Fit& fit, const Sample& sample) {
  const FormLookup lookup = FindForm(fit, sample.form);
  if (lookup.form < 0) return true;
  const FittedForm& form = *fit.forms[static_cast<size_t>(lookup.form)];
  if (!form.range) return false;
  const double x = Amount(form.range_term, sample.amounts, fit.machine.caches);
  return x < form.range->first || x > form.range->second;
}

struct ClassSum {
  int64_t kernels = 0;
  double measured = 0, absolute = 0, error = 0, outside = 0;
};

// Adds a validation of other runs.
void Merge(Validation&& more, Validation& all, double& time, double& error) {
  for (const ClassError& c : more.classes) {
    time += c.measured_s;
    error += c.time_weighted * c.measured_s;
    auto it = std::find_if(all.classes.begin(), all.classes.end(),
                           [&](const ClassError& other) { return other.name == c.name; });
    if (it == all.classes.end()) {
      all.classes.push_back(c);
      continue;
    }
    const double sum = it->measured_s + c.measured_s;
    it->time_weighted = (it->time_weighted * it->measured_s + c.time_weighted * c.measured_s) / sum;
    it->signed_error = (it->signed_error * it->measured_s + c.signed_error * c.measured_s) / sum;
    it->outside_share = (it->outside_share * it->measured_s + c.outside_share * c.measured_s) / sum;
    it->measured_s = sum;
    it->kernels += c.kernels;
    it->steps = std::max(it->steps, c.steps);
  }
  all.models.insert(all.models.end(), more.models.begin(), more.models.end());
  all.kernels.insert(all.kernels.end(), more.kernels.begin(), more.kernels.end());
}

void SortAll(size_t worst_kernels, Validation& result) {
  const auto error_of = [](const ModelError& m) { return std::abs(m.error); };
  std::stable_sort(result.models.begin(), result.models.end(),
                   [&](const ModelError& a, const ModelError& b) { return error_of(a) > error_of(b); });
  std::stable_sort(result.classes.begin(), result.classes.end(), [](const ClassError& a, const ClassError& b) {
    return a.time_weighted * a.measured_s > b.time_weighted * b.measured_s;
  });
  const auto size = [](const KernelError& k) { return std::abs(k.predicted_s - k.measured_s); };
  std::stable_sort(result.kernels.begin(), result.kernels.end(),
                   [&](const KernelError& a, const KernelError& b) { return size(a) > size(b); });
  if (result.kernels.size() > worst_kernels) result.kernels.resize(worst_kernels);
  std::stable_sort(result.gaps.begin(), result.gaps.end(),
                   [](const Gap& a, const Gap& b) { return a.share > b.share; });
}

}  // namespace

ErrorSummary Summarize(const std::vector<double>& errors) {
  ErrorSummary summary;
  summary.models = static_cast<int64_t>(errors.size());
  if (errors.empty()) return summary;
  const double n = static_cast<double>(errors.size());
  for (double error : errors) {
    const double size = std::abs(error);
    summary.mean_absolute += size / n;
    summary.signed_mean += error / n;
    summary.maximum = std::max(summary.maximum, size);
    summary.within_5 += size <= kWithin5 ? 1 / n : 0;
    summary.within_10 += size <= kExcellent ? 1 / n : 0;
    ++(size <= kExcellent ? summary.excellent
       : size <= kGood    ? summary.good
       : size <= kFair    ? summary.fair
                          : summary.poor);
  }
  return summary;
}

absl::StatusOr<Validation> Validate(const Fit& fit, const std::vector<MeasuredRun>& runs,
                                    const ValidateOptions& options) {
  absl::StatusOr<SampleSet> set = MakeSamples(runs, fit.machine);
  if (!set.ok()) return set.status();
  Validation result;
  std::vector<ModelError> models(runs.size());
  std::vector<double> sums(runs.size());
  std::vector<ClassSum> classes(fit.specs.size());
  double headline_time = 0, headline_error = 0, all_time = 0;
  for (const Sample& sample : set->samples) {
    const size_t network = static_cast<size_t>(sample.network);
    const double predicted = PredictKernel(fit, sample);
    const double error = predicted - sample.seconds;
    ModelError& model = models[network];
    model.predicted_s += std::max(0.0, predicted - fit.profiler_s);
    sums[network] += sample.seconds;
    if (FindForm(fit, sample.form).form < 0) model.unpriced_share += sample.seconds;
    all_time += sample.seconds;
    ClassSum& sum = classes[static_cast<size_t>(sample.form)];
    ++sum.kernels;
    sum.measured += sample.seconds;
    sum.absolute += std::abs(error);
    sum.error += error;
    if (OutsideRange(fit, sample)) sum.outside += sample.seconds;
    if (options.fitted_networks.count(runs[network].network) == 0) {
      headline_time += sample.seconds;
      headline_error += std::abs(error);
    }
    result.kernels.push_back(Explain(fit, sample, runs[network], predicted));
  }
  std::vector<double> headline, fitted;
  for (size_t i = 0; i < runs.size(); ++i) {
    ModelError& model = models[i];
    model.network = runs[i].network;
    const double kernels = static_cast<double>(runs[i].kernels.size());
    const double sum = sums[i] - (runs[i].profiled ? fit.profiler_s * kernels : 0);
    model.end_to_end = runs[i].end_to_end_s.has_value();
    model.measured_s = model.end_to_end ? *runs[i].end_to_end_s : sum;
    model.error = model.predicted_s / model.measured_s - 1;
    model.noise = sum / model.measured_s - 1;
    model.unpriced_share /= std::max(sums[i], 1e-300);
    model.in_fit = options.fitted_networks.count(model.network) > 0;
    (model.in_fit ? fitted : headline).push_back(model.error);
  }
  result.headline = Summarize(headline);
  result.fitted = Summarize(fitted);
  result.kernel_error = headline_time > 0 ? headline_error / headline_time : 0;
  for (size_t form = 0; form < classes.size(); ++form) {
    const ClassSum& sum = classes[form];
    if (sum.kernels == 0) continue;
    const FormLookup lookup = FindForm(fit, static_cast<int32_t>(form));
    const std::string& name = fit.specs[form].name;
    const double time = std::max(sum.measured, 1e-300);
    result.classes.push_back({name, sum.kernels, sum.measured, sum.measured / all_time, sum.absolute / time,
                              sum.error / time, lookup.steps, sum.outside / time});
    if (lookup.form < 0) {
      result.gaps.push_back({absl::StrCat(name, ": no form at all"), sum.measured / all_time});
    } else if (lookup.steps > 0) {
      result.gaps.push_back(
          {absl::StrCat(name, ": no points of its own, priced as ", fit.specs[static_cast<size_t>(lookup.form)].name),
           sum.measured / all_time});
    } else if (sum.outside / all_time > kLeastGap) {
      result.gaps.push_back(
          {absl::StrCat(name, ": sizes outside the calibrated range of ", ToString(fit.forms[form]->range_term)),
           sum.outside / all_time});
    }
  }
  result.models = std::move(models);
  SortAll(options.worst_kernels, result);
  return result;
}

absl::StatusOr<Validation> LeaveOneOut(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine,
                                       const FitOptions& fit_options, const ValidateOptions& options) {
  Validation all;
  double time = 0, error = 0;
  std::vector<double> errors;
  for (size_t left_out = 0; left_out < runs.size(); ++left_out) {
    std::vector<MeasuredRun> others;
    for (const MeasuredRun& run : runs) {
      if (run.network != runs[left_out].network) others.push_back(run);
    }
    absl::StatusOr<SampleSet> set = MakeSamples(others, machine);
    if (!set.ok()) return set.status();
    absl::StatusOr<Fit> fit = FitForms(*set, others, fit_options);
    if (!fit.ok()) return fit.status();
    absl::StatusOr<Validation> one = Validate(*fit, {runs[left_out]}, options);
    if (!one.ok()) return one.status();
    errors.push_back(one->models[0].error);
    Merge(*std::move(one), all, time, error);
  }
  all.headline = Summarize(errors);
  all.kernel_error = time > 0 ? error / time : 0;
  for (ClassError& c : all.classes) c.share = c.measured_s / std::max(time, 1e-300);
  SortAll(options.worst_kernels, all);
  return all;
}

std::vector<Change> Compare(const Validation& before, const Validation& after, double threshold) {
  std::map<std::string, double> old;
  for (const ModelError& model : before.models) old[model.network] = std::abs(model.error);
  std::vector<Change> changes;
  for (const ModelError& model : after.models) {
    const auto it = old.find(model.network);
    if (it == old.end()) continue;
    const double now = std::abs(model.error);
    changes.push_back({model.network, it->second, now, now > it->second + threshold, now < it->second - threshold});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.after - a.before > b.after - b.before; });
  return changes;
}

}  // namespace opcost
