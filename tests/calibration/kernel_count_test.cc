// Amounts of kernels, worked out by hand beside each.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "costing/calibration/kernel_forms.h"
#include "costing/calibration/kernel_graph.h"
#include "costing/calibration/term.h"
#include "costing/kernels/count_kernel.h"

namespace opcost {
namespace {

constexpr char kBlocked[] = "com.microsoft.nchwc";
using M = Metric;
using Dims = std::vector<int64_t>;

Attribute Ints(const std::string& name, Dims values) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kInts;
  attribute.ints = std::move(values);
  return attribute;
}
Attribute Int(const std::string& name, int64_t value) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kInt;
  attribute.i = value;
  return attribute;
}
Attribute Text(const std::string& name, const std::string& value) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kString;
  attribute.s = value;
  return attribute;
}

MeasuredTensor In(Dims dims) { return {.dims = std::move(dims)}; }
MeasuredTensor Weight(Dims dims) { return {.dims = std::move(dims), .is_constant = true}; }

struct Kernel {
  std::string op_type, domain;
  std::vector<Attribute> attributes;
  std::vector<MeasuredTensor> inputs;
  Dims output;
};

std::string ClassOf(const KernelCount& count) {
  return count.kernel_class ? std::string(Name(*count.kernel_class)) : "none";
}

KernelCount Count(const Kernel& kernel) {
  MeasuredKernel measured;
  measured.name = "k";
  measured.op_type = kernel.op_type;
  measured.domain = kernel.domain;
  measured.attributes = kernel.attributes;
  measured.inputs = kernel.inputs;
  measured.outputs = {In(kernel.output)};
  const Graph graph = KernelGraph(measured);
  const absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  EXPECT_TRUE(count.ok()) << count.status();
  if (!count.ok()) return {};
  return CountKernel(graph, graph.nodes[0], *count, KernelMachine{.lanes = 16, .l1_way_bytes = 4096});
}

double Of(const KernelCount& count, M metric) { return At(count.amounts, metric); }

std::vector<Attribute> Window(int64_t kernel, int64_t stride, int64_t pad, int64_t group = 1) {
  return {Ints("kernel_shape", {kernel, kernel}), Ints("strides", {stride, stride}), Ints("pads", {pad, pad, pad, pad}),
          Ints("dilations", {1, 1}), Int("group", group)};
}

// 7×7 outputs of a padded 3×3 window: 2 + 5·3 + 2 = 19 rows of taps; 5 inner columns of 3 taps, 2 border columns of 2.
// 48 filters are 3 blocks, made at once. The inner columns are tiles of 3 and 2.
TEST(CountKernel, BlockedConvolution) {
  const KernelCount count =
      Count({"Conv", kBlocked, Window(3, 1, 1), {In({1, 32, 7, 7}), Weight({48, 32, 3, 3})}, {1, 48, 7, 7}});
  EXPECT_EQ(ClassOf(count), "conv_blocked");
  EXPECT_EQ(Of(count, M::kTiledMacs), 32 * 48 * 19 * (5 * 3));
  EXPECT_EQ(Of(count, M::kBorderMacs), 32 * 48 * 19 * (2 * 2));
  EXPECT_EQ(Of(count, M::kTileSteps), 32 * 19 * (3 * 2 + 4));
  EXPECT_EQ(Of(count, M::kResidualBytes), 0);
  EXPECT_EQ(Of(count, M::kAliasedMacs), 0);
}

// 24 filters fill two blocks of 16. 25 outputs are four tiles of 6 and one of 1.
TEST(CountKernel, BlockedPointwise) {
  Kernel kernel{"Conv",
                kBlocked,
                Window(1, 1, 0),
                {In({1, 16, 5, 5}), Weight({24, 16, 1, 1}), Weight({24}), In({1, 24, 5, 5})},
                {1, 24, 5, 5}};
  kernel.attributes.push_back(Text("activation", "Sigmoid"));
  const KernelCount count = Count(kernel);
  EXPECT_EQ(ClassOf(count), "conv_blocked_pointwise");
  EXPECT_EQ(Of(count, M::kTiledMacs), 16 * 32 * 25);
  EXPECT_EQ(Of(count, M::kTileSteps), 16 * 5);
  EXPECT_EQ(Of(count, M::kResidualBytes), 24 * 25 * 4);
  EXPECT_EQ(Of(count, M::kActivationTranscendentals), 24 * 25);
  EXPECT_EQ(Of(count, M::kActivationOps), 0);
}

