#include "costing/calibration/fit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "costing/calibration/run_conditions.h"
#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

// Runs that the profiler's cost is told from.
constexpr size_t kFewRuns = 3;
constexpr int kBiasRounds = 50;
constexpr double kBiasFloor = 0.005;

using MaybePrecision = std::optional<Precision>;

class Fitter {
 public:
  Fitter(const SampleSet& set, const FitOptions& options, Fit& fit)
      : set_(set), options_(options), fit_(fit), done_(set.forms.size(), false), own_(set.forms.size()) {
    for (const Sample& sample : set.samples) {
      if (sample.form >= 0) own_[static_cast<size_t>(sample.form)].push_back(sample);
    }
    fit.held_out.resize(set.networks.size());
    for (size_t i = 0; i < set.networks.size(); ++i) fit.held_out[i].network = set.networks[i];
  }

  void Run() {
    for (size_t form = 0; form < set_.forms.size(); ++form) {
      if (Wanted(set_.forms[form])) Visit(form);
    }
    // Those that were only fitted for others to lean on go.
    fit_.forms.erase(
        std::remove_if(fit_.forms.begin(), fit_.forms.end(),
                       [&](const FittedForm& form) { return !Wanted(set_.forms[static_cast<size_t>(form.spec)]); }),
        fit_.forms.end());
    std::stable_sort(fit_.forms.begin(), fit_.forms.end(), [](const FittedForm& a, const FittedForm& b) {
      return std::make_pair(a.spec, a.precision) < std::make_pair(b.spec, b.precision);
    });
  }

 private:
  bool Wanted(const FormSpec& spec) const {
    return options_.only.empty() || options_.only.count(spec.name) > 0 ||
           options_.only.count(std::string(Name(spec.pattern))) > 0;
  }

  // Parents first. One that is not wanted but known from an earlier calibration stays as it is.
  void Visit(size_t form) {
    if (done_[form]) return;
    done_[form] = true;
    const FormSpec& spec = set_.forms[form];
    const bool wanted = Wanted(spec);
    if (!wanted && Known(form, std::nullopt) != nullptr) return;
    if (spec.parent >= 0) Visit(static_cast<size_t>(spec.parent));
    std::map<MaybePrecision, std::vector<Sample>> by_precision;
    for (const Sample& sample : SamplesOf(form)) {
      by_precision[spec.by_precision ? MaybePrecision(sample.subject.precision) : std::nullopt].push_back(sample);
    }
    for (const auto& [precision, samples] : by_precision) FitOne(form, precision, samples, wanted);
  }

  // A parent without kernels of its own is fitted on those of the children that lean on all of it.
  bool Pooled(size_t form) const { return own_[form].empty(); }
  std::vector<Sample> SamplesOf(size_t form) const {
    if (!Pooled(form)) return own_[form];
    std::vector<Sample> pool;
    for (size_t child = 0; child < set_.forms.size(); ++child) {
      const FormSpec& spec = set_.forms[child];
      if (spec.parent != static_cast<int32_t>(form) || spec.shrinkage != Shrinkage::kAll) continue;
      pool.insert(pool.end(), own_[child].begin(), own_[child].end());
    }
    return pool;
  }

  const FittedForm* Known(size_t form, MaybePrecision precision) const {
    const auto find = [&](const std::vector<FittedForm>& forms) -> const FittedForm* {
      const FittedForm* any = nullptr;
      for (const FittedForm& fitted : forms) {
        if (fitted.spec != static_cast<int32_t>(form)) continue;
        if (fitted.precision == precision) return &fitted;
        if (any == nullptr) any = &fitted;
      }
      return any;
    };
    const FittedForm* fresh = find(fit_.forms);
    return fresh != nullptr ? fresh : find(options_.known);
  }

  // The parent's coefficients, as far as the form leans on them. A launch is a class's own unless the parent is a pool.
  Prior PriorOf(size_t form, MaybePrecision precision) const {
    Prior prior;
    const FormSpec& spec = set_.forms[form];
    if (spec.parent < 0 || spec.shrinkage == Shrinkage::kNone) return prior;
    const size_t parent = static_cast<size_t>(spec.parent);
    const FittedForm* fitted = Known(parent, precision);
    if (fitted == nullptr) return prior;
    for (const FittedTerm& term : fitted->terms) {
      const bool hinge = term.term.scope == TermScope::kBeyondL2 || term.term.scope == TermScope::kBeyondLlc;
      if (spec.shrinkage == Shrinkage::kHinges && !hinge) continue;
      if (term.term.metric == Metric::kDispatches && !Pooled(parent)) continue;
      prior.terms.push_back(term.term);
      prior.coefficients.push_back(term.coefficient);
    }
    return prior;
  }

