#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/executed_document.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/json_report.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_document.h"
#include "cli/runtime_options.h"
#include "costing/calibration/runtime/executed_model.h"
#include "costing/calibration/runtime/machine_facts.h"

namespace opcost {
namespace {

// The versions whose rules are known.
constexpr int kOldestRules = 12, kNewestRules = 32;

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost executed", "The kernels that are predicted against those that the installed runtime executes.",
      "opcost executed model.onnx\n"
      "opcost executed model.onnx --runtime onnxruntime --level extended --dim batch=8\n"
      "opcost executed model.onnx --use --hw epyc-zen4-1t",
      absl::StrCat("The model runs once, with random inputs, and with random weights where their file is missing.\n"
                   "--use prices what ran instead of what is predicted.\n",
                   CommonDetails())};
  return *kHelp;
}

struct ExecutedOptions {
  InputOptions input;
  ViewOptions view;
  InstalledRuntime runtime;
  OutputOptions output;
  bool use = false;
};

absl::Status Compare(const ExecutedOptions& options, const BoundModel& model, const Graph* other,
                     const OrtLibrary& library, const RuntimeExecution& execution) {
  const Graph& graph = model.graph();
  const absl::StatusOr<RuntimeLevel> level = ParseRuntimeLevel(options.runtime.level);
  RuntimeOptions rules{.minor_version = std::clamp(library.minor_version(), kOldestRules, kNewestRules),
                       .level = level.value_or(RuntimeLevel::kAll),
                       .block = ReadMachine().vector_lanes,
                       .other_binding = other};
  absl::StatusOr<ExecutedGraph> predicted = ExecuteWithOnnxRuntime(graph, rules);
  if (!predicted.ok()) return predicted.status();
  ExecutedView view{.model = graph.path,
                    .runtime = execution.origin,
                    .predicted = absl::StrCat("ONNX Runtime 1.", rules.minor_version, ", level ", options.runtime.level,
                                              ", ", rules.block, " channels a block, predicted from the file"),
                    .difference = CompareKernels(graph, *predicted, execution.executed)};
  if (rules.minor_version != library.minor_version()) {
    view.notes.push_back(absl::StrCat("the rules are those of 1.", rules.minor_version, ", the nearest version known"));
  }
  if (execution.unlisted > 0) {
    view.notes.push_back(
        absl::StrCat(execution.unlisted, " kernels that ran are not in the graph that the runtime saved"));
  }
  Result result;
  result.document = ExecutedDocument(view);
  result.json = [&] { return ExecutedJson(view); };
  return Emit(result, options.output);
}

absl::Status Use(const ExecutedOptions& options, BoundModel& model, const RuntimeExecution& execution) {
  const std::vector<std::string> specs = TargetSpecs(options.input, options.output.quiet);
  if (specs.size() != 1) return Usage(absl::InvalidArgumentError("--use: expected one --hw to price on"));
  absl::StatusOr<Target> target = LoadTarget(specs[0], options.input);
  if (!target.ok()) return target.status();
  absl::StatusOr<Priced> priced = model.PriceExecuted(*target, execution.executed, execution.origin);
  if (!priced.ok()) return priced.status();
  absl::StatusOr<Document> document = ReportDocument(priced->report, options.view);
  if (!document.ok()) return document.status();
  Result result;
  result.document = *std::move(document);
  result.json = [&] { return ReportToJson(priced->report); };
  result.jsonl = [&] { return ReportToJsonLine(priced->report); };
  return Emit(result, options.output);
}

absl::Status Execute(const ExecutedOptions& options) {
  if (absl::Status status = CheckOutput(options.output); !status.ok()) return status;
  if (options.input.models.size() != 1 || options.input.models[0] == "-") {
    return Usage(absl::InvalidArgumentError("which model? expected one file (opcost executed -h)"));
  }
  absl::StatusOr<RuntimeRequest> request = RequestOf(options.runtime);
  if (!request.ok()) return request.status();
  absl::StatusOr<BoundModel> model = BoundModel::Load(options.input.models[0], options.input);
  if (!model.ok()) return model.status();
  absl::StatusOr<std::shared_ptr<const OrtLibrary>> library = LoadRuntime(options.runtime);
  if (!library.ok()) return library.status();
  const std::optional<Graph> other = model->OtherBinding();
  absl::StatusOr<RuntimeExecution> execution =
      ExecuteOnce(*library, model->graph(), other ? &*other : nullptr, *request);
  if (!execution.ok()) return execution.status();
  if (options.use) return Use(options, *model, *execution);
  return Compare(options, *model, other ? &*other : nullptr, **library, *execution);
}

}  // namespace

int RunExecuted(const Words& words) {
  ExecutedOptions options;
  const auto arguments =
      Joined({{{"model", "MODEL", "an ONNX file", &options.input.models},
               {"--use", "", "prices the kernels that ran on --hw, instead of the comparison", &options.use}},
              InstalledRuntimeArguments(options.runtime),
              ThreadArguments(options.runtime),
              LevelArguments(options.runtime),
              InputArguments(options.input),
              ViewArguments(options.view),
              OutputArguments(options.output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  const absl::Status status = Execute(options);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
