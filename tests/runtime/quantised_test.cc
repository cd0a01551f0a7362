// Quantised graphs: which groups of QuantizeLinear, DequantizeLinear and an operator run as one on integers, and what
// the kernel then is: the float operator's multiplications, at the width of its integers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/load.h"
#include "frontend/runtime/executed.h"
#include "ops/count.h"

namespace opcost {
namespace {

// x [1, 16, 8, 8] is quantised to xq by s and the zero point of its type; wd is the weight [32, 16, 3, 3], vd a bias.
std::string Model(const std::string& type, const std::string& body, const std::string& output) {
  return absl::StrCat(R"(<ir_version: 9, opset_import: ["" : 17]> g (float[1, 16, 8, 8] x, float[2, 64] m) => ()",
                      output, R"() <float s = {0.02353}, )", type, " z = {", type == "int8" ? "-128" : "0", R"(},
      int8 wz = {0}, int32 vz = {0}> {
      k = Constant <value_ints = [32, 16, 3, 3]> ()  n = Constant <value_ints = [32]> ()
      k2 = Constant <value_ints = [64, 32]> ()
      wq = ConstantOfShape <value = int8[1] {1}> (k)  vq = ConstantOfShape <value = int32[1] {1}> (n)
      w2 = ConstantOfShape <value = int8[1] {1}> (k2)  b2 = ConstantOfShape <value = float[1] {1.0}> (n)
      )",
                      body, "}");
}

constexpr int kMinor = 26;

absl::StatusOr<ExecutedGraph> Executed(const std::string& text, RuntimeLevel level, int minor_version = kMinor) {
  const absl::StatusOr<Graph> graph = LoadText(text);
  if (!graph.ok()) return graph.status();
  return ExecuteWithOnnxRuntime(*graph, {.minor_version = minor_version, .level = level});
}

std::string Kernels(const std::string& text, RuntimeLevel level = RuntimeLevel::kExtended, int minor_version = kMinor) {
  const absl::StatusOr<ExecutedGraph> executed = Executed(text, level, minor_version);
  EXPECT_TRUE(executed.ok()) << executed.status() << "\n" << text;
  if (!executed.ok()) return "";
  std::vector<std::string> kernels;
  for (const Node& node : executed->graph.nodes) kernels.push_back(node.op_type);
  return absl::StrJoin(kernels, " ");
}

constexpr const char* kConv = R"(
      xq = QuantizeLinear (x, s, z)  xd = DequantizeLinear (xq, s, z)
      wd = DequantizeLinear (wq, s, wz)  vd = DequantizeLinear (vq, s, vz)
      c = Conv <pads = [1, 1, 1, 1]> (xd, wd, vd) )";
constexpr const char* kImage = "float[1, 32, 8, 8] y";

TEST(QuantisedGroups, AConvolutionRunsOnIntegers) {
  const std::string text =
      Model("uint8", absl::StrCat(kConv, "cq = QuantizeLinear (c, s, z)  y = DequantizeLinear (cq, s, z)"), kImage);
  EXPECT_EQ(Kernels(text), "QuantizeLinear QLinearConv DequantizeLinear");
  EXPECT_EQ(Kernels(text, RuntimeLevel::kBasic),
            "QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear DequantizeLinear");
}

// What ONNX Runtime 1.26.0, 1.27.0 and 1.32.0 write as optimised graphs: 0.02 · 0.01 is the scale of the sums.
TEST(QuantisedGroups, TheBiasHasTheScaleOfTheSumsFrom27) {
  const auto with = [](int minor_version, const std::string& bias) {
    return Kernels(Model("uint8",
                         absl::StrCat(R"(
      xs = Constant <value_float = 0.02> ()  ws = Constant <value_float = 0.01> ()
      xq = QuantizeLinear (x, xs, z)  xd = DequantizeLinear (xq, xs, z)  wd = DequantizeLinear (wq, ws, wz)
      )",
                                      bias, R"(
      c = Conv (xd, wd, vd)  cq = QuantizeLinear (c, s, z)  y = DequantizeLinear (cq, s, z))"),
                         "float[1, 32, 6, 6] y"),
                   RuntimeLevel::kExtended, minor_version);
  };
  const auto scaled = [&](int minor_version, const std::string& scale) {
    return with(minor_version,
                absl::StrCat("vs = Constant <value_float = ", scale, "> ()  vd = DequantizeLinear (vq, vs, vz)"));
  };
  const std::string fused = "QuantizeLinear QLinearConv DequantizeLinear";
  const std::string apart =
      "QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear DequantizeLinear";
  EXPECT_EQ(scaled(32, "0.0002"), fused);
  EXPECT_EQ(scaled(32, "0.0002025"), fused);  // one in a hundred may be off, and one in a million besides
  EXPECT_EQ(scaled(32, "0.000204"), apart);
  EXPECT_EQ(scaled(27, "0.00024"), apart);
  EXPECT_EQ(scaled(26, "0.00024"), fused);
  EXPECT_EQ(with(32,
                 "vs = Constant <value_float = 0.0002> ()  p = Constant <value = int32 {1}> ()  "
                 "vd = DequantizeLinear (vq, vs, p)"),
            apart);
}