  // Whether few samples tell less of their class than the parent's form does.
  bool ParentIsBetter(size_t form, MaybePrecision precision, const std::vector<Sample>& samples,
                      const FittedForm& fitted, bool wanted) {
    const int32_t parent = set_.forms[form].parent;
    const FittedForm* up = parent < 0 ? nullptr : Known(static_cast<size_t>(parent), precision);
    if (up == nullptr) return false;
    double error = 0;
    for (const Sample& sample : samples) {
      double predicted = 0;
      for (const FittedTerm& term : up->terms) {
        predicted += term.coefficient * Amount(term.term, sample.amounts(), set_.machine.caches);
      }
      error += std::min(1.0, std::abs(predicted / sample.seconds - 1)) / static_cast<double>(samples.size());
    }
    if (error > fitted.cv_mean_relative) return false;
    if (wanted) {
      fit_.refusals.push_back(
          {set_.forms[form].name, absl::StrCat("its parent ", set_.forms[static_cast<size_t>(parent)].name,
                                               " predicts its ", fitted.samples, " samples no worse and prices it")});
    }
    return true;
  }

  void FitOne(size_t form, MaybePrecision precision, const std::vector<Sample>& samples, bool wanted) {
    std::vector<double> held_out;
    std::vector<Refusal> refusals;
    std::optional<FittedForm> fitted =
        FitForm(samples, set_.forms[form], PriorOf(form, precision), set_, options_, refusals, held_out);
    if (wanted) fit_.refusals.insert(fit_.refusals.end(), refusals.begin(), refusals.end());
    if (!fitted) return;
    if (fitted->few && ParentIsBetter(form, precision, samples, *fitted, wanted)) return;
    fitted->spec = static_cast<int32_t>(form);
    fitted->precision = precision;
    fit_.forms.push_back(*std::move(fitted));
    if (Pooled(form)) return;
    for (size_t i = 0; i < samples.size(); ++i) {
      HeldOut& network = fit_.held_out[static_cast<size_t>(samples[i].network)];
      network.measured_s += samples[i].seconds;
      network.predicted_s += held_out[i];
    }
  }

  const SampleSet& set_;
  const FitOptions& options_;
  Fit& fit_;
  std::vector<bool> done_;
  std::vector<std::vector<Sample>> own_;  // by form
};

absl::Status CheckOnly(const std::set<std::string>& only, const std::vector<FormSpec>& specs) {
  std::vector<std::string> names;
  for (const FormSpec& spec : specs) {
    names.push_back(spec.name);
    names.emplace_back(Name(spec.pattern));
  }
  for (const std::string& name : only) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return absl::NotFoundError(
        absl::StrCat("'", name, "' is no pattern and no class of kernels that can be fitted", DidYouMean(name, names)));
  }
  return absl::OkStatus();
}

}  // namespace

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
  if (rows.size() < kFewRuns) return 0;
  // Absolute deviations, by reweighting.
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

absl::StatusOr<Fit> FitForms(const SampleSet& set, const std::vector<MeasuredRun>& runs, const FitOptions& options) {
  if (set.samples.empty()) return absl::InvalidArgumentError("no measured kernels, expected at least one run");
  if (absl::Status status = CheckOnly(options.only, set.forms); !status.ok()) return status;
  Fit fit{.specs = set.forms, .machine = set.machine};
  for (const TermScope scope : {TermScope::kBeyondL2, TermScope::kBeyondLlc}) {
    if (IsSized({.scope = scope}, set.machine.caches)) continue;
    fit.refusals.push_back({absl::StrCat("every class: terms", ToString({.metric = Metric::kCount, .scope = scope})),
                            "the size of that cache is not known"});
  }
  Fitter(set, options, fit).Run();
  if (fit.forms.empty()) return absl::InvalidArgumentError("no class of kernels can be fitted from these runs");
  fit.profiler_s = ProfilerTime(runs);
  fit.profiler_removed_s = ProfilerRemoved(runs);
  fit.noise_floor = NoiseFloor(runs);
  return fit;
}

}  // namespace opcost
