#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/diff_document.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

struct DiffOptions {
  InputOptions input;
  OutputOptions output;
  DiffView view;
  std::string threshold;
  bool exit_code = false;
  std::vector<std::string> labels;
};

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost diff", "Two models, two targets or two saved reports: what changed, and why.",
                      "opcost diff model.onnx --hw i7-12700k --hw a100-sxm-80gb\n"
                      "opcost diff a.onnx b.onnx --hw i7-12700k\n"
                      "opcost diff old.json new.json --threshold 1% --exit-code\n"
                      "opcost diff old.json new.json --format md",
                      CommonDetails()};
  return *kHelp;
}

absl::Status UsageError(absl::string_view message) { return Usage(absl::InvalidArgumentError(message)); }

// What the two sides are called on the command line: two models, or two targets.
absl::StatusOr<std::pair<std::string, std::string>> Sides(const InputOptions& input) {
  const auto& models = input.models;
  const auto& targets = input.targets;
  if (models.size() == 2 && targets.size() <= 1) return std::make_pair(models[0], models[1]);
  if (models.size() == 1 && targets.size() == 2) return std::make_pair(targets[0], targets[1]);
  return UsageError(
      absl::StrCat("expected one model and two --hw, or two models (or saved reports) and one --hw; found ",
                   models.size(), models.size() == 1 ? " model and " : " models and ", targets.size(), " --hw"));
}

absl::StatusOr<std::vector<Report>> TwoReports(const InputOptions& input, bool quiet) {
  if (input.models.size() == 2 && input.models[0] == "-" && input.models[1] == "-") {
    return UsageError("standard input can be read once");
  }
  bool saved_only = true;
  for (const std::string& model : input.models) saved_only = saved_only && IsSavedReport(model);
  if (saved_only && input.models.size() == 1) {
    return UsageError(absl::StrCat(input.models[0], ": a saved report has its target already; expected a model"));
  }
  if (saved_only) return AnalyzeAll(input, {});
  return AnalyzeAll(input, TargetSpecs(input, quiet));
}

// The last part of each path, or the whole where those are equal.
std::pair<std::string, std::string> DefaultLabels(const std::vector<Report>& reports,
                                                  const std::pair<std::string, std::string>& sides) {
  std::string a = ModelName(reports[0]), b = ModelName(reports[1]);
  if (a != b) return {a, b};
  if (reports[0].hardware.id != reports[1].hardware.id) return {reports[0].hardware.id, reports[1].hardware.id};
  return sides.first != sides.second ? sides : std::make_pair(std::string("A"), std::string("B"));
}

absl::Status ApplyLabels(const std::vector<std::string>& texts, const std::pair<std::string, std::string>& sides,
                         std::pair<std::string, std::string>& labels) {
  for (const std::string& text : texts) {
    const size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals + 1 == text.size())
      return UsageError(absl::StrCat("--label ", text, ": expected PATH=NAME or TARGET=NAME"));
    const std::string side = text.substr(0, equals);
    if (side != sides.first && side != sides.second) {
      return UsageError(absl::StrCat("--label ", text, ": '", side, "' is neither side",
                                     DidYouMean(side, {sides.first, sides.second})));
    }
    (side == sides.first ? labels.first : labels.second) = text.substr(equals + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<Diff> Compute(const DiffOptions& options) {
  auto sides = Sides(options.input);
  if (!sides.ok()) return sides.status();
  auto reports = TwoReports(options.input, options.output.quiet);
  if (!reports.ok()) return reports.status();
  auto labels = DefaultLabels(*reports, *sides);
  if (absl::Status status = ApplyLabels(options.labels, *sides, labels); !status.ok()) return status;
  Diff diff = MakeDiff(std::move((*reports)[0]), std::move((*reports)[1]), labels.first, labels.second);
  if (absl::Status status = CheckConservation(diff); !status.ok()) return status;
  return diff;
}

std::string StrictReasons(const Diff& diff) {
  const std::string a = Incomplete(diff.a);
  return a.empty() ? Incomplete(diff.b) : a;
}

}  // namespace

int RunDiff(const Words& words) {
  DiffOptions options;
  const auto arguments =
      Joined({{{"model", "MODEL", "one model, two models, or two saved reports", &options.input.models},
               {"--threshold", "SHARE", "ignore rows that move less; the bound for --exit-code (1% or 0.01)",
                &options.threshold},
               {"--exit-code", "", "exit 1 when a total moves beyond the threshold, either way", &options.exit_code},
               {"--label", "SIDE=NAME", "what a path or target is called in the output; repeatable", &options.labels},
               {"--top", "N", "rows before [others] (default 20; 0 = all)", &options.view.top}},
              InputArguments(options.input),
              OutputArguments(options.output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (absl::Status status = CheckOutput(options.output); !status.ok()) return Fail(status);
  if (options.view.top < 0)
    return Fail(UsageError(absl::StrCat("--top ", options.view.top, ": expected 0 (all) or more")));
  if (!options.threshold.empty()) {
    auto threshold = ParseFraction(options.threshold);
    if (!threshold.ok()) return Fail(UsageError(absl::StrCat("--threshold ", threshold.status().message())));
    options.view.threshold = *threshold;
  }
  const auto diff = Compute(options);
  if (!diff.ok()) return Fail(diff.status());
  Result result;
  result.document = DiffDocument(*diff, options.view);
  result.json = [&] { return DiffJson(*diff); };
  if (absl::Status status = Emit(result, options.output); !status.ok()) return Fail(status);
  const std::string moved = options.exit_code ? MovedTotal(*diff, options.view.threshold) : "";
  if (!moved.empty()) {
    if (!options.output.quiet) PrintError(absl::StrCat("--exit-code: ", moved));
    return kExitCheckFailed;
  }
  const std::string reasons = options.input.strict ? StrictReasons(*diff) : "";
  if (!reasons.empty()) PrintError(absl::StrCat("--strict: ", reasons));
  return reasons.empty() ? kExitOk : kExitIncomplete;
}

}  // namespace opcost
