#include "costing/calibration/new_profile.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/profile_sections.h"
#include "costing/calibration/statistics.h"
#include "costing/calibration/toml_text.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

constexpr double kSlowest = 0.1;  // of the samples: the conservative default
constexpr double kLongEnough = 50e-6;
constexpr absl::string_view kBaseSource = "base";
// What a ratio may be, whatever the samples say: a tenth percentile of next to nothing still is a share.
constexpr double kLeastShare = 1e-4;

// Rates that kernels achieved, and which was the best.
struct Achieved {
  std::vector<double> rates;
  double best = 0;
  int32_t network = -1;
};

void Add(double rate, const Sample& sample, Achieved& achieved) {
  achieved.rates.push_back(rate);
  if (rate <= achieved.best) return;
  achieved.best = rate;
  achieved.network = sample.network;
}

struct Bests {
  std::map<Precision, Achieved> compute;  // FLOP or op a second, of kernels that multiply
  Achieved traffic;                       // bytes a second, of kernels that only move, beyond the caches where any are
};

// Whether a sample lasted long enough for its rate to be one: a clock's step and what was taken off for the profiler
// make speeds of their own out of short ones.
bool IsLong(const Sample& sample) { return sample.seconds >= kLongEnough; }

Bests FindBests(const SampleSet& set) {
  Bests bests;
  Achieved anywhere;
  const bool any_long = std::any_of(set.samples.begin(), set.samples.end(), &IsLong);
  for (const Sample& sample : set.samples) {
    if (any_long && !IsLong(sample)) continue;
    const double flops = static_cast<double>(At(sample.amounts(), Metric::kMatrixFlops));
    const double bytes = static_cast<double>(At(sample.amounts(), Metric::kBytes));
    if (flops > 0) {
      Add(flops / sample.seconds, sample, bests.compute[sample.subject.precision]);
    } else if (bytes > 0) {
      Add(bytes / sample.seconds, sample, anywhere);
      if (bytes > set.machine.caches.l2_bytes) Add(bytes / sample.seconds, sample, bests.traffic);
    }
  }
  if (bests.traffic.rates.empty()) bests.traffic = anywhere;
  return bests;
}

std::string Measured(const Achieved& achieved, const SampleSet& set, absl::string_view what) {
  return TomlValue(
      achieved.best, Evidence::kMeasured, kFitSource,
      absl::StrCat("the best ", what, " of any kernel, in ", set.networks[static_cast<size_t>(achieved.network)],
                   "; a data sheet may promise more"));
}

double LaunchOf(const Fit& fit) {
  std::vector<double> launches;
  for (const FittedForm& form : fit.forms) {
    for (const FittedTerm& term : form.terms) {
      if (term.term == Term{Metric::kDispatches, TermScope::kAll})
        launches.push_back(std::max(0.0, term.coefficient - fit.profiler_s));
    }
  }
  return Median(std::move(launches));
}

void AppendMeasuredMachine(const SampleSet& set, const Fit& fit, std::string& out) {
  Bests bests = FindBests(set);
  if (bests.compute.empty()) bests.compute[Precision::kFp32] = bests.traffic;
  if (bests.traffic.rates.empty()) bests.traffic = bests.compute.begin()->second;
  absl::StrAppend(&out, "\n[peak]\n");
  for (const auto& [precision, achieved] : bests.compute) {
    absl::StrAppend(&out, absl::StripPrefix(PeakKey(precision), "peak."), " = ",
                    Measured(achieved, set, "rate of multiply-adds"), "\n");
  }
  const Achieved& compute =
      bests.compute.count(Precision::kFp32) > 0 ? bests.compute[Precision::kFp32] : bests.compute.begin()->second;
  const auto share = [](const Achieved& a) { return std::max(kLeastShare, Quantile(a.rates, kSlowest) / a.best); };
  const absl::string_view tenth = "what the slowest tenth of the kernels achieved of the best";
  absl::StrAppend(
      &out,
      "\n[default]\nwork = \"flops\"\nefficiency = ", TomlValue(share(compute), Evidence::kFitted, kFitSource, tenth),
      "\nmemory_fraction = ", TomlValue(share(bests.traffic), Evidence::kFitted, kFitSource, tenth), "\noverlap = ",
      TomlValue(0, Evidence::kAssumed, kFitSource, "compute and memory time add up where nothing is known"),
      "\ndispatch_s = ", TomlValue(LaunchOf(fit), Evidence::kFitted, kFitSource, "median over the classes of kernels"),
      "\n");
  absl::StrAppend(&out, "\n[memory]\nbandwidth_bytes_per_s = ", Measured(bests.traffic, set, "rate of bytes moved"),
                  "\n");
}