// What ONNX Runtime 1.20.1, 1.21.1, 1.22.1, 1.23.0, 1.26.0 and 1.32.0 write as optimised graphs.
TEST(QuantisedGroups, FloatBiasesAndWeightsBetweenIntegersAreQuantised) {
  const auto conv = [](const std::string& operands, const std::string& tail, int minor_version = 32) {
    return Kernels(Model("uint8",
                         absl::StrCat(R"(
      xs = Constant <value_float = 0.02> ()  wf = ConstantOfShape <value = float[1] {1.0}> (k)
      xq = QuantizeLinear (x, xs, z)  xd = DequantizeLinear (xq, xs, z)  wd = DequantizeLinear (wq, s, wz)
      c = Conv ()",
                                      operands, ")  ", tail),
                         "float[1, 32, 6, 6] y"),
                   RuntimeLevel::kExtended, minor_version);
  };
  const std::string end = "cq = QuantizeLinear (c, s, z)  y = DequantizeLinear (cq, s, z)";
  const std::string fused = "QuantizeLinear QLinearConv DequantizeLinear";
  EXPECT_EQ(conv("xd, wd, b2", end), fused);
  EXPECT_EQ(conv("xd, wd, b2", end, 21), fused);
  EXPECT_EQ(conv("xd, wd, b2", end, 20),
            "QuantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear DequantizeLinear");
  const std::string past = "r = Relu (c)  cq = QuantizeLinear (r, s, z)  y = DequantizeLinear (cq, s, z)";
  EXPECT_EQ(conv("xd, wd, b2", past), fused);
  EXPECT_EQ(conv("xd, wd, b2", past, 23), fused);
  EXPECT_EQ(conv("xd, wd, b2", past, 22),
            "QuantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear DequantizeLinear");
  EXPECT_EQ(conv("xd, wf, b2", end), fused);
  EXPECT_EQ(conv("xd, wf", end), fused);
  EXPECT_EQ(conv("xd, wd, b2", "y = Neg (c)"), "QuantizeLinear DequantizeLinear DequantizeLinear Conv Neg");
}

// Channels last in between, and the Transposes move to the ends.
TEST(QuantisedGroups, IntegerConvolutionsHaveChannelsLast) {
  const std::string text =
      Model("uint8", absl::StrCat(kConv, "cq = QuantizeLinear (c, s, z)  y = DequantizeLinear (cq, s, z)"), kImage);
  EXPECT_EQ(Kernels(text, RuntimeLevel::kAll), "QuantizeLinear Transpose QLinearConv Transpose DequantizeLinear");
}

TEST(QuantisedGroups, AnActivationThatTheIntegersImplyIsGone) {
  const auto with = [](const std::string& type, const std::string& activation) {
    return Kernels(Model(
        type,
        absl::StrCat(kConv, "a = ", activation, "  cq = QuantizeLinear (a, s, z)  ", "y = DequantizeLinear (cq, s, z)"),
        kImage));
  };
  EXPECT_EQ(with("uint8", "Relu (c)"), "QuantizeLinear QLinearConv DequantizeLinear");
  EXPECT_EQ(with("int8", "Relu (c)"), "QuantizeLinear QLinearConv DequantizeLinear");
  // Tanh is not implied: the convolution stays float, and its weights are dequantised at run time.
  EXPECT_EQ(
      with("uint8", "Tanh (c)"),
      "QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear FusedConv QuantizeLinear DequantizeLinear");
}