// 8×8 outputs × 16 channels × 4 bytes is one L1 way of 4096 bytes: the blocks collide.
TEST(CountKernel, BlocksAnL1WayApartCollide) {
  const KernelCount count =
      Count({"Conv", kBlocked, Window(1, 1, 0), {In({1, 16, 8, 8}), Weight({16, 16, 1, 1})}, {1, 16, 8, 8}});
  EXPECT_EQ(Of(count, M::kAliasedMacs), Of(count, M::kTiledMacs));
}

// Three input channels are read from the plain layout, without padding.
TEST(CountKernel, FirstConvolution) {
  const KernelCount count =
      Count({"Conv", kBlocked, Window(2, 2, 0), {In({1, 3, 14, 14}), Weight({16, 3, 2, 2})}, {1, 16, 7, 7}});
  EXPECT_EQ(ClassOf(count), "conv_blocked_first");
  EXPECT_EQ(Of(count, M::kTiledMacs), 3 * 16 * (7 * 2) * (7 * 2));
  EXPECT_EQ(Of(count, M::kBorderMacs), 0);
}

// 20 channels are padded to 32. 5×5 outputs, 3×3 taps: 2 + 3·3 + 2 = 13 rows of taps, 3 inner columns, 4 border taps.
TEST(CountKernel, BlockedDepthwise) {
  const KernelCount count =
      Count({"Conv", kBlocked, Window(3, 1, 1, 20), {In({1, 20, 5, 5}), Weight({20, 1, 3, 3})}, {1, 20, 5, 5}});
  EXPECT_EQ(ClassOf(count), "conv_blocked_depthwise");
  EXPECT_EQ(Of(count, M::kTiledMacs), 32 * 13 * 3 * 3);
  EXPECT_EQ(Of(count, M::kBorderMacs), 32 * 13 * 4);
  EXPECT_EQ(Of(count, M::kTileSteps), 2 * 13 * 3 * 1);
}

// One dimension: 9 positions of 5·3 = 15 products for 7 filters; 9 columns are padded to 16.
TEST(CountKernel, PlainConvolution) {
  const KernelCount count =
      Count({"Conv", "", {Ints("kernel_shape", {3}), Int("group", 1)}, {In({1, 5, 11}), Weight({7, 5, 3})}, {1, 7, 9}});
  EXPECT_EQ(ClassOf(count), "conv_plain");
  EXPECT_EQ(Of(count, M::kTiledMacs), 7 * 16 * 15);
  EXPECT_EQ(Of(count, M::kPackedElements), 15 * 9);
  EXPECT_EQ(Of(count, M::kPassBytes), 7 * 9 * 4);
  EXPECT_EQ(Of(count, M::kCalls), 1);
}

TEST(CountKernel, PlainConvolutionsByShape) {
  const auto name = [](const Kernel& kernel) { return ClassOf(Count(kernel)); };
  EXPECT_EQ(
      name({"FusedConv", "com.microsoft", Window(1, 1, 0), {In({1, 5, 3, 3}), Weight({7, 5, 1, 1})}, {1, 7, 3, 3}}),
      "conv_plain_pointwise");
  EXPECT_EQ(name({"Conv", "", Window(1, 1, 0), {In({1, 5, 1, 1}), Weight({7, 5, 1, 1})}, {1, 7, 1, 1}}),
            "conv_plain_vector");
  EXPECT_EQ(name({"Conv", "", Window(3, 1, 1, 5), {In({1, 10, 3, 3}), Weight({15, 2, 3, 3})}, {1, 15, 3, 3}}),
            "conv_plain_grouped");
  EXPECT_EQ(name({"Conv", "", Window(3, 1, 1, 5), {In({1, 5, 3, 3}), Weight({5, 1, 3, 3})}, {1, 5, 3, 3}}),
            "conv_plain_depthwise");
}

