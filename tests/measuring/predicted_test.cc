// The kernels that are predicted from raw files against those that the installed runtime executes, on every model in
// tests/models that it can run: the same operators, each as often. What differs, and what cannot run, is listed with
// its reason in predicted_differences.tsv; a model that becomes equal, or that runs, must leave the list.
//
// OPCOST_LIST_DIFFERENCES=1 prints the list that would be right.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "costing/analyze.h"
#include "costing/calibration/runtime/executed_model.h"
#include "costing/calibration/runtime/kernel_difference.h"
#include "costing/calibration/runtime/machine_facts.h"
#include "frontend/load.h"
#include "installed.h"

namespace opcost {
namespace {

constexpr const char* kList = "tests/measuring/predicted_differences.tsv";
// Larger models are of families whose smaller members are compared, and take long to make up weights for.
constexpr int64_t kMostWeightBytes = int64_t{200} << 20;

int64_t WeightBytes(const Graph& graph) {
  int64_t bytes = 0;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.kind == TensorKind::kInitializer) bytes += ByteSize(tensor).value_or(0);
  }
  return bytes;
}

std::map<std::string, std::string> ReadList() {
  std::map<std::string, std::string> list;
  std::ifstream file(kList);
  EXPECT_TRUE(file.good()) << kList;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    EXPECT_EQ(parts.size(), 2u) << line;
    list[parts[0]] = parts.back();
  }
  return list;
}

// The extents at which the models of the corpus are to run: past and total lengths that go together, the size of heads.
std::map<std::string, std::map<std::string, int64_t>> Bindings() {
  std::map<std::string, std::map<std::string, int64_t>> bindings;
  std::ifstream file("tests/modern/models.tsv");
  EXPECT_TRUE(file.good());
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    if (row.size() < 2 || row[0].empty() || row[0][0] == '#') continue;
    for (absl::string_view part : absl::StrSplit(row[1], ';', absl::SkipEmpty())) {
      const std::vector<std::string> binding = absl::StrSplit(part, '=');
      int64_t extent = 0;
      if (binding.size() == 2 && absl::SimpleAtoi(binding[1], &extent)) bindings[row[0]][binding[0]] = extent;
    }
  }
  return bindings;
}

std::vector<std::string> Models() {
  std::vector<std::string> paths;
  for (const char* folder : {"tests/models", "tests/models/modern"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<Graph> LoadBound(const std::string& path, const std::map<std::string, int64_t>& binding) {
  absl::StatusOr<Graph> graph = LoadModel(path);
  if (!graph.ok()) return graph;
  LoadOptions options;
  for (const auto& [symbol, extent] : binding) {
    if (graph->bindings.count(symbol) != 0) options.dims[symbol] = extent;  // some files leave nothing open
  }
  return options.dims.empty() ? std::move(graph) : LoadModel(path, options);
}

// "" when equal, else how they differ; nullopt for a model that is too large.
std::optional<std::string> Differs(const std::shared_ptr<const OrtLibrary>& library, const std::string& path,
                                   const std::map<std::string, int64_t>& binding) {
  const absl::StatusOr<Graph> graph = LoadBound(path, binding);
  if (!graph.ok()) return absl::StrCat("cannot be read: ", graph.status().message());
  if (WeightBytes(*graph) > kMostWeightBytes) return std::nullopt;
  const std::optional<Graph> other = BindOtherwise(
      *graph, [&](const std::map<std::string, int64_t>& dims) { return LoadModel(path, {.dims = dims}); });
  const Graph* other_binding = other ? &*other : nullptr;
  const absl::StatusOr<RuntimeExecution> execution = ExecuteOnce(library, *graph, other_binding, {});
  if (!execution.ok()) return absl::StrCat("cannot run: ", execution.status().message());
  const absl::StatusOr<ExecutedGraph> predicted = ExecuteWithOnnxRuntime(
      *graph,
      {.minor_version = library->minor_version(), .block = ReadMachine().vector_lanes, .other_binding = other_binding});
  if (!predicted.ok()) return std::string(predicted.status().message());
  std::string text;
  for (const KernelKind& kind : CompareKernels(*graph, *predicted, execution->executed).kinds) {
    if (kind.predicted == kind.executed) continue;
    absl::StrAppend(&text, kind.name, " ", kind.predicted, " predicted, ", kind.executed, " ran; ");
  }
  return text;
}

TEST(Predicted, KernelsAreThoseThatTheRuntimeRuns) {
  if (WithoutRuntime()) GTEST_SKIP();
  const auto library = Installed();
  ASSERT_NE(library, nullptr);
  const std::map<std::string, std::string> list = ReadList();
  const bool print = std::getenv("OPCOST_LIST_DIFFERENCES") != nullptr;
  const auto bindings = Bindings();
  int compared = 0, equal = 0;
  for (const std::string& path : Models()) {
    const std::string name = std::filesystem::path(path).stem().string();
    const auto binding = bindings.find(name);
    const std::optional<std::string> difference =
        Differs(library, path, binding == bindings.end() ? std::map<std::string, int64_t>() : binding->second);
    if (!difference) continue;
    ++compared;
    equal += difference->empty() ? 1 : 0;
    if (print && !difference->empty()) std::cout << name << "\t" << *difference << "\n";
    if (print) continue;
    EXPECT_EQ(difference->empty(), list.count(name) == 0)
        << path << (difference->empty() ? ": equal now, take it off the list" : absl::StrCat(": ", *difference));
  }
  std::cout << equal << " of " << compared << " models have the predicted kernels\n";
  EXPECT_GE(compared, 80);
}

}  // namespace
}  // namespace opcost
