// Amounts of kernels, worked out by hand beside each: convolutions, products, terms.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "costing/calibration/kernel_forms.h"
#include "costing/calibration/term.h"
#include "tests/calibration/counted_kernel.h"

namespace opcost::counted {
namespace {

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

// With 16 registers of 8 floats: 6 rows by two vectors, 3 × 3 of them; and 3 outputs where there were 6.
TEST(CountKernel, TilesFollowTheVectorRegisters) {
  const KernelCount product =
      Count({"Gemm", "", {Int("transB", 1)}, {In({13, 7}), Weight({33, 7}), Weight({33})}, {13, 33}}, 8);
  EXPECT_EQ(Of(product, M::kTiledMacs), 13 * 7 * 40);
  EXPECT_EQ(Of(product, M::kTileSteps), 7 * 3 * 3);
  EXPECT_EQ(Of(product, M::kRows), 3 * 3);
  const Kernel pointwise = {
      "Conv", kBlocked, Window(1, 1, 0), {In({1, 32, 5, 5}), Weight({32, 32, 1, 1})}, {1, 32, 5, 5}};
  EXPECT_EQ(Of(Count(pointwise, 8), M::kTileSteps), 32 * 9);  // 25 outputs: 8 tiles of 3 and one of 1; 4 blocks at once
  EXPECT_EQ(Of(Count(pointwise, 16), M::kTileSteps), 32 * 5);  // 4 tiles of 6 and one of 1; 2 blocks at once
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
  EXPECT_EQ(ClassOf(count), "einsum");
  EXPECT_EQ(Of(count, M::kCalls), 6);
  EXPECT_EQ(Of(count, M::kTiledMacs), 6 * 5 * 7 * 16);
  EXPECT_EQ(Of(count, M::kPackedElements), 2 * 6 * 11 * 7);  // the second operand is packed, and transposed before
}

TEST(CountKernel, EinsumMovesWhatItsLabelsAsk) {
  const auto moved = [](const char* equation, Dims a, Dims b, Dims out, int64_t packed) {
    return Of(Count({"Einsum", "", {Text("equation", equation)}, {In(a), In(b)}, out}), M::kPackedElements) - packed;
  };
  EXPECT_EQ(moved("bij,bjd->bid", {3, 5, 7}, {3, 7, 11}, {3, 5, 11}, 3 * 7 * 11), 0);
  EXPECT_EQ(moved("ij,jd->di", {5, 7}, {7, 11}, {11, 5}, 7 * 11), 5 * 11);  // the result
  // Heads behind rows, as XLNet has them: both operands move.
  EXPECT_EQ(moved("ibnd,jbnd->bnij", {5, 2, 3, 7}, {11, 2, 3, 7}, {2, 3, 5, 11}, 6 * 7 * 11), 5 * 42 + 11 * 42);
  EXPECT_EQ(moved("ij,jd->...id", {5, 7}, {7, 11}, {5, 11}, 7 * 11), 0);
  EXPECT_EQ(moved("ibh,hnd->ibnd", {5, 1, 7}, {7, 3, 4}, {5, 1, 3, 4}, 7 * 12), 0);
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

TEST(CountKernel, WithoutAClass) {
  EXPECT_EQ(ClassOf(Count({"DeformConv", "", {}, {In({1, 2, 5, 5}), Weight({3, 2, 3, 3})}, {1, 3, 3, 3}})), "none");
  EXPECT_EQ(ClassOf(Count({"Trilu", "", {}, {In({5, 5})}, {5, 5}})), "other");
}

TEST(CountKernel, ReadsOfTheCallersTensors) {
  // A cache of 3 keys and one more, of 5 floats each.
  const KernelCount appended = Count({"Concat", "", {Int("axis", 0)}, {FromCaller({3, 5}), In({1, 5})}, {4, 5}});
  EXPECT_EQ(Of(appended, M::kInputBytes), 3 * 5 * 4);
  // Two rows of a table of seven, by indices of the caller's: no more than what is read.
  const KernelCount rows = Count({"Gather", "", {Int("axis", 0)}, {FromCaller({700, 5}), Weight({2})}, {2, 5}});
  EXPECT_LE(Of(rows, M::kInputBytes), 2 * 5 * 4);
  EXPECT_EQ(Of(Count({"Concat", "", {Int("axis", 0)}, {In({3, 5}), Weight({1, 5})}, {4, 5}}), M::kInputBytes), 0);
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
  // One pass goes through 60 bytes, twice what the core's own cache holds.
  At(amounts, M::kPassBytes) = 400;
  At(amounts, M::kPassSetBytes) = 60;
  EXPECT_EQ(Amount({M::kPassBytes, TermScope::kMissedEachPass}, amounts, caches), 300);
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
}  // namespace opcost::counted
