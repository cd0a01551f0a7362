// One pass of the runtime at a time, on graphs of a few nodes: which kernels remain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/load.h"
#include "frontend/runtime/executed.h"
#include "tests/patterns/text_graph.h"

namespace opcost {
namespace {

std::string Kernels(const Graph& graph, const RuntimeOptions& options) {
  const absl::StatusOr<ExecutedGraph> executed = ExecuteWithOnnxRuntime(graph, options);
  EXPECT_TRUE(executed.ok()) << executed.status();
  if (!executed.ok()) return "";
  std::vector<std::string> kernels;
  for (const Node& node : executed->graph.nodes) {
    std::string kernel = node.op_type;
    const std::vector<int64_t>& perm = IntsAttribute(node, "perm");
    if (!perm.empty()) absl::StrAppend(&kernel, "[", absl::StrJoin(perm, ""), "]");
    kernels.push_back(std::move(kernel));
  }
  return absl::StrJoin(kernels, " ");
}

// The kernels of a body without open extents, in the order in which they run.
std::string Executed(const std::string& body, RuntimeLevel level = RuntimeLevel::kExtended) {
  return Kernels(LoadBody(body), {.level = level});
}

// The same of a whole model whose symbols are open.
std::string ExecutedOpen(const std::string& text, RuntimeLevel level = RuntimeLevel::kExtended,
                         int minor_version = 26) {
  const absl::StatusOr<Graph> graph = LoadText(text);
  EXPECT_TRUE(graph.ok()) << graph.status();
  if (!graph.ok()) return "";
  LoadOptions options;
  int64_t added = 0;
  for (const auto& [symbol, extent] : graph->bindings) options.dims[symbol] = extent + ++added;
  const absl::StatusOr<Graph> other = LoadText(text, options);
  EXPECT_TRUE(other.ok()) << other.status();
  return Kernels(*graph,
                 {.minor_version = minor_version, .level = level, .other_binding = other.ok() ? &*other : nullptr});
}

constexpr const char* kToLast = "t = Transpose <perm = [0, 2, 3, 1]> (x) ";
constexpr const char* kBack = " y = Transpose <perm = [0, 3, 1, 2]> (e)";

std::string Between(const std::string& nodes) { return Executed(absl::StrCat(kToLast, nodes, kBack)); }

TEST(Transposes, CancelThroughOperatorsThatWorkInAnyLayout) {
  EXPECT_EQ(Between("e = Sigmoid (t)"), "Sigmoid");
  EXPECT_EQ(Between("e = Add (t, w1)"), "Add");  // the bias is reshaped
  EXPECT_EQ(Between("e = Softmax <axis = -1> (t)"), "Softmax");
  EXPECT_EQ(Between("e = ReduceMean (t, last)"), "ReduceMean");
  EXPECT_EQ(Between("f = Sigmoid (t) e = Concat <axis = 3> (t, f)"), "Sigmoid Concat");
  EXPECT_EQ(
      Between(
          "a = Constant <value_ints = [3]> () f = Constant <value_ints = [1]> () l = Constant <value_ints = [9]> () "
          "e = Slice (t, f, l, a)"),
      "Slice");
  EXPECT_EQ(Between("p = Constant <value_ints = [0, 1, 1, 0, 0, 1, 1, 0]> () e = Pad (t, p)"), "Pad");
}

// What takes everything: known by its open end alone, as exporters write "from here on".
TEST(Nothing, IsDoneByASliceWithoutAnEnd) {
  const auto slice = [](const std::string& end) {
    return Executed(
        "a = Constant <value_ints = [3]> () f = Constant <value_ints = [0]> () l = Constant <value_ints = [" + end +
        "]> () t = Sigmoid (x) u = Slice (t, f, l, a) y = Sigmoid (u)");
  };
  EXPECT_EQ(slice("9223372036854775807"), "Sigmoid Sigmoid");
  EXPECT_EQ(slice("1000"), "Sigmoid Slice Sigmoid");
}

// LayerNormalization needs its axis innermost, and nothing moves through what has no kernel for another layout.
TEST(Transposes, StopWhereTheLayoutMatters) {
  EXPECT_EQ(Between("e = LayerNormalization (t, w1, w2)"), "Transpose[0231] LayerNormalization Transpose[0312]");
}

// One Transpose in front against one behind: no gain.
TEST(Transposes, StayWhereNothingIsGained) {
  EXPECT_EQ(Executed(absl::StrCat(kToLast, "y = Sigmoid (t)")), "Transpose[0231] Sigmoid");
  EXPECT_EQ(Executed("t = Transpose <perm = [0, 2, 3, 1]> (x) u = Transpose <perm = [0, 2, 3, 1]> (z) y = Add (t, u)"),
            "Add Transpose[0231]");
}

TEST(Transposes, OfAShapePermuteItsElements) {
  EXPECT_EQ(ExecutedOpen(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[n, 8, h] x) => (int64[3] y, float[n, h, 8] e) {
      t = Transpose <perm = [0, 2, 1]> (x)  y = Shape (t)  f = Sigmoid (x)  e = Transpose <perm = [0, 2, 1]> (f) })"),
            "Shape Gather Sigmoid Transpose[021]");
}

// What ONNX Runtime 1.28.0, 1.29.0 and 1.32.0 write as optimised graphs.
TEST(Transposes, PassReshapesThatSplitAxesFrom29) {
  const auto between = [](int minor_version, const std::string& shape) {
    return Kernels(LoadBody(absl::StrCat("t = Transpose <perm = [0, 2, 3, 1]> (x)  a = Constant <value_ints = [", shape,
                                         "]> ()  y = Reshape (t, a)")),
                   {.minor_version = minor_version, .level = RuntimeLevel::kBasic});
  };
  EXPECT_EQ(between(28, "2, 13, 17, 1, 11"), "Transpose[0231] Reshape");
  EXPECT_EQ(between(29, "2, 13, 17, 1, 11"), "Reshape Transpose[03412]");
  EXPECT_EQ(between(32, "2, 1, 13, 17, 11"), "Reshape Transpose[02341]");
  EXPECT_EQ(between(32, "2, 1, 13, -1, 11"), "Reshape Transpose[02341]");
  // Axes that merge, and one behind the last.
  EXPECT_EQ(between(32, "2, 221, 11"), "Transpose[0231] Reshape");
  EXPECT_EQ(between(32, "2, 13, 17, 11, 1"), "Transpose[0231] Reshape");
}

TEST(FusedMatMul, ReadsATransposedBatchOnlyWithOperandsOfEqualRank) {
  EXPECT_EQ(Executed("t = Transpose <perm = [1, 0, 2]> (s) y = MatMul (t, w)"), "Transpose[102] MatMul");
  EXPECT_EQ(Executed("t = Transpose <perm = [0, 2, 1]> (s) y = MatMul (r, t)"), "FusedMatMul");
}

TEST(NoOps, NeutralNumbersGoWhateverTheRestOfTheShape) {
  EXPECT_EQ(ExecutedOpen(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[n, h] x) => (float[n, h] y) {
      zero = Constant <value_float = 0.0> ()  f = Sigmoid (x)  e = Add (f, zero)  y = Relu (e) })"),
            "Sigmoid Relu");
}

