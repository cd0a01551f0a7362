// Completing kernels from the model, and runs beside reports.
#include "costing/calibration/compare_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/analyze.h"
#include "costing/calibration/complete_kernels.h"
#include "frontend/load.h"
#include "hardware/read_target.h"
#include "imported.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Graph Load(const std::string& path) {
  absl::StatusOr<Graph> graph = LoadModel(path);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.ok() ? *std::move(graph) : Graph();
}

const Attribute* Find(const MeasuredKernel& kernel, const std::string& name) {
  for (const Attribute& attribute : kernel.attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

// The tables hold attributes and weights that were read off the graph which the runtime saved: what the model says of a
// bare profile must be the same.
TEST(CompleteKernels, AgreesWithTheGraphThatTheRuntimeSaved) {
  const Graph graph = Load("tests/models/mobilenet_v3_small.onnx");
  MeasuredRun profile = One(std::string(kProfiles) + "ort1.32.0_mobilenet_v3_small__all.json.gz");
  CompleteKernels(graph, JoinModel(graph, profile), profile);
  const MeasuredRun table = One("tests/measurements/epyc_zen4/models/mobilenet_v3_small.json.gz");
  std::map<std::string, const MeasuredKernel*> by_name;
  for (const MeasuredKernel& kernel : table.kernels) by_name[kernel.name] = &kernel;
  int compared = 0, activations = 0;
  for (const MeasuredKernel& kernel : profile.kernels) {
    const auto it = by_name.find(kernel.name);
    if (kernel.op_type != "Conv" || it == by_name.end()) continue;
    ++compared;
    for (const char* name : {"kernel_shape", "strides", "pads", "dilations"}) {
      ASSERT_NE(Find(kernel, name), nullptr) << kernel.name << " " << name;
      EXPECT_EQ(Find(kernel, name)->ints, Find(*it->second, name)->ints) << kernel.name << " " << name;
    }
    EXPECT_EQ(Find(kernel, "group")->i, Find(*it->second, "group")->i) << kernel.name;
    const Attribute* activation = Find(kernel, "activation");
    const Attribute* expected = Find(*it->second, "activation");
    // 1.26 does not fuse HardSwish, 1.32 does.
    if (activation != nullptr && activation->s == "HardSwish") continue;
    EXPECT_EQ(activation == nullptr ? "" : activation->s, expected == nullptr ? "" : expected->s) << kernel.name;
    activations += activation != nullptr ? 1 : 0;
    ASSERT_EQ(kernel.inputs.size(), it->second->inputs.size()) << kernel.name;
    for (size_t i = 0; i < kernel.inputs.size(); ++i) {
      EXPECT_EQ(kernel.inputs[i].dims, it->second->inputs[i].dims) << kernel.name << " " << i;
      EXPECT_EQ(kernel.inputs[i].is_constant, it->second->inputs[i].is_constant) << kernel.name << " " << i;
    }
  }
  EXPECT_GE(compared, 40);
  EXPECT_GE(activations, 10);
}

TEST(CompleteKernels, GivesOtherRuntimesOperatorsAndShapes) {
  const Graph graph = Load("tests/models/resnet18.onnx");
  MeasuredRun run = One("tests/measurements/openvino/resnet18_benchmark_detailed_counters_report.csv.gz");
  CompleteKernels(graph, JoinModel(graph, run), run);
  const MeasuredKernel& conv = Find(run, "/layer2/layer2.0/conv1/Conv/WithoutBiases");
  EXPECT_EQ(conv.op_type, "Conv");
  ASSERT_EQ(conv.inputs.size(), 3u);
  EXPECT_THAT(conv.inputs[1].dims, ElementsAre(128, 64, 3, 3));
  EXPECT_TRUE(conv.inputs[1].is_constant);
  EXPECT_THAT(conv.outputs[0].dims, ElementsAre(1, 128, 28, 28));
  EXPECT_THAT(Find(conv, "strides")->ints, ElementsAre(2, 2));
}

struct Compared {
  Report report;
  MeasuredRun run;
  ModelJoin join;
  RunComparison comparison;
};

Compared Compare(const std::string& model, const std::string& target, MeasuredRun run) {
  absl::StatusOr<Target> hardware = FindTarget(target, ProfileFolders());
  EXPECT_TRUE(hardware.ok()) << hardware.status();
  absl::StatusOr<CountedModel> counted = CountModel(Load(model), {.runtime = hardware->runtime});
  EXPECT_TRUE(counted.ok()) << counted.status();
  absl::StatusOr<Estimate> estimate = Estimate::Price(*counted, *hardware);
  EXPECT_TRUE(estimate.ok()) << estimate.status();
  Compared result{.report = estimate->MakeReport(*counted), .run = std::move(run)};
  result.join = JoinModel(counted->graph, result.run);
  result.comparison = CompareRun(result.report, result.run, result.join);
  const absl::Status status = CheckConservation(result.report, result.run, result.comparison);
  EXPECT_TRUE(status.ok()) << status;
  return result;
}

TEST(CompareRun, EveryKernelAndEveryRowIsInOneGroup) {
  for (const char* target : {"i7-12700k", "a100-sxm-80gb", "tests/profiles/edge.toml"}) {
    const Compared c = Compare("tests/models/mobilenet_v3_small.onnx", target,
                               One(std::string(kProfiles) + "ort1.32.0_mobilenet_v3_small__all.json.gz"));
    EXPECT_EQ(c.comparison.coverage.missing_macs, 0) << target;
    EXPECT_EQ(c.comparison.coverage.unpredicted_s, 0) << target;
    // Whatever computes is compared: what is measured alone are changes of layout.
    for (const ComparedGroup& group : c.comparison.groups) {
      EXPECT_TRUE(!group.rows.empty() || group.conversions) << target << group.name;
      // Convolutions are thrown together only where a row holds them all (a block).
      int64_t measured = 0, largest = 1;
      for (int32_t kernel : group.kernels) {
        measured += absl::EndsWith(c.run.kernels[static_cast<size_t>(kernel)].op_type, "Conv") ? 1 : 0;
      }
      for (int32_t row : group.rows) {
        const std::vector<int32_t>& nodes = c.report.rows[static_cast<size_t>(row)].nodes;
        largest = std::max<int64_t>(largest, std::count_if(nodes.begin(), nodes.end(), [&](int32_t node) {
                                      return c.report.nodes[static_cast<size_t>(node)].op == "Conv";
                                    }));
      }
      EXPECT_LE(measured, largest) << target << group.name;
    }
  }
}

TEST(CompareRun, TimesByHand) {
  // Two kernels: one holds two nodes that are two rows, the other is unknown; one node has no kernel.
  Report report;
  for (const char* name : {"a", "b", "c"}) {
    report.nodes.push_back({.id = name});
    report.rows.push_back({.id = name, .name = name, .nodes = {static_cast<int32_t>(report.rows.size())}});
  }
  report.rows[0].t_s = 3e-6;
  report.rows[1].t_s = 1e-6;
  report.rows[2].t_s = 7e-6;
  report.totals.row_sum_s = 11e-6;
  MeasuredRun run{.network = "n", .path = "p"};
  run.kernels.push_back({.name = "k", .op_type = "X", .seconds = 5e-6});
  run.kernels.push_back({.name = "l", .op_type = "Y", .seconds = 2e-6});
  ModelJoin join;
  join.kernels = {{.way = JoinWay::kName, .anchor = 0, .nodes = {0, 1}}, {}};
  join.fates = {NodeFate::kCovered, NodeFate::kCovered, NodeFate::kMissing};
  const RunComparison comparison = CompareRun(report, run, join);
  ASSERT_EQ(comparison.groups.size(), 3u);
  EXPECT_EQ(comparison.groups[0].name, "a");  // the dearer of its rows
  EXPECT_THAT(comparison.groups[0].rows, ElementsAre(0, 1));
  EXPECT_NEAR(comparison.groups[0].predicted_s, 4e-6, 1e-15);
  EXPECT_NEAR(comparison.groups[0].measured_s, 5e-6, 1e-15);
  EXPECT_THAT(comparison.groups[1].rows, IsEmpty());
  EXPECT_THAT(comparison.groups[2].kernels, IsEmpty());
  EXPECT_NEAR(comparison.coverage.unpredicted_s, 2e-6, 1e-15);
  EXPECT_NEAR(comparison.coverage.unmeasured_s, 7e-6, 1e-15);
  EXPECT_NEAR(comparison.absolute_error, 1.0 / 5, 1e-12);
  EXPECT_NEAR(comparison.compared_share, 5.0 / 7, 1e-12);
  EXPECT_TRUE(CheckConservation(report, run, comparison).ok());
  RunComparison broken = comparison;
  broken.groups.pop_back();
  EXPECT_EQ(CheckConservation(report, run, broken).code(), absl::StatusCode::kInternal);
}

TEST(CompareRun, SaysWhatDiffersBetweenRunAndTarget) {
  Report report;
  report.hardware.id = "i7-12700k:large";
  report.hardware.name = "Intel Core i7-12700K";
  report.hardware.runtime = "pytorch-eager";
  EXPECT_THAT(DifferencesOf(report, {.machine = "intel_core_i7_12700k", .runtime = "pytorch-eager"}), IsEmpty());
  EXPECT_THAT(DifferencesOf(report, {.machine = "i7-12700K at home"}), IsEmpty());
  const std::vector<std::string> differences =
      DifferencesOf(report, {.machine = "NVIDIA A100 80GB PCIe", .runtime = "tensorrt"});
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_THAT(differences[0], HasSubstr("measured on 'NVIDIA A100 80GB PCIe', predicted for Intel Core i7-12700K"));
  EXPECT_THAT(differences[1], HasSubstr("measured with tensorrt"));
}

}  // namespace
}  // namespace opcost
