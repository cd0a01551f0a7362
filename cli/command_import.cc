#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/import_document.h"
#include "cli/inputs.h"
#include "cli/measurements.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_document.h"
#include "costing/calibration/compare_run.h"
#include "costing/calibration/complete_kernels.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/paths.h"

namespace opcost {
namespace {

struct ImportOptions {
  std::vector<std::string> profiles, beside;
  std::string model, network, sort;
  int64_t top = 20;
  InputOptions input;
  MeasurementOptions facts;
  OutputOptions output;
};

const CommandHelp& Help() {
  static const auto* const kHelp = [] {
    std::string formats;
    for (const Importer& importer : Importers()) absl::StrAppend(&formats, "  ", importer.formats, "\n");
    return new CommandHelp{
        "opcost import", "A profile of a runtime beside the prediction, joined to the model's nodes, worst first.",
        "opcost import profile.json --model model.onnx --hw i7-12700k --threads 1\n"
        "opcost import a.json b.json --model model.onnx --hw i7-12700k --runtime-version 1.26 -o run.json\n"
        "opcost import engine.profile.json --beside engine.graph.json --model model.onnx --hw a100-sxm-80gb\n"
        "opcost calibrate --from run.json -o box.toml",
        absl::StrCat("Takes, plain or gzip:\n", formats,
                     "Several files are repeated runs of one model. A run saved as JSON is read again by calibrate, "
                     "validate and import.\n",
                     CommonDetails())};
  }();
  return *kHelp;
}

absl::Status UsageError(absl::string_view message) { return Usage(absl::InvalidArgumentError(message)); }

// Of a file with several networks the one that is wanted: the one that --network names, or that is called as the model.
absl::Status KeepNetwork(const ImportOptions& options, const std::string& path, std::vector<MeasuredRun>& runs) {
  std::set<std::string> names;
  for (const MeasuredRun& run : runs) names.insert(run.network);
  const std::vector<std::string> known(names.begin(), names.end());
  std::string wanted = options.network;
  if (wanted.empty() && known.size() == 1) return absl::OkStatus();
  if (wanted.empty()) wanted = StemOf(options.model);
  runs.erase(std::remove_if(runs.begin(), runs.end(), [&](const MeasuredRun& run) { return run.network != wanted; }),
             runs.end());
  if (!runs.empty()) return absl::OkStatus();
  return UsageError(
      absl::StrCat("--network ", wanted, ": ", path, " holds ", absl::StrJoin(known, ", "), DidYouMean(wanted, known)));
}

// Of several batches the one that the model is bound to.
absl::Status KeepBatch(const Graph& graph, const std::string& path, std::vector<MeasuredRun>& runs) {
  std::set<int> batches;
  for (const MeasuredRun& run : runs) batches.insert(run.facts.batch);
  if (batches.size() < 2) return absl::OkStatus();
  int64_t batch = -1;
  if (!graph.inputs.empty()) {
    const Tensor& input = graph.tensors[static_cast<size_t>(graph.inputs[0])];
    if (input.shape && !input.shape->empty()) batch = (*input.shape)[0].extent;
  }
  if (batches.count(static_cast<int>(batch)) == 0) {
    return UsageError(absl::StrCat(path, ": batches of ", absl::StrJoin(batches, ", "), ", the model's is ", batch,
                                   "; bind it with --dim or --shape"));
  }
  runs.erase(std::remove_if(runs.begin(), runs.end(), [&](const MeasuredRun& run) { return run.facts.batch != batch; }),
             runs.end());
  return absl::OkStatus();
}

// The runs of all files as one.
absl::StatusOr<MeasuredRun> ReadRun(const ImportOptions& options, const Graph& graph) {
  std::vector<MeasuredRun> all;
  for (const std::string& path : options.profiles) {
    absl::StatusOr<std::vector<MeasuredRun>> runs = Import(path, options.beside);
    if (!runs.ok()) return runs.status();
    if (absl::Status status = KeepNetwork(options, path, *runs); !status.ok()) return status;
    if (absl::Status status = KeepBatch(graph, path, *runs); !status.ok()) return status;
    for (MeasuredRun& run : *runs) all.push_back(std::move(run));
  }
  if (absl::Status status = ApplyFacts(FactsOf(options.facts), all); !status.ok()) return status;
  for (MeasuredRun& run : all) {
    run.network = StemOf(options.model);
    run.facts.batch = all[0].facts.batch;
  }
  absl::StatusOr<std::vector<MeasuredRun>> merged = MergeRuns(std::move(all));
  if (!merged.ok()) return merged.status();
  return std::move(merged->front());
}

std::vector<std::string> Notes(const Report& report, const MeasuredRun& run, const ModelJoin& join) {
  std::vector<std::string> notes = NotesOf({run});
  if (join.other_sizes > 0) {
    notes.push_back(
        absl::StrCat(join.other_sizes, " kernels ran on other sizes than the model has: ", join.first_other_size));
  }
  for (std::string& difference : DifferencesOf(report, run.facts)) notes.push_back(std::move(difference));
  for (std::string& note : NoteLines(report)) notes.push_back(std::move(note));
  return notes;
}

// What --strict has to say, beyond what it says of a prediction.
std::string Unjoined(const RunComparison& comparison) {
  const int64_t kernels = comparison.coverage.ways[static_cast<size_t>(JoinWay::kNone)].kernels;
  const int64_t nodes = comparison.coverage.fates[static_cast<size_t>(NodeFate::kMissing)];
  if (kernels + nodes == 0) return "";
  return absl::StrCat(kernels, " entries without a node, ", nodes, " nodes without an entry");
}

absl::Status CheckOptions(ImportOptions& options) {
  if (absl::Status status = CheckOutput(options.output); !status.ok()) return status;
  if (absl::Status status = CheckSort(options.sort); !status.ok()) return status;
  if (options.profiles.empty()) return UsageError("which profile? expected a file (opcost import -h)");
  if (options.model.empty()) return UsageError("of which model? expected --model FILE.onnx");
  if (options.top < 0) return UsageError(absl::StrCat("--top ", options.top, ": expected 0 (all) or more"));
  options.input.targets = TargetSpecs(options.input, options.output.quiet);
  if (options.input.targets.size() != 1) return UsageError("expected one --hw to predict with");
  return absl::OkStatus();
}

// The exit code's cause goes to `incomplete`.
absl::Status ImportAndCompare(ImportOptions& options, std::string& incomplete) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  absl::StatusOr<Target> target = LoadTarget(options.input.targets[0], options.input);
  if (!target.ok()) return target.status();
  absl::StatusOr<BoundModel> model = BoundModel::Load(options.model, options.input);
  if (!model.ok()) return model.status();
  absl::StatusOr<Priced> priced = model->Price(*target, options.input);
  if (!priced.ok()) return priced.status();
  const Graph& graph = priced->model->graph;
  absl::StatusOr<MeasuredRun> run = ReadRun(options, graph);
  if (!run.ok()) return run.status();