TEST(NoOps, ANegatedConditionSwapsTheBranches) {
  EXPECT_EQ(Executed("c = Greater (s, r) n = Not (c) y = Where (n, s, r)"), "Greater Where");
  EXPECT_EQ(Executed("c = Greater (s, r) n = Not (c) a = Cast <to = 1> (n) e = Where (n, s, r) y = Add (a, e)"),
            "Greater Not Cast Where Add");
}

TEST(NormalisedSums, TakeABiasAlong) {
  EXPECT_EQ(Executed("f = Sigmoid (s) e = Add (f, w1) a = Add (e, r) y = LayerNormalization (a, w1, w2)"),
            "Sigmoid SkipLayerNormalization");
}

// Open extents are equal when the same symbol states them.
TEST(NormalisedSums, NeedEqualShapes) {
  const auto text = [](const std::string& x, const std::string& z) {
    return absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 17]> g (float[)", x, ", 8] x, float[", z,
                        R"(, 8] z) => (float[a, b, 8] y) {
      n8 = Constant <value_ints = [8]> ()  w = ConstantOfShape (n8)  s = Add (x, z)  y = LayerNormalization (s, w) })");
  };
  EXPECT_EQ(ExecutedOpen(text("a, b", "a, b")), "SkipLayerNormalization");
  EXPECT_EQ(ExecutedOpen(text("a, b", "1, b")), "Add LayerNormalization");
}

