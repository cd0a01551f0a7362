// From kernels to nodes, form by form: names, tensors, numbers, lists, regions, what vanishes into what, and profiles
// of other models and sizes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/join_names.h"
#include "frontend/load.h"
#include "imported.h"
#include "tests/patterns/text_graph.h"

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

std::vector<std::string> Ids(const Graph& graph, const JoinedKernel& kernel) {
  std::vector<std::string> ids;
  for (NodeId node : kernel.nodes) ids.push_back(graph.nodes[static_cast<size_t>(node)].id);
  return ids;
}

std::vector<std::string> Missing(const Graph& graph, const ModelJoin& join) {
  std::vector<std::string> ids;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (join.fates[n] == NodeFate::kMissing) ids.push_back(graph.nodes[n].id);
  }
  return ids;
}

int64_t Unmatched(const ModelJoin& join) {
  return std::count_if(join.kernels.begin(), join.kernels.end(),
                       [](const JoinedKernel& kernel) { return kernel.way == JoinWay::kNone; });
}

MeasuredKernel Kernel(std::string name, std::string op_type) {
  return {
      .name = std::move(name), .op_type = std::move(op_type), .seconds = 1e-6, .median_seconds = 1e-6, .repeats = 1};
}
MeasuredKernel Listed(std::string op_type, std::vector<std::string> parts) {
  MeasuredKernel kernel = Kernel("k", std::move(op_type));
  kernel.parts = std::move(parts);
  return kernel;
}
MeasuredRun MakeRun(std::string runtime, std::vector<MeasuredKernel> kernels) {
  MeasuredRun run{.network = "n", .path = "run.json", .kernels = std::move(kernels)};
  run.facts.runtime = std::move(runtime);
  return run;
}

struct NameRow {
  const char* name;
  const char* base;
  bool is_tensor = false, is_fused = false, stands_for_one = false, is_plumbing = false;
};

TEST(RuntimeName, WhatOnnxRuntimeAppends) {
  const NameRow rows[] = {
      {"/conv1/Conv", "/conv1/Conv"},
      {"r1_nchwc", "r1", true},
      {"r2_bn_nchwc", "r2", true, false, true},
      {"r3_mul_nchwc", "r3", true, false, true},
      {"fused /fc/Gemm", "/fc/Gemm", false, true},
      {"/a/MatMul/MatMulAddFusion", "/a/MatMul", false, true},
      {"/a/Mul/QuickGeluFusion/", "/a/Mul", false, true},
      {"/a/MatMul/MatmulTransposeFusion//MatMulScaleFusion/", "/a/MatMul", false, true},
      {"Gelu_token_12", "Gelu"},
      {"X_DequantizeLinear/duplicated", "X_DequantizeLinear"},
      {"/3/Reshape_1_new_reshape", "/3/Reshape_1"},
      {"gemm_output_reshape_token_5_new_reshape", "gemm_output_reshape", false, false, false, true},
      {"InsertedPrecisionFreeCast_/relu/Relu_output_0_nchwc", "/relu/Relu_output_0", true},
      {"my_token_x", "my_token_x"},
  };
  for (const NameRow& row : rows) {
    const RuntimeName name = ParseRuntimeName(row.name);
    EXPECT_EQ(name.base, row.base) << row.name;
    EXPECT_EQ(name.is_tensor, row.is_tensor) << row.name;
    EXPECT_EQ(name.is_fused, row.is_fused) << row.name;
    EXPECT_EQ(name.stands_for_one, row.stands_for_one) << row.name;
    EXPECT_EQ(name.is_plumbing, row.is_plumbing) << row.name;
  }
}

// Kernels in the profile and nodes in the file, as another program counted them.
struct LevelRow {
  const char* file;
  size_t kernels;
};

