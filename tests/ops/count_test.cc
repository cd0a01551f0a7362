// What a single row cannot say: sums, types, errors, fusion, and that two ways to write a thing cost the same.
#include "ops/count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph_builder.h"
#include "rows.h"

namespace opcost {
namespace {

NodeCount Count(const OneNode& spec) {
  const Graph graph = Build(spec);
  absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  EXPECT_TRUE(count.ok()) << count.status();
  return *std::move(count);
}

std::vector<NodeCount> CountAll(const Graph& graph) {
  std::vector<NodeCount> counts;
  for (const Node& node : graph.nodes) {
    absl::StatusOr<NodeCount> count = CountNode(graph, node);
    EXPECT_TRUE(count.ok()) << count.status();
    counts.push_back(*std::move(count));
  }
  return counts;
}

Work Sum(const std::vector<NodeCount>& counts) {
  Work sum;
  for (const NodeCount& count : counts) sum += count.work;
  return sum;
}

TEST(WorkTest, AddsSortsAndMultiplies) {
  Work a;
  a.Add(Resource::kBytesWritten, DType::kFloat32, 7);
  a.Add(Resource::kMatrixMacs, DType::kInt8, 3);
  a.Add(Resource::kMatrixMacs, DType::kFloat32, 5);
  a.Add(Resource::kMatrixMacs, DType::kInt8, 2);
  a.Add(Resource::kIntOps, DType::kInt8, 0);
  const std::vector<Work::Entry> want = {{Resource::kMatrixMacs, DType::kFloat32, 5},
                                         {Resource::kMatrixMacs, DType::kInt8, 5},
                                         {Resource::kBytesWritten, DType::kFloat32, 7}};
  EXPECT_EQ(std::vector<Work::Entry>(a.entries().begin(), a.entries().end()), want);
  EXPECT_EQ(a.Get(Resource::kMatrixMacs), 10);
  EXPECT_EQ(a.Get(Resource::kMatrixMacs, DType::kInt8), 5);
  EXPECT_EQ(a.Times(3).Get(Resource::kBytesWritten), 21);
  EXPECT_TRUE(a.Times(0).entries().empty());
  a += a;
  EXPECT_EQ(a.Get(Resource::kMatrixMacs), 20);
  EXPECT_FALSE(a.overflowed());
}

TEST(WorkTest, OverflowIsNoticed) {
  Work a;
  a.Add(Resource::kMatrixMacs, DType::kFloat32, INT64_MAX);
  EXPECT_TRUE(a.Times(2).overflowed());
  Work b;
  b += a.Times(2);
  EXPECT_TRUE(b.overflowed());
  a.Add(Resource::kMatrixMacs, DType::kFloat32, 1);
  EXPECT_TRUE(a.overflowed());
}

// FLOPs = 2 × float MACs + float vector operations: integer MACs are not FLOPs, transcendentals never.
TEST(WorkTest, DerivedQuantities) {
  Work w;
  w.Add(Resource::kMatrixMacs, DType::kFloat16, 11);
  w.Add(Resource::kMatrixMacs, DType::kUInt8, 13);
  w.Add(Resource::kVectorOps, DType::kFloat32, 3);
  w.Add(Resource::kIntOps, DType::kInt64, 5);
  w.Add(Resource::kTranscendentals, DType::kFloat32, 101);
  w.Add(Resource::kActivationBytesRead, DType::kFloat32, 2);
  w.Add(Resource::kWeightBytesRead, DType::kFloat32, 7);
  w.Add(Resource::kBytesWritten, DType::kFloat32, 17);
  EXPECT_EQ(MatrixOps(w), 2 * 24);
  EXPECT_EQ(Flops(w), 2 * 11 + 3);
  EXPECT_EQ(AllOps(w), 2 * 24 + 3 + 5);
  EXPECT_EQ(TotalBytes(w), 2 + 7 + 17);
}

TEST(CountNodeTest, AmountsAreOfTheTypeThatComputes) {
  EXPECT_EQ(
      Count({"MatMul", "bf16[3,5] w:bf16[5,7]", "bf16[3,7]", ""}).work.Get(Resource::kMatrixMacs, DType::kBFloat16),
      105);
  EXPECT_EQ(
      Count({"MatMulInteger", "u8[3,5] w:i8[5,7]", "i32[3,7]", ""}).work.Get(Resource::kMatrixMacs, DType::kUInt8),
      105);
  // A float activation that is quantised on the way multiplies in the weight's type.
  const NodeCount dynamic =
      Count({"com.microsoft:DynamicQuantizeMatMul", "f32[3,5] w:i8[5,7] w:f32[]", "f32[3,7]", ""});
  EXPECT_EQ(dynamic.work.Get(Resource::kMatrixMacs, DType::kInt8), 105);
  EXPECT_EQ(Flops(dynamic.work), 15 * 4 + 21);
  // Packed 4-bit weights multiply in the activation's type.
  EXPECT_EQ(Count({"com.microsoft:MatMulNBits", "f16[3,32] w:u8[5,1,16] w:f16[5]", "f16[3,5]", "K=32 N=5"})
                .work.Get(Resource::kMatrixMacs, DType::kFloat16),
            480);
}

// One op_type in two domains is two operators, and a third domain's is unknown.
TEST(CountNodeTest, UnknownDomainIsUnknown) {
  const NodeCount count = Count({"my.domain:Conv", "f32[1,2,5,5] w:f32[3,2,3,3]", "f32[1,3,3,3]", ""});
  EXPECT_EQ(count.rule, "unknown");
  EXPECT_EQ(count.status, RuleStatus::kFallback);
  EXPECT_EQ(count.work.Get(Resource::kMatrixMacs), 0);
  // Priced as memory traffic: never silently zero.
  EXPECT_EQ(count.work.Get(Resource::kActivationBytesRead), 200);
  EXPECT_EQ(count.work.Get(Resource::kWeightBytesRead), 216);
  EXPECT_EQ(count.work.Get(Resource::kBytesWritten), 108);
  EXPECT_EQ(count.work.Get(Resource::kDispatches), 1);
  EXPECT_EQ(Count({"Erfc", "f32[7]", "f32[7]", ""}).status, RuleStatus::kFallback);
}

TEST(CountNodeTest, DefaultDomainHasTwoNames) {
  EXPECT_EQ(Count({"ai.onnx:Relu", "f32[7]", "f32[7]", ""}).work.Get(Resource::kVectorOps), 7);
}

// "f32[2,3]=1,2 i64[5]" becomes "f32* i64*".
std::string WithoutShapes(const std::string& tensors) {
  std::string blind;
  bool inside = false;
  for (char c : tensors) {
    if (c == ' ') inside = false;
    if (c == '[') blind += '*';
    inside = inside || c == '[';
    if (!inside) blind += c;
  }
  return blind;
}

// Unknown extents count as 1 and say so; an unknown rank does not crash.
TEST(CountNodeTest, UnknownShapesAreMarked) {
  const NodeCount count = Count({"Conv", "f32[?,2,5,5] w:f32[3,2,3,3]", "f32[?,3,3,3]", ""});
  EXPECT_TRUE(count.incomplete);
  EXPECT_EQ(count.work.Get(Resource::kMatrixMacs), 27 * 18);
  EXPECT_EQ(count.work.Get(Resource::kWeightBytesRead), 216);
  for (const Row& row : AllRows()) {
    SCOPED_TRACE(row.op);
    const std::string inputs = WithoutShapes(row.inputs);
    const std::string outputs = WithoutShapes(row.outputs);
    const Graph graph = Build({row.op, inputs, outputs, row.attributes, row.opset});
    const absl::StatusOr<NodeCount> blind = CountNode(graph, graph.nodes[0]);
    ASSERT_TRUE(blind.ok()) << blind.status();
    const bool moves = row.want.macs + row.want.ops + row.want.ints + row.want.act + row.want.written > 0;
    EXPECT_TRUE(blind->incomplete || blind->zero_by_rule || !moves);
  }
}

// A node without inputs or outputs, and one whose slots are all omitted, is no reason to crash.
TEST(CountNodeTest, MissingSlotsDoNotCrash) {
  for (const Row& row : AllRows()) {
    SCOPED_TRACE(row.op);
    for (const char* none : {"", "- - -"}) {
      const Graph graph = Build({row.op, none, none, row.attributes, row.opset});
      EXPECT_TRUE(CountNode(graph, graph.nodes[0]).ok());
      const Graph bare = Build({row.op, row.inputs, row.outputs, "", row.opset});
      EXPECT_TRUE(CountNode(bare, bare.nodes[0]).ok());
    }
  }
}

TEST(CountNodeTest, OverflowNamesTheNode) {
  const Graph graph =
      Build({"MatMul", "f32[3000000000,3000000000] f32[3000000000,3000000000]", "f32[3000000000,3000000000]", ""});
  const absl::Status status = CountNode(graph, graph.nodes[0]).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("node 'MatMul' (MatMul): "));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("overflow 64 bits"));
}