// 33 columns are three vectors of 16; tiles are 12 rows by two vectors, so 2 × 2 of them.
TEST(CountKernel, StoredProduct) {
  const KernelCount count =
      Count({"Gemm", "", {Int("transB", 1)}, {In({13, 7}), Weight({33, 7}), Weight({33})}, {13, 33}});
  EXPECT_EQ(ClassOf(count), "matmul_stored");
  EXPECT_EQ(Of(count, M::kTiledMacs), 13 * 7 * 48);
  EXPECT_EQ(Of(count, M::kTileSteps), 7 * 2 * 2);
  EXPECT_EQ(Of(count, M::kPassBytes), 13 * 33 * 4);
  EXPECT_EQ(Of(count, M::kAliasedMacs), 0);
  EXPECT_EQ(Of(count, M::kWeightBytes), (33 * 7 + 33) * 4);
}

TEST(CountKernel, RowsAnL1WayApartCollide) {
  const KernelCount count = Count({"MatMul", "", {}, {In({2, 3, 1024}), Weight({1024, 5})}, {2, 3, 5}});
  EXPECT_EQ(Of(count, M::kTiledMacs), 6 * 1024 * 16);  // one weight: the batch's rows are one
  EXPECT_EQ(Of(count, M::kAliasedMacs), 6 * 1024 * 16);
  EXPECT_EQ(Of(count, M::kPassBytes), 6 * 5 * 4 * 4);  // 1024 / 256 passes
}

TEST(CountKernel, ProductsByWhatIsStored) {
  const auto name = [](const Kernel& kernel) { return ClassOf(Count(kernel)); };
  EXPECT_EQ(name({"MatMul", "", {}, {In({1, 7}), Weight({7, 5})}, {1, 5}}), "matvec_stored");
  EXPECT_EQ(name({"MatMul", "", {}, {In({3, 2, 7}), In({3, 7, 5})}, {3, 2, 5}}), "matmul_batched");
  EXPECT_EQ(name({"MatMul", "", {}, {In({3, 1, 7}), In({3, 7, 5})}, {3, 1, 5}}), "matvec_batched");
  EXPECT_EQ(name({"FusedMatMul", "com.microsoft", {Int("transB", 1)}, {In({3, 2, 7}), In({3, 5, 7})}, {3, 2, 5}}),
            "matmul_batched_transposed");
}

TEST(CountKernel, Einsum) {
  const KernelCount count = Count(
      {"Einsum", "", {Text("equation", "bhid,bhjd->bhij")}, {In({2, 3, 5, 7}), In({2, 3, 11, 7})}, {2, 3, 5, 11}});
  EXPECT_EQ(ClassOf(count), "matmul_batched");
  EXPECT_EQ(Of(count, M::kCalls), 6);
  EXPECT_EQ(Of(count, M::kTiledMacs), 6 * 5 * 7 * 16);
}

TEST(CountKernel, ATileThatRepeatsNothingIsACopy) {
  EXPECT_EQ(ClassOf(Count({"Tile", "", {}, {In({12, 512, 64}), Weight({3})}, {12, 512, 64}})), "transpose_copy");
  EXPECT_EQ(ClassOf(Count({"Tile", "", {}, {In({12, 512, 64}), Weight({3})}, {12, 512, 128}})), "tile");
}

