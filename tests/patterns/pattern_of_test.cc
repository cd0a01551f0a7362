// What single operators are.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "frontend/patterns/classify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ops/count.h"
#include "text_graph.h"

namespace opcost {
namespace {

// The pattern of the node that writes y.
Pattern OfLast(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (TensorId t : node.outputs) {
      if (t != kNone && graph.tensors[static_cast<size_t>(t)].name == "y") return PatternOf(graph, node);
    }
  }
  return Pattern::kCount;
}

struct Row {
  Pattern pattern;
  const char* body;
};

TEST(PatternOf, DecidesConvolutionsByGroupKernelAndWeight) {
  for (const Row& row : std::vector<Row>{
           {Pattern::kConv2d, "y = Conv (x, k3)"},
           {Pattern::kPointwise, "y = Conv (x, k1)"},
           {Pattern::kPointwise, "y = Conv <kernel_shape = [1, 1]> (x, k1)"},
           // A multiple of the input's channels is depthwise still.
           {Pattern::kDepthwise, "y = Conv <group = 11> (x, wide)"},
           {Pattern::kDepthwise, "y = Conv <group = 11> (x, kd)"},
           // 33 input channels in 3 groups of 11.
           {Pattern::kGrouped, "e = Conv (x, up) y = Conv <group = 3> (e, up3)"},
           {Pattern::kTransposed, "y = ConvTranspose (x, k3)"},
           {Pattern::kPointwise, "y = com.microsoft.FusedConv <activation = \"Relu\"> (x, k1)"},
       }) {
    EXPECT_EQ(Name(OfLast(LoadBody(row.body))), Name(row.pattern)) << row.body;
  }
}

TEST(PatternOf, KnowsEachFamily) {
  for (const Row& row : std::vector<Row>{
           {Pattern::kMatmul, "e = Transpose <perm = [0, 1, 3, 2]> (v) y = MatMul (q, e)"},
           {Pattern::kGemm, "e = Flatten (s) f = Flatten (r) y = Gemm <transB = 1> (e, f)"},
           {Pattern::kAttention, "y = Attention (q, k, v)"},
           {Pattern::kAttention, "y = com.microsoft.MultiHeadAttention <num_heads = 1> (s, r, r)"},
           {Pattern::kGroupedQueryAttention, "qq = Concat <axis = 1> (q, q) y = Attention (qq, k, v)"},
           {Pattern::kGroupedQueryAttention, "y = Attention <q_num_heads = 11, kv_num_heads = 1> (s, r, r)"},
           {Pattern::kRotary, "y = RotaryEmbedding (q, k, v)"},
           {Pattern::kPixelShuffle, "y = DepthToSpace <blocksize = 1> (x)"},
           {Pattern::kBatchnorm, "y = BatchNormalization (x, g, b, m, d)"},
           {Pattern::kLayernorm, "y = LayerNormalization (s, w1, w2)"},
           {Pattern::kRmsnorm, "y = com.microsoft.SkipSimplifiedLayerNormalization (s, r, w1)"},
           {Pattern::kGelu, "y = com.microsoft.FastGelu (s)"},
           {Pattern::kHardswish, "y = HardSwish (x)"},
           {Pattern::kActivation, "y = Relu (x)"},
           {Pattern::kSoftmax, "y = Softmax (s)"},
           {Pattern::kElementwise, "y = Mul (s, r)"},
           {Pattern::kPool, "y = GlobalAveragePool (x)"},
           {Pattern::kReduce, "y = ReduceMean (s, last)"},
           {Pattern::kMove, "y = Transpose <perm = [0, 1, 3, 2]> (k)"},
           {Pattern::kFree, "y = Reshape (x, flat)"},
           {Pattern::kFree, "y = Dropout (x)"},
           {Pattern::kQuantize, "y, sc, zp = DynamicQuantizeLinear (s)"},
           {Pattern::kOther, "y = com.example.Unheard (s)"},
       }) {
    EXPECT_EQ(Name(OfLast(LoadBody(row.body))), Name(row.pattern)) << row.body;
  }
}

// An operator that is counted but has no class would get the curve of last resort without anybody having decided so.
TEST(PatternOf, KnowsEveryOperatorThatIsCounted) {
  const std::set<std::string> other = absl::StrSplit(
      "NonMaxSuppression NonZero Unique TfIdfVectorizer StringNormalizer StringConcat StringSplit RegexFullMatch "
      "ImageDecoder Multinomial Gradient TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor DynamicTimeWarping "
      "Tokenizer BeamSearch GreedySearch Sampling WhisperBeamSearch BifurcationDetector EPContext Snpe",
      ' ');
  const std::vector<RuleInfo> rules = AllRules();
  ASSERT_GE(rules.size(), 200u);
  for (const RuleInfo& rule : rules) {
    Node node;
    node.op_type = rule.op_type;
    node.domain = rule.domain == "ai.onnx" ? "" : rule.domain;
    const bool is_other = PatternOf(Graph{}, node) == Pattern::kOther;
    EXPECT_EQ(is_other, other.count(rule.op_type) == 1) << rule.domain << "::" << rule.op_type;
  }
}

TEST(PatternOf, TellsLookUpsFromSelections) {
  EXPECT_EQ(OfLast(LoadBody("y = Gather (w, ids)")), Pattern::kEmbedding);
  // From an activation, with constant indices, or along another axis it is a selection.
  EXPECT_EQ(OfLast(LoadBody("y = Gather (s, ids)")), Pattern::kMove);
  EXPECT_EQ(OfLast(LoadBody("y = Gather (w, hw)")), Pattern::kMove);
  EXPECT_EQ(OfLast(LoadBody("y = Gather <axis = 1> (w, ids)")), Pattern::kMove);
}

TEST(PatternOf, ReadsEinsumsEquation) {
  EXPECT_EQ(OfLast(LoadBody("y = Einsum <equation = \"bhid,bhjd->bhij\"> (q, k)")), Pattern::kMatmul);
  EXPECT_EQ(OfLast(LoadBody("y = Einsum <equation = \"bhid->bihd\"> (q)")), Pattern::kMove);
  EXPECT_EQ(OfLast(LoadBody("y = Einsum <equation = \"bhid,bhid->bhid\"> (q, k)")), Pattern::kElementwise);
}

TEST(PatternOf, CastToTheSameTypeIsFree) {
  EXPECT_EQ(OfLast(LoadBody("y = Cast <to = 1> (s)")), Pattern::kFree);
  EXPECT_EQ(OfLast(LoadBody("e = Cast <to = 10> (s) y = Cast <to = 1> (e)")), Pattern::kElementwise);
}

TEST(Classify, NoneMakesEachNodeARow) {
  const Graph graph = LoadBody("c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Relu (n)");
  const absl::StatusOr<Classification> c = Classify(graph, "none");
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->subgraphs.size(), graph.nodes.size());
  EXPECT_THAT(FusedRows(graph, "none"), testing::IsEmpty());
}

