#include "costing/calibration/profile_sections.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "costing/calibration/reference_time.h"
#include "costing/calibration/toml_text.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

// Beyond a cache, or what the run evicts or displaces from it; by TermScope.
constexpr std::array<absl::string_view, 6> kScopes = {"",
                                                      ", above = \"memory.l2_bytes\"",
                                                      ", above = \"memory.llc_bytes\"",
                                                      ", evicted_beyond = \"memory.llc_bytes\"",
                                                      ", evicted_beyond = \"memory.l2_bytes\"",
                                                      ", displaced_from = \"memory.l2_bytes\""};

// The limit counts every operand as fetched from memory.
constexpr absl::string_view kMayBeatLimit = "operands that stay in a cache between kernels are not fetched from memory";

std::string Deviation(const FittedTerm& term) {
  return term.std_dev > 0 ? absl::StrCat("± ", TomlNumber(term.std_dev)) : "";
}

// What else was tried: the best curve beside terms, or the terms beside a curve.
std::string Rejected(const FittedForm& form) {
  if (form.tried.empty()) return "";
  if (form.curve) return absl::StrCat("; additive terms ", TomlShare(100 * form.terms_error), " %");
  const TriedShape& best = *std::min_element(form.tried.begin(), form.tried.end(),
                                             [](const auto& a, const auto& b) { return a.error < b.error; });
  return absl::StrCat("; mean of both ", TomlShare(100 * form.terms_error), " %, of the best curve (", best.name, ") ",
                      TomlShare(100 * best.error), " %");
}

std::string Note(const FittedForm& form) {
  return absl::StrCat(form.samples, " kernels of ", form.networks.size(),
                      " networks; held out: ", TomlShare(100 * form.cv_mean_relative), " % a kernel, ",
                      TomlShare(100 * form.cv_time_weighted), " % of the time", Rejected(form),
                      form.leans ? "; leans on its parent" : "");
}

void AppendTerms(const FittedForm& form, double profiler_s, absl::string_view source, std::string& out) {
  FittedTerm launch;
  std::vector<const FittedTerm*> terms;
  for (const FittedTerm& term : form.terms) {
    if (term.term == Term{Metric::kDispatches, TermScope::kAll}) {
      launch = term;
    } else if (term.term == form.range_term) {
      terms.insert(terms.begin(), &term);  // the range is that of the first term
    } else {
      terms.push_back(&term);
    }
  }
  absl::StrAppend(
      &out, "launch_s = ",
      TomlValue(std::max(0.0, launch.coefficient - profiler_s), Evidence::kFitted, source, Deviation(launch)),
      "\nterms = [\n");
  for (const FittedTerm* term : terms) {
    absl::StrAppend(&out, "  { metric = ", TomlText(Name(term->term.metric)),
                    ", seconds_per_unit = ", TomlValue(term->coefficient, Evidence::kFitted, source, Deviation(*term)),
                    kScopes[static_cast<size_t>(term->term.scope)], " },\n");
  }
  absl::StrAppend(&out, "]\n");
}

void AppendObserved(const FittedForm& form, std::string& out) {
  if (form.observed.empty()) return;
  absl::StrAppend(&out, "observed = [\n");
  for (const Observation& o : form.observed) {
    absl::StrAppend(&out, "  { x = ", TomlNumber(o.x), ", value = ", TomlNumber(o.value),
                    ", std_dev = ", TomlNumber(o.std_dev), ", n = ", o.n, " },\n");
  }
  absl::StrAppend(&out, "]\n");
}

// The launch is inside the curve, and so is what the profiler added: that goes, as it does from launches.
void AppendCurve(const FittedForm& form, double profiler_s, const CalibrationFacts& facts, std::string& out) {
  const FittedCurve& curve = *form.curve;
  const std::string reference = ReferenceOf(form);
  const double rate = facts.rates.at(reference);
  absl::StrAppend(&out, "work = ", TomlText(Name(curve.metric)), "\nx = ", TomlText(Name(curve.metric)),
                  "\nrelative_to = ", TomlText(curve.metric == Metric::kMatrixFlops ? "peak" : reference),
                  "\ninterpolation = ", TomlText(Name(curve.shape)), "\nmemory = \"inside\"\ndispatch_s = ",
                  TomlValue(0, Evidence::kFitted, facts.source, "inside the curve"), "\npoints = [\n");
  for (const RatePoint& point : curve.points) {
    const double seconds = point.x / point.rate;
    const double share = seconds / std::max(seconds - profiler_s, seconds / 2);
    absl::StrAppend(&out, "  { x = ", TomlNumber(point.x), ", efficiency = ", TomlNumber(point.rate * share / rate),
                    ", std_dev = ", TomlNumber(point.std_dev * share / rate), ", n = ", point.n, " },\n");
  }
  absl::StrAppend(&out, "]\n");
}

