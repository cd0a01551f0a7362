#include "costing/calibration/validate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/fit.h"
#include "costing/price_amounts.h"

namespace opcost {
namespace {

// Gaps with less of the time than this are not worth a line.
constexpr double kLeastGap = 0.001;
constexpr absl::string_view kNetworksPrefix = "calibration.networks.";
constexpr absl::string_view kProfilerFact = "calibration.profiler_s_per_kernel";

struct ClassSum {
  int64_t kernels = 0;
  double measured = 0, absolute = 0, error = 0, outside = 0;
  int steps = 0;
  std::string entry;
  bool by_default = false;
};

// What the profiler added to each measured kernel: of these runs where they tell, else of those that were fitted.
double ProfilerOf(const Target& target, const std::vector<MeasuredRun>& runs) {
  const double own = ProfilerTime(runs);
  if (own > 0) return own;
  const auto fact = target.facts.find(std::string(kProfilerFact));
  double seconds = 0;
  return fact != target.facts.end() && absl::SimpleAtod(fact->second, &seconds) ? seconds : 0;
}

std::set<std::string> FittedStructures(const Target& target) {
  std::set<std::string> structures;
  for (const auto& [key, value] : target.facts) {
    if (absl::StartsWith(key, kNetworksPrefix)) structures.insert(value);
  }
  return structures;
}

double InsideShare(const std::vector<ModelError>& models) {
  double inside = 0, all = 0;
  for (const ModelError& model : models) {
    if (model.in_fit) continue;
    ++all;
    inside += model.inside ? 1 : 0;
  }
  return all > 0 ? inside / all : 0;
}

class Validator {
 public:
  Validator(const Target& target, const SampleSet& set, const std::vector<MeasuredRun>& runs)
      : target_(target),
        set_(set),
        runs_(runs),
        profiler_s_(ProfilerOf(target, runs)),
        models_(runs.size()),
        sums_(runs.size()),
        spreads_(runs.size()) {
    const std::set<std::string> fitted = FittedStructures(target);
    for (size_t i = 0; i < runs.size(); ++i) {
      models_[i].network = runs[i].network;
      models_[i].in_fit = fitted.count(StructureOf(runs[i])) > 0;
    }
  }

  void Add(const Sample& sample) {
    const size_t index = static_cast<size_t>(sample.run);
    const MeasuredRun& run = runs_[index];
    PricedAmounts priced = PriceAmounts(target_, sample.subject);
    const double seen = priced.seconds + (run.profiled ? profiler_s_ : 0);  // as the profiler would show it
    models_[index].predicted_s += priced.seconds;
    sums_[index] += sample.seconds;
    const bool by_default = priced.step == LookupStep::kDefault;
    if (by_default) models_[index].unpriced_share += sample.seconds;
    const std::string class_name(sample.form >= 0 ? absl::string_view(set_.forms[static_cast<size_t>(sample.form)].name)
                                                  : Name(sample.subject.pattern));
    ClassSum& sum = classes_[class_name];
    ++sum.kernels;
    sum.measured += sample.seconds;
    sum.absolute += std::abs(seen - sample.seconds);
    sum.error += seen - sample.seconds;
    sum.steps = priced.steps_up;
    sum.by_default = by_default;
    sum.entry = target_.entries[static_cast<size_t>(priced.entry)].key;
    if (!priced.in_range) sum.outside += sample.seconds;
    if (!models_[index].in_fit) {
      headline_time_ += sample.seconds;
      headline_error_ += std::abs(seen - sample.seconds);
    }
    const double spread = target_.entries[static_cast<size_t>(priced.entry)].relative_spread.value_or(0);
    spreads_[index][priced.entry] += priced.seconds * spread;
    const MeasuredKernel& kernel = run.kernels[static_cast<size_t>(sample.kernel)];
    result_.kernels.push_back({run.network, kernel.name, kernel.op_type, class_name, sum.entry, sample.seconds, seen,
                               priced.x, std::move(priced.terms)});
  }

  Validation Finish() {
    FinishModels();
    result_.kernel_error = headline_time_ > 0 ? headline_error_ / headline_time_ : 0;
    double all = 0;
    for (double sum : sums_) all += sum;
    for (const auto& [name, sum] : classes_) FinishClass(name, sum, all);
    result_.models = std::move(models_);
    return std::move(result_);
  }