struct TransposeRow {
  Dims dims, perm;
  const char* name;
  double rows;
};
TEST(CountKernel, TransposesByWhatMoves) {
  const TransposeRow rows[] = {
      {{1, 3, 5}, {1, 0, 2}, "transpose_copy", 0},      {{2, 3, 5}, {0, 2, 1}, "transpose_plane", 30},
      {{2, 3, 5}, {1, 0, 2}, "transpose_axis", 6},      {{2, 3, 5, 7}, {2, 1, 0, 3}, "transpose_blocks", 30},
      {{2, 3, 5}, {2, 1, 0}, "transpose_elements", 30},
  };
  for (const TransposeRow& row : rows) {
    Dims out;
    for (int64_t axis : row.perm) out.push_back(row.dims[static_cast<size_t>(axis)]);
    const KernelCount count = Count({"Transpose", "", {Ints("perm", row.perm)}, {In(row.dims)}, out});
    EXPECT_EQ(ClassOf(count), row.name);
    EXPECT_EQ(Of(count, M::kRows), row.rows) << row.name;
  }
}

TEST(CountKernel, BroadcastsByWhatRepeats) {
  const auto count = [](Dims other) {
    return Count({"Add", "", {}, {In({2, 3, 5}), In(std::move(other))}, {2, 3, 5}});
  };
  EXPECT_EQ(ClassOf(count({2, 3, 5})), "elementwise_same");
  EXPECT_EQ(ClassOf(count({})), "elementwise_scalar");
  EXPECT_EQ(ClassOf(count({5})), "elementwise_row");
  EXPECT_EQ(Of(count({5}), M::kRows), 6);
  EXPECT_EQ(ClassOf(count({2, 1, 1})), "elementwise_column");
  EXPECT_EQ(Of(count({2, 1, 1}), M::kRows), 2);
}

TEST(CountKernel, RowsOfSoftmaxAndNorms) {
  const KernelCount softmax = Count({"Softmax", "", {Int("axis", -1)}, {In({2, 3, 17})}, {2, 3, 17}});
  EXPECT_EQ(ClassOf(softmax), "softmax");
  EXPECT_EQ(Of(softmax, M::kRows), 6);
  EXPECT_EQ(Of(softmax, M::kRowVectors), 6 * 2);
  EXPECT_EQ(ClassOf(Count({"Softmax", "", {Int("axis", 1)}, {In({2, 3, 17})}, {2, 3, 17}})), "softmax_strided");
  const KernelCount norm = Count({"LayerNormalization", "", {}, {In({2, 3, 7}), Weight({7}), Weight({7})}, {2, 3, 7}});
  EXPECT_EQ(ClassOf(norm), "layernorm");
  EXPECT_EQ(Of(norm, M::kRows), 6);
}

// Images [1, 5, 7, 11] channels last, 33 filters: 35 positions, 2 · 16 + 1 filters padded to 48, products in fours.
TEST(CountKernel, QuantizedConvolutions) {
  const auto conv = [](Dims weight, Dims out, int64_t group) {
    const MeasuredTensor scalar = Weight({});
    return Count({"QLinearConv",
                  "com.microsoft",
                  {Int("group", group), Int("channels_last", 1)},
                  {In({1, 5, 7, 11}), scalar, scalar, Weight(std::move(weight)), scalar, scalar, scalar, scalar},
                  std::move(out)});
  };
  const KernelCount dense = conv({33, 11, 3, 3}, {1, 5, 7, 33}, 1);
  EXPECT_EQ(ClassOf(dense), "conv_quantized");
  EXPECT_EQ(Of(dense, M::kTiledMacs), 35 * 48 * 100);  // 99 taps a filter
  EXPECT_EQ(Of(dense, M::kPackedElements), 35 * 99);
  const KernelCount pointwise = conv({33, 11, 1, 1}, {1, 5, 7, 33}, 1);
  EXPECT_EQ(ClassOf(pointwise), "conv_quantized_pointwise");
  EXPECT_EQ(Of(pointwise, M::kTiledMacs), 35 * 48 * 12);
  EXPECT_EQ(Of(pointwise, M::kPackedElements), 0);
  const KernelCount depthwise = conv({11, 1, 3, 3}, {1, 5, 7, 11}, 11);
  EXPECT_EQ(ClassOf(depthwise), "conv_quantized_depthwise");
  EXPECT_EQ(Of(depthwise, M::kTiledMacs), 35 * 16 * 9);
}