void AppendForm(const Fit& fit, const FittedForm& form, const CalibrationFacts& facts, std::string& out) {
  const std::string& source = facts.source;
  const FormSpec& spec = fit.specs[static_cast<size_t>(form.spec)];
  absl::StrAppend(&out, "\n[", spec.section, ".", form.precision ? Name(*form.precision) : "any", "]\n",
                  "source = ", TomlText(source), "\nevidence = \"fitted\"\nnote = ", TomlText(Note(form)), "\n");
  if (form.range) {
    absl::StrAppend(&out, "range = [", TomlNumber(form.range->first), ", ", TomlNumber(form.range->second), "]\n");
  }
  absl::StrAppend(&out, "relative_spread = ", TomlShare(form.relative_spread),
                  "\nmay_beat_limit = ", TomlText(kMayBeatLimit), "\n");
  if (form.curve) {
    AppendCurve(form, fit.profiler_s, facts, out);
  } else {
    AppendTerms(form, fit.profiler_s, source, out);
  }
  AppendObserved(form, out);
}

void AppendNetworks(const Fit& fit, const std::vector<MeasuredRun>& runs, std::map<std::string, std::string> structures,
                    std::string& out) {
  std::set<std::string> fitted;
  for (const FittedForm& form : fit.forms) fitted.insert(form.networks.begin(), form.networks.end());
  for (const MeasuredRun& run : runs) {
    if (fitted.count(run.network) == 0) continue;
    const bool batched = run.facts.batch > 1;
    structures[batched ? absl::StrCat(run.network, ", batch ", run.facts.batch) : run.network] = StructureOf(run);
  }
  absl::StrAppend(&out, "\n[calibration.networks]\n");
  for (const auto& [network, structure] : structures) {
    absl::StrAppend(&out, TomlText(network), " = ", TomlText(structure), "\n");
  }
}

void AppendCalibration(const Fit& fit, const CalibrationFacts& facts, const std::vector<MeasuredRun>& runs,
                       std::string& out) {
  const RunFacts& run = facts.run;
  absl::StrAppend(&out, "\n[calibration]\ndate = ", TomlText(facts.date), "\ntool = ", TomlText(facts.tool),
                  "\nmachine = ", TomlText(run.machine), "\nruntime = ", TomlText(run.runtime),
                  "\nruntime_version = ", TomlText(run.runtime_version), "\nlevel = ", TomlText(facts.level),
                  "\nmode = ", TomlText(run.mode), "\nthreads = ", run.threads, "\nmeasured = ", TomlText(run.date),
                  "\n");
  absl::StrAppend(&out, "profiler_s_per_kernel = ", TomlNumber(fit.profiler_s), "\n");
  if (fit.profiler_removed_s > 0) {
    absl::StrAppend(&out, "profiler_removed_s_per_kernel = ", TomlNumber(fit.profiler_removed_s), "\n");
  }
  if (fit.noise_floor > 0) absl::StrAppend(&out, "noise_floor = ", TomlShare(fit.noise_floor), "\n");
  if (const double s = ReferenceTime(runs); s > 0) absl::StrAppend(&out, "reference_s = ", TomlNumber(s), "\n");
  if (const double s = MemoryReferenceTime(runs); s > 0) {
    absl::StrAppend(&out, "memory_reference_s = ", TomlNumber(s), "\n");
  }
  if (fit.refusals.empty()) return;
  absl::StrAppend(&out, "refused = [\n");
  for (const Refusal& refusal : fit.refusals) {
    absl::StrAppend(&out, "  ", TomlText(absl::StrCat(refusal.what, ": ", refusal.why)), ",\n");
  }
  absl::StrAppend(&out, "]\n");
}

}  // namespace

std::string ReferenceOf(const FittedForm& form) {
  if (!form.curve) return "";
  return form.curve->metric == Metric::kMatrixFlops ? PeakKey(form.precision.value_or(Precision::kFp32))
                                                    : "memory.bandwidth_bytes_per_s";
}

std::string CalibrationSections(const Fit& fit, const CalibrationFacts& facts, const std::vector<MeasuredRun>& runs) {
  std::string out;
  for (const FittedForm& form : fit.forms) AppendForm(fit, form, facts, out);
  AppendCalibration(fit, facts, runs, out);
  AppendNetworks(fit, runs, facts.earlier_networks, out);
  return out;
}

}  // namespace opcost
