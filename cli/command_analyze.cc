#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/json_report.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_columns.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost analyze", "What a model costs on a target, row by row, with the reasons.",
      "opcost analyze model.onnx --hw i7-12700k\n"
      "opcost analyze model.onnx --hw jetson-orin-agx:50w --precision fp16 --dim batch=8 --shape image=8x3x224x224\n"
      "opcost analyze model.onnx --hw a100-sxm-80gb --format json -o report.json\n"
      "opcost analyze model.onnx --hw i7-12700k --set conv2d.efficiency=0.5 --trace\n"
      "opcost analyze a.onnx b.onnx --hw i7-12700k\n"
      "cat model.onnx | opcost - --hw i7-12700k --group-by pattern",
      CommonDetails()};
  return *kHelp;
}

// Flags whose mistakes should not wait for the analysis.
absl::Status CheckView(const ViewOptions& view) { return ReportDocument(Report{}, view).status(); }

std::string JsonLines(const std::vector<Report>& reports) {
  std::string lines;
  for (const Report& report : reports) lines += ReportToJsonLine(report);
  return lines;
}

absl::StatusOr<Result> MakeResult(const std::vector<Report>& reports, const ViewOptions& view) {
  auto document = reports.size() == 1 ? ReportDocument(reports[0], view) : SummaryDocument(reports, view);
  if (!document.ok()) return document.status();
  Result result;
  result.document = *std::move(document);
  result.json = [&reports] { return reports.size() == 1 ? ReportToJson(reports[0]) : ReportsToJson(reports); };
  result.jsonl = [&reports] { return JsonLines(reports); };
  return result;
}

int StrictExit(const std::vector<Report>& reports) {
  int exit = kExitOk;
  for (const Report& report : reports) {
    const std::string reasons = Incomplete(report);
    if (reasons.empty()) continue;
    PrintError(absl::StrCat("--strict: ", ModelName(report), ": ", reasons));
    exit = kExitIncomplete;
  }
  return exit;
}

}  // namespace

int RunAnalyze(const Words& words) {
  InputOptions input;
  ViewOptions view;
  OutputOptions output;
  const auto arguments =
      Joined({{{"model", "MODEL", "ONNX files or saved reports; - is standard input", &input.models}},
              InputArguments(input),
              ViewArguments(view),
              OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (input.models.empty())
    return Fail(Usage(absl::InvalidArgumentError("which model? expected a file (opcost analyze -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  if (absl::Status status = CheckView(view); !status.ok()) return Fail(status);
  bool saved_only = true;
  for (const std::string& model : input.models) saved_only = saved_only && IsSavedReport(model);
  const std::vector<std::string> specs =
      saved_only ? std::vector<std::string>{} : ExpandAll(TargetSpecs(input, output.quiet));
  auto reports = AnalyzeAll(input, specs);
  if (!reports.ok()) return Fail(reports.status());
  auto result = MakeResult(*reports, view);
  if (!result.ok()) return Fail(result.status());
  if (absl::Status status = Emit(*result, output); !status.ok()) return Fail(status);
  return input.strict ? StrictExit(*reports) : kExitOk;
}

}  // namespace opcost
