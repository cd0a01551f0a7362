// From a graph to counted rows: by a rule set's fusions, or as the kernels of a runtime.
#include <array>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "costing/analyze.h"
#include "frontend/runtime/executed_rows.h"

namespace opcost {
namespace {

// Of a profile that names none.
constexpr absl::string_view kUsualVersion = "1.26";

// Ruled out by a constant condition, or in a loop of no rounds.
bool NeverRuns(const Graph& graph, const Node& node) {
  return node.region != 0 && (IsDead(graph, node.region) || Repeats(graph, node.region) == 0);
}

// What a node that never runs would be; that its shapes are not known, or too large, makes nothing incomplete.
NodeCount CountOfNothing(absl::StatusOr<NodeCount> count) {
  if (!count.ok()) return {.rule = "never run"};
  count->incomplete = false;
  return *std::move(count);
}

absl::Status CountNodes(const Graph& graph, std::vector<NodeCount>& counts) {
  counts.reserve(graph.nodes.size());
  Work total;
  for (const Node& node : graph.nodes) {
    absl::StatusOr<NodeCount> count = CountNode(graph, node);
    if (NeverRuns(graph, node)) {
      counts.push_back(CountOfNothing(std::move(count)));
      continue;
    }
    if (!count.ok()) {
      return absl::Status(count.status().code(), absl::StrCat(graph.path, ": ", count.status().message()));
    }
    const std::optional<int64_t> repeats = Repeats(graph, node.region);
    if (repeats == 1) {
      total += count->work;
    } else {
      total += count->work.Times(repeats.value_or(INT64_MAX));
    }
    if (!repeats || total.overflowed()) {
      return absl::InvalidArgumentError(absl::StrCat(graph.path, ": node '", node.id,
                                                     "': the model's counts exceed 64 bits here; expected smaller "
                                                     "shapes or fewer trips (--dim, --shape)"));
    }
    counts.push_back(*std::move(count));
  }
  return absl::OkStatus();
}

absl::StatusOr<RuntimeOptions> OptionsOf(const RuntimeFacts& runtime, const Graph* other_binding) {
  const std::string version = runtime.version.empty() ? std::string(kUsualVersion) : runtime.version;
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  RuntimeOptions options{.block = runtime.vector_lanes, .other_binding = other_binding};
  if (parts.size() < 2 || parts[0] != "1" || !absl::SimpleAtoi(parts[1], &options.minor_version)) {
    return absl::InvalidArgumentError(absl::StrCat("runtime.version = '", version,
                                                   "', expected one of ONNX Runtime, "
                                                   "such as 1.26"));
  }
  struct LevelRow {
    absl::string_view name;
    RuntimeLevel level;
  };
  constexpr std::array<LevelRow, 3> kLevels = {
      {{"basic", RuntimeLevel::kBasic}, {"extended", RuntimeLevel::kExtended}, {"all", RuntimeLevel::kAll}}};
  for (const LevelRow& row : kLevels) {
    if (runtime.level == row.name) options.level = row.level;
  }
  return options;
}

std::string Describe(const RuntimeOptions& options, const RuntimeFacts& runtime) {
  return absl::StrCat("ONNX Runtime 1.", options.minor_version, ", level ",
                      runtime.level.empty() ? "all" : runtime.level, ", ", options.block,
                      " channels a block, predicted from the file");
}

absl::Status AddExecuted(const CountOptions& options, CountedModel& model) {
  ExecutedModel executed;
  if (options.executed != nullptr) {
    executed.executed = *options.executed;
    executed.origin = options.origin;
  } else {
    absl::StatusOr<RuntimeOptions> runtime = OptionsOf(options.runtime, options.other_binding);
    if (!runtime.ok()) return runtime.status();
    absl::StatusOr<ExecutedGraph> predicted = ExecuteWithOnnxRuntime(model.graph, *runtime);
    if (!predicted.ok()) return predicted.status();
    executed.executed = *std::move(predicted);
    executed.origin = Describe(*runtime, options.runtime);
  }
  const Graph& graph = executed.executed.graph;
  if (absl::Status status = CountNodes(graph, executed.counts); !status.ok()) return status;
  const KernelMachine machine{.lanes = options.runtime.vector_lanes, .l1_way_bytes = options.runtime.l1_way_bytes};
  int64_t footprint = 0;
  for (size_t k = 0; k < graph.nodes.size(); ++k) {
    executed.kernels.push_back(CountKernel(graph, graph.nodes[k], executed.counts[k], machine));
    footprint += FootprintBytes(executed.counts[k].work);
  }
  const auto kernels = static_cast<int64_t>(executed.kernels.size());
  for (KernelCount& kernel : executed.kernels) SetRunAmounts(footprint, kernels, kernel.amounts);
  model.classification = ClassifyExecuted(model.graph, executed.executed);
  model.executed = std::move(executed);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CountedModel> CountModel(Graph graph, const CountOptions& options) {
  CountedModel model{.graph = std::move(graph)};
  if (absl::Status status = CountNodes(model.graph, model.counts); !status.ok()) return status;
  const std::string& rule_set = options.runtime.rule_set;
  if (rule_set == kOnnxRuntimeCpu) {
    if (absl::Status status = AddExecuted(options, model); !status.ok()) return status;
    return model;
  }
  if (options.classification != nullptr) {
    model.classification = *options.classification;
    return model;
  }
  absl::StatusOr<Classification> classification = Classify(model.graph, rule_set.empty() ? "none" : rule_set);
  if (!classification.ok()) return classification.status();
  model.classification = *std::move(classification);
  return model;
}

std::optional<Graph> BindOtherwise(
    const Graph& graph, absl::FunctionRef<absl::StatusOr<Graph>(const std::map<std::string, int64_t>&)> load) {
  if (graph.bindings.empty()) return std::nullopt;
  // Not every other value fits every file (a width must divide by its patches): the first that loads will do. Symbols
  // that are bound alike should differ, or they count as one.
  for (const bool apart : {true, false}) {
    for (const int64_t step : {int64_t{1}, int64_t{2}, int64_t{16}}) {
      std::map<std::string, int64_t> dims;
      int64_t added = step;
      for (const auto& [symbol, extent] : graph.bindings) {
        dims[symbol] = extent + added;
        if (apart) added += step;
      }
      absl::StatusOr<Graph> other = load(dims);
      if (other.ok() && other->tensors.size() == graph.tensors.size()) return *std::move(other);
    }
  }
  return std::nullopt;
}

}  // namespace opcost