 private:
  void FinishModels() {
    std::vector<double> headline, fitted;
    for (size_t i = 0; i < runs_.size(); ++i) {
      ModelError& model = models_[i];
      const double kernels = static_cast<double>(runs_[i].kernels.size());
      const double sum = sums_[i] - (runs_[i].profiled ? profiler_s_ * kernels : 0);
      model.end_to_end = runs_[i].end_to_end_s.has_value();
      model.measured_s = model.end_to_end ? *runs_[i].end_to_end_s : sum;
      model.error = model.predicted_s / model.measured_s - 1;
      model.noise = sum / model.measured_s - 1;
      double square = 0;
      for (const auto& [entry, half] : spreads_[i]) square += half * half;
      model.interval_s = std::sqrt(square);
      model.inside = std::abs(model.predicted_s - model.measured_s) <= model.interval_s;
      if (sums_[i] > 0) model.unpriced_share /= sums_[i];
      (model.in_fit ? fitted : headline).push_back(model.error);
    }
    result_.headline = Summarize(headline);
    result_.fitted = Summarize(fitted);
    result_.inside_share = InsideShare(models_);
  }

  void FinishClass(const std::string& name, const ClassSum& sum, double all) {
    result_.classes.push_back({name, sum.kernels, sum.measured, sum.measured / all, sum.absolute / sum.measured,
                               sum.error / sum.measured, sum.steps, sum.outside / sum.measured});
    if (sum.by_default) {
      result_.gaps.push_back({absl::StrCat(name, ": priced by the default alone"), sum.measured / all});
    } else if (sum.steps > 0) {
      result_.gaps.push_back({absl::StrCat(name, ": no points of its own, priced by ", sum.entry), sum.measured / all});
    } else if (sum.outside / all > kLeastGap) {
      result_.gaps.push_back(
          {absl::StrCat(name, ": sizes outside the calibrated range of ", sum.entry), sum.outside / all});
    }
  }

  const Target& target_;
  const SampleSet& set_;
  const std::vector<MeasuredRun>& runs_;
  const double profiler_s_;
  Validation result_;
  std::vector<ModelError> models_;
  std::vector<double> sums_;
  std::vector<std::map<EntryId, double>> spreads_;  // by network and entry
  std::map<std::string, ClassSum> classes_;
  double headline_time_ = 0, headline_error_ = 0;
};

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

// Adds the sums behind `more` to those behind `into`.
void MergeClass(const ClassError& more, ClassError& into) {
  const double sum = into.measured_s + more.measured_s;
  const auto mean = [&](double a, double b) { return (a * into.measured_s + b * more.measured_s) / sum; };
  into.time_weighted = mean(into.time_weighted, more.time_weighted);
  into.signed_error = mean(into.signed_error, more.signed_error);
  into.outside_share = mean(into.outside_share, more.outside_share);
  into.measured_s = sum;
  into.kernels += more.kernels;
  into.steps = std::max(into.steps, more.steps);
}

}  // namespace

CalibratedMachine MachineOf(const Target& target) {
  CalibratedMachine machine;
  machine.kernels = {.lanes = target.runtime.vector_lanes, .l1_way_bytes = target.runtime.l1_way_bytes};
  const auto size = [&](const std::string& key) {
    const CoefficientId id = target.Find(key);
    if (id != kNoId) return target.coefficients[static_cast<size_t>(id)].value();
    const auto fact = target.facts.find(key);
    double bytes = 0;
    return fact != target.facts.end() && absl::SimpleAtod(fact->second, &bytes) ? bytes : 0;
  };
  machine.caches = {.l2_bytes = size("memory.l2_bytes"), .llc_bytes = size("memory.llc_bytes")};
  return machine;
}

absl::StatusOr<Validation> Validate(const Target& target, const std::vector<MeasuredRun>& runs,
                                    const ValidateOptions& options) {
  absl::StatusOr<SampleSet> set = MakeSamples(runs, MachineOf(target));
  if (!set.ok()) return set.status();
  Validator validator(target, *set, runs);
  for (const Sample& sample : set->samples) validator.Add(sample);
  Validation result = validator.Finish();
  SortAll(options.worst_kernels, result);
  return result;
}

Validation MergeValidations(std::vector<Validation> parts, const ValidateOptions& options) {
  Validation all;
  std::map<std::string, ClassError> classes;
  double time = 0, error = 0;
  for (Validation& part : parts) {
    for (const ClassError& c : part.classes) {
      time += c.measured_s;
      error += c.time_weighted * c.measured_s;
      const auto [it, inserted] = classes.try_emplace(c.name, c);
      if (!inserted) MergeClass(c, it->second);
    }
    all.models.insert(all.models.end(), part.models.begin(), part.models.end());
    all.kernels.insert(all.kernels.end(), part.kernels.begin(), part.kernels.end());
  }
  std::vector<double> headline, fitted;
  for (const ModelError& model : all.models) (model.in_fit ? fitted : headline).push_back(model.error);
  all.headline = Summarize(headline);
  all.fitted = Summarize(fitted);
  all.kernel_error = time > 0 ? error / time : 0;
  all.inside_share = InsideShare(all.models);
  for (auto& [name, c] : classes) {
    c.share = time > 0 ? c.measured_s / time : 0;
    all.classes.push_back(c);
  }
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
