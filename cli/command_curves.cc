#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/curves_document.h"
#include "cli/curves_html.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/measurements.h"
#include "cli/options.h"
#include "cli/output.h"
#include "costing/calibration/validate.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost curves", "Pictures of what a profile says: rate over size, with its points, range and what was measured.",
      "opcost curves i7-12700k\n"
      "opcost curves box.toml --html curves.html --beside old.toml --from others/\n"
      "opcost curves epyc-zen4-1t --entry conv_blocked,matmul",
      absl::StrCat(
          "Where a profile has a mode called seed, its curve is drawn beside, unless --beside names another.\n"
          "With --from, the kernels of those runs are drawn too, and how far they lie from their prediction.\n",
          CommonDetails())};
  return *kHelp;
}

struct CurvesOptions {
  std::vector<std::string> profiles, entries;
  std::string html, beside;
  MeasurementOptions measurements;
};

absl::StatusOr<std::optional<Target>> BesideOf(const CurvesOptions& options, const Target& target) {
  std::string spec = options.beside;
  const auto seed = std::find(target.modes.begin(), target.modes.end(), "seed");
  if (spec.empty() && seed != target.modes.end() && target.mode != "seed") spec = absl::StrCat(target.id, ":seed");
  if (spec.empty() || spec == "none") return std::nullopt;
  absl::StatusOr<Target> beside = LoadTarget(spec, {});
  if (!beside.ok()) return beside.status();
  return *std::move(beside);
}

// Keeps what `--entry` names: a key or a part of one.
absl::Status Keep(const std::vector<std::string>& lists, PictureSet& set) {
  std::vector<std::string> wanted;
  for (const std::string& list : lists) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) wanted.emplace_back(name);
  }
  if (wanted.empty()) return absl::OkStatus();
  const auto named = [&](const std::string& key) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& w) { return absl::StrContains(key, w); });
  };
  std::vector<CurvePicture> kept;
  std::vector<std::string> keys;
  for (CurvePicture& picture : set.pictures) {
    keys.push_back(picture.key);
    if (named(picture.key)) kept.push_back(std::move(picture));
  }
  if (kept.empty()) {
    return Usage(absl::InvalidArgumentError(
        absl::StrCat("--entry ", wanted.front(), ": no curve has that in its name", DidYouMean(wanted.front(), keys))));
  }
  set.pictures = std::move(kept);
  set.not_drawn.clear();
  return absl::OkStatus();
}

absl::Status WriteHtml(const std::string& path, const std::string& page) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(page.data(), static_cast<std::streamsize>(page.size()));
  file.flush();
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
  return absl::OkStatus();
}

absl::Status Curves(const CurvesOptions& options, const OutputOptions& output) {
  absl::StatusOr<Target> target = LoadTarget(options.profiles[0], {});
  if (!target.ok()) return target.status();
  absl::StatusOr<std::optional<Target>> beside = BesideOf(options, *target);
  if (!beside.ok()) return beside.status();
  CurvesView view{.target = &*target, .beside = *beside ? (*beside)->FullName() : ""};
  std::vector<KernelError> kernels;
  if (!options.measurements.from.empty()) {
    absl::StatusOr<std::vector<MeasuredRun>> runs = ReadMeasurements(options.measurements);
    if (!runs.ok()) return runs.status();
    absl::StatusOr<Validation> validation =
        Validate(*target, *runs, {.worst_kernels = std::numeric_limits<size_t>::max()});
    if (!validation.ok()) return validation.status();
    view.validated = true;
    view.headline = validation->headline;
    view.notes = NotesOf(*runs);
    kernels = std::move(validation->kernels);
  }
  view.set = MakePictures(*target, *beside ? &**beside : nullptr, kernels);
  if (absl::Status status = Keep(options.entries, view.set); !status.ok()) return status;
  if (!options.html.empty()) {
    if (absl::Status status = WriteHtml(options.html, CurvesHtml(view)); !status.ok()) return status;
  }
  Result result;
  result.document = CurvesDocument(view);
  result.json = [&] { return CurvesJson(view); };
  return Emit(result, output);
}

}  // namespace

int RunCurves(const Words& words) {
  CurvesOptions options;
  OutputOptions output;
  const auto arguments = Joined(
      {{{"profile", "PROFILE", "a target with its mode, or the path of a TOML file", &options.profiles},
        {"--html", "FILE", "writes the pictures as one page that needs no network", &options.html},
        {"--beside", "PROFILE", "draws the curves of another profile or mode too; none for none", &options.beside},
        {"--entry", "A,B,…", "only entries with one of these in their names", &options.entries}},
       MeasurementArguments(options.measurements),
       OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (options.profiles.size() != 1) {
    return Fail(Usage(absl::InvalidArgumentError("expected one profile (opcost curves -h)")));
  }
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const absl::Status status = Curves(options, output);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