TEST(CountKernel, OperatorsThatTakeOtherTimesThanTheirLikeAreClassesOfTheirOwn) {
  const auto name = [](const std::string& op_type, MeasuredTensor in, Dims out) {
    return ClassOf(Count({op_type, "", {}, {in, in}, std::move(out)}));
  };
  const auto whole = [](DType dtype) { return MeasuredTensor{.dtype = dtype, .dims = {4, 4}}; };
  EXPECT_EQ(name("Less", whole(DType::kFloat32), {4, 4}), "elementwise_same");
  EXPECT_EQ(name("Less", whole(DType::kInt64), {4, 4}), "elementwise_other");
  EXPECT_EQ(name("Div", whole(DType::kFloat32), {4, 4}), "elementwise_same");
  EXPECT_EQ(name("Div", whole(DType::kInt64), {4, 4}), "divide_integers");
  EXPECT_EQ(name("Mod", whole(DType::kFloat32), {4, 4}), "elementwise_same");
  EXPECT_EQ(name("Mod", whole(DType::kInt32), {4, 4}), "divide_integers");
  EXPECT_EQ(name("Pow", whole(DType::kFloat32), {4, 4}), "power");
  EXPECT_EQ(name("PRelu", whole(DType::kFloat32), {4, 4}), "prelu");
  EXPECT_EQ(ClassOf(Count({"MaxPool", "", Window(2, 2, 0), {In({1, 2, 4, 4})}, {1, 2, 2, 2}})), "pool_max");
  const MeasuredTensor bytes = {.dtype = DType::kUInt8, .dims = {1, 2, 4, 4}};
  EXPECT_EQ(ClassOf(Count({"MaxPool", "", Window(2, 2, 0), {bytes}, {1, 2, 2, 2}})), "pool_max_bytes");
}

TEST(CountKernel, ReductionsByWhetherTheInnermostAxisIsKept) {
  const auto count = [](const std::string& op_type, Dims out) {
    return Count({op_type, "", {}, {In({2, 6, 10})}, std::move(out)});
  };
  EXPECT_EQ(ClassOf(count("ReduceSum", {2, 6, 1})), "reduce");
  EXPECT_EQ(Of(count("ReduceSum", {2, 6, 1}), M::kRows), 12);
  EXPECT_EQ(ClassOf(count("ReduceMean", {2, 6})), "reduce");
  EXPECT_EQ(ClassOf(count("ReduceMax", {2, 1, 10})), "reduce_outer");
  EXPECT_EQ(ClassOf(count("ReduceMin", {2, 10})), "reduce_outer");
  EXPECT_EQ(Of(count("ReduceMin", {2, 10}), M::kRows), 20);
  EXPECT_EQ(ClassOf(count("ReduceProd", {2, 10})), "reduce_other");
}

TEST(CountKernel, QuantizedProducts) {
  const KernelCount product =
      Count({"DynamicQuantizeMatMul", "com.microsoft", {}, {In({1, 3, 10}), Weight({10, 17})}, {1, 3, 17}});
  EXPECT_EQ(ClassOf(product), "matmul_quantized");
  EXPECT_EQ(Of(product, M::kTiledMacs), 3 * 32 * 12);
  EXPECT_EQ(Of(product, M::kPackedElements), 30);
  EXPECT_EQ(ClassOf(Count({"MatMulNBits", "com.microsoft", {Int("K", 64), Int("N", 5)}, {In({1, 1, 64})}, {1, 1, 5}})),
            "matvec_nbits");
  // Levels of ONNX Runtime's operator: 0 and 1 compute in floats, 4 in 8-bit integers.
  const auto nbits = [&](int64_t rows, int64_t level) {
    return ClassOf(Count({"MatMulNBits",
                          "com.microsoft",
                          {Int("K", 64), Int("N", 5), Int("accuracy_level", level)},
                          {In({1, rows, 64})},
                          {1, rows, 5}}));
  };
  EXPECT_EQ(nbits(1, 1), "matvec_nbits");
  EXPECT_EQ(nbits(1, 4), "matvec_nbits_int8");
  EXPECT_EQ(nbits(2, 0), "matmul_nbits");
  EXPECT_EQ(nbits(2, 4), "matmul_nbits_int8");
  // 3 rows, 5 columns of 2 blocks.
  const KernelCount blocks = Count({"MatMulNBits",
                                    "com.microsoft",
                                    {Int("K", 64), Int("N", 5), Int("block_size", 32)},
                                    {In({1, 3, 64}), Weight({5, 2, 16})},
                                    {1, 3, 5}});
  EXPECT_EQ(Of(blocks, M::kTileSteps), 3 * 5 * 2);
}