TEST(JoinModel, EveryLevelOfOnnxRuntime) {
  const Graph graph = Load("tests/models/mobilenet_v3_small.onnx");
  for (const LevelRow& row :
       {LevelRow{"ort1.32.0_mobilenet_v3_small__disabled", 178}, LevelRow{"ort1.32.0_mobilenet_v3_small__basic", 141},
        LevelRow{"ort1.32.0_mobilenet_v3_small__extended", 118}, LevelRow{"ort1.32.0_mobilenet_v3_small__all", 106}}) {
    const MeasuredRun run = One(absl::StrCat(kProfiles, row.file, ".json.gz"));
    ASSERT_EQ(run.kernels.size(), row.kernels) << row.file;
    const ModelJoin join = JoinModel(graph, run);
    EXPECT_EQ(Unmatched(join), 0) << row.file;
    EXPECT_THAT(Missing(graph, join), IsEmpty()) << row.file;
    EXPECT_EQ(join.other_sizes, 0) << row.file << join.first_other_size;
  }
  // At level disabled every kernel is its node: its name and its operator are the node's own.
  const MeasuredRun run = One(std::string(kProfiles) + "ort1.32.0_mobilenet_v3_small__disabled.json.gz");
  const ModelJoin join = JoinModel(graph, run);
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    if (join.kernels[k].way != JoinWay::kName) continue;  // HardSwish runs as two kernels without a name
    ASSERT_EQ(join.kernels[k].nodes.size(), 1u) << run.kernels[k].name;
    const Node& node = graph.nodes[static_cast<size_t>(join.kernels[k].nodes[0])];
    EXPECT_EQ(node.name, run.kernels[k].name);
    EXPECT_EQ(node.op_type, run.kernels[k].op_type);
  }
}

TEST(JoinModel, NumbersTellNamelessNodes) {
  Graph graph = Load("tests/models/mobilenet_v3_small.onnx");
  for (Node& node : graph.nodes) node.name.clear();
  const MeasuredRun run = One(std::string(kProfiles) + "ort1.17.0_mobilenet_v3_small_unnamed__extended.json.gz");
  const ModelJoin join = JoinModel(graph, run);
  EXPECT_EQ(Unmatched(join), 0);
  EXPECT_THAT(Missing(graph, join), IsEmpty());
  EXPECT_EQ(join.other_sizes, 0) << join.first_other_size;
}

TEST(JoinModel, BodiesOfLoopsAndBranches) {
  const Graph graph = Load("tests/models/modern/loop_scan_if.onnx");
  const MeasuredRun run = One(std::string(kProfiles) + "ort1.32.0_loop_scan_if__disabled.json.gz");
  const ModelJoin join = JoinModel(graph, run);
  EXPECT_EQ(Unmatched(join), 0);
  EXPECT_THAT(Missing(graph, join), IsEmpty());
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    const MeasuredKernel& kernel = run.kernels[k];
    if (kernel.inside.empty() || join.kernels[k].way != JoinWay::kIndex) continue;
    // The node stands in the body of the node that the kernel ran inside.
    const Node& node = graph.nodes[static_cast<size_t>(join.kernels[k].anchor)];
    const NodeId owner = graph.regions[static_cast<size_t>(node.region)].owner;
    ASSERT_NE(owner, kNone) << kernel.name;
    EXPECT_EQ(graph.nodes[static_cast<size_t>(owner)].name, kernel.inside) << kernel.name;
  }
}

// The nodes of resnet18 in the names of an older exporter, as TensorRT's samples have them: Conv_0, Relu_1, MaxPool_2 …
Graph OldNames() {
  Graph graph = Load("tests/models/resnet18.onnx");
  int position = 0;
  for (Node& node : graph.nodes) {
    if (!node.foldable) node.name = node.id = absl::StrCat(node.op_type, "_", position++);
  }
  // The samples ran at batch 32; sizes are not what this is about.
  return graph;
}

