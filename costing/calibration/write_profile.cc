#include "costing/calibration/write_profile.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace opcost {
namespace {

// The name in [source] that fitted values refer to.
constexpr absl::string_view kSource = "calibration";
constexpr absl::string_view kMachineSource = "machine";

std::string Number(double value) { return absl::StrFormat("%.6g", value); }
std::string Share(double value) { return absl::StrFormat("%.4g", value); }
std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", " "}}), "\"");
}

std::string Value(const FittedTerm& term) {
  std::string value =
      absl::StrCat("{ value = ", Number(term.coefficient), ", evidence = \"fitted\", source = ", Quoted(kSource));
  if (term.std_dev > 0) absl::StrAppend(&value, ", note = \"± ", Number(term.std_dev), "\"");
  return absl::StrCat(value, " }");
}

// Beyond a cache, or what one run of the model evicts from it.
constexpr std::array<absl::string_view, 4> kScopes = {
    "", ", above = \"memory.l2_bytes\"", ", above = \"memory.llc_bytes\"", ", evicted_beyond = \"memory.llc_bytes\""};

void AppendForm(const FormSpec& spec, const FittedForm& form, double profiler_s, absl::string_view precision,
                std::string& out) {
  absl::StrAppend(&out, "\n[", spec.section, ".", precision, "]\n", "source = ", Quoted(kSource),
                  "\nevidence = \"fitted\"\n");
  absl::StrAppend(&out, "note = ",
                  Quoted(absl::StrCat(form.samples, " kernels of ", form.networks.size(),
                                      " networks; held out: ", Share(100 * form.cv_mean_relative), " % a kernel, ",
                                      Share(100 * form.cv_time_weighted), " % of the time",
                                      form.leans ? "; leans on its parent" : "")),
                  "\n");
  if (form.range && form.range->first < form.range->second) {
    absl::StrAppend(&out, "range = [", Number(form.range->first), ", ", Number(form.range->second), "]\n");
  }
  absl::StrAppend(&out, "relative_spread = ", Share(form.relative_spread), "\n");
  const FittedTerm* launch = nullptr;
  std::vector<const FittedTerm*> terms;
  for (const FittedTerm& term : form.terms) {
    if (term.term.metric == Metric::kDispatches) {
      launch = &term;
    } else if (term.term == form.range_term) {
      terms.insert(terms.begin(), &term);  // the range is that of the first term
    } else {
      terms.push_back(&term);
    }
  }
  // A model runs without the profiler.
  FittedTerm own = launch != nullptr ? *launch : FittedTerm{};
  own.coefficient = std::max(0.0, own.coefficient - profiler_s);
  absl::StrAppend(&out, "launch_s = ", Value(own), "\nterms = [\n");
  for (const FittedTerm* term : terms) {
    absl::StrAppend(&out, "  { metric = ", Quoted(Name(term->term.metric)), ", seconds_per_unit = ", Value(*term),
                    kScopes[static_cast<size_t>(term->term.scope)], " },\n");
  }
  absl::StrAppend(&out, "]\n");
}

void AppendCalibration(const Fit& fit, const CalibrationFacts& facts, std::string& out) {
  const RunFacts& run = facts.run;
  std::set<std::string> networks;
  for (const std::optional<FittedForm>& form : fit.forms) {
    if (form) networks.insert(form->networks.begin(), form->networks.end());
  }
  absl::StrAppend(&out, "\n[calibration]\n");
  absl::StrAppend(&out, "date = ", Quoted(facts.date), "\ntool = ", Quoted(facts.tool), "\n");
  absl::StrAppend(&out, "machine = ", Quoted(run.machine), "\nruntime = ", Quoted(run.runtime),
                  "\nruntime_version = ", Quoted(run.runtime_version), "\nlevel = ", Quoted(facts.level),
                  "\nmode = ", Quoted(run.mode), "\nthreads = ", run.threads, "\nmeasured = ", Quoted(run.date), "\n");
  absl::StrAppend(&out, "lanes = ", fit.machine.kernels.lanes, "\nl1_way_bytes = ", fit.machine.kernels.l1_way_bytes,
                  "\nl2_bytes = ", Number(fit.machine.caches.l2_bytes),
                  "\nllc_bytes = ", Number(fit.machine.caches.llc_bytes), "\n");
  absl::StrAppend(&out, "profiler_s_per_kernel = ", Number(fit.profiler_s), "\nnoise_floor = ", Share(fit.noise_floor),
                  "\n");
  std::vector<std::string> names;
  for (const std::string& name : networks) names.push_back(Quoted(name));
  absl::StrAppend(&out, "networks = [", absl::StrJoin(names, ", "), "]\n");
  if (fit.refusals.empty()) return;
  absl::StrAppend(&out, "refused = [\n");
  for (const Refusal& refusal : fit.refusals) {
    absl::StrAppend(&out, "  ", Quoted(absl::StrCat(refusal.what, ": ", refusal.why)), ",\n");
  }
  absl::StrAppend(&out, "]\n");
}