// 2^62 · 4 wraps to 0 in 64 bits.
TEST(CountNodeTest, OverflowToZeroIsNoticed) {
  const Graph graph = Build({"Expand", "f32[1] w:i64[2]", "f32[4611686018427387904,4]", ""});
  EXPECT_THAT(std::string(CountNode(graph, graph.nodes[0]).status().message()),
              testing::HasSubstr("bytes written overflow 64 bits"));
}

// Nodes that point at themselves and at each other: no hang, and the count says that it is none.
TEST(CountNodeTest, TreesWithCyclesEnd) {
  EXPECT_TRUE(Count({"ai.onnx.ml:TreeEnsemble", "f32[7,3]", "f32[7,1]",
                     "tree_roots=i:0,1 nodes_truenodeids=i:0,1 nodes_falsenodeids=i:1,0 nodes_trueleafs=i:0,0 "
                     "nodes_falseleafs=i:0,0"})
                  .incomplete);
}

TEST(CountNodeTest, ZeroElementsAreZeroWork) {
  const NodeCount count = Count({"MatMul", "f32[0,5] w:f32[5,7]", "f32[0,7]", ""});
  EXPECT_EQ(count.work.Get(Resource::kMatrixMacs), 0);
  EXPECT_EQ(count.work.Get(Resource::kBytesWritten), 0);
  EXPECT_FALSE(count.incomplete);
}

