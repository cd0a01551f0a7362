#include <map>
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
#include "cli/sweep.h"
#include "cli/sweep_document.h"

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
      "opcost analyze llm.onnx --hw a100-sxm-80gb --sweep seq=128,512,2048 --sweep batch=1,8\n"
      "cat model.onnx | opcost - --hw i7-12700k --group-by pattern",
      CommonDetails()};
  return *kHelp;
}

// Flags whose mistakes should not wait for the analysis.
absl::Status CheckView(const ViewOptions& view) { return ReportDocument(Report{}, view).status(); }

// A sweep has one line a binding: what chooses among the rows of one report has nothing to choose from.
absl::Status CheckSweep(const InputOptions& input, const ViewOptions& view) {
  const ViewOptions usual;
  struct Given {
    const char* flag;
    bool given;
  };
  for (const Given& one : {Given{"--trace", view.trace}, Given{"--group-by", !view.group_by.empty()},
                           Given{"--filter", !view.filters.empty()}, Given{"--columns", !view.columns.empty()},
                           Given{"--sort", !view.sort.empty()}, Given{"--top", view.top != usual.top}}) {
    if (!one.given) continue;
    return Usage(absl::InvalidArgumentError(
        absl::StrCat(one.flag,
                     ": shows rows of one report, but --sweep prints a line a binding; expected one of the "
                     "two (--format jsonl writes every binding's report)")));
  }
  for (const std::string& model : input.models) {
    if (!IsSavedReport(model)) continue;
    return Usage(absl::InvalidArgumentError(
        absl::StrCat("--sweep: ", model, " is a saved report, which has one binding; expected a model")));
  }
  return absl::OkStatus();
}

absl::Status AddPoint(BoundModel& model, const std::vector<Target>& targets, const InputOptions& input,
                      std::vector<Report>& reports) {
  for (const Target& target : targets) {
    auto priced = model.Price(target, input);
    if (!priced.ok()) return priced.status();
    reports.push_back(std::move(priced->report));
  }
  return absl::OkStatus();
}

absl::Status SweepModel(const std::string& path, const std::vector<Target>& targets, const InputOptions& input,
                        SweepResult& result) {
  auto model = BoundModel::Read(path, input);
  if (!model.ok()) return model.status();
  ++result.readings;
  for (size_t i = 0; i < Bindings(result.sweep); ++i) {
    const std::map<std::string, int64_t> binding = BindingAt(result.sweep, i);
    absl::Status status = model->Bind(binding);
    if (status.ok()) status = AddPoint(*model, targets, input, result.reports);
    if (!status.ok()) {
      absl::Status where(status.code(),
                         absl::StrCat(status.message(), " (at ", BindingWords(result.sweep, binding), ")"));
      return ExitCodeOf(status) == kExitUsage ? Usage(where) : where;
    }
  }
  result.classifications += model->classifications();
  return absl::OkStatus();
}

absl::StatusOr<SweepResult> SweepAll(const InputOptions& input, const std::vector<std::string>& specs) {
  auto load = ParseLoadOptions(input);
  if (!load.ok()) return load.status();
  auto sweep = ParseSweep(input.sweeps, load->dims);
  if (!sweep.ok()) return sweep.status();
  auto targets = LoadTargets(specs, input);
  if (!targets.ok()) return targets.status();
  SweepResult result{.sweep = *std::move(sweep)};
  for (const std::string& path : input.models) {
    if (absl::Status status = SweepModel(path, *targets, input, result); !status.ok()) return status;
  }
  return result;
}

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
  std::string last;
  for (const Report& report : reports) {
    const std::string reasons = Incomplete(report);
    if (reasons.empty()) continue;
    const std::string line = absl::StrCat("--strict: ", ModelName(report), ": ", reasons);
    if (line != last) PrintError(line);
    last = line;
    exit = kExitIncomplete;
  }
  return exit;
}

int RunSweep(const InputOptions& input, const ViewOptions& view, const OutputOptions& output) {
  if (absl::Status status = CheckSweep(input, view); !status.ok()) return Fail(status);
  auto swept = SweepAll(input, ExpandAll(TargetSpecs(input, output.quiet)));
  if (!swept.ok()) return Fail(swept.status());
  Result result{.document = SweepDocument(*swept),
                .json = [&] { return SweepJson(*swept); },
                .jsonl = [&] { return JsonLines(swept->reports); }};
  if (absl::Status status = Emit(result, output); !status.ok()) return Fail(status);
  return input.strict ? StrictExit(swept->reports) : kExitOk;
}

}  // namespace

int RunAnalyze(const Words& words) {
  InputOptions input;
  ViewOptions view;
  OutputOptions output;
  const auto arguments = Joined(
      {{{"model", "MODEL", "ONNX files or saved reports; - is standard input", &input.models}},
       InputArguments(input),
       {{"--sweep", "NAME=N,N,…", "prices every value of a symbol; several symbols: every combination", &input.sweeps}},
       ViewArguments(view),
       OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (input.models.empty())
    return Fail(Usage(absl::InvalidArgumentError("which model? expected a file (opcost analyze -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  if (absl::Status status = CheckView(view); !status.ok()) return Fail(status);
  if (!input.sweeps.empty()) return RunSweep(input, view, output);
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
