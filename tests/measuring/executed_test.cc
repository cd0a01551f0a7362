// What the installed runtime makes of models, joined to their nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "costing/analyze.h"
#include "costing/calibration/kernel_graph.h"
#include "costing/calibration/runtime/executed_model.h"
#include "costing/calibration/runtime/host_tensor.h"
#include "frontend/load.h"
#include "installed.h"
#include "ops/count.h"

namespace opcost {
namespace {

using testing::HasSubstr;

int64_t Macs(const Graph& graph, const Node& node) {
  const absl::StatusOr<NodeCount> count = CountNode(graph, node);
  EXPECT_TRUE(count.ok()) << count.status();
  return count.ok() ? count->work.Get(Resource::kMatrixMacs) : 0;
}

class Executed : public testing::Test {
 protected:
  void SetUp() override {
    if (WithoutRuntime()) GTEST_SKIP();
    library_ = Installed();
    ASSERT_NE(library_, nullptr);
  }

  RuntimeExecution Execute(const Graph& graph, const RuntimeRequest& request = {}) {
    absl::StatusOr<RuntimeExecution> execution = ExecuteOnce(library_, graph, nullptr, request);
    EXPECT_TRUE(execution.ok()) << execution.status();
    return execution.ok() ? *std::move(execution) : RuntimeExecution();
  }

