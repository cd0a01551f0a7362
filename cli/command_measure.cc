#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/measure_models.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/runtime_options.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost measure", "Measures models on this machine, kernel by kernel, with the installed runtime.",
      "opcost measure model.onnx -o run.json\n"
      "opcost measure zoo/*.onnx -o runs/ --budget 5m\n"
      "opcost measure model.onnx --dim batch=8 --threads 4 --sessions 5",
      absl::StrCat("A run saved as JSON is read by import, calibrate --from and validate --from. Of several models -o "
                   "names a folder,\nand each model's run is there as soon as it is measured.\n",
                   CommonDetails())};
  return *kHelp;
}

struct MeasureCommandOptions {
  InputOptions input;
  InstalledRuntime runtime;
  MeasureFlags measure;
  OutputOptions output;
  int64_t top = 20;
};

// -o that names a folder: one that is there, or that ends in a slash.
bool IsFolder(const std::string& path) {
  std::error_code error;
  return absl::EndsWith(path, "/") || fs::is_directory(path, error);
}

// Getting ready takes seconds: a mistyped name is told first.
absl::Status CheckAnyIsThere(const InputOptions& input) {
  std::error_code error;
  const bool is_there = std::any_of(input.models.begin(), input.models.end(),
                                    [&](const std::string& path) { return fs::exists(path, error); });
  return is_there ? absl::OkStatus() : BoundModel::Load(input.models[0], input).status();
}

absl::Status CheckFlags(MeasureCommandOptions& options, std::string& folder) {
  if (options.input.models.empty()) {
    return Usage(absl::InvalidArgumentError("which model? expected a file (opcost measure -h)"));
  }
  if (std::find(options.input.models.begin(), options.input.models.end(), "-") != options.input.models.end()) {
    return Usage(absl::InvalidArgumentError("-: the runtime reads files, expected a path"));
  }
  std::vector<std::string>& files = options.output.files;
  if (files.size() == 1 && IsFolder(files[0])) {
    folder = files[0];
    files.clear();
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return absl::PermissionDeniedError(absl::StrCat("-o ", folder, ": ", error.message()));
  } else if (options.input.models.size() > 1 && !files.empty()) {
    return Usage(absl::InvalidArgumentError(
        absl::StrCat("-o ", files[0], ": of several models, expected a folder (a path that ends in /)")));
  }
  if (options.top < 0) return Usage(absl::InvalidArgumentError("--top: expected 0 (all) or more"));
  return CheckOutput(options.output);
}

std::string JsonOf(const std::vector<MeasuredView>& views) {
  std::string text;
  for (const MeasuredView& view : views) text += MeasuredJson(view);
  return text;
}

// What came out, and why not more.
struct Outcome {
  std::vector<MeasuredView> views;
  absl::Status first_error;
  int failed = 0;
};

absl::Status MeasureAll(const MeasureCommandOptions& options, const std::string& folder, Measurer& measurer,
                        double budget_s, Outcome& outcome) {
  const Clock::time_point start = Clock::now();
  for (const std::string& path : options.input.models) {
    const double spent = std::chrono::duration<double>(Clock::now() - start).count();
    if (budget_s > 0 && spent > budget_s) {
      PrintError(absl::StrCat("--budget ", options.measure.budget, " is used up: ", path,
                              " and what follows it is not measured"));
      break;
    }
    absl::StatusOr<MeasuredView> view = MeasureFile(path, options.input, measurer);
    if (!view.ok()) {
      if (view.status().code() == absl::StatusCode::kCancelled) break;
      if (options.input.models.size() > 1) PrintError(view.status().message());
      outcome.first_error.Update(view.status());
      ++outcome.failed;
      continue;
    }
    if (!folder.empty()) {
      const std::string file = (fs::path(folder) / (view->measured.run.network + ".json")).string();
      if (absl::Status status = WriteWhole(file, MeasuredJson(*view)); !status.ok()) return status;
    }
    if (!options.output.quiet && options.input.models.size() > 1) {
      PrintError(absl::StrCat(path, ": measured in ", static_cast<int>(view->measured.seconds + 0.5), " s"));
    }
    outcome.views.push_back(*std::move(view));
  }
  return absl::OkStatus();
}

absl::Status MeasureCommand(MeasureCommandOptions& options) {
  std::string folder;
  if (absl::Status status = CheckFlags(options, folder); !status.ok()) return status;
  absl::StatusOr<double> budget = ParseBudget(options.measure.budget);
  if (!budget.ok()) return budget.status();
  absl::StatusOr<RuntimeRequest> request = RequestOf(options.runtime);
  if (!request.ok()) return request.status();
  absl::StatusOr<MeasureOptions> measure = MeasureOptionsOf(options.measure);
  if (!measure.ok()) return measure.status();
  absl::StatusOr<std::shared_ptr<const OrtLibrary>> library = LoadRuntime(options.runtime);
  if (!library.ok()) return library.status();
  if (absl::Status status = CheckAnyIsThere(options.input); !status.ok()) return status;
  CatchInterrupts();
  absl::StatusOr<Measurer> measurer = Measurer::Make(*library, *request, *measure);
  if (!measurer.ok()) return measurer.status();
  Outcome outcome;
  if (absl::Status status = MeasureAll(options, folder, *measurer, *budget, outcome); !status.ok()) return status;
  if (outcome.failed > 0 && options.input.models.size() > 1) {
    outcome.first_error = absl::Status(
        outcome.first_error.code(),
        absl::StrCat(outcome.failed, " of ", options.input.models.size(), " models could not be measured"));
  }
  if (outcome.views.empty())
    return outcome.first_error.ok() ? absl::CancelledError("interrupted") : outcome.first_error;
  Result result;
  result.document =
      outcome.views.size() == 1 ? MeasuredDocument(outcome.views[0], options.top) : MeasuredSummary(outcome.views);
  result.json = [&] { return JsonOf(outcome.views); };
  if (absl::Status status = Emit(result, options.output); !status.ok()) return status;
  return outcome.first_error;
}

}  // namespace

int RunMeasure(const Words& words) {
  MeasureCommandOptions options;
  const auto arguments = Joined({{{"model", "MODEL", "ONNX files", &options.input.models},
                                  {"--top", "N", "kernels before [others] (default 20; 0 = all)", &options.top}},
                                 InstalledRuntimeArguments(options.runtime),
                                 ThreadArguments(options.runtime),
                                 LevelArguments(options.runtime),
                                 MeasureArguments(options.measure),
                                 BindingArguments(options.input),
                                 OutputArguments(options.output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  const absl::Status status = MeasureCommand(options);
  if (Interrupted()) {
    PrintError("interrupted: what was measured before is kept");
    return kExitInterrupted;
  }
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
