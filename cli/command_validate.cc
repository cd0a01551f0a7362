#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/measure_models.h"
#include "cli/measurements.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/runtime_options.h"
#include "cli/validation_document.h"
#include "costing/calibration/reference_time.h"
#include "costing/calibration/runtime/temp_folder.h"
#include "costing/calibration/validate.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost validate", "How well a profile predicts measurements: errors by model and class, worst kernels, gaps.",
      "opcost validate box.toml --from others/\n"
      "opcost validate box.toml --models zoo/*.onnx\n"
      "opcost validate box.toml --from others/ --baseline old.toml --threshold 2%",
      absl::StrCat("The kernels that ran are known here, their times are not; measured points of the profile do not "
                   "answer.\nModels whose kernels were fitted on are marked and left out of the headline.\nWith "
                   "--baseline the exit code is 1 when a model's absolute error grew beyond the threshold.\n",
                   CommonDetails())};
  return *kHelp;
}

struct ValidateCommandOptions {
  std::vector<std::string> profiles;
  std::string baseline;
  std::string threshold = "2%";
  int64_t top = static_cast<int64_t>(ValidateOptions().worst_kernels);
  MeasurementOptions measurements;
  InstalledRuntime runtime;
  MeasureFlags measure;
  InputOptions input;
  std::vector<std::string> files;  // models to measure
  std::string keep;                // folder for their runs
};

// Names that are files are models to measure: of --models, and what a shell made of a pattern behind it.
void TakeModelFiles(ValidateCommandOptions& options) {
  const auto take = [&](std::vector<std::string>& words) {
    std::vector<std::string> left;
    for (const std::string& word : words) {
      std::vector<std::string>& into = absl::EndsWith(word, ".onnx") ? options.files : left;
      into.push_back(word);
    }
    words = left;
  };
  std::vector<std::string> names;
  for (const std::string& list : options.measurements.models) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) names.emplace_back(name);
  }
  take(names);
  options.measurements.models = names;
  take(options.profiles);
}

// Measures with the threads and the level of the profile, unless a flag says otherwise.
absl::StatusOr<std::vector<MeasuredRun>> Measure(ValidateCommandOptions& options, const Target& target) {
  const int64_t threads = options.measurements.threads > 0 ? options.measurements.threads : target.runtime.threads;
  options.runtime.threads = std::max<int64_t>(1, threads);
  if (!target.runtime.level.empty()) options.runtime.level = target.runtime.level;
  absl::StatusOr<TempFolder> folder = TempFolder::Make(0);
  if (!folder.ok()) return folder.status();
  const std::string runs = options.keep.empty() ? folder->File("runs") : options.keep;
  std::error_code error;
  std::filesystem::create_directories(runs, error);
  if (error) return absl::PermissionDeniedError(absl::StrCat(runs, ": ", error.message()));
  if (absl::Status status = MeasureInto(runs, options.files, options.runtime, options.measure, options.input);
      !status.ok()) {
    return status;
  }
  MeasurementOptions measured;
  measured.from = {runs};
  return ReadMeasurements(measured);
}

absl::Status CheckMachine(const Target& target, const std::vector<MeasuredRun>& runs, std::vector<std::string>& notes) {
  const auto fact = [&](const char* key) {
    const auto it = target.facts.find(absl::StrCat("calibration.", key));
    return it == target.facts.end() ? std::string() : it->second;
  };
  const RunFacts& run = runs.front().facts;
  const auto differ = [&](const char* what, const std::string& ours, const std::string& theirs) {
    if (ours.empty() || theirs.empty() || ours == theirs) return;
    notes.push_back(
        absl::StrCat("the profile was calibrated with ", what, " '", ours, "', the runs are of '", theirs, "'"));
  };
  differ("machine", fact("machine"), run.machine);
  differ("runtime version", fact("runtime_version"), run.runtime_version);
  differ("threads", fact("threads"), run.threads == 0 ? "" : absl::StrCat(run.threads));
  if (std::string note = SpeedNote(target, runs); !note.empty()) notes.push_back(std::move(note));
  return absl::OkStatus();
}

// The exit code's cause goes to `regressions`.
absl::Status ValidateCommand(ValidateCommandOptions& options, double threshold, const OutputOptions& output,
                             bool& regressions) {
  absl::StatusOr<Target> target = LoadTarget(options.profiles[0], {});
  if (!target.ok()) return target.status();
  absl::StatusOr<std::vector<MeasuredRun>> runs =
      options.files.empty() ? ReadMeasurements(options.measurements) : Measure(options, *target);
  if (!runs.ok()) return runs.status();
  const ValidateOptions validate{.worst_kernels = static_cast<size_t>(options.top)};
  absl::StatusOr<Validation> validation = Validate(*target, *runs, validate);
  if (!validation.ok()) return validation.status();
  ValidationView view{.target = target->FullName(), .validation = *validation, .threshold = threshold};
  if (!options.baseline.empty()) {
    absl::StatusOr<Target> older = LoadTarget(options.baseline, {});
    if (!older.ok()) return older.status();
    absl::StatusOr<Validation> before = Validate(*older, *runs, validate);
    if (!before.ok()) return before.status();
    view.baseline = older->FullName() == view.target ? options.baseline : older->FullName();
    view.changes = Compare(*before, *validation, threshold);
    view.mean_error_before = before->headline.mean_absolute;
  }
  regressions = std::any_of(view.changes.begin(), view.changes.end(), [](const Change& c) { return c.regression; });
  view.notes = NotesOf(*runs);
  if (absl::Status status = CheckMachine(*target, *runs, view.notes); !status.ok()) return status;
  Result result;
  result.document = ValidationDocument(view);
  result.json = [&] { return ValidationJson(view); };
  return Emit(result, output);
}

}  // namespace

int RunValidate(const Words& words) {
  ValidateCommandOptions options;
  OutputOptions output;
  const auto arguments =
      Joined({{{"profile", "PROFILE", "a target, or the path of its TOML file", &options.profiles},
               {"--baseline", "PROFILE", "an older profile to compare with", &options.baseline},
               {"--threshold", "SHARE", "how much a model's error may grow (default 2%)", &options.threshold},
               {"--top", "N", "worst kernels to show (default 20)", &options.top}},
              MeasurementArguments(options.measurements),
              InstalledRuntimeArguments(options.runtime),
              {{"--sessions", "N", "of each model that is measured (default 3)", &options.measure.sessions},
               {"--keep", "DIR", "keeps the runs of models that are measured", &options.keep}},
              BindingArguments(options.input),
              OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  TakeModelFiles(options);
  if (!options.files.empty() && !options.measurements.from.empty()) {
    return Fail(Usage(absl::InvalidArgumentError(
        "--from: measurements that are there, --models a.onnx: new ones; expected one of the two")));
  }
  if (options.profiles.size() != 1) {
    return Fail(Usage(absl::InvalidArgumentError("expected one profile (opcost validate -h)")));
  }
  const absl::StatusOr<double> threshold = ParseFraction(options.threshold);
  if (!threshold.ok()) return Fail(Usage(threshold.status()));
  if (options.top < 0) return Fail(Usage(absl::InvalidArgumentError("--top: expected 0 or more")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  bool regressions = false;
  const absl::Status status = ValidateCommand(options, *threshold, output, regressions);
  if (!status.ok()) return Fail(status);
  return regressions ? kExitCheckFailed : kExitOk;
}

}  // namespace opcost
