#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/compare_document.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost compare", "One model on many targets, a line each, grouped by the evidence behind them.",
                      "opcost compare model.onnx --hw all\n"
                      "opcost compare model.onnx --hw i7-12700k --hw t4 --hw l4 --precision fp32\n"
                      "opcost compare model.onnx --hw all --format md -o targets.md",
                      CommonDetails()};
  return *kHelp;
}

}  // namespace

int RunCompare(const Words& words) {
  InputOptions input;
  OutputOptions output;
  const auto arguments = Joined({{{"model", "MODEL", "ONNX files; - is standard input", &input.models}},
                                 InputArguments(input),
                                 OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (input.models.empty())
    return Fail(Usage(absl::InvalidArgumentError("which model? expected a file (opcost compare -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  if (input.targets.empty()) input.targets = {"all"};
  const bool all = std::find(input.targets.begin(), input.targets.end(), "all") != input.targets.end();
  std::vector<std::string> skipped;
  // Whoever asks for all targets wants those that can; whoever names one wants to know why it cannot.
  auto reports = AnalyzeAll(input, ExpandAll(input.targets), all ? &skipped : nullptr);
  if (!reports.ok()) return Fail(reports.status());
  Result result;
  result.document = CompareDocument(*reports, skipped);
  result.json = [&] { return CompareJson(*reports, skipped); };
  if (absl::Status status = Emit(result, output); !status.ok()) return Fail(status);
  if (!input.strict) return kExitOk;
  for (const Report& report : *reports) {
    const std::string reasons = Incomplete(report);
    if (reasons.empty()) continue;
    PrintError(absl::StrCat("--strict: ", reasons));
    return kExitIncomplete;
  }
  return kExitOk;
}

}  // namespace opcost
