#include "costing/calibration/calibrate.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/fit_cache.h"
#include "costing/calibration/known_forms.h"
#include "costing/calibration/toml_text.h"
#include "costing/calibration/update_profile.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

constexpr absl::string_view kNetworksPrefix = "calibration.networks.";
constexpr absl::string_view kProtocol =
    "cross-validation: each network from fits without it (8 folds over networks); sums of profiled kernels";

CalibratedMachine MachineOf(const CalibrationRequest& request) {
  const RuntimeFacts& runtime = request.identity.runtime;
  return {{.lanes = runtime.vector_lanes, .l1_way_bytes = runtime.l1_way_bytes}, request.caches};
}

std::vector<NamedError> HeldOutErrors(const Fit& fit) {
  std::vector<NamedError> errors;
  for (const HeldOut& network : fit.held_out) {
    if (network.measured_s > 0) errors.push_back({network.network, network.predicted_s / network.measured_s - 1});
  }
  return errors;
}

// Peaks and bandwidth by key.
std::map<std::string, double> RatesOf(const Target& target) {
  std::map<std::string, double> rates;
  for (const Coefficient& c : target.coefficients) {
    if (absl::StartsWith(c.key, "peak.") || c.key == "memory.bandwidth_bytes_per_s") rates[c.key] = c.value();
  }
  return rates;
}

// What runs of another machine, runtime or thread count say must not go into this profile.
absl::Status CheckSame(const Target& target, const std::string& path, const RunFacts& run) {
  struct Row {
    absl::string_view name, ours;
    std::string theirs;
  };
  const auto fact = [&](const char* key) -> absl::string_view {
    const auto it = target.facts.find(absl::StrCat("calibration.", key));
    return it == target.facts.end() ? absl::string_view() : absl::string_view(it->second);
  };
  for (const Row& row : {Row{"machine", fact("machine"), run.machine}, Row{"runtime", fact("runtime"), run.runtime},
                         Row{"runtime_version", fact("runtime_version"), run.runtime_version},
                         Row{"threads", fact("threads"), run.threads == 0 ? "" : absl::StrCat(run.threads)},
                         Row{"mode", fact("mode"), run.mode}}) {
    if (row.ours.empty() || row.ours == "0" || row.theirs.empty() || row.ours == row.theirs) continue;
    return absl::InvalidArgumentError(absl::StrCat(path, ": calibrated with ", row.name, " '", row.ours,
                                                   "', but the runs are of '", row.theirs,
                                                   "'; expected runs of the same, or a profile of their own (-o)"));
  }
  return absl::OkStatus();
}

// An efficiency is a share of something.
absl::Status CheckReferences(const std::string& path, const Fit& fit, const std::map<std::string, double>& rates) {
  for (const FittedForm& form : fit.forms) {
    const std::string reference = ReferenceOf(form);
    if (reference.empty() || rates.count(reference) > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat(path, ": has no ", reference, ", which the curve of ",
                                                   fit.specs[static_cast<size_t>(form.spec)].name,
                                                   " would be relative to, expected one"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calibrated> Calibrate(const std::vector<MeasuredRun>& runs, const CalibrationRequest& request) {
  absl::StatusOr<SampleSet> set = MakeSamples(runs, MachineOf(request));
  if (!set.ok()) return set.status();
  absl::StatusOr<Fit> fit = FitWithShareOfCache(*set, runs, request.fit);
  if (!fit.ok()) return fit.status();
  Calibrated result{.fit = *std::move(fit)};
  const std::string machine = NewProfile(request.identity, *set, result.fit);
  absl::StatusOr<Target> bare = ReadTargetText(machine, request.identity.id + ".toml", "");
  if (!bare.ok()) return absl::InternalError(absl::StrCat("the profile made: ", bare.status().message()));
  CalibrationFacts facts = request.facts;
  facts.rates = RatesOf(*bare);
  if (absl::Status status = CheckReferences(request.identity.id + ".toml", result.fit, facts.rates); !status.ok()) {
    return status;
  }
  result.text = absl::StrCat(machine, CalibrationSections(result.fit, facts, runs),
                             ValidationSections(HeldOutErrors(result.fit), std::string(kProtocol)));
  // What cannot be read back must not be written.
  absl::StatusOr<Target> target = ReadTargetText(result.text, request.identity.id + ".toml", "");
  if (!target.ok()) return absl::InternalError(absl::StrCat("the profile made: ", target.status().message()));
  return result;
}

absl::StatusOr<Calibrated> Recalibrate(const std::string& profile, const std::string& path,
                                       const std::vector<MeasuredRun>& runs, CalibrationRequest request) {
  absl::StatusOr<Target> before = ReadTargetText(profile, path, request.mode);
  if (!before.ok()) return before.status();
  if (!runs.empty()) {
    if (absl::Status status = CheckSame(*before, path, runs.front().facts); !status.ok()) return status;
  }
  absl::StatusOr<SampleSet> set = MakeSamples(runs, MachineOf(*before));
  if (!set.ok()) return set.status();
  request.fit.known = KnownForms(*before, set->forms);
  absl::StatusOr<Fit> fit = FitForms(*set, runs, request.fit);
  if (!fit.ok()) return fit.status();
  if (!request.fit.only.empty()) {
    for (const auto& [key, structure] : before->facts) {
      if (!absl::StartsWith(key, kNetworksPrefix)) continue;
      request.facts.earlier_networks[std::string(absl::StripPrefix(key, kNetworksPrefix))] = structure;
    }
  }
  Calibrated result{.fit = *std::move(fit)};
  request.facts.rates = RatesOf(*before);
  if (absl::Status status = CheckReferences(path, result.fit, request.facts.rates); !status.ok()) return status;
  std::string sections = CalibrationSections(result.fit, request.facts, runs);
  if (request.fit.only.empty()) {
    absl::StrAppend(&sections, ValidationSections(HeldOutErrors(result.fit), std::string(kProtocol)));
  }
  if (!request.mode.empty()) sections = BelowMode(sections, request.mode);
  result.text =
      SetLine(UpdateProfile(profile, sections), "source", request.facts.source, TomlText(request.identity.fit_source));
  absl::StatusOr<Target> after = ReadTargetText(result.text, path, request.mode);
  if (!after.ok()) return absl::InternalError(absl::StrCat("the profile made: ", after.status().message()));
  return result;
}

absl::StatusOr<Validation> LeaveOneOut(const std::vector<MeasuredRun>& runs, const CalibrationRequest& request,
                                       const ValidateOptions& options) {
  std::vector<Validation> parts;
  std::set<std::string> done;
  for (const MeasuredRun& left_out : runs) {
    if (!done.insert(left_out.network).second) continue;
    std::vector<MeasuredRun> others, own;
    for (const MeasuredRun& run : runs) (run.network == left_out.network ? own : others).push_back(run);
    absl::StatusOr<Calibrated> calibrated = Calibrate(others, request);
    if (!calibrated.ok()) return calibrated.status();
    absl::StatusOr<Target> target = ReadTargetText(calibrated->text, "others.toml", "");
    if (!target.ok()) return target.status();
    absl::StatusOr<Validation> one = Validate(*target, own, options);
    if (!one.ok()) return one.status();
    parts.push_back(*std::move(one));
  }
  return MergeValidations(std::move(parts), options);
}

}  // namespace opcost