// Though inference tells that two names stand for one extent, the runtime compares the names that the file states.
TEST(NormalisedSums, NeedShapesOfEqualNames) {
  const auto text = [](const std::string& stated) {
    return absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[a, b, 8] x, float[a, b, 8] z) => (float[a, b, 8] y) <float[)",
                        stated, R"(, 8] r> {
      n8 = Constant <value_ints = [8]> ()  w = ConstantOfShape (n8)
      r = Relu (z)  s = Add (x, r)  y = LayerNormalization (s, w) })");
  };
  EXPECT_EQ(ExecutedOpen(text("a, b")), "Relu SkipLayerNormalization");
  EXPECT_EQ(ExecutedOpen(text("u, b")), "Relu Add LayerNormalization");
}

constexpr const char* kSplitHeads = R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[n, h, 8] x) => (float[n, h, 2, 4] y) {
      i0 = Constant <value_int = 0> ()  i1 = Constant <value_int = 1> ()  a = Constant <value_ints = [0]> ()
      c = Constant <value_ints = [2]> ()  d = Constant <value_ints = [4]> ()
      )";

// The extents of the tensor itself become zeros in a constant shape.
TEST(Reshapes, KeepTheirOwnExtents) {
  EXPECT_EQ(ExecutedOpen(absl::StrCat(kSplitHeads, R"(
      f = Relu (x)  p = Shape (f)  q = Shape (f)  r = Gather (p, i0)  s = Gather (q, i1)
      t = Unsqueeze (r, a)  u = Unsqueeze (s, a)  v = Concat <axis = 0> (t, u, c, d)  y = Reshape (f, v) })")),
            "Relu Reshape");
}
// Those of another tensor do not, and a second one is too many to be left over.
TEST(Reshapes, ReadTheExtentsOfOthers) {
  EXPECT_EQ(ExecutedOpen(absl::StrCat(kSplitHeads, R"(
      f = Relu (x)  p = Shape (x)  r = Gather (p, i0)  s = Gather (p, i1)
      t = Unsqueeze (r, a)  u = Unsqueeze (s, a)  v = Concat <axis = 0> (t, u, c, d)  y = Reshape (f, v) })")),
            "Relu Shape Gather Gather Unsqueeze Unsqueeze Concat Reshape");
}

// What ONNX Runtime 1.28.0, 1.29.0 and 1.32.0 write as optimised graphs.
TEST(Reshapes, ReadTheEqualExtentsOfOthersFrom29) {
  const auto reads = [](int minor_version, const std::string& inputs, const std::string& other) {
    const std::string text = absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 17]> g ()", inputs, R"()
      => (float[a, b, c, d] y) {
        i0 = Constant <value_int = 0> ()  i1 = Constant <value_int = 1> ()  z = Constant <value_ints = [0]> ()
        c2 = Constant <value_ints = [2, 4]> ()
        f = Relu (x)  p = Shape ()",
                                          other, R"()  r = Gather (p, i0)  s = Gather (p, i1)
        t = Unsqueeze (r, z)  u = Unsqueeze (s, z)  v = Concat <axis = 0> (t, u, c2)  y = Reshape (f, v) })");
    return ExecutedOpen(text, RuntimeLevel::kBasic, minor_version);
  };
  const std::string chain = "Relu Shape Gather Gather Unsqueeze Unsqueeze Concat Reshape";
  EXPECT_EQ(reads(28, "float[n, h, 8] x", "x"), chain);
  EXPECT_EQ(reads(29, "float[n, h, 8] x", "x"), "Relu Reshape");
  EXPECT_EQ(reads(32, "float[n, h, 8] x, int64[n, h] o", "o"), "Relu Reshape");
  EXPECT_EQ(reads(32, "float[n, h, 8] x, int64[h, n] o", "o"), chain);
}

