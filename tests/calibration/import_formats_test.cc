// Measurements of other tools: TensorRT, OpenVINO, TensorFlow Lite, and the plain table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/trt_names.h"
#include "imported.h"

namespace opcost {
namespace {

using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kTensorRt[] = "tests/measurements/tensorrt/";
constexpr char kOpenVino[] = "tests/measurements/openvino/";

double Sum(const MeasuredRun& run) {
  double sum = 0;
  for (const MeasuredKernel& kernel : run.kernels) sum += kernel.seconds;
  return sum;
}
std::string Text(const std::string& path) {
  absl::StatusOr<ImportFile> file = ReadImportFile(path);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->text : "";
}
template <typename Importer>
std::string Refusal(Importer importer, const std::string& path, const std::string& text) {
  return std::string(importer({path, text, {}}).status().message());
}

// Layers, layers that take time, sum of the layers and best run of the engine in ms, as published beside the files.
struct EngineRow {
  const char* file;
  size_t layers, timed;
  double sum_ms, best_ms;
  const char* machine;
};
constexpr EngineRow kEngines[] = {
    {"pytorch_a100_fp32", 32, 24, 2.1238, 1.98438, "NVIDIA A100 80GB PCIe"},
    {"pytorch_a100_qat", 37, 35, 1.0957, 0, "NVIDIA A100 80GB PCIe"},
    {"pytorch_a100_qat_residual", 26, 25, 0.7311, 0, "NVIDIA A100 80GB PCIe"},
    {"pytorch_a100_qat_residual_qgap", 24, 23, 0.6728, 0, "NVIDIA A100 80GB PCIe"},
    {"tensorflow_rtx3090_fp32", 103, 72, 12.3997, 0, "NVIDIA GeForce RTX 3090"},
    {"tensorflow_rtx3090_fp16", 86, 61, 4.2727, 0, "NVIDIA GeForce RTX 3090"},
    {"tensorflow_rtx3090_qat", 63, 62, 2.3806, 2.17706, "NVIDIA GeForce RTX 3090"},
};

TEST(TensorRt, ReadsEverySample) {
  for (const EngineRow& row : kEngines) {
    const MeasuredRun run = One(absl::StrCat(kTensorRt, row.file, ".profile.json.gz"));
    EXPECT_EQ(run.network, row.file);
    EXPECT_EQ(run.kernels.size(), row.layers) << row.file;
    EXPECT_EQ(std::count_if(run.kernels.begin(), run.kernels.end(), [](const auto& k) { return k.seconds > 0; }),
              static_cast<std::ptrdiff_t>(row.timed))
        << row.file;
    EXPECT_NEAR(Sum(run), row.sum_ms * 1e-3, 0.5e-7) << row.file;
    EXPECT_EQ(run.facts.machine, row.machine);
    EXPECT_GT(run.end_to_end_s.value_or(0), 0) << row.file;
    if (row.best_ms > 0) {
      EXPECT_NEAR(run.end_to_end_s.value_or(0), row.best_ms * 1e-3, 1e-12) << row.file;
    }
    // The layer file beside it was found, and holds the same layers.
    EXPECT_FALSE(Notes(run, "not in the layer information")) << row.file;
    for (const MeasuredKernel& kernel : run.kernels) EXPECT_NE(kernel.op_type, "Layer") << row.file << kernel.name;
  }
}

TEST(TensorRt, TakesTypesShapesAndTensorsFromTheLayerFile) {
  const MeasuredRun run = One(std::string(kTensorRt) + "pytorch_a100_fp32.profile.json.gz");
  const MeasuredKernel& conv = run.kernels[0];
  EXPECT_EQ(conv.name, "Conv_0 + Relu_1");
  EXPECT_EQ(conv.op_type, "CaskConvolution");
  EXPECT_THAT(conv.parts, ElementsAre("Conv_0", "Relu_1"));
  EXPECT_THAT(conv.inputs[0].dims, ElementsAre(32, 3, 224, 224));
  EXPECT_THAT(conv.outputs[0].dims, ElementsAre(32, 64, 112, 112));
  EXPECT_EQ(conv.outputs[0].dtype, DType::kFloat32);
  EXPECT_THAT(conv.input_names, ElementsAre("input.1"));
  EXPECT_THAT(conv.output_names, ElementsAre("onnx::MaxPool_125"));
  EXPECT_NEAR(conv.seconds, 0.52224e-3, 1e-12);
  EXPECT_TRUE(Find(run, "Reformatting CopyNode for Output Tensor 0 to MaxPool_2").is_conversion);
}

TEST(TensorRt, DoesWithoutTheLayerFile) {
  const std::string text = Text(std::string(kTensorRt) + "pytorch_a100_qat.profile.json.gz");
  const absl::StatusOr<std::vector<MeasuredRun>> runs = ImportTensorRt({"x.json", text, {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_EQ((*runs)[0].kernels.size(), 37u);
  EXPECT_THAT((*runs)[0].kernels[1].parts, ElementsAre("conv1.weight", "QuantizeLinear_7", "Conv_9"));
  EXPECT_TRUE(Notes((*runs)[0], "without --exportLayerInfo"));
}

TEST(TensorRt, MetadataNamesTheNodesExactly) {
  const ImportFile layers{"layers.json",
                          R"({"Layers": [{"Name": "a + b", "LayerType": "CaskConvolution",
      "Metadata": "[ONNX Layer: /stem/Conv]\u001f[ONNX Layer: /stem/Relu]\u001e[ONNX Layer: /x [y]]"}]})",
                          {}};
  const absl::StatusOr<std::vector<MeasuredRun>> runs =
      ImportTensorRt({"p.json", R"([{"count": 2}, {"name": "a + b", "timeMs": 2, "averageMs": 1}])", {layers}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_THAT((*runs)[0].kernels[0].parts, ElementsAre("/stem/Conv", "/stem/Relu", "/x [y]"));
  EXPECT_NEAR((*runs)[0].kernels[0].seconds, 1e-3, 1e-12);  // no median in old releases: the average
  EXPECT_TRUE(Notes((*runs)[0], "averages stand for them"));
}

struct NameRow {
  const char* name;
  std::vector<std::string> parts;
  bool region = false, conversion = false;
  int profile = 0;
};

TEST(TensorRt, NamesOfLayers) {
  const NameRow rows[] = {
      {"Conv_0 + Add_1 + Relu_2", {"Conv_0", "Add_1", "Relu_2"}},
      {"a/1x1 + a/relu || a/3x3 + a/relu_3x3", {"a/1x1", "a/relu", "a/3x3", "a/relu_3x3"}},
      {"PWN(Sigmoid_1, Mul_2)", {"Sigmoid_1", "Mul_2"}},
      {"Conv_7 + PWN(PWN(Sigmoid_1), Mul_2)", {"Conv_7", "Sigmoid_1", "Mul_2"}},
      {"fusedPointwiseNode(add1, relu1)", {"add1", "relu1"}},
      {"{ForeignNode[/a/MatMul.../b/Add]}", {"/a/MatMul", "/b/Add"}, true},
      {"{ForeignNode[onnx::MatMul_1 + (Unnamed Layer* 10) [Shuffle]...Add_5]}",
       {"onnx::MatMul_1", "(Unnamed Layer* 10) [Shuffle]", "Add_5"},
       true},
      {"{ForeignNode[(Unnamed Layer* 0) [ElementWise]]}", {"(Unnamed Layer* 0) [ElementWise]"}, true},
      {"Reformatting CopyNode for Input Tensor 0 to Conv_1 + Relu_2", {}, false, true},
      {"Reformatting CopyNode for Output Tensor 0 to {ForeignNode[a...b]}", {}, false, true},
      {"conv1 + relu1 input reformatter 0", {}, false, true},
      {"conv1 copy", {}, false, true},
      {"reshape_after_Gemm_48", {}, false, true},
      {"copied_squeeze_after_(Unnamed Layer* 307) [ElementWise]", {}, false, true},
      {"conv1.weight + QuantizeLinear_7 + Conv_9", {"conv1.weight", "QuantizeLinear_7", "Conv_9"}},
      {"/model_10/attn/MatMul_myl109_2", {"/model_10/attn/MatMul"}},
      {"__myl_MulMaxSubExpSum_myl109_3", {}},
      {"Conv_0 + Relu_1 [profile 2]", {"Conv_0", "Relu_1"}, false, false, 2},
  };
  for (const NameRow& row : rows) {
    const TrtName name = ParseTrtName(row.name);
    EXPECT_EQ(name.parts, row.parts) << row.name;
    EXPECT_EQ(name.is_region, row.region) << row.name;
    EXPECT_EQ(name.is_conversion, row.conversion) << row.name;
    EXPECT_EQ(name.profile, row.profile) << row.name;
  }
}

TEST(TensorRt, ReadsTheTablesOfTheLog) {
  for (const char* text :
       {"[07/01/2024-10:00:00] [I] === Profile (2094 iterations ) ===\n"
        "[07/01/2024-10:00:00] [I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n"
        "[07/01/2024-10:00:00] [I]       16.15       0.0077       0.0075       0.5   Conv_0 + Relu_1\n"
        "[07/01/2024-10:00:00] [I]       20.94       0.0100       0.0095       0.7   (Unnamed Layer* 3) [Shuffle]\n"
        "[07/01/2024-10:00:00] [I]     3213.11       1.5344       1.5288     100.0   Total\n"
        "[07/01/2024-10:00:00] [I] \n",
        "[I] === Profile (2094 iterations ) ===\n"
        "[I]                          Layer   Time (ms)   Avg. Time (ms)   Median Time (ms)   Time %\n"
        "[I]                Conv_0 + Relu_1       16.15           0.0077             0.0075      0.5\n"
        "[I]  (Unnamed Layer* 3) [Shuffle]       20.94           0.0100             0.0095      0.7\n"
        "[I]                          Total     3213.11           1.5344             1.5288    100.0\n"}) {
    EXPECT_TRUE(RecognisesTensorRt({"l", text, {}}));
    const absl::StatusOr<std::vector<MeasuredRun>> runs = ImportTensorRt({"t.log", text, {}});
    ASSERT_TRUE(runs.ok()) << runs.status();
    ASSERT_EQ((*runs)[0].kernels.size(), 2u) << text;
    EXPECT_EQ((*runs)[0].kernels[0].name, "Conv_0 + Relu_1");
    EXPECT_NEAR((*runs)[0].kernels[0].seconds, 0.0075e-3, 1e-12);
    EXPECT_EQ((*runs)[0].kernels[0].repeats, 2094);
    EXPECT_EQ((*runs)[0].kernels[1].name, "(Unnamed Layer* 3) [Shuffle]");
  }
}

TEST(TensorRt, ReadsNamesThatBreakTheDocumentAndLeavesOtherProfilesOut) {
  const std::string text =
      "[\n  { \"count\" : 1 }\n, { \"name\" : \"we\"ird\\name\", \"timeMs\" : 2, \"averageMs\" : 2, \"medianMs\" : 2, "
      "\"percentage\" : 9 }\n, { \"name\" : \"a [profile 1]\", \"timeMs\" : 0, \"averageMs\" : 0, \"medianMs\" : 0, "
      "\"percentage\" : 0 }\n]\n";
  const absl::StatusOr<std::vector<MeasuredRun>> runs = ImportTensorRt({"p.json", text, {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  ASSERT_EQ((*runs)[0].kernels.size(), 1u);
  EXPECT_EQ((*runs)[0].kernels[0].name, "we\"ird\\name");
  EXPECT_TRUE(Notes((*runs)[0], "1 layers of other shape profiles"));
}

TEST(TensorRt, RefusesWhatIsNoProfile) {
  EXPECT_THAT(Refusal(ImportTensorRt, "p.json", R"([{"count": 1}, {"name": "a", "timeMs": -1, "averageMs": -1}])"),
              HasSubstr("p.json: [1]: layer 'a' takes -1 ms"));
  EXPECT_THAT(Refusal(ImportTensorRt, "p.json", R"([{"count": 1}, {"name": "a", "timeMs": 0, "averageMs": 0}])"),
              HasSubstr("every time is 0"));
  EXPECT_THAT(Refusal(ImportTensorRt, "p.json", R"([{"count": 1}, {"name": "a", "timeMs": 1}])"),
              HasSubstr("expected medianMs or averageMs"));
  const std::string text = Text(std::string(kTensorRt) + "pytorch_a100_fp32.profile.json.gz");
  EXPECT_THAT(Refusal(ImportTensorRt, "p.json", text.substr(0, 700)), HasSubstr("not valid JSON"));
  EXPECT_THAT(std::string(ImportTensorRt({"p.json", text, {{"q.json", "{}", {}}}}).status().message()),
              HasSubstr("q.json: neither layers"));
}

TEST(OpenVino, TheBestOfTheRequests) {
  // Four lists of the same layers; two layers by eye.
  const std::string text = Text(std::string(kOpenVino) + "resnet18_benchmark_detailed_counters_report.csv.gz");
  const MeasuredRun run = One(std::string(kOpenVino) + "resnet18_benchmark_detailed_counters_report.csv.gz");
  EXPECT_EQ(run.network, "resnet18");  // of -m in benchmark_report.csv
  EXPECT_EQ(run.facts.threads, 1);
  EXPECT_EQ(run.facts.precision, "fp32");
  EXPECT_EQ(run.facts.batch, 1);
  EXPECT_GT(run.end_to_end_s.value_or(0), 0);
  const MeasuredKernel& conv = Find(run, "/conv1/Conv/WithoutBiases");
  EXPECT_EQ(conv.op_type, "Convolution");
  EXPECT_EQ(conv.repeats, 3);
  // Of the execution graph.
  EXPECT_THAT(conv.parts, ElementsAre("/conv1/Conv", "/relu/Relu"));
  EXPECT_THAT(Find(run, "/layer1/layer1.0/conv2/Conv/WithoutBiases").parts,
              ElementsAre("/layer1/layer1.0/conv2/Conv", "/layer1/layer1.0/Add", "/layer1/layer1.0/relu_1/Relu"));
  EXPECT_TRUE(Notes(run, "did not run by themselves"));
}

TEST(OpenVino, JsonAndCsvAgree) {
  // Two runs of the tool, so names and types agree and times do not.
  const MeasuredRun csv = One(std::string(kOpenVino) + "resnet18_benchmark_detailed_counters_report.csv.gz");
  const MeasuredRun json = One(std::string(kOpenVino) + "resnet18_benchmark_detailed_counters_report.json.gz");
  ASSERT_EQ(csv.kernels.size(), json.kernels.size());
  for (size_t i = 0; i < csv.kernels.size(); ++i) {
    EXPECT_EQ(csv.kernels[i].name, json.kernels[i].name);
    EXPECT_EQ(csv.kernels[i].parts, json.kernels[i].parts);
  }
}

constexpr char kOvHeader[] = "layerName;execStatus;layerType;execType;";

TEST(OpenVino, TheHeaderDecidesTheUnit) {
  const auto one = [](const std::string& text) {
    const absl::StatusOr<std::vector<MeasuredRun>> runs = ImportOpenVino({"c.csv", text, {}});
    EXPECT_TRUE(runs.ok()) << runs.status();
    return runs.ok() ? (*runs)[0].kernels[0].seconds : 0;
  };
  constexpr char kRow[] = "conv1;EXECUTED;Convolution;convolution_gpu_bfyx_gemm_like;615;3;\nTotal;;;;615;3;\n";
  EXPECT_NEAR(one(absl::StrCat(kOvHeader, "realTime (mcs);cpuTime (mcs);\n", kRow)), 615e-6, 1e-12);
  EXPECT_NEAR(one(absl::StrCat(kOvHeader, "realTime (ms);cpuTime (ms);\n", kRow)), 615e-3, 1e-12);
  EXPECT_NEAR(one(absl::StrCat(kOvHeader, "realTime (ms);cpuTime (ms); %;\na;b;Status.EXECUTED;X;y;2;2;9\n")), 2e-3,
              1e-12);
  EXPECT_THAT(Refusal(ImportOpenVino, "c.csv", absl::StrCat(kOvHeader, "realTime;cpuTime;\n", kRow)),
              HasSubstr("c.csv:1: column 'realTime' names no unit"));
}

TEST(OpenVino, NamesWhatIsWrong) {
  const std::string header = absl::StrCat(kOvHeader, "realTime (ms);cpuTime (ms);\n");
  EXPECT_THAT(Refusal(ImportOpenVino, "c.csv", header + "a;EXECUTED;X;y;-1;0;\n"),
              HasSubstr("c.csv:2: realTime = '-1', expected a number >= 0"));
  EXPECT_THAT(Refusal(ImportOpenVino, "c.csv", header), HasSubstr("no layers"));
  EXPECT_THAT(Refusal(ImportOpenVino, "c.csv", header + "a;NOT_RUN;X;y;0;0;\nTotal;;;;0;0;\n"),
              HasSubstr("no layer took any time"));
  EXPECT_THAT(Refusal(ImportOpenVino, "c.json", R"({"avg_performance": {"nodes": [{"name": "a", "real_time": "x"}]}})"),
              HasSubstr("avg_performance.nodes[0]: realTime = 'x'"));
  // A second request that is cut off is left out.
  const absl::StatusOr<std::vector<MeasuredRun>> runs = ImportOpenVino(
      {"c.csv",
       header + "a;EXECUTED;X;y;5;0;\nb;EXECUTED;X;y;6;0;\nTotal;;;;11;0;\n\n" + header + "a;EXECUTED;X;y;1;0;\nb;EXEC",
       {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_NEAR((*runs)[0].kernels[0].seconds, 5e-3, 1e-12);
  EXPECT_TRUE(Notes((*runs)[0], "the end of the file is missing"));
}

TEST(TfLite, BothColumnCounts) {
  const MeasuredRun with = One("tests/measurements/tflite/tf_mobilenetv2.csv");
  const MeasuredRun without = One("tests/measurements/tflite/tf_mobilenetv2_without_start.csv");
  EXPECT_EQ(with.network, "tf_mobilenetv2");
  ASSERT_EQ(with.kernels.size(), 69u);
  ASSERT_EQ(without.kernels.size(), 69u);
  EXPECT_NEAR(Sum(with), 18.991e-3, 1e-8);  // of the summary at the end of the file
  EXPECT_NEAR(with.profiled_s.value_or(0), 18801e-6, 1e-12);
  for (size_t i = 0; i < with.kernels.size(); ++i) {
    EXPECT_EQ(with.kernels[i].seconds, without.kernels[i].seconds);
    EXPECT_EQ(with.kernels[i].index, static_cast<int64_t>(i));
  }
  EXPECT_EQ(with.kernels[1].op_type, "DEPTHWISE_CONV_2D");
  EXPECT_THAT(with.kernels[1].output_names, ElementsAre("mobilenetv2_1.00_224_1/expanded_conv_depthwise_relu_1/Relu6"));
}

TEST(TfLite, NamesWithCommasTabsAndDelegates) {
  constexpr char kTitle[] =
      "Operator-wise Profiling Info for Regular Benchmark Runs:\n============================== Run Order "
      "==============================\n";
  absl::StatusOr<std::vector<MeasuredRun>> runs =
      ImportTfLite({"t.csv",
                    absl::StrCat(kTitle, "node type, start, first, avg_ms, %, cdf%, mem KB, times called, name\n",
                                 "CONV_2D, 0, 0.2, 0.1, 50%, 50%, 0, 1, [a, b/Relu]:71\n\n"),
                    {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_THAT((*runs)[0].kernels[0].output_names, ElementsAre("a", "b/Relu"));
  EXPECT_EQ((*runs)[0].kernels[0].index, 71);
  // Tabs, and a delegate whose kernels run several times: 0.203 ms are 1.328 %, so 13 calls of 0.051 ms are 4.3 %.
  runs = ImportTfLite(
      {"t.txt",
       absl::StrCat(kTitle,
                    "\t[node type]\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]\n"
                    "\tQUANTIZE\t 0.199\t 0.203\t 1.328%\t 1.328%\t 0.000\t 1\t[tfl.quantize]:0\n"
                    "\tConvolution (NHWC, QC8) DWConv\t 0.428\t 0.051\t 4.317%\t 8.3%\t 0.0\t 13\t"
                    "Delegate/Convolution (NHWC, QC8) DWConv:1\n"
                    "\tTfLiteXNNPackDelegate\t 0.9\t 0.663\t 4.3%\t 9%\t 0.0\t 1\t[out]:9\n\n"),
       {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  ASSERT_EQ((*runs)[0].kernels.size(), 2u);  // the delegate's own row is the sum of its kernels
  EXPECT_NEAR((*runs)[0].kernels[1].seconds / (*runs)[0].kernels[0].seconds, 4.317 / 1.328, 0.02);
  EXPECT_EQ((*runs)[0].kernels[1].op_type, "Convolution (NHWC, QC8) DWConv");
  EXPECT_TRUE(Notes((*runs)[0], "1 delegates have rows"));
  // The same with commas.
  runs = ImportTfLite(
      {"t.csv",
       absl::StrCat(
           kTitle, "node type, first, avg_ms, %, cdf%, mem KB, times called, name\n",
           "Convolution (NHWC, QC8) IGEMM, 0.4, 0.5, 9%, 9%, 0, 1, Delegate/Convolution (NHWC, QC8) IGEMM:0\n\n"),
       {}});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_NEAR((*runs)[0].kernels[0].seconds, 0.5e-3, 1e-12);
  EXPECT_EQ((*runs)[0].kernels[0].op_type, "Convolution (NHWC, QC8) IGEMM");
}

TEST(TfLite, NamesWhatIsWrong) {
  const std::string text = Text("tests/measurements/tflite/tf_mobilenetv2.csv");
  const std::string initialisation = text.substr(0, text.find("Operator-wise"));
  EXPECT_THAT(Refusal(ImportTfLite, "t.csv", initialisation), HasSubstr("t.csv: no rows under 'Run Order'"));
  EXPECT_THAT(Refusal(ImportTfLite, "t.csv", absl::StrReplaceAll(text, {{", 0.142,", ", -0.142,"}})),
              HasSubstr("avg_ms = '-0.142', expected a number >= 0"));
  EXPECT_THAT(Refusal(ImportTfLite, "t.csv", text.substr(0, text.find("[mobilenetv2_1.00_224_1/expanded") - 8)),
              HasSubstr("is the file truncated?"));
}

TEST(PlainCsv, OperatorsWithShapes) {
  const MeasuredRun run = One("tests/measurements/plain/operators.csv");
  EXPECT_EQ(run.network, "operators");
  EXPECT_EQ(run.facts.machine, "example box");
  EXPECT_EQ(run.facts.threads, 2);
  EXPECT_EQ(run.facts.precision, "fp32");
  ASSERT_EQ(run.kernels.size(), 5u);
  const MeasuredKernel& conv = run.kernels[0];
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_THAT(conv.parts, ElementsAre("/conv1/Conv", "/relu/Relu"));
  ASSERT_EQ(conv.inputs.size(), 3u);
  EXPECT_FALSE(conv.inputs[0].is_constant);
  EXPECT_TRUE(conv.inputs[1].is_constant);
  EXPECT_THAT(conv.inputs[1].dims, ElementsAre(64, 3, 7, 7));
  EXPECT_THAT(conv.outputs[0].dims, ElementsAre(1, 64, 112, 112));
  EXPECT_EQ(conv.attributes[1].name, "strides");
  EXPECT_THAT(conv.attributes[1].ints, ElementsAre(2, 2));
  EXPECT_NEAR(conv.seconds, 807.5e-6, 1e-12);
  EXPECT_NEAR(conv.median_seconds, 812e-6, 1e-12);
  EXPECT_EQ(conv.repeats, 50);
  const MeasuredKernel& product = run.kernels[3];
  EXPECT_EQ(product.domain, "com.microsoft");
  EXPECT_FALSE(product.inputs[2].is_present);
  EXPECT_EQ(product.attributes[0].f, 0.125);
  const MeasuredKernel& gather = run.kernels[4];
  EXPECT_EQ(gather.name, "quoted, with a comma");
  EXPECT_EQ(gather.inputs[0].dtype, DType::kInt64);
  EXPECT_TRUE(gather.inputs[0].is_constant);
}

TEST(PlainCsv, PatternsWithAmounts) {
  const absl::StatusOr<std::vector<MeasuredRun>> runs = Import("tests/measurements/plain/patterns.csv");
  ASSERT_TRUE(runs.ok()) << runs.status();
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ((*runs)[0].network, "net_a");
  EXPECT_EQ((*runs)[1].facts.precision, "int8");
  const MeasuredKernel& conv = (*runs)[0].kernels[0];
  EXPECT_EQ(conv.op_type, "conv2d_act");
  EXPECT_NEAR(conv.counts->flops, 236.03e6, 1);
  EXPECT_NEAR(conv.counts->weight_bytes, 0.04 * 1048576, 1e-6);
  EXPECT_NEAR(conv.counts->activation_bytes, 3.63 * 1048576, 1e-6);
  EXPECT_NEAR(conv.seconds, 723e-6, 1e-12);
}

TEST(PlainCsv, NamesLineColumnAndTheNearestName) {
  const std::string ops = "op,inputs,outputs,precision,seconds\n";
  const std::pair<std::string, const char*> rows[] = {
      {"op,pattern,seconds\n", "t.csv:1: expected a column op or a column pattern, and not both"},
      {"op,inputs,ouputs,seconds\n", "t.csv:1: column 'ouputs' is not known; did you mean 'outputs'?"},
      {"op,inputs,outputs,time\n", "t.csv:1: column 'time' has no unit that fits, expected time (s), (ms), (µs)"},
      {"op,inputs,outputs,seconds,seconds\n", "'time' is there twice"},
      {"op,inputs,seconds\n", "no column 'outputs'"},
      {"pattern,flops,seconds\n", "no column 'bytes'"},
      {ops, "no rows below the header"},
      {ops + "Abs,1x2,1x2,fp32\n", "t.csv:2: 4 fields, expected 5"},
      {ops + "Abs,1x2,1x2,fp33,1\n", "t.csv:2: precision 'fp33', expected a column precision or a line"},
      {ops + "Abs,1xn,1x2,fp32,1\n", "t.csv:2: inputs: '1xn', expected extents such as"},
      {ops + "Abs,1x2,,fp32,1\n", "t.csv:2: outputs is empty"},
      {ops + "Abs,1x2,1x2,fp32,0\n", "expected 0 < time <= median"},
      {ops + "Abs,1x2,1x2,fp32,-3\n", "t.csv:2: time = '-3', expected a number >= 0"},
      {"# threads: many\n" + ops, "t.csv:1: threads 'many', expected a whole number"},
      {"pattern,flops,bytes,seconds,precision\nconv2dd,1,2,3,fp32\n", "t.csv:2: "},
      {"pattern,flops,bytes,weight_bytes,seconds,precision\nconv2d,1,2,3,3,fp32\n",
       "weight_bytes 3 is more than bytes 2"},
  };
  for (const auto& [text, message] : rows)
    EXPECT_THAT(Refusal(ImportPlainCsv, "t.csv", text), HasSubstr(message)) << text;
}

}  // namespace
}  // namespace opcost