TEST(CountKernel, IntegersByTheirSigns) {
  const MeasuredTensor scalar = Weight({});
  MeasuredTensor weight = Weight({33, 11, 3, 3});
  const auto conv = [&](DType dtype) {
    weight.dtype = dtype;
    return Count({"QLinearConv",
                  "com.microsoft",
                  {Int("channels_last", 1)},
                  {In({1, 5, 7, 11}), scalar, scalar, weight, scalar, scalar, scalar, scalar},
                  {1, 5, 7, 33}});
  };
  EXPECT_EQ(ClassOf(conv(DType::kInt8)), "conv_quantized");
  EXPECT_EQ(ClassOf(conv(DType::kUInt8)), "conv_quantized_unsigned");
  EXPECT_EQ(Of(conv(DType::kUInt8), M::kTiledMacs), 35 * 48 * 100);
}

// 13 steps of a batch of 2 in 2 directions, 5 inputs, 7 cells: 4 gates of 7 · 5 and of 7 · 7, the latter read each
// step.
TEST(CountKernel, RecurrentWeightsAreReadAtEachStep) {
  const KernelCount lstm = Count(
      {"LSTM", "", {Int("hidden_size", 7)}, {In({13, 2, 5}), Weight({2, 28, 5}), Weight({2, 28, 7})}, {13, 2, 2, 7}});
  EXPECT_EQ(ClassOf(lstm), "lstm");
  EXPECT_EQ(Of(lstm, M::kTiledMacs), 13 * 2 * (2 * 28 * 5 + 2 * 28 * 7));
  EXPECT_EQ(Of(lstm, M::kPassBytes), 13 * 2 * 28 * 7 * 4);
  EXPECT_EQ(Of(lstm, M::kPassSetBytes), 28 * 7 * 4);  // one direction after the other
}

// Axes that stay together move as one: [a, bc, de] → [a, de, bc] exchanges two planes, however many axes they have.
TEST(CountKernel, AxesThatStayTogetherMoveAsOne) {
  const auto transpose = [](Dims in, Dims perm, Dims out) {
    return ClassOf(Count({"Transpose", "", {Ints("perm", std::move(perm))}, {In(std::move(in))}, std::move(out)}));
  };
  EXPECT_EQ(transpose({2, 3, 5, 7, 11}, {0, 3, 4, 1, 2}, {2, 7, 11, 3, 5}), "transpose_plane");
  EXPECT_EQ(transpose({2, 3, 5, 7}, {3, 2, 1, 0}, {7, 5, 3, 2}), "transpose_elements");
}

// What multiplies and has no class is no stream of bytes: it is priced by its pattern or the default.
TEST(CountKernel, ResizesByWhatTheyRead) {
  const auto taps = [](const char* mode, Dims in, Dims out) {
    return Of(Count({"Resize", "", {Text("mode", mode)}, {In(std::move(in))}, std::move(out)}), M::kTaps);
  };
  EXPECT_EQ(taps("linear", {1, 3, 4, 4}, {1, 3, 8, 8}), 3 * 64 * 4);
  EXPECT_EQ(taps("linear", {1, 3, 4, 8}, {1, 3, 8, 8}), 3 * 64 * 2) << "one axis changes";
  EXPECT_EQ(taps("cubic", {1, 3, 4, 4}, {1, 3, 8, 8}), 3 * 64 * 16);
  EXPECT_EQ(taps("nearest", {1, 3, 4, 4}, {1, 3, 8, 8}), 0);
  EXPECT_EQ(taps("linear", {1, 3, 8, 8}, {1, 3, 8, 8}), 0) << "a copy";
}