  std::shared_ptr<const OrtLibrary> library_;
};

// A file without weights. Multiply-accumulates of each kernel's own shapes equal those of the nodes that it was given.
TEST_F(Executed, KernelsCarryOutTheNodesThatTheyWereGiven) {
  const Graph graph = LoadModel("tests/models/resnet18.onnx").value();
  const RuntimeExecution execution = Execute(graph);
  EXPECT_EQ(execution.run.kernels.size(), 25u);
  EXPECT_EQ(execution.unlisted, 0);
  std::set<NodeId> seen;
  int64_t convolutions = 0;
  for (size_t k = 0; k < execution.executed.graph.nodes.size(); ++k) {
    const Node& kernel = execution.executed.graph.nodes[k];
    int64_t of_nodes = 0;
    for (NodeId node : execution.executed.origins[k]) {
      EXPECT_TRUE(seen.insert(node).second) << graph.nodes[static_cast<size_t>(node)].id << " twice";
      of_nodes += Macs(graph, graph.nodes[static_cast<size_t>(node)]);
    }
    convolutions += kernel.op_type == "Conv" ? 1 : 0;
    const std::string name = kernel.name;
    // The first convolution's 3 channels are stored as they are: no padding anywhere in this network.
    if (kernel.op_type == "Conv") {
      EXPECT_EQ(Macs(execution.executed.graph, kernel), of_nodes) << name;
    }
  }
  EXPECT_EQ(convolutions, 20);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (graph.nodes[n].op_type == "Identity") continue;  // of weights
    EXPECT_EQ(seen.count(static_cast<NodeId>(n)), 1u) << graph.nodes[n].id << " is carried out by no kernel";
  }
}

TEST_F(Executed, LevelsAreThoseAskedFor) {
  const Graph graph = LoadModel("tests/models/resnet18.onnx").value();
  const auto kinds = [&](RuntimeLevel level) {
    std::map<std::string, int> counts;
    for (const Node& node : Execute(graph, {.level = level}).executed.graph.nodes)
      ++counts[node.domain + "::" + node.op_type];
    return counts;
  };
  const auto basic = kinds(RuntimeLevel::kBasic);
  EXPECT_EQ(basic.at("::Conv"), 20);
  EXPECT_EQ(basic.at("::Relu"), 17);
  EXPECT_EQ(kinds(RuntimeLevel::kExtended).at("com.microsoft::FusedConv"), 9);
  EXPECT_EQ(kinds(RuntimeLevel::kAll).at("com.microsoft.nchwc::Conv"), 20);
}

TEST_F(Executed, BodiesRunInsideTheirNodes) {
  const Graph graph = LoadModel("tests/models/modern/loop_scan_if.onnx").value();
  const RuntimeExecution execution = Execute(graph);
  std::set<std::string> owners;
  for (const MeasuredKernel& kernel : execution.run.kernels) {
    if (!kernel.inside.empty()) owners.insert(kernel.inside);
    EXPECT_GE(kernel.seconds, 0) << kernel.name;
  }
  EXPECT_GE(owners.size(), 2u);
  EXPECT_EQ(execution.unlisted, 0);
}

TEST_F(Executed, PricedRowsAreWhatRan) {
  const Graph graph = LoadModel("tests/models/resnet18.onnx").value();
  const RuntimeExecution execution = Execute(graph, {.level = RuntimeLevel::kBasic});
  const CountOptions options{.runtime = {.rule_set = std::string(kOnnxRuntimeCpu)},
                             .executed = &execution.executed,
                             .origin = execution.origin};
  const absl::StatusOr<CountedModel> counted = CountModel(graph, options);
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_THAT(counted->executed->origin, HasSubstr("level basic, as it runs on this machine"));
  int64_t kernels = 0;
  for (const Subgraph& row : counted->classification.subgraphs) kernels += row.executed != kNone ? 1 : 0;
  EXPECT_EQ(kernels, static_cast<int64_t>(execution.executed.graph.nodes.size()));
}

TEST_F(Executed, AModelThatTheRuntimeRefusesIsNamedWithItsReason) {
  Graph graph = LoadModel("tests/models/resnet18.onnx").value();
  graph.path = "README.md";
  EXPECT_FALSE(ExecuteOnce(library_, graph, nullptr, {}).ok());
  const auto refused = PreparedModel::Make(library_, LoadModel("tests/models/modern/ort_llama_l2_fused.onnx").value(),
                                           {.provider = "cuda"});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(HostTensors, AreValidAndTheSameForTheSameSeed) {
  const Graph graph = LoadModel("tests/models/modern/gpt2_ts.onnx").value();
  const auto first = MakeInputs(graph, 7), second = MakeInputs(graph, 7);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_EQ(first->size(), graph.inputs.size());
  for (size_t i = 0; i < first->size(); ++i) EXPECT_EQ((*first)[i].bytes, (*second)[i].bytes);
  const auto missing = ListExternalTensors("tests/models/resnet18.onnx");
  ASSERT_TRUE(missing.ok()) << missing.status();
  const Graph resnet = LoadModel("tests/models/resnet18.onnx").value();
  const auto weights = MakeWeights(resnet, *missing, 1);
  ASSERT_TRUE(weights.ok()) << weights.status();
  int64_t parameters = 0;
  for (const HostTensor& weight : *weights) parameters += static_cast<int64_t>(weight.bytes.size()) / 4;
  EXPECT_GT(parameters, 11'000'000);
  EXPECT_EQ(ElementType(ElementNumber(DType::kInt4)), DType::kInt4);
}

// A convolution on integers adds its bias as it stands: its scale is the product of those of the input and the weight.
// Made-up ones have to be as well, or the runtime runs other kernels than with the real weights.
TEST(HostTensors, ScalesOfABiasAreThoseOfTheSums) {
  const Graph graph = LoadModel("tests/models/modern/q_resnet18_qdq_int8.onnx").value();
  const auto weights = MakeWeights(graph, ListExternalTensors(graph.path).value(), 1);
  ASSERT_TRUE(weights.ok()) << weights.status();
  const auto floats = [&](const std::string& name) {
    std::vector<float> values;
    for (const HostTensor& one : *weights) {
      if (one.name != name) continue;
      values.resize(one.bytes.size() / sizeof(float));
      std::memcpy(values.data(), one.bytes.data(), one.bytes.size());
    }
    return values;
  };
  int compared = 0;
  for (const Node& node : graph.nodes) {
    if (node.op_type != "Conv") continue;
    const auto scale = [&](size_t slot) {
      const Tensor& operand = graph.tensors[static_cast<size_t>(node.inputs[slot])];
      return graph.tensors[static_cast<size_t>(graph.nodes[static_cast<size_t>(operand.producer)].inputs[1])];
    };
    const std::vector<float> weight = floats(scale(1).name), bias = floats(scale(2).name);
    if (bias.empty()) continue;
    const double input = graph.values[static_cast<size_t>(scale(0).value)].floats.at(0);
    ASSERT_EQ(weight.size(), bias.size()) << node.id;
    for (size_t i = 0; i < bias.size(); ++i) EXPECT_FLOAT_EQ(bias[i], static_cast<float>(input) * weight[i]) << node.id;
    ++compared;
  }
  EXPECT_EQ(compared, 5);
}

}  // namespace
}  // namespace opcost
