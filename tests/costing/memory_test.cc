#include "costing/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/costing/tiny.h"

namespace opcost {
namespace {

using testing::ElementsAre;

const Work kSome = MatrixWork(2, 1);

TEST(Memory, LivenessByHand) {
  // x (20 bytes) → Conv → a (28) → view b → Conv → c (44) → Add(c, b) → d (44, output).
  TinyModel m;
  const TensorId x = m.AddTensor("x", {5}, TensorKind::kInput);
  const TensorId a = m.AddTensor("a", {7});
  const TensorId b = m.AddTensor("b", {7, 1});
  const TensorId c = m.AddTensor("c", {11});
  const TensorId d = m.AddTensor("d", {11});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {a});
  m.Add("Reshape", Pattern::kFree, Work(), {a}, {b});
  m.Add("Conv", Pattern::kConv2d, kSome, {b}, {c});
  m.Add("Concat", Pattern::kMove, kSome, {c, b}, {d});
  m.MarkOutput(d);
  // At the last node: a (shared with b), c and d.
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.peak_activation_bytes, 28 + 44 + 44);
  EXPECT_EQ(use.peak_node, "Concat3");
  EXPECT_TRUE(use.complete);
  EXPECT_FALSE(use.fits.has_value());
}

TEST(Memory, TimelineByHand) {
  // x (20) → Conv → a (28) → Relu → b, in a's place (28) → Conv → c (44) → Split → d (12, output), e (32, unused).
  TinyModel m;
  const TensorId x = m.AddTensor("x", {5}, TensorKind::kInput);
  const TensorId a = m.AddTensor("a", {7}), b = m.AddTensor("b", {7}), c = m.AddTensor("c", {11});
  const TensorId d = m.AddTensor("d", {3}), e = m.AddTensor("e", {8});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {a});
  m.Add("Relu", Pattern::kActivation, kSome, {a}, {b});
  m.Add("Conv", Pattern::kConv2d, kSome, {b}, {c});
  m.Add("Split", Pattern::kMove, kSome, {c}, {d, e});
  m.MarkOutput(d);
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.input_bytes, 20);
  const std::vector<std::array<int64_t, 3>> kExpected = {
      {0, 20 + 28, 28}, {1, 28, 28}, {2, 28 + 44, 44}, {3, 44 + 12 + 32, 12}};
  ASSERT_EQ(use.timeline.size(), kExpected.size());
  for (size_t i = 0; i < kExpected.size(); ++i) {
    EXPECT_EQ(use.timeline[i].row, kExpected[i][0]);
    EXPECT_EQ(use.timeline[i].live_bytes, kExpected[i][1]) << i;
    EXPECT_EQ(use.timeline[i].after_bytes, kExpected[i][2]) << i;
  }
  EXPECT_EQ(use.peak_activation_bytes, 88);
  EXPECT_THAT(use.peak_nodes, ElementsAre("Split3"));
  ASSERT_EQ(use.at_peak.size(), 3u);
  EXPECT_EQ(use.at_peak[0].tensor, "c");
  EXPECT_EQ(use.at_peak[1].tensor, "e");
  EXPECT_EQ(use.at_peak[2].bytes, 12);
}

TEST(Memory, EveryRowAtThePeakIsNamed) {
  TinyModel m;
  TensorId last = m.AddTensor("x", {7}, TensorKind::kInput);
  for (int i = 0; i < 3; ++i) {
    const TensorId next = m.AddTensor("t" + std::to_string(i), {7});
    m.Add("Conv", Pattern::kConv2d, kSome, {last}, {next});
    last = next;
  }
  m.MarkOutput(last);
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.peak_activation_bytes, 56);
  EXPECT_EQ(use.peak_node, "Conv0");
  EXPECT_THAT(use.peak_nodes, ElementsAre("Conv0", "Conv1", "Conv2"));
}

TEST(Memory, ElementwiseWritesOverAnInputThatDies) {
  const auto peak = [](bool second_use) {
    TinyModel m;
    const TensorId x = m.AddTensor("x", {5}, TensorKind::kInput);
    const TensorId a = m.AddTensor("a", {7});
    const TensorId b = m.AddTensor("b", {7});
    m.Add("Conv", Pattern::kConv2d, kSome, {x}, {a});
    m.Add("Relu", Pattern::kActivation, kSome, {a}, {b});
    if (second_use) m.MarkOutput(a);
    m.MarkOutput(b);
    return CountMemory(m.model(), std::nullopt).peak_activation_bytes;
  };
  EXPECT_EQ(peak(false), 20 + 28);  // the first row
  EXPECT_EQ(peak(true), 28 + 28);
}

TEST(Memory, ACallersInputIsNotOverwritten) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {5}, TensorKind::kInput);
  const TensorId y = m.AddTensor("y", {5});
  m.Add("Relu", Pattern::kActivation, kSome, {x}, {y});
  m.MarkOutput(y);
  EXPECT_EQ(CountMemory(m.model(), std::nullopt).peak_activation_bytes, 40);
}

TEST(Memory, OutputsLiveToTheEndAndDeadTensorsDieAtOnce) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {3}, TensorKind::kInput);
  const TensorId kept = m.AddTensor("kept", {100});
  const TensorId unused = m.AddTensor("unused", {1000});
  const TensorId y = m.AddTensor("y", {5});
  m.Add("Split", Pattern::kMove, kSome, {x}, {kept, unused});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {y});
  m.MarkOutput(kept);
  m.MarkOutput(y);
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.peak_activation_bytes, 12 + 400 + 4000);
  EXPECT_EQ(use.peak_node, "Split0");
}