TEST(QuantisedGroups, FloatOperatorsKeepTheirConversions) {
  // The output is not quantised.
  EXPECT_EQ(Kernels(Model("uint8", absl::StrCat(kConv, "y = Neg (c)"), kImage)),
            "QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Conv Neg");
}

// What only moves elements drops the conversions, and carries them on to where they are of use.
TEST(QuantisedGroups, PoolsAndReshapesWorkOnIntegers) {
  EXPECT_EQ(Kernels(Model("uint8", R"(
      xq = QuantizeLinear (x, s, z)  xd = DequantizeLinear (xq, s, z)
      p = MaxPool <kernel_shape = [2, 2]> (xd)  pq = QuantizeLinear (p, s, z)  y = DequantizeLinear (pq, s, z))",
                          "float[1, 16, 7, 7] y")),
            "QuantizeLinear MaxPool DequantizeLinear");
  EXPECT_EQ(Kernels(Model("uint8", R"(
      xq = QuantizeLinear (x, s, z)  xd = DequantizeLinear (xq, s, z)
      p = GlobalAveragePool (xd)  pq = QuantizeLinear (p, s, z)  y = DequantizeLinear (pq, s, z))",
                          "float[1, 16, 1, 1] y")),
            "QuantizeLinear QLinearGlobalAveragePool DequantizeLinear");
}

// A tensor that two operators read is dequantised for each.
TEST(QuantisedGroups, SumsReadTwoOfThem) {
  EXPECT_EQ(Kernels(Model("uint8", R"(
      xq = QuantizeLinear (x, s, z)  xd = DequantizeLinear (xq, s, z)
      e = Sigmoid (xd)  eq = QuantizeLinear (e, s, z)  ed = DequantizeLinear (eq, s, z)
      a = Add (xd, ed)  aq = QuantizeLinear (a, s, z)  y = DequantizeLinear (aq, s, z))",
                          "float[1, 16, 8, 8] y")),
            "QuantizeLinear QLinearSigmoid QLinearAdd DequantizeLinear");
}

constexpr const char* kDynamic = R"(
      q, qs, qz = DynamicQuantizeLinear (m)
      p = MatMulInteger (q, w2, qz, wz)  f = Cast <to = 1> (p)  t = Mul (qs, s)  e = Mul (f, t) )";

TEST(DynamicQuantisation, IsOneKernelWithItsBias) {
  EXPECT_EQ(Kernels(Model("uint8", absl::StrCat(kDynamic, "y = Add (b2, e)"), "float[2, 32] y")),
            "DynamicQuantizeMatMul");
  // Someone else reads the scale of the input.
  EXPECT_EQ(Kernels(Model("uint8", absl::StrCat(kDynamic, "g2 = Mul (e, qs)  y = Add (b2, g2)"), "float[2, 32] y")),
            "DynamicQuantizeLinear MatMulIntegerToFloat Mul Add");
}

// 32 · 64 outputs of 16 · 9 products each: as many as in float, on integers of 8 bits.
TEST(QuantisedCounts, AConvolutionCountsTheFloatOnesProducts) {
  const absl::StatusOr<ExecutedGraph> executed = Executed(
      Model("uint8", absl::StrCat(kConv, "cq = QuantizeLinear (c, s, z)  y = DequantizeLinear (cq, s, z)"), kImage),
      RuntimeLevel::kAll);
  ASSERT_TRUE(executed.ok()) << executed.status();
  int found = 0;
  for (const Node& node : executed->graph.nodes) {
    if (node.op_type != "QLinearConv") continue;
    ++found;
    const absl::StatusOr<NodeCount> count = CountNode(executed->graph, node);
    ASSERT_TRUE(count.ok()) << count.status();
    EXPECT_EQ(count->work.Get(Resource::kMatrixMacs, DType::kUInt8), 32 * 64 * 16 * 9);
    // Weights of one byte, a bias of four; scales and zero points are not weights that grow with the layer.
    EXPECT_GE(count->work.Get(Resource::kWeightBytesRead), 32 * 16 * 9 + 32 * 4);
    EXPECT_LE(count->work.Get(Resource::kWeightBytesRead), 32 * 16 * 9 + 32 * 4 + 32);
    EXPECT_EQ(count->work.Get(Resource::kBytesWritten), 32 * 64);
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace opcost