// Likewise: an average keeps the batch, known or not.
TEST(Reshapes, ReadTheExtentsInFrontOfAnAverageFrom29) {
  const std::string text = R"(<ir_version: 8, opset_import: ["" : 17]> g (float[n, 16, h, w] x) => (float[a, b] y) {
      i0 = Constant <value_int = 0> ()  z = Constant <value_ints = [0]> ()  e = Constant <value_ints = [-1]> ()
      f = GlobalAveragePool (x)  p = Shape (x)  r = Gather (p, i0)  t = Unsqueeze (r, z)
      v = Concat <axis = 0> (t, e)  y = Reshape (f, v) })";
  EXPECT_EQ(ExecutedOpen(text, RuntimeLevel::kBasic, 28), "GlobalAveragePool Shape Gather Unsqueeze Concat Reshape");
  EXPECT_EQ(ExecutedOpen(text, RuntimeLevel::kBasic, 29), "GlobalAveragePool Reshape");
}

// What ONNX Runtime 1.26.0 and 1.32.0 write as optimised graphs.
TEST(Splits, TakeTheWholeAxisOnce) {
  const auto reads = [](const std::string& readers, const std::string& outputs) {
    const absl::StatusOr<Graph> graph =
        LoadText(absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 17]> g (float[2, 4, 8] x) => ()", outputs, R"() {
          n0 = Constant <value_ints = [0]> ()  n1 = Constant <value_ints = [1]> ()
          n4 = Constant <value_ints = [4]> ()  g0 = Constant <value_int = 0> ()  f = Relu (x)  )",
                              readers, " }"));
    EXPECT_TRUE(graph.ok()) << graph.status();
    return graph.ok() ? Kernels(*graph, {.minor_version = 32, .level = RuntimeLevel::kExtended}) : "";
  };
  const std::string parts = "y = Slice (f, n0, n1, n1)  z = Slice (f, n1, n4, n1)  ";
  const std::string three = "float[a, b, c] y, float[d, e, g] z";
  EXPECT_EQ(reads("y = Gather <axis = 1> (f, g0)  z = Slice (f, n1, n4, n1)", "float[a, c] y, float[d, e, g] z"),
            "Relu Split Squeeze");
  EXPECT_EQ(reads("y = Gather <axis = 1> (f, n0)  z = Slice (f, n1, n4, n1)", three), "Relu Split");
  EXPECT_EQ(reads(parts + "w = Sigmoid (f)", three + ", float[h, i, j] w"), "Relu Split Sigmoid");
  EXPECT_EQ(reads(parts + "w = Slice (f, n4, n4, n1)", three + ", float[h, i, j] w"), "Relu Slice Slice Slice");
  EXPECT_EQ(reads(parts + "w = Gather <axis = 2> (f, g0)", three + ", float[h, i] w"), "Relu Slice Slice Gather");
}

