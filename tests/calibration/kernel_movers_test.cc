// Amounts of kernels, worked out by hand beside each: what moves, repeats, searches and goes along rows.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/calibration/counted_kernel.h"

namespace opcost::counted {
namespace {

TEST(CountKernel, ATileThatRepeatsNothingIsACopy) {
  EXPECT_EQ(ClassOf(Count({"Tile", "", {}, {In({12, 512, 64}), Weight({3})}, {12, 512, 64}})), "transpose_copy");
  EXPECT_EQ(ClassOf(Count({"Tile", "", {}, {In({12, 512, 64}), Weight({3})}, {12, 512, 128}})), "tile");
}

struct BlockRow {
  Kernel kernel;
  const char* name;
  double rows;
};
// 2 × 3 × 5 × 7 elements in blocks of what lies side by side on both sides.
TEST(CountKernel, CopiesByTheirBlocks) {
  const Dims dims = {2, 3, 5, 7};
  const BlockRow rows[] = {
      {{"Gather", "", {Int("axis", 1)}, {In(dims), In({4})}, {2, 4, 5, 7}}, "gather", 2 * 4},
      {{"Gather", "", {Int("axis", -1)}, {In(dims), In({4, 2})}, {2, 3, 5, 4, 2}}, "gather", 2 * 3 * 5 * 8},
      {{"Gather", "", {}, {In({100, 16}), In({6})}, {6, 16}}, "gather", 6},
      {{"GatherND", "", {}, {In(dims), In({11, 2})}, {11, 5, 7}}, "scatter", 11},
      {{"ScatterND", "", {}, {In(dims), In({11, 3}), In({11, 7})}, dims}, "scatter", 11},
      {{"Tile", "", {}, {In(dims), Weight({4})}, {2, 3, 5, 14}}, "tile", 2 * 3 * 5 * 2},
      {{"Tile", "", {}, {In(dims), Weight({4})}, {2, 6, 5, 7}}, "tile", 2 * 2},
      {{"Tile", "", {}, {In({2, 3, 5, 1}), Weight({4})}, {2, 3, 5, 7}}, "tile", 2 * 3 * 5 * 7},
      {{"Expand", "", {}, {In({2, 3, 5, 1}), Weight({4})}, dims}, "expand", 2 * 3 * 5},
      {{"Expand", "", {}, {In({2, 1, 5, 7}), Weight({4})}, dims}, "expand", 2},
      {{"Expand", "", {}, {In({1, 7}), Weight({4})}, dims}, "expand", 1},
      {{"Expand", "", {}, {In(dims), Weight({4})}, dims}, "expand", 1},
      {{"Pad", "", {}, {In(dims), Weight({8})}, {2, 3, 7, 9}}, "pad", 2 * 3 * 5},
      {{"Pad", "", {}, {In(dims), Weight({8})}, {2, 4, 5, 7}}, "pad", 2},
      {{"Slice", "", {}, {In(dims), Weight({1}), Weight({1})}, {2, 3, 2, 7}}, "slice", 2 * 3},
      {{"Concat", "", {Int("axis", 1)}, {In(dims), In(dims)}, {2, 6, 5, 7}}, "concat", 2 * 2},
  };
  for (const BlockRow& row : rows) {
    const KernelCount count = Count(row.kernel);
    EXPECT_EQ(ClassOf(count), row.name);
    EXPECT_EQ(Of(count, M::kRows), row.rows) << row.kernel.op_type;
  }
}

TEST(CountKernel, EightBitFloatsAreConvertedByOtherCodeThanIntegers) {
  const auto name = [](const char* op_type, DType dtype) {
    const MeasuredTensor from = In({2, 3}), eight = {.dtype = dtype, .dims = {2, 3}};
    const MeasuredTensor zero = {.dtype = dtype, .is_constant = true};
    const bool quantizes = std::string(op_type) == "QuantizeLinear";
    return ClassOf(Count({op_type, "", {}, {quantizes ? from : eight, Weight({}), zero}, {2, 3}}));
  };
  EXPECT_EQ(name("QuantizeLinear", DType::kFloat8E4M3FN), "quantize_float8");
  EXPECT_EQ(name("DequantizeLinear", DType::kFloat8E5M2), "dequantize_float8");
  EXPECT_EQ(name("QuantizeLinear", DType::kUInt8), "quantize");
  EXPECT_EQ(name("DequantizeLinear", DType::kInt8), "dequantize");
}

// At most every pair of the 7 boxes in each of 2 · 3 lists, 13 operations each.
TEST(CountKernel, SuppressionByPairs) {
  const KernelCount count = Count({"NonMaxSuppression", "", {}, {In({2, 7, 4}), In({2, 3, 7}), Weight({1})}, {5, 3}});
  EXPECT_EQ(ClassOf(count), "suppression");
  EXPECT_EQ(Of(count, M::kFlops), 2 * 3 * 7 * 7 * 13);
}

TEST(CountKernel, SoftmaxByHowFarItsAxisIsFromTheInnermost) {
  const auto name = [](const Dims& dims, int64_t axis) {
    return ClassOf(Count({"Softmax", "", {Int("axis", axis)}, {In(dims)}, dims}));
  };
  EXPECT_EQ(name({2, 6, 5, 4}, 3), "softmax");
  EXPECT_EQ(name({2, 6, 5, 4}, 2), "softmax_strided");
  EXPECT_EQ(name({2, 6, 5, 4}, 1), "softmax_outer");
  EXPECT_EQ(name({768, 9, 1}, 1), "softmax_strided");
}

// Three transforms of 8: 3 steps over 8 elements, two multiply-accumulates each on two parts. Of 6: three times one of
// 16, the power of two from 11 on, in 4 steps.
TEST(CountKernel, FourierTransformsByTheirLength) {
  const auto count = [](int64_t n) { return Count({"DFT", "", {Int("axis", 2)}, {In({1, 3, n, 2})}, {1, 3, n, 2}}); };
  EXPECT_EQ(ClassOf(count(8)), "fourier");
  EXPECT_EQ(Of(count(8), M::kTiledMacs), 2 * 3 * 8 * 3);
  EXPECT_EQ(Of(count(6), M::kTiledMacs), 2 * 3 * 3 * 16 * 4);
  EXPECT_EQ(Of(count(6), M::kRows), 3);
  const Kernel frames = {"STFT", "", {}, {In({1, 512, 1}), In({}), Weight({64}), In({})}, {1, 15, 33, 2}};
  EXPECT_EQ(Of(Count(frames), M::kTiledMacs), 2 * 15 * 64 * 6);
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

}  // namespace
}  // namespace opcost::counted