// A weight behind an Identity is still a weight; one that is computed is not.
TEST(CountNodeTest, WeightsAreTracedThroughViews) {
  Graph graph;
  AddNode(graph, "Identity", "w:f32[5,7]", "same:f32[5,7]");
  AddNode(graph, "MatMul", "x:f32[3,5] same", "y:f32[3,7]");
  AddNode(graph, "Transpose", "w", "turned:f32[7,5]");
  AddNode(graph, "MatMul", "y turned", "z:f32[3,5]");
  Finish(graph);
  for (Tensor& t : graph.tensors) t.is_constant = t.is_constant || t.name == "same" || t.name == "turned";
  const std::vector<NodeCount> counts = CountAll(graph);
  EXPECT_EQ(counts[1].work.Get(Resource::kWeightBytesRead), 140);
  EXPECT_EQ(counts[3].work.Get(Resource::kWeightBytesRead), 0);
}

// Two products share W: read twice, as it is stored once.
TEST(CountNodeTest, SharedWeightIsReadByBoth) {
  Graph graph;
  AddNode(graph, "MatMul", "x:f32[64,64] w:f32[64,64]", "y:f32[64,64]");
  AddNode(graph, "MatMul", "y w", "z:f32[64,64]");
  Finish(graph);
  const Work sum = Sum(CountAll(graph));
  EXPECT_EQ(sum.Get(Resource::kMatrixMacs), 524288);
  EXPECT_EQ(sum.Get(Resource::kWeightBytesRead), 32768);
}