// What ONNX Runtime 1.26.0 and 1.32.0 write as optimised graphs: a norm that is written out is one kernel with its gain
// and its shift; without a constant shift only what is left of the mean.
TEST(Norms, HaveAGainAndAShift) {
  const auto norm = [](const std::string& tail, RuntimeLevel level) {
    return Executed(absl::StrCat("m1 = ReduceMean (s, last)  d1 = Sub (s, m1)  p = Pow (d1, two)  "
                                 "v1 = ReduceMean (p, last)  e = Add (v1, eps)  f = Sqrt (e)  h = Div (d1, f)  ",
                                 tail),
                    level);
  };
  EXPECT_EQ(norm("i = Mul (h, w1)  y = Add (i, w2)", RuntimeLevel::kBasic), "LayerNormalization");
  EXPECT_EQ(norm("i = Mul (w1, h)  y = Add (w2, i)", RuntimeLevel::kBasic), "LayerNormalization");
  EXPECT_EQ(norm("y = Mul (h, w1)", RuntimeLevel::kBasic), "ReduceMean Sub Pow ReduceMean Add Sqrt Div Mul");
  EXPECT_EQ(norm("y = Mul (h, w1)", RuntimeLevel::kExtended), "ReduceMean Sub SimplifiedLayerNormalization");
  EXPECT_EQ(norm("i = Mul (h, w1)  y = Add (i, r)", RuntimeLevel::kExtended),
            "ReduceMean Sub SimplifiedLayerNormalization Add");
}

// What ONNX Runtime 1.26.0 and 1.32.0 write as optimised graphs: a division by √2 is seen, a product is not.
TEST(Gelu, IsSeenWhereItDivides) {
  const auto gelu = [](const std::string& argument) {
    return Executed(absl::StrCat("i = Constant <value_float = 0.70710678> ()  a = ", argument,
                                 "  e = Erf (a)  p = Add (e, one)  h = Mul (s, half)  y = Mul (h, p)"));
  };
  EXPECT_EQ(gelu("Div (s, root2)"), "Gelu");
  EXPECT_EQ(gelu("Mul (s, i)"), "Mul Erf Add Mul Mul");
}

// What ONNX Runtime 1.26.0 and 1.32.0 write as optimised graphs: a file with functions has all of them inlined before
// constants are folded, another when it chooses kernels.
TEST(Functions, ConversionsAreInlinedEarlyOrLate) {
  const auto kernels = [](const std::string& text) {
    const absl::StatusOr<Graph> graph = LoadText(text);
    EXPECT_TRUE(graph.ok()) << graph.status();
    return graph.ok() ? Kernels(*graph, {.level = RuntimeLevel::kBasic}) : "";
  };
  const std::string body = "c = Constant <value_int = 2> ()  d = CastLike (c, x)  e = Mul (x, d)  ";
  EXPECT_EQ(kernels(absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 18]> g (float[2, 3] x) => (float[2, 3] y) { )",
                                 body, "y = Relu (e) }")),
            "Cast Mul Relu");
  EXPECT_EQ(kernels(absl::StrCat(
                R"(<ir_version: 8, opset_import: ["" : 18, "f" : 1]> g (float[2, 3] x) => (float[2, 3] y) { )", body,
                R"(y = f.r (e) } <domain: "f", opset_import: ["" : 18]> r (a) => (b) { b = Relu (a) })")),
            "Mul Relu");
}

// What ONNX Runtime 1.26.0, 1.27.0 and 1.32.0 write as optimised graphs.
TEST(Reshapes, ThatKeepZerosStayApart) {
  const auto both = [](int minor_version, const std::string& first, const std::string& second) {
    const absl::StatusOr<Graph> graph = LoadText(absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 20]>
      g (float[6, 4] x) => (float[2, 3, 2, 2] y) {
        a = Constant <value_ints = [2, 3, 4]> ()  b = Constant <value_ints = [2, 3, 2, 2]> ()
        f = Relu (x)  r = Reshape )",
                                                              first, " (f, a)  y = Reshape ", second, " (r, b) }"));
    EXPECT_TRUE(graph.ok()) << graph.status();
    return graph.ok() ? Kernels(*graph, {.minor_version = minor_version, .level = RuntimeLevel::kBasic}) : "";
  };
  const std::string keeps = "<allowzero = 1>";
  EXPECT_EQ(both(32, "", ""), "Relu Reshape");
  EXPECT_EQ(both(26, "", keeps), "Relu Reshape");
  EXPECT_EQ(both(27, "", keeps), "Relu Reshape Reshape");
  EXPECT_EQ(both(26, keeps, ""), "Relu Reshape Reshape");
  EXPECT_EQ(both(32, keeps, ""), "Relu Reshape Reshape");
}