TEST(Classify, NamesAFusedConvolutionByItsKernel) {
  const char* depthwise = "c = Conv <group = 11> (x, kd) n = BatchNormalization (c, g, b, m, d) y = Relu (n)";
  const char* pointwise = "c = Conv (x, k1) n = BatchNormalization (c, g, b, m, d) y = Relu (n)";
  EXPECT_THAT(FusedRows(LoadBody(depthwise), "pytorch-eager"),
              testing::ElementsAre("depthwise: Conv BatchNormalization Relu"));
  // The measurements behind the eager rows do not tell 1x1 kernels apart; a runtime's kernels do.
  EXPECT_THAT(FusedRows(LoadBody(pointwise), "pytorch-eager"),
              testing::ElementsAre("conv2d_bn_act: Conv BatchNormalization Relu"));
  EXPECT_THAT(FusedRows(LoadBody(pointwise), "tensorrt"),
              testing::ElementsAre("pointwise: Conv BatchNormalization Relu"));
}

TEST(Classify, LeavesExecutedKernelsToTheRuntime) {
  const absl::StatusOr<Classification> c = Classify(LoadBody("y = Relu (x)"), "onnxruntime-cpu");
  EXPECT_EQ(c.status().code(), absl::StatusCode::kInvalidArgument) << c.status();
}

// The fused operator would have to produce c, too.
TEST(Classify, FusesNothingThatIsReadElsewhere) {
  EXPECT_THAT(
      FusedRows(LoadBody("c = Conv (x, k3) e = Relu (c) f = Exp (c) y = Concat <axis = 0> (e, f)"), "pytorch-eager"),
      testing::IsEmpty());
}

// Shapes are known before anything runs: reading one does not keep a tensor alive.
TEST(Classify, ReadersOfAKnownShapeDoNotCount) {
  EXPECT_THAT(FusedRows(LoadBody("c = Conv (x, k1) o = Shape (c) e = Relu (c) y = Reshape (e, o)"), "pytorch-eager"),
              testing::ElementsAre("conv2d_act: Conv Relu"));
}

TEST(Classify, PrefersTheLongerRow) {
  EXPECT_THAT(FusedRows(LoadBody("c = Conv (x, k1) e = Sigmoid (c) y = Mul (c, e)"), "pytorch-eager"),
              testing::ElementsAre("conv2d_act: Conv Sigmoid Mul"));
}

}  // namespace
}  // namespace opcost