TEST(CountKernel, WithoutAClass) {
  EXPECT_EQ(ClassOf(Count({"DeformConv", "", {}, {In({1, 2, 5, 5}), Weight({3, 2, 3, 3})}, {1, 3, 3, 3}})), "none");
  EXPECT_EQ(ClassOf(Count({"Trilu", "", {}, {In({5, 5})}, {5, 5}})), "other");
}

TEST(Amount, OfARunBelongsToAllOfItsKernels) {
  Amounts amounts{};
  SetRunAmounts(1000, 4, amounts);
  EXPECT_EQ(At(amounts, M::kFootprintBytes), 1000);
  EXPECT_EQ(At(amounts, M::kKernelBytes), 250);
  SetRunAmounts(0, 0, amounts);
  EXPECT_EQ(At(amounts, M::kKernelBytes), 0);
}

TEST(Amount, BeyondCaches) {
  Amounts amounts{};
  At(amounts, M::kBytes) = 70;
  At(amounts, M::kWeightBytes) = 40;
  const Caches caches{.l2_bytes = 30, .llc_bytes = 50};
  EXPECT_EQ(Amount({M::kBytes, TermScope::kAll}, amounts, caches), 70);
  EXPECT_EQ(Amount({M::kBytes, TermScope::kBeyondL2}, amounts, caches), 40);
  EXPECT_EQ(Amount({M::kBytes, TermScope::kBeyondLlc}, amounts, caches), 20);
  // One run touches 200 bytes, of which 50 stay: three quarters of the weights are gone when the next begins.
  At(amounts, M::kFootprintBytes) = 200;
  EXPECT_EQ(Amount({M::kWeightBytes, TermScope::kMissedEachRun}, amounts, caches), 30);
  // One pass goes through 40 bytes, of which the core's own cache keeps 30.
  At(amounts, M::kPassBytes) = 400;
  At(amounts, M::kPassSetBytes) = 40;
  EXPECT_EQ(Amount({M::kPassBytes, TermScope::kMissedEachPass}, amounts, caches), 100);
  // An average kernel touches 10 bytes: a quarter of what a cache of 30 and they fill together.
  At(amounts, M::kKernelBytes) = 10;
  EXPECT_EQ(Amount({M::kWeightBytes, TermScope::kDisplaced}, amounts, caches), 10);
  At(amounts, M::kFootprintBytes) = 50;
  EXPECT_EQ(Amount({M::kWeightBytes, TermScope::kMissedEachRun}, amounts, caches), 0);
}

TEST(KernelClass, TableIsSound) {
  for (size_t i = 0; i < static_cast<size_t>(KernelClass::kCount); ++i) {
    const KernelClass kernel_class = static_cast<KernelClass>(i);
    const absl::string_view name = Name(kernel_class);
    ASSERT_TRUE(ParseKernelClass(name).ok()) << name;
    EXPECT_EQ(*ParseKernelClass(name), kernel_class);
    const KernelForm& form = FormOf(kernel_class);
    EXPECT_EQ(form.kernel_class, kernel_class) << name;
    EXPECT_FALSE(form.always.empty()) << name;
    EXPECT_TRUE(Parent(kernel_class) || form.shrinkage == Shrinkage::kNone) << name;
    size_t steps = 0;
    for (std::optional<KernelClass> up = Parent(kernel_class); up; up = Parent(*up)) {
      ASSERT_LT(++steps, static_cast<size_t>(KernelClass::kCount)) << "a cycle above " << name;
    }
  }
}

}  // namespace
}  // namespace opcost