// What ONNX Runtime 1.28.0, 1.29.0 and 1.32.0 write as optimised graphs.
TEST(Blocks, AveragesOverPaddingPastTheEdgeStayPlainFrom29) {
  const auto pool = [](int minor_version, int ceil_mode, int count_include_pad) {
    const absl::StatusOr<Graph> graph =
        LoadText(absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[1, 16, 9, 9] x) => (float[1, 16, h, w] y) {
        y = AveragePool <kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1], ceil_mode = )",
                              ceil_mode, ", count_include_pad = ", count_include_pad, "> (x) }"));
    EXPECT_TRUE(graph.ok()) << graph.status();
    return graph.ok() ? Kernels(*graph, {.minor_version = minor_version}) : "";
  };
  const std::string blocked = "ReorderInput AveragePool ReorderOutput";
  EXPECT_EQ(pool(28, 1, 1), blocked);
  EXPECT_EQ(pool(29, 1, 1), "AveragePool");
  EXPECT_EQ(pool(32, 1, 1), "AveragePool");
  EXPECT_EQ(pool(32, 1, 0), blocked);
  EXPECT_EQ(pool(32, 0, 1), blocked);
}

// What ONNX Runtime 1.32.0 executes of GhostNet with 16 channels a block.
TEST(Blocks, HoldAChannelEachOfADepthwiseConvolutionThatIsPadded) {
  const absl::StatusOr<Graph> graph = LoadText(R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[1, 8, 9, 9] x) => (float[1, 8, 9, 9] y) <float[8, 1, 3, 3] w = {}> {
        y = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1], group = 8> (x, w) })");
  ASSERT_TRUE(graph.ok()) << graph.status();
  const absl::StatusOr<ExecutedGraph> executed = ExecuteWithOnnxRuntime(*graph, {.block = 16});
  ASSERT_TRUE(executed.ok()) << executed.status();
  const std::vector<Node>& nodes = executed->graph.nodes;
  const auto conv = std::find_if(nodes.begin(), nodes.end(), [](const Node& n) { return n.op_type == "Conv"; });
  ASSERT_NE(conv, nodes.end());
  EXPECT_EQ(IntAttribute(*conv, "group", 1), 16);
}

TEST(Padding, BecomesPartOfAMaximumUpTo31) {
  const Graph graph = LoadBody("p = Pad (x, pads) y = MaxPool <kernel_shape = [3, 3]> (p)");
  EXPECT_EQ(Kernels(graph, {.level = RuntimeLevel::kExtended}), "MaxPool");
  EXPECT_EQ(Kernels(graph, {.minor_version = 31, .level = RuntimeLevel::kExtended}), "MaxPool");
  EXPECT_EQ(Kernels(graph, {.minor_version = 32, .level = RuntimeLevel::kExtended}), "Pad MaxPool");
}

TEST(Blocks, ConvolutionsTakeHardSwishFrom30) {
  const absl::StatusOr<Graph> graph = LoadText(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, 3, 8, 8] x) => (float[1, 16, 8, 8] y) {
      n = Constant <value_ints = [16, 3, 1, 1]> ()  w = ConstantOfShape (n)
      c = Conv (x, w)  y = HardSwish (c) })");
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(Kernels(*graph, {.minor_version = 30}), "Conv ReorderOutput");
  EXPECT_EQ(Kernels(*graph, {.minor_version = 29}), "Conv HardSigmoid Mul ReorderOutput");
}

}  // namespace
}  // namespace opcost