TEST(JoinModel, TensorRtNamesItsLayersAfterTheirNodes) {
  const Graph graph = OldNames();
  const MeasuredRun run = One("tests/measurements/tensorrt/pytorch_a100_fp32.profile.json.gz");
  const ModelJoin join = JoinModel(graph, run);
  EXPECT_EQ(Unmatched(join), 0);
  EXPECT_THAT(Missing(graph, join), IsEmpty());
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    if (run.kernels[k].is_conversion) continue;
    std::vector<std::string> named;
    for (const std::string& part : run.kernels[k].parts) named.push_back(part);
    // Flatten_47 is a view that vanished; all else is as the name says.
    if (run.kernels[k].name == "Gemm_48" || run.kernels[k].name == "GlobalAveragePool_46") continue;
    EXPECT_EQ(Ids(graph, join.kernels[k]), named) << run.kernels[k].name;
  }
  // It is batch 32, the file's is 1.
  EXPECT_THAT(std::string(CheckJoin(graph, run, join).message()),
              HasSubstr("Conv_0: measured [32, 64, 112, 112], the model has [1, 64, 112, 112]"));
}

TEST(JoinModel, IntegerLayersAbsorbWhatTheyDoNotName) {
  const Graph graph = LoadBody(R"(
    [q1] t1 = QuantizeLinear(x, half) [d1] t2 = DequantizeLinear(t1, half)
    [qw] t3 = QuantizeLinear(k3, half) [dw] t4 = DequantizeLinear(t3, half)
    [conv] t5 = Conv<pads = [1, 1, 1, 1]>(t2, t4)
    [relu] t6 = Relu(t5)
    [q2] t7 = QuantizeLinear(t6, half) [d2] t8 = DequantizeLinear(t7, half)
    [pool] y = GlobalAveragePool(t8)
  )");
  const MeasuredRun run = MakeRun(
      "tensorrt",
      {Listed("Reformat", {"q1"}), Listed("CaskConvolution", {"k3", "qw", "conv"}), Listed("CudaPooling", {"pool"})});
  const ModelJoin join = JoinModel(graph, run);
  EXPECT_THAT(Ids(graph, join.kernels[1]), testing::IsSupersetOf({"conv", "relu", "q2"}));
  EXPECT_THAT(Ids(graph, join.kernels[0]), testing::Contains("q1"));
  EXPECT_THAT(Missing(graph, join), IsEmpty());
}

TEST(JoinModel, RegionsHoldAllThatLiesBetweenTheirEnds) {
  const Graph graph = LoadBody(R"(
    [first] t1 = MatMul(s, w) [act] t2 = Relu(t1) [second] t3 = MatMul(t2, w) [sum] t4 = Add(t3, t1) [last] y = Softmax(t4)
  )");
  MeasuredKernel region = Listed("ForeignNode", {"first", "sum"});
  region.parts_are_ends = true;
  const ModelJoin join = JoinModel(graph, MakeRun("tensorrt", {region, Listed("SoftMax", {"last"})}));
  EXPECT_THAT(Ids(graph, join.kernels[0]), ElementsAre("first", "act", "second", "sum"));
  EXPECT_THAT(Ids(graph, join.kernels[1]), ElementsAre("last"));
}

TEST(JoinModel, TensorsSayWhereAKernelBeginsAndEnds) {
  const Graph graph = LoadBody(R"(
    [conv] t1 = Conv<pads = [1, 1, 1, 1]>(x, k3) [relu] t2 = Relu(t1) [conv2] t3 = Conv<pads = [1, 1, 1, 1]>(t2, k3)
    [relu2] y = Relu(t3)
  )");
  MeasuredKernel first = Kernel("kernel_1", "CaskConvolution"), second = Kernel("kernel_2", "CaskConvolution");
  first.input_names = {"x"};
  first.output_names = {"t2"};
  second.input_names = {"t2"};
  second.output_names = {"y"};
  const ModelJoin join = JoinModel(graph, MakeRun("tensorrt", {first, second}));
  EXPECT_THAT(Ids(graph, join.kernels[0]), ElementsAre("conv", "relu"));
  EXPECT_THAT(Ids(graph, join.kernels[1]), ElementsAre("conv2", "relu2"));
}

TEST(JoinModel, ANodesNameMayHoldTheSeparator) {
  const Graph graph = LoadBody("[a] t1 = Relu(x) [c] y = Abs(t1)");
  Graph renamed = graph;
  for (Node& node : renamed.nodes) {
    if (node.id == "a") node.name = node.id = "one + two";
  }
  const ModelJoin join = JoinModel(renamed, MakeRun("tensorrt", {Listed("PointWise", {"one", "two", "c"})}));
  EXPECT_THAT(Ids(renamed, join.kernels[0]), ElementsAre("one + two", "c"));
}