  const std::optional<Graph> other = model->OtherBinding();
  const ModelJoin join = JoinModel(graph, *run, {.other_binding = other ? &*other : nullptr});
  if (absl::Status status = CheckJoin(graph, *run, join); !status.ok()) return status;
  CompleteKernels(graph, join, *run);
  const RunComparison comparison = CompareRun(priced->report, *run, join);
  if (absl::Status status = CheckConservation(priced->report, *run, comparison); !status.ok()) return status;

  const ImportView view{.report = priced->report,
                        .graph = graph,
                        .run = *run,
                        .join = join,
                        .comparison = comparison,
                        .notes = Notes(priced->report, *run, join),
                        .sort = options.sort,
                        .top = options.top};
  Result result;
  result.document = ImportDocument(view);
  result.json = [&] { return ImportJson(view); };
  if (options.input.strict) {
    incomplete = Incomplete(priced->report);
    if (incomplete.empty()) incomplete = Unjoined(comparison);
  }
  return Emit(result, options.output);
}

}  // namespace

int RunImport(const Words& words) {
  ImportOptions options;
  const auto arguments =
      Joined({{{"profile", "PROFILE", "files of one model's measurements", &options.profiles},
               {"--model", "FILE", "the ONNX file that was measured", &options.model},
               {"--beside", "FILE", "what the tool wrote about the same run: layers, execution graph; repeatable",
                &options.beside},
               {"--network", "NAME", "which network of a file that holds several", &options.network},
               {"--sort", "COLUMN", "difference (default), error, measured, predicted or order", &options.sort},
               {"--top", "N", "lines before [others] (default 20; 0 = all)", &options.top}},
              FactArguments(options.facts),
              InputArguments(options.input),
              OutputArguments(options.output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  std::string incomplete;
  if (absl::Status status = ImportAndCompare(options, incomplete); !status.ok()) return Fail(status);
  if (incomplete.empty()) return kExitOk;
  PrintError(absl::StrCat("--strict: ", incomplete));
  return kExitIncomplete;
}

}  // namespace opcost
