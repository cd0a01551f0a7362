// The kernels that are predicted from raw files against those that ONNX Runtime 1.26 executed on a machine with
// AVX-512: the same operators, each as often, for every model whose measurement lies in tests/measurements.
#include "frontend/runtime/executed.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "costing/calibration/importer.h"
#include "frontend/load.h"

namespace opcost {
namespace {

using Counts = std::map<std::string, int>;

std::string KernelName(const std::string& domain, const std::string& op_type) {
  return domain.empty() ? op_type : absl::StrCat(domain, "::", op_type);
}

// "" when the repository has no such file.
std::string RawFile(const std::string& model) {
  for (const char* folder : {"tests/models/generated/", "tests/models/", "tests/models/modern/"}) {
    const std::string path = absl::StrCat(folder, model, ".onnx");
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

// The same file with its symbols bound to other values, so that the extents it leaves open show; symbols that are bound
// alike differ where the file lets them.
bool LoadOtherBinding(const std::string& path, const Graph& graph, Graph* other) {
  for (const bool apart : {true, false}) {
    for (const int64_t step : {int64_t{1}, int64_t{2}, int64_t{16}}) {
      LoadOptions options;
      int64_t added = step;
      for (const auto& [symbol, extent] : graph.bindings) {
        options.dims[symbol] = extent + added;
        if (apart) added += step;
      }
      absl::StatusOr<Graph> loaded = LoadModel(path, options);
      if (!loaded.ok() || loaded->tensors.size() != graph.tensors.size()) continue;
      *other = *std::move(loaded);
      return true;
    }
  }
  return false;
}

Counts Predicted(const std::string& path) {
  absl::StatusOr<Graph> graph = LoadModel(path);
  EXPECT_TRUE(graph.ok()) << path << ": " << graph.status();
  if (!graph.ok()) return {};
  RuntimeOptions options;
  Graph other;
  if (!graph->bindings.empty() && LoadOtherBinding(path, *graph, &other)) options.other_binding = &other;
  absl::StatusOr<ExecutedGraph> executed = ExecuteWithOnnxRuntime(*graph, options);
  EXPECT_TRUE(executed.ok()) << path << ": " << executed.status();
  if (!executed.ok()) return {};
  Counts counts;
  for (const Node& node : executed->graph.nodes) ++counts[KernelName(node.domain, node.op_type)];
  return counts;
}

Counts Measured(const std::string& path) {
  absl::StatusOr<std::vector<MeasuredRun>> runs = Import(path);
  EXPECT_TRUE(runs.ok()) << path << ": " << runs.status();
  Counts counts;
  if (!runs.ok()) return counts;
  for (const MeasuredKernel& kernel : runs->front().kernels) ++counts[KernelName(kernel.domain, kernel.op_type)];
  return counts;
}

std::string Describe(const Counts& predicted, const Counts& measured) {
  std::set<std::string> names;
  for (const auto& [name, n] : predicted) names.insert(name);
  for (const auto& [name, n] : measured) names.insert(name);
  std::string text;
  for (const std::string& name : names) {
    const int p = predicted.count(name) != 0 ? predicted.at(name) : 0;
    const int m = measured.count(name) != 0 ? measured.at(name) : 0;
    if (p != m) absl::StrAppend(&text, "  ", name, ": predicted ", p, ", executed ", m, "\n");
  }
  return text;
}

void CompareFolder(const std::string& folder, int at_least) {
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    const std::string model = file.substr(0, file.find(".json"));
    const std::string raw = RawFile(model);
    if (raw.empty()) continue;
    ++compared;
    const Counts predicted = Predicted(raw), measured = Measured(entry.path().string());
    EXPECT_EQ(predicted, measured) << model << "\n" << Describe(predicted, measured);
  }
  EXPECT_GE(compared, at_least) << folder;
}

TEST(Executed, GeneratedNetworksOnEpyc) { CompareFolder("tests/measurements/epyc_zen4/generated", 108); }

TEST(Executed, RealModelsOnEpyc) { CompareFolder("tests/measurements/epyc_zen4/models", 61); }

TEST(Executed, RealModelsOnSapphireRapids) { CompareFolder("tests/measurements/sapphire_rapids/models", 21); }

TEST(Executed, OptionsOutsideTheKnownAreRefused) {
  const Graph graph;
  EXPECT_EQ(ExecuteWithOnnxRuntime(graph, {.minor_version = 11}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ExecuteWithOnnxRuntime(graph, {.minor_version = 33}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ExecuteWithOnnxRuntime(graph, {.block = 12}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace opcost