// Two convolutions feed one sum: the one that runs later took it in.
TEST(JoinModel, ASumGoesIntoTheLaterOfItsConvolutions) {
  const Graph graph = LoadBody(R"(
    [main] t1 = Conv<pads = [1, 1, 1, 1]>(x, k3) [side] t2 = Conv(x, k1) [sum] t3 = Add(t1, t2) [relu] y = Relu(t3)
  )");
  const ModelJoin forward =
      JoinModel(graph, MakeRun("openvino", {Listed("Convolution", {"main"}), Listed("Convolution", {"side"})}));
  EXPECT_THAT(Ids(graph, forward.kernels[0]), ElementsAre("main"));
  EXPECT_THAT(Ids(graph, forward.kernels[1]), ElementsAre("side", "sum", "relu"));
  const ModelJoin backward =
      JoinModel(graph, MakeRun("openvino", {Listed("Convolution", {"side"}), Listed("Convolution", {"main"})}));
  EXPECT_THAT(Ids(graph, backward.kernels[1]), ElementsAre("main", "sum", "relu"));
}

TEST(JoinModel, AConvolutionWithoutAnEntryIsMissingAndNotSwallowed) {
  const Graph graph = LoadBody("[conv] t1 = Conv(x, k1) [relu] t2 = Relu(t1) [pool] y = GlobalAveragePool(t2)");
  const ModelJoin join =
      JoinModel(graph, MakeRun("onnxruntime", {Kernel("pool", "GlobalAveragePool"), Kernel("relu", "Relu")}));
  EXPECT_THAT(Missing(graph, join), ElementsAre("conv"));
  EXPECT_THAT(Ids(graph, join.kernels[0]), ElementsAre("pool"));
}

TEST(JoinModel, OnePartitionTakesWhatIsLeftAndTwoDoNot) {
  const Graph graph = LoadBody("[conv] t1 = Conv(x, k1) [relu] t2 = Relu(t1) [pool] y = GlobalAveragePool(t2)");
  MeasuredKernel partition = Kernel("OpenVINOExecutionProvider_OpenVINO-EP-subgraph_1_0", "OpenVINO-EP-subgraph_1");
  partition.provider = "OpenVINOExecutionProvider";
  const ModelJoin one = JoinModel(graph, MakeRun("onnxruntime", {partition, Kernel("pool", "GlobalAveragePool")}));
  EXPECT_EQ(one.kernels[0].way, JoinWay::kRemainder);
  EXPECT_THAT(Ids(graph, one.kernels[0]), ElementsAre("conv", "relu"));
  const ModelJoin two =
      JoinModel(graph, MakeRun("onnxruntime", {partition, partition, Kernel("pool", "GlobalAveragePool")}));
  EXPECT_THAT(Missing(graph, two), ElementsAre("conv", "relu"));
}

TEST(JoinModel, OpenVinoWithItsExecutionGraph) {
  for (const char* model : {"resnet18", "mobilenet_v3_small"}) {
    const Graph graph = Load(absl::StrCat("tests/models/", model, ".onnx"));
    const MeasuredRun run =
        One(absl::StrCat("tests/measurements/openvino/", model, "_benchmark_detailed_counters_report.csv.gz"));
    const ModelJoin join = JoinModel(graph, run);
    EXPECT_EQ(Unmatched(join), 0) << model;
    EXPECT_THAT(Missing(graph, join), IsEmpty()) << model;
    // Whoever carries out a convolution is a convolution, and carries out one.
    for (size_t k = 0; k < run.kernels.size(); ++k) {
      int64_t convolutions = 0;
      for (NodeId node : join.kernels[k].nodes)
        convolutions += graph.nodes[static_cast<size_t>(node)].op_type == "Conv";
      EXPECT_EQ(convolutions, absl::StrContains(run.kernels[k].op_type, "Convolution") ? 1 : 0) << run.kernels[k].name;
    }
  }
}