TEST(Memory, InsideAFusedRowNothingIsStored) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {3}, TensorKind::kInput);
  const TensorId a = m.AddTensor("a", {1000});
  const TensorId y = m.AddTensor("y", {5});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {a});
  m.Add("Relu", Pattern::kActivation, kSome, {a}, {y});
  m.MarkOutput(y);
  Classification& c = m.model().classification;
  c.subgraphs = {{.pattern = Pattern::kConv2dAct, .nodes = {0, 1}, .anchor = 0}};
  c.subgraph_of = {0, 0};
  EXPECT_EQ(CountMemory(m.model(), std::nullopt).peak_activation_bytes, 12 + 20);
}

TEST(Memory, BodiesRunInsideTheirOwner) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {3}, TensorKind::kInput);
  const TensorId y = m.AddTensor("y", {5});
  const NodeId branch = m.Add("If", Pattern::kControl, Work(), {x}, {y});
  const RegionId then_region = m.AddRegion(RegionKind::kThen, branch);
  const RegionId else_region = m.AddRegion(RegionKind::kElse, branch);
  const TensorId p = m.AddTensor("p", {50}), q = m.AddTensor("q", {70});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {p}, then_region);
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {q}, else_region);
  m.model().graph.regions[1].outputs = {p};
  m.model().graph.regions[2].outputs = {q};
  m.MarkOutput(y);
  // x, y and the larger branch.
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.peak_activation_bytes, 12 + 20 + 280);
  EXPECT_EQ(use.peak_node, "If0");
  ASSERT_EQ(use.at_peak.size(), 3u);
  EXPECT_EQ(use.at_peak[0].tensor, "q");
  ASSERT_EQ(use.timeline.size(), 1u);
  EXPECT_EQ(use.timeline[0].after_bytes, 20);
}

TEST(Memory, UnknownSizesAreSaid) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {-1}, TensorKind::kInput);
  const TensorId y = m.AddTensor("y", {5});
  m.Add("Conv", Pattern::kConv2d, kSome, {x}, {y});
  m.MarkOutput(y);
  EXPECT_FALSE(CountMemory(m.model(), std::nullopt).complete);
}

TEST(Memory, DistinctWeightsParametersAndConstants) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {3}, TensorKind::kInput);
  const TensorId w = m.AddTensor("w", {7, 11}, TensorKind::kInitializer);
  const TensorId copy = m.AddTensor("copy", {7, 11});
  const TensorId scalar = m.AddTensor("scalar", {}, TensorKind::kInitializer);
  const TensorId shape = m.AddTensor("shape", {2}, TensorKind::kInitializer, DType::kInt64);
  const TensorId constant = m.AddTensor("constant", {13}, TensorKind::kConstant);
  const TensorId q = m.AddTensor("q", {17}, TensorKind::kInitializer, DType::kInt8);
  const TensorId scale = m.AddTensor("scale", {17}, TensorKind::kInitializer);
  m.AddTensor("unused", {1000}, TensorKind::kInitializer);
  const TensorId y = m.AddTensor("y", {5}), z = m.AddTensor("z", {17});
  m.Add("Identity", Pattern::kFree, Work(), {w}, {copy});
  m.Add("Conv", Pattern::kConv2d, kSome, {x, w, copy, scalar, shape, constant}, {y});
  m.Add("DequantizeLinear", Pattern::kQuantize, kSome, {q, scale}, {z});
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.parameters, 77 + 17);
  EXPECT_EQ(use.constants, 1 + 2 + 13 + 17);
  EXPECT_EQ(use.weight_bytes, 4 * (77 + 1 + 13 + 17) + 8 * 2 + 17);
  EXPECT_EQ(use.weight_bytes_by_dtype.at("int64"), 16);
  EXPECT_EQ(use.weight_bytes_by_dtype.at("int8"), 17);
}

TEST(Memory, PackedWeightsAreCountedInElements) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {3}, TensorKind::kInput);
  const TensorId w = m.AddTensor("w", {5, 2, 16}, TensorKind::kInitializer, DType::kUInt8);
  const TensorId y = m.AddTensor("y", {5});
  const NodeId n = m.Add("MatMulNBits", Pattern::kMatmul, kSome, {x, w}, {y});
  m.model().graph.nodes[static_cast<size_t>(n)].attributes.push_back(
      {.name = "bits", .kind = Attribute::Kind::kInt, .i = 4});
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  EXPECT_EQ(use.parameters, 320);
  EXPECT_EQ(use.weight_bytes, 160);
}

TEST(Memory, Fits) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {5}, TensorKind::kInput);
  const TensorId w = m.AddTensor("w", {7}, TensorKind::kInitializer);
  const TensorId y = m.AddTensor("y", {11});
  m.Add("Conv", Pattern::kConv2d, kSome, {x, w}, {y});
  m.MarkOutput(y);
  EXPECT_TRUE(*CountMemory(m.model(), 28 + 64).fits);
  EXPECT_FALSE(*CountMemory(m.model(), 28 + 63).fits);
}

}  // namespace
}  // namespace opcost