void AppendValidation(const Validation& validation, std::string& out) {
  const ErrorSummary& all = validation.headline;
  absl::StrAppend(&out, "\n[validation]\nmodels = ", all.models, "\nmean_absolute_error = ", Share(all.mean_absolute),
                  "\nsigned_mean_error = ", Share(all.signed_mean), "\nmaximum_error = ", Share(all.maximum),
                  "\nwithin_5_percent = ", Share(all.within_5), "\nwithin_10_percent = ", Share(all.within_10),
                  "\nexcellent = ", all.excellent, "\ngood = ", all.good, "\nfair = ", all.fair, "\npoor = ", all.poor,
                  "\ntime_weighted_kernel_error = ", Share(validation.kernel_error), "\n\n[validation.errors]\n");
  std::map<std::string, double> errors;
  for (const ModelError& model : validation.models) {
    if (!model.in_fit) errors[model.network] = model.error;
  }
  for (const auto& [network, error] : errors) absl::StrAppend(&out, Quoted(network), " = ", Share(error), "\n");
}

// A table header's name: "[pattern.conv2d.fp32]" → "pattern.conv2d.fp32"; "" for other lines.
std::string HeaderOf(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (!absl::StartsWith(line, "[") || absl::StartsWith(line, "[[")) return "";
  const size_t end = line.find(']');
  return end == absl::string_view::npos ? "" : std::string(line.substr(1, end - 1));
}

struct Section {
  std::string header;  // "" before the first
  std::string text;    // its header line included
};

// Brackets open in values: their lines are no headers.
std::vector<Section> Split(absl::string_view text) {
  std::vector<Section> sections = {{"", ""}};
  int depth = 0;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string header = depth == 0 ? HeaderOf(line) : "";
    const bool any_header = depth == 0 && absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "[");
    if (any_header) sections.push_back({header.empty() ? std::string(line) : header, ""});
    absl::StrAppend(&sections.back().text, line, "\n");
    if (any_header) continue;
    bool quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) quoted = !quoted;
      if (quoted) continue;
      if (line[i] == '#') break;
      depth += line[i] == '[' ? 1 : line[i] == ']' ? -1 : 0;
    }
  }
  return sections;
}

// One owned by the new text: equal, or below [calibration] or [validation] when that is there.
bool Replaced(const std::string& header, const std::set<std::string>& owned) {
  if (owned.count(header) > 0) return true;
  for (absl::string_view root : {"calibration", "validation"}) {
    if (owned.count(std::string(root)) > 0 && absl::StartsWith(header, absl::StrCat(root, "."))) return true;
  }
  return false;
}

}  // namespace

std::string CalibrationSections(const Fit& fit, const CalibrationFacts& facts, const Validation* validation) {
  std::string out;
  for (size_t i = 0; i < fit.forms.size(); ++i) {
    if (fit.forms[i]) AppendForm(fit.specs[i], *fit.forms[i], fit.profiler_s, Name(facts.precision), out);
  }
  AppendCalibration(fit, facts, out);
  if (validation != nullptr) AppendValidation(*validation, out);
  return out;
}

std::string UpdateProfile(absl::string_view profile, absl::string_view sections) {
  std::set<std::string> owned;
  for (const Section& section : Split(sections)) owned.insert(section.header);
  std::string out;
  for (Section& section : Split(profile)) {
    if (!section.header.empty() && Replaced(section.header, owned)) continue;
    absl::StripTrailingAsciiWhitespace(&section.text);
    if (section.header == "source") {
      for (absl::string_view name : {kSource, kMachineSource}) {
        if (!absl::StrContains(section.text, absl::StrCat("\n", name, " ="))) {
          absl::StrAppend(&section.text, "\n", name, " = ",
                          Quoted(name == kSource ? "fitted by this tool to the runs that [calibration] names"
                                                 : "cache sizes of the machine, as given to the calibration"));
        }
      }
    }
    if (section.text.empty()) continue;
    absl::StrAppend(&out, out.empty() ? "" : "\n", section.text, "\n");
  }
  return absl::StrCat(out, sections);
}

absl::Status WriteFileKeepingOld(const std::string& path, absl::string_view text, absl::string_view date) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target(path);
  const fs::path part(path + ".part");
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) {
      fs::remove(part, error);
      return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
    }
  }
  if (fs::exists(target, error)) {
    const fs::path folder = target.parent_path() / "history" / target.stem();
    fs::create_directories(folder, error);
    fs::path old = folder / absl::StrCat(date, ".toml");
    for (int n = 2; fs::exists(old, error); ++n) old = folder / absl::StrCat(date, "-", n, ".toml");
    fs::copy_file(target, old, error);
    if (error) {
      const std::string reason = error.message();
      fs::remove(part, error);
      return absl::InvalidArgumentError(absl::StrCat(old.string(), ": the older profile cannot be kept: ", reason));
    }
  }
  fs::rename(part, target, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be replaced: ", error.message()));
  return absl::OkStatus();
}

}  // namespace opcost