void AppendBaseSection(const Target& base, absl::string_view section, std::string& out) {
  absl::StrAppend(&out, "\n[", section, "]\n");
  if (section == "default") {
    for (const Entry& entry : base.entries) {
      if (!entry.is_default) continue;
      absl::StrAppend(&out, "work = ", TomlText(Name(entry.efficiency->work)), "\n");
      break;
    }
  }
  const std::string prefix = absl::StrCat(section, ".");
  for (const Coefficient& c : base.coefficients) {
    if (!absl::StartsWith(c.key, prefix) || absl::EndsWith(c.key, "l2_bytes") || absl::EndsWith(c.key, "llc_bytes")) {
      continue;
    }
    absl::StrAppend(&out, absl::StripPrefix(c.key, prefix), " = ",
                    TomlValue(c.value(), c.evidence, kBaseSource, c.provenance), "\n");
  }
}

void AppendCaches(const Caches& caches, std::string& out) {
  const auto line = [&](absl::string_view key, const std::string& value) {
    absl::StrAppend(&out, key, " = ", value, "\n");
  };
  const auto specified = [](double bytes, absl::string_view what) {
    return TomlValue(bytes, Evidence::kSpecified, kMachineSource, what);
  };
  const auto found = [&](absl::string_view key, double bytes, double whole, absl::string_view what,
                         absl::string_view why) {
    if (bytes <= 0) return;
    if (whole <= bytes) return line(key, specified(bytes, what));
    const std::string note =
        absl::StrCat("what runs find of ", what, " of ", static_cast<int64_t>(whole), " bytes", why);
    line(key, TomlValue(bytes, Evidence::kFitted, kFitSource, note));
  };
  found("l2_bytes", caches.l2_bytes, caches.l2_whole_bytes, "the L2 of a core", ": pages lie in it by chance");
  found("llc_bytes", caches.llc_bytes, caches.llc_whole_bytes, "the last level cache", " that others use too");
}

}  // namespace

std::string NewProfile(const MachineIdentity& identity, const SampleSet& set, const Fit& fit) {
  const RuntimeFacts& runtime = identity.runtime;
  std::string out = absl::StrCat("format = 1\nid = ", TomlText(identity.id), "\nname = ", TomlText(identity.name),
                                 "\ndevice_class = ", TomlText(identity.base ? identity.base->device_class : "cpu"));
  if (runtime.version.empty()) {
    absl::StrAppend(&out, "\nruntime = ", TomlText(runtime.rule_set), "\n");
  } else {
    absl::StrAppend(&out, "\n\n[runtime]\nname = ", TomlText(runtime.rule_set),
                    "\nversion = ", TomlText(runtime.version), "\nlevel = ", TomlText(runtime.level),
                    "\nvector_lanes = ", runtime.vector_lanes, "\nl1_way_bytes = ", runtime.l1_way_bytes,
                    "\nthreads = ", runtime.threads, "\nsource = ", TomlText(kMachineSource), "\n");
  }
  absl::StrAppend(&out, "\n[source]\n", kMachineSource, " = ", TomlText(identity.machine_source), "\n", kFitSource,
                  " = ", TomlText(identity.fit_source), "\n");
  if (identity.base == nullptr) {
    AppendMeasuredMachine(set, fit, out);
  } else {
    absl::StrAppend(&out, kBaseSource, " = ", TomlText(absl::StrCat("the profile ", identity.base->FullName())), "\n");
    for (absl::string_view section : {"peak", "default", "memory"}) AppendBaseSection(*identity.base, section, out);
  }
  AppendCaches(set.machine.caches, out);  // to [memory], which is last
  return out;
}

}  // namespace opcost