TEST(JoinModel, TensorFlowLiteByItsTensors) {
  const Graph graph = Load("tests/models/modern/tf_mobilenetv2.onnx");
  const MeasuredRun run = One("tests/measurements/tflite/tf_mobilenetv2.csv");
  const ModelJoin join = JoinModel(graph, run);
  EXPECT_EQ(Unmatched(join), 0);
  EXPECT_THAT(Missing(graph, join), IsEmpty());
  // The depthwise convolution of block 1 with its norm and its activation, and the padding that has an entry.
  const std::string block = "mobilenetv2_1.00_224_1/block_1_";
  EXPECT_THAT(Ids(graph, join.kernels[5]),
              ElementsAre(block + "depthwise_1/depthwise", block + "depthwise_BN_1/batchnorm/mul_1",
                          block + "depthwise_relu_1/Relu6"));
  EXPECT_THAT(Ids(graph, join.kernels[4]), ElementsAre(block + "pad_1/Pad"));
}

TEST(JoinModel, TensorFlowLitesFusedNamesAndKinds) {
  const Graph graph =
      LoadBody("[conv] t1 = Conv(x, k1) [relu] t2 = Relu(t1) [pool] t3 = GlobalAveragePool(t2) [soft] y = Softmax(t3)");
  MeasuredKernel fused = Kernel("[p;q;t2]:0", "CONV_2D"), pool = Kernel("Delegate/Mean (ND)", "Mean (ND)");
  fused.output_names = {"p;q;t2"};
  const ModelJoin join = JoinModel(graph, MakeRun("tflite", {fused, pool, Kernel("Delegate/Softmax", "Softmax (NC)")}));
  EXPECT_THAT(Ids(graph, join.kernels[0]), ElementsAre("conv", "relu"));
  EXPECT_THAT(Ids(graph, join.kernels[1]), ElementsAre("pool"));
  EXPECT_EQ(join.kernels[1].way, JoinWay::kStructure);
  EXPECT_THAT(Ids(graph, join.kernels[2]), ElementsAre("soft"));
}

TEST(JoinModel, EagerPyTorchByItsModules) {
  const Graph graph = Load("tests/models/resnet18.onnx");
  const absl::StatusOr<std::vector<MeasuredRun>> runs =
      Import("tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz");
  ASSERT_TRUE(runs.ok()) << runs.status();
  const auto run =
      std::find_if(runs->begin(), runs->end(), [](const MeasuredRun& r) { return r.network == "resnet18"; });
  ASSERT_NE(run, runs->end());
  const ModelJoin join = JoinModel(graph, *run);
  EXPECT_THAT(Missing(graph, join), IsEmpty());
  EXPECT_GT(join.matched_s / join.seconds, 0.99);
  // "layer1_0_conv2;layer1_0_bn2", and "add;layer1_0_relu_1" in which the sum is a function without a name.
  EXPECT_THAT(Ids(graph, join.kernels[3]), ElementsAre("/layer1/layer1.0/conv2/Conv"));
  EXPECT_THAT(Ids(graph, join.kernels[4]), ElementsAre("/layer1/layer1.0/Add", "/layer1/layer1.0/relu_1/Relu"));
}

TEST(CheckJoin, RefusesAProfileOfAnotherModel) {
  const Graph graph = Load("tests/models/vgg11.onnx");
  const MeasuredRun run = One(std::string(kProfiles) + "ort1.32.0_mobilenet_v3_small__all.json.gz");
  const absl::Status status = CheckJoin(graph, run, JoinModel(graph, run));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("are nodes of tests/models/vgg11.onnx; expected a profile of this model"));
}

TEST(CheckJoin, NamesTheFlagWhereSizesDiffer) {
  const Graph graph = Load("tests/models/modern/bert_base_ts.onnx");  // bound to sequences of 1
  const MeasuredRun run = One("tests/measurements/epyc_zen4/models/bert_base_ts.json.gz");
  const absl::Status status = CheckJoin(graph, run, JoinModel(graph, run));
  EXPECT_THAT(std::string(status.message()), HasSubstr("bind them with --dim or --shape"));
}

}  // namespace
}  // namespace opcost