// DeepSpeed's BERT-large tutorial, B 80, S 128: 131.53 GMACs a layer, of which QK and AV are 2.684 G.
TEST(CountNodeTest, BertLargeLayer) {
  const int64_t layer =
      Count({"com.microsoft:Attention", "f32[80,128,1024] w:f32[1024,3072]", "f32[80,128,1024]", "num_heads=16"})
          .work.Get(Resource::kMatrixMacs) +
      Count({"MatMul", "f32[80,128,1024] w:f32[1024,1024]", "f32[80,128,1024]", ""}).work.Get(Resource::kMatrixMacs) +
      2 * Count({"MatMul", "f32[80,128,1024] w:f32[1024,4096]", "f32[80,128,4096]", ""})
              .work.Get(Resource::kMatrixMacs);
  EXPECT_EQ(layer, 12LL * 128 * 1024 * 1024 * 80 + 2LL * 80 * 128 * 128 * 1024);
}

// Doubling the batch doubles MACs and activation bytes, not weight bytes.
TEST(CountNodeTest, BatchScalesActivationsOnly) {
  const NodeCount one = Count({"Conv", "f32[1,2,7,7] w:f32[3,2,3,3]", "f32[1,3,5,5]", ""});
  const NodeCount two = Count({"Conv", "f32[2,2,7,7] w:f32[3,2,3,3]", "f32[2,3,5,5]", ""});
  for (Resource r : {Resource::kMatrixMacs, Resource::kActivationBytesRead, Resource::kBytesWritten}) {
    EXPECT_EQ(two.work.Get(r), 2 * one.work.Get(r));
  }
  EXPECT_EQ(two.work.Get(Resource::kWeightBytesRead), one.work.Get(Resource::kWeightBytesRead));
}

// --- Decomposed as exporters write it, and whole: the same operations and transcendentals.

void ExpectSameArithmetic(const Graph& decomposed, const OneNode& whole) {
  const Work parts = Sum(CountAll(decomposed));
  const Work one = Count(whole).work;
  for (Resource r : {Resource::kMatrixMacs, Resource::kVectorOps, Resource::kTranscendentals, Resource::kIntOps}) {
    EXPECT_EQ(parts.Get(r), one.Get(r)) << Name(r);
  }
}

TEST(DecomposedTest, LayerNormalization) {
  Graph g;
  AddNode(g, "ReduceMean", "x:f32[2,3,5]", "mean:f32[2,3,1]", "axes=i:2");
  AddNode(g, "Sub", "x mean", "d:f32[2,3,5]");
  AddNode(g, "Pow", "d w2:f32[]=2", "d2:f32[2,3,5]");
  AddNode(g, "ReduceMean", "d2", "var:f32[2,3,1]", "axes=i:2");
  AddNode(g, "Add", "var weps:f32[]", "vareps:f32[2,3,1]");
  AddNode(g, "Sqrt", "vareps", "std:f32[2,3,1]");
  AddNode(g, "Div", "d std", "n:f32[2,3,5]");
  AddNode(g, "Mul", "n wg:f32[5]", "s:f32[2,3,5]");
  AddNode(g, "Add", "s wb:f32[5]", "y:f32[2,3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"LayerNormalization", "f32[2,3,5] w:f32[5] w:f32[5]", "f32[2,3,5]", ""});
}

TEST(DecomposedTest, Gelu) {
  Graph g;
  AddNode(g, "Div", "x:f32[3,5] wsqrt2:f32[]", "a:f32[3,5]");
  AddNode(g, "Erf", "a", "b:f32[3,5]");
  AddNode(g, "Add", "b wone:f32[]", "c:f32[3,5]");
  AddNode(g, "Mul", "x c", "d:f32[3,5]");
  AddNode(g, "Mul", "d whalf:f32[]", "y:f32[3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"Gelu", "f32[3,5]", "f32[3,5]", ""});
  ExpectSameArithmetic(g, {"com.microsoft:Gelu", "f32[3,5]", "f32[3,5]", "", 1});
}

// 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).
TEST(DecomposedTest, GeluWithTanh) {
  Graph g;
  AddNode(g, "Pow", "x:f32[3,5] wthree:f32[]=3", "cube:f32[3,5]");
  AddNode(g, "Mul", "cube wk:f32[]", "a:f32[3,5]");
  AddNode(g, "Add", "x a", "b:f32[3,5]");
  AddNode(g, "Mul", "b wc:f32[]", "c:f32[3,5]");
  AddNode(g, "Tanh", "c", "d:f32[3,5]");
  AddNode(g, "Add", "d wone:f32[]", "e:f32[3,5]");
  AddNode(g, "Mul", "x e", "f:f32[3,5]");
  AddNode(g, "Mul", "f whalf:f32[]", "y:f32[3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"Gelu", "f32[3,5]", "f32[3,5]", "approximate=tanh"});
  ExpectSameArithmetic(g, {"com.microsoft:FastGelu", "f32[3,5]", "f32[3,5]", "", 1});
}

TEST(DecomposedTest, Silu) {
  Graph g;
  AddNode(g, "Sigmoid", "x:f32[3,5]", "s:f32[3,5]");
  AddNode(g, "Mul", "x s", "y:f32[3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"Swish", "f32[3,5]", "f32[3,5]", ""});
}

// HardSigmoid and Mul (as ONNX Runtime inlines it), and Add, Clip, Mul, Div (as PyTorch wrote it).
TEST(DecomposedTest, HardSwish) {
  Graph g;
  AddNode(g, "HardSigmoid", "x:f32[3,5]", "s:f32[3,5]");
  AddNode(g, "Mul", "x s", "y:f32[3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"HardSwish", "f32[3,5]", "f32[3,5]", ""});
  Graph older;
  AddNode(older, "Add", "x:f32[3,5] wthree:f32[]", "a:f32[3,5]");
  AddNode(older, "Clip", "a wlow:f32[] whigh:f32[]", "b:f32[3,5]");
  AddNode(older, "Mul", "x b", "c:f32[3,5]");
  AddNode(older, "Div", "c wsix:f32[]", "y:f32[3,5]");
  Finish(older);
  ExpectSameArithmetic(older, {"HardSwish", "f32[3,5]", "f32[3,5]", ""});
}

TEST(DecomposedTest, Softmax) {
  Graph g;
  AddNode(g, "ReduceMax", "x:f32[2,3,5]", "m:f32[2,3,1]", "axes=i:2");
  AddNode(g, "Sub", "x m", "d:f32[2,3,5]");
  AddNode(g, "Exp", "d", "e:f32[2,3,5]");
  AddNode(g, "ReduceSum", "e", "s:f32[2,3,1]", "axes=i:2");
  AddNode(g, "Div", "e s", "y:f32[2,3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"Softmax", "f32[2,3,5]", "f32[2,3,5]", ""});
}

TEST(DecomposedTest, MishAndSoftplus) {
  Graph g;
  AddNode(g, "Exp", "x:f32[3,5]", "a:f32[3,5]");
  AddNode(g, "Add", "a wone:f32[]", "b:f32[3,5]");
  AddNode(g, "Log", "b", "c:f32[3,5]");
  Graph softplus = g;
  Finish(softplus);
  ExpectSameArithmetic(softplus, {"Softplus", "f32[3,5]", "f32[3,5]", ""});
  AddNode(g, "Tanh", "c", "d:f32[3,5]");
  AddNode(g, "Mul", "x d", "y:f32[3,5]");
  Finish(g);
  ExpectSameArithmetic(g, {"Mish", "f32[3,5]", "f32[3,5]", ""});
}

// Attention has the MACs of MatMul, Softmax, MatMul, and of one that computes on grouped heads.
TEST(DecomposedTest, Attention) {
  Graph g;
  AddNode(g, "MatMul", "q:f32[2,3,5,7] k:f32[2,3,7,11]", "s:f32[2,3,5,11]");
  AddNode(g, "Mul", "s wscale:f32[]", "t:f32[2,3,5,11]");
  AddNode(g, "Softmax", "t", "p:f32[2,3,5,11]");
  AddNode(g, "MatMul", "p v:f32[2,3,11,13]", "y:f32[2,3,5,13]");
  Finish(g);
  ExpectSameArithmetic(g, {"Attention", "f32[2,3,5,7] f32[2,3,11,7] f32[2,3,11,13]", "f32[2,3,5,13]", ""});
}

// One product as float, QDQ, QOperator and packed 4-bit weights: the same MACs, bytes by true width.
TEST(QuantisedTest, SameMacsInEveryForm) {
  const NodeCount real = Count({"MatMul", "f32[3,32] w:f32[32,5]", "f32[3,5]", ""});
  Graph qdq;
  AddNode(qdq, "DequantizeLinear", "xq:u8[3,32] ws:f32[] wz:u8[]", "x:f32[3,32]");
  AddNode(qdq, "DequantizeLinear", "wq:i8[32,5] ws2:f32[] wz2:i8[]", "dw:f32[32,5]");
  AddNode(qdq, "MatMul", "x dw", "y:f32[3,5]");
  AddNode(qdq, "QuantizeLinear", "y ws3:f32[] wz3:u8[]", "yq:u8[3,5]");
  Finish(qdq);
  const NodeCount qop =
      Count({"QLinearMatMul", "u8[3,32] w:f32[] w:u8[] w:i8[32,5] w:f32[] w:i8[] w:f32[] w:u8[]", "u8[3,5]", ""});
  const NodeCount packed = Count(
      {"com.microsoft:MatMulNBits", "f32[3,32] w:u8[5,1,16] w:f32[5]", "f32[3,5]", "K=32 N=5 bits=4 block_size=32", 1});
  EXPECT_EQ(real.work.Get(Resource::kMatrixMacs), 480);
  EXPECT_EQ(Sum(CountAll(qdq)).Get(Resource::kMatrixMacs), 480);
  EXPECT_EQ(qop.work.Get(Resource::kMatrixMacs), 480);
  EXPECT_EQ(packed.work.Get(Resource::kMatrixMacs), 480);
  EXPECT_EQ(real.work.Get(Resource::kWeightBytesRead), 640);
  EXPECT_EQ(qop.work.Get(Resource::kWeightBytesRead), 160 + 3 * 4 + 3);
  EXPECT_EQ(packed.work.Get(Resource::kWeightBytesRead), 80 + 20);
  EXPECT_EQ(Flops(qop.work), 0);
}

// --- Fusion.

// Conv, BatchNormalization and Relu: one launch, what lives inside is neither written nor read.
TEST(FuseTest, InnerTensorsDisappear) {
  Graph g;
  AddNode(g, "Conv", "x:f32[1,2,5,7] w:f32[3,2,3,3]", "a:f32[1,3,3,5]");
  AddNode(g, "BatchNormalization", "a ws:f32[3] wb:f32[3] wm:f32[3] wv:f32[3]", "b:f32[1,3,3,5]");
  AddNode(g, "Relu", "b", "y:f32[1,3,3,5]");
  Finish(g);
  const Work work = FuseCounts(g, {0, 1, 2}, CountAll(g));
  EXPECT_EQ(work.Get(Resource::kMatrixMacs), 45 * 18);
  EXPECT_EQ(work.Get(Resource::kVectorOps), 90 + 45);
  EXPECT_EQ(work.Get(Resource::kActivationBytesRead), 280);
  EXPECT_EQ(work.Get(Resource::kWeightBytesRead), 216 + 48);
  EXPECT_EQ(work.Get(Resource::kBytesWritten), 180);
  EXPECT_EQ(work.Get(Resource::kDispatches), 1);
}

// An inner tensor that somebody else reads is written, and still not read; an outer one is read once.
TEST(FuseTest, EscapingAndSharedTensors) {
  Graph g;
  AddNode(g, "Add", "x:f32[3,5] z:f32[3,5]", "a:f32[3,5]");
  AddNode(g, "Mul", "a x", "y:f32[3,5]");
  AddNode(g, "Neg", "a", "other:f32[3,5]");
  Finish(g);
  const Work work = FuseCounts(g, {0, 1}, CountAll(g));
  EXPECT_EQ(work.Get(Resource::kActivationBytesRead), 120);
  EXPECT_EQ(work.Get(Resource::kBytesWritten), 120);
}

// Views inside a group hide nothing: the bytes are those of the tensor behind them.
TEST(FuseTest, ViewsAreFollowed) {
  Graph g;
  AddNode(g, "Reshape", "x:f32[15] wshape:i64[2]", "a:f32[3,5]");
  AddNode(g, "MatMul", "a w:f32[5,7]", "b:f32[3,7]");
  AddNode(g, "Reshape", "b wshape2:i64[1]", "y:f32[21]");
  Finish(g);
  const Work work = FuseCounts(g, {0, 1, 2}, CountAll(g));
  EXPECT_EQ(work.Get(Resource::kActivationBytesRead), 60);
  EXPECT_EQ(work.Get(Resource::kWeightBytesRead), 140);
  EXPECT_EQ(work.Get(Resource::kBytesWritten), 84);
  EXPECT_EQ(work.Get(Resource::kDispatches), 1);
  EXPECT_EQ(FuseCounts(g, {0}, CountAll(g)).Get(Resource::kDispatches), 0);
}

// A Constant node in the group is no computation of it: its bytes are read as a weight.
TEST(FuseTest, ConstantsAreRead) {
  Graph g;
  AddNode(g, "Constant", "", "c:f32[5]");
  AddNode(g, "Mul", "x:f32[3,5] c", "a:f32[3,5]");
  AddNode(g, "Relu", "a", "y:f32[3,5]");
  Finish(g);
  g.tensors[0].kind = TensorKind::kConstant;
  const Work work = FuseCounts(g, {0, 1, 2}, CountAll(g));
  EXPECT_EQ(work.Get(Resource::kWeightBytesRead), 20);
  EXPECT_EQ(work.Get(Resource::kActivationBytesRead), 60);
}

// Weights that stand in attributes belong to no tensor and are kept.
TEST(FuseTest, AttributeWeightsAreKept) {
  Graph g;
  AddNode(g, "ai.onnx.ml:Scaler", "x:f32[3,5]", "a:f32[3,5]");
  AddNode(g, "ai.onnx.ml:LinearRegressor", "a", "y:f32[3,1]", "coefficients=f:1,2,3,4,5");
  Finish(g);
  EXPECT_EQ(FuseCounts(g, {0, 1}, CountAll(g)).Get(Resource::kWeightBytesRead), 20);
}

// Fusing one node changes nothing.
TEST(FuseTest, OneNodeIsItself) {
  for (const Row& row : AllRows()) {
    const Graph graph = Build({row.op, row.inputs, row.outputs, row.attributes, row.opset});
    const std::vector<NodeCount> counts = CountAll(graph);
    EXPECT_EQ(FuseCounts(graph, {0}, counts), counts[0].work) << row.op;
  }
}

}  // namespace
}  // namespace opcost
