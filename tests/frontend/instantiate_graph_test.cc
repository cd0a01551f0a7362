// The graph itself: order, identities, scopes, constants, functions.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::FindNode;
using testing_support::FindTensor;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

TEST(BuildGraph, ListsNodesTensorsAndConsumers) {
  const Graph g = MustLoad(ModelText("g (float[2,3] x) => (float[2,3] z) { y = Relu(x)\n z = Add(y, y) }"));
  ASSERT_EQ(g.nodes.size(), 2u);
  EXPECT_EQ(g.nodes[0].op_type, "Relu");
  EXPECT_EQ(g.nodes[0].since_version, 14);
  EXPECT_EQ(g.nodes[0].opset, 18);
  EXPECT_THAT(FindTensor(g, "y")->consumers, ElementsAre(1));
  EXPECT_EQ(FindTensor(g, "z")->producer, 1);
  EXPECT_TRUE(FindTensor(g, "z")->is_graph_output);
  EXPECT_EQ(FindTensor(g, "x")->kind, TensorKind::kInput);
  EXPECT_EQ(g.opsets.at("ai.onnx"), 18);
}

TEST(BuildGraph, SortsNodesAndSaysSo) {
  const Graph g = MustLoad(ModelText("g (float[2,3] x) => (float[2,3] z) { z = Neg(y)\n y = Relu(x) }"));
  ASSERT_EQ(g.nodes.size(), 2u);
  EXPECT_EQ(g.nodes[0].op_type, "Relu");
  EXPECT_EQ(g.nodes[1].op_type, "Neg");
  EXPECT_THAT(NotesOf(g, NoteKind::kModel), ElementsAre(HasSubstr("sorted")));
}

TEST(BuildGraph, GivesEveryNodeItsOwnIdentity) {
  const Graph g = MustLoad(ModelText(R"(g (float[2] x) => (float[2] d) {
    [same] a = Relu(x)
    [same] b = Relu(a)
    c = Relu(b)
    [own] d = Relu(c)
  })"));
  EXPECT_EQ(g.nodes[0].id, "same@a");
  EXPECT_EQ(g.nodes[1].id, "same@b");
  EXPECT_EQ(g.nodes[2].id, "Relu@c");
  EXPECT_EQ(g.nodes[3].id, "own");
}

TEST(BuildGraph, TakesScopesFromNodeNames) {
  const Graph g = MustLoad(ModelText(R"(g (float[2] x) => (float[2] c) {
    ["/layer1/layer1.0/conv1/Conv"] a = Relu(x)
    ["Relu_3"] b = Relu(a)
    ["net/block_1/add"] c = Relu(b)
  })"));
  EXPECT_EQ(g.nodes[0].scope, "layer1/layer1.0/conv1");
  EXPECT_EQ(g.nodes[1].scope, "");
  EXPECT_EQ(g.nodes[2].scope, "net/block_1");
}

TEST(BuildGraph, KnowsWhatIsConstant) {
  const Graph g = MustLoad(ModelText(R"(g (float[2] x) => (float[2] y)
    <float[2] w = {1, 2}> {
    k = Constant <value = float[2] {3, 4}> ()
    s = Add(w, k)
    r = RandomNormal <shape = [2]> ()
    t = Add(s, r)
    u = Add(x, s)
    y = Add(t, u)
  })"));
  EXPECT_EQ(FindTensor(g, "w")->kind, TensorKind::kInitializer);
  EXPECT_EQ(FindTensor(g, "k")->kind, TensorKind::kConstant);
  EXPECT_TRUE(FindTensor(g, "s")->is_constant);
  EXPECT_TRUE(g.nodes[1].foldable);
  EXPECT_FALSE(FindTensor(g, "r")->is_constant);
  EXPECT_FALSE(g.nodes[3].foldable);
  EXPECT_FALSE(FindTensor(g, "u")->is_constant);
}

TEST(BuildGraph, KeepsOmittedInputsAndOutputs) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x) => (float[2,3] y)
    <float hi = {6}> { y = Clip(x, , hi) })"));
  EXPECT_THAT(g.nodes[0].inputs, ::testing::SizeIs(3));
  EXPECT_EQ(g.nodes[0].inputs[1], kNone);
}

constexpr char kTwoLayers[] = R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[2,3] x, float[5,3] z, float[3,7] w) => (float[2,7] p, float[5,7] q) {
  [first] p = my.Layer <slope = 0.5> (x, w)
  [second] q = my.Layer (z, w)
}
<domain: "my", opset_import: ["" : 18]>
Layer <slope: float = 0.1> (a, b) => (out) {
  m = MatMul(a, b)
  [act] out = LeakyRelu <alpha: float = @slope> (m)
}
)";

TEST(Functions, AreExpandedForEachCallWithItsOwnShapes) {
  const Graph g = MustLoad(kTwoLayers);
  ASSERT_EQ(g.nodes.size(), 4u);
  EXPECT_EQ(ShapeOf(g, "p"), "[2, 7]");
  EXPECT_EQ(ShapeOf(g, "q"), "[5, 7]");
  EXPECT_EQ(ShapeOf(g, "first/m"), "[2, 7]");
  EXPECT_EQ(ShapeOf(g, "second/m"), "[5, 7]");
  EXPECT_THAT(g.nodes[0].call_path, ElementsAre("first"));
  EXPECT_THAT(g.nodes[3].call_path, ElementsAre("second"));
  EXPECT_NE(FindNode(g, "first/act"), nullptr);
  EXPECT_NE(FindNode(g, "second/act"), nullptr);
}

TEST(Functions, ResolveAttributesAndDefaults) {
  const Graph g = MustLoad(kTwoLayers);
  ASSERT_EQ(g.nodes.size(), 4u);
  EXPECT_FLOAT_EQ(static_cast<float>(FloatAttribute(g.nodes[1], "alpha", 0)), 0.5f);
  EXPECT_FLOAT_EQ(static_cast<float>(FloatAttribute(g.nodes[3], "alpha", 0)), 0.1f);
}

TEST(Functions, NestAndPassOptionalInputsOn) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[2,3] x) => (float[2,3] y) { [outer] y = my.A(x) }
<domain: "my", opset_import: ["" : 18, "my" : 1]>
A (x) => (y) { [inner] y = my.B(x) }
<domain: "my", opset_import: ["" : 18]>
B (x, low) => (y) { [clip] y = Clip(x, low) }
)");
  ASSERT_EQ(g.nodes.size(), 1u);
  EXPECT_THAT(g.nodes[0].call_path, ElementsAre("outer", "inner"));
  EXPECT_EQ(g.nodes[0].inputs.size(), 1u);
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3]");
}

// Unless the exporter wrote the module down: then functions are operators of it.
TEST(Functions, AreTheScopesOfTheirNodes) {
  const Graph g = MustLoad(R"(
<ir_version: 10, opset_import: ["" : 18, "my" : 1]>
g (float[2,3] x) => (float[2,3] y) {
  [outer] a = my.A(x)
  ["/net/block/B"] b = my.B(a)
  y = Relu(b)
}
<domain: "my", opset_import: ["" : 18, "my" : 1]>
A (x) => (y) { [inner] t = my.B(x)
  y = Neg(t) }
<domain: "my", opset_import: ["" : 18]>
B (x) => (y) { ["half/abs"] y = Abs(x) }
)");
  ASSERT_EQ(g.nodes.size(), 4u);
  EXPECT_EQ(g.nodes[0].scope, "outer/inner/half");
  EXPECT_EQ(g.nodes[1].scope, "outer");
  EXPECT_EQ(g.nodes[2].scope, "net/block/half");
  EXPECT_EQ(g.nodes[3].scope, "");
}

// Two of the same name are told apart by their overloads; what an inner one is not given it takes from its own default.
TEST(Functions, HaveOverloadsAndTheirOwnDefaults) {
  const Graph g = MustLoad(R"(
<ir_version: 10, opset_import: ["" : 18, "my" : 1]>
g (float[2,8] x) => (float[] y, float[] z) {
  [a] y = my.F:one <axis = 1> (x)
  [b] z = my.F:two (x)
}
<domain: "my", overload: "one", opset_import: ["" : 18, "my" : 1]>
F <axis> (v) => (r) { c = Concat <axis: int = @axis> (v, v)
  [inner] r = my.G <alpha: float = 0.25> (c) }
<domain: "my", overload: "two", opset_import: ["" : 18, "my" : 1]>
F <axis: int = 0> (v) => (r) { c = Concat <axis: int = @axis> (v, v)
  [inner] r = my.G (c) }
<domain: "my", opset_import: ["" : 18]>
G <alpha: float = 0.125> (v) => (r) { [act] r = LeakyRelu <alpha: float = @alpha> (v) }
)");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 16]");
  EXPECT_EQ(ShapeOf(g, "z"), "[4, 8]");
  EXPECT_EQ(FloatAttribute(*FindNode(g, "a/inner/act"), "alpha", 0), 0.25);
  EXPECT_EQ(FloatAttribute(*FindNode(g, "b/inner/act"), "alpha", 0), 0.125);
}

// ReduceSum took its axes as an attribute up to operator set 12; Softmax flattened up to 12.
TEST(Functions, ReadTheirOwnOperatorSets) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[2,3,4] x) => (float[] y, float[] z) {
  [old] y = my.Old (x)
  axes = Constant <value_ints = [1]> ()
  z = ReduceSum <keepdims = 0> (x, axes)
}
<domain: "my", opset_import: ["" : 11]>
Old (v) => (r) { [sum] t = ReduceSum <axes = [1], keepdims = 0> (v)
  r = Softmax (t) }
)");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 4]");
  EXPECT_EQ(ShapeOf(g, "z"), "[2, 4]");
  EXPECT_EQ(FindNode(g, "old/sum")->since_version, 11);
}

// A reference inside a body means the call's attribute.
TEST(Functions, AttributesReachIntoBodies) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[2,4] x, bool c) => (float[] y) { [f] y = my.F <axis = 1> (x, c) }
<domain: "my", opset_import: ["" : 18]>
F <axis> (v, c) => (r) {
  r = If (c) <
    then_branch = t () => (float[?,?] a) { a = Concat <axis: int = @axis> (v, v) },
    else_branch = e () => (float[?,?] b) { n = Neg(v) b = Concat <axis: int = @axis> (n, n) } >
}
)");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 8]");
}

TEST(Functions, OnnxOperatorsKeepTheirOwn) {
  const Graph g = MustLoad(ModelText("g (float[2,3] x) => (float[2,3] y) { y = Softmax(x) }"));
  ASSERT_EQ(g.nodes.size(), 1u);
  EXPECT_EQ(g.nodes[0].op_type, "Softmax");
}

TEST(Unknown, OperatorsTakeTheFilesTypesAndAreNoted) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "acme" : 3]>
g (float[2,3] x) => (float[2,5] z) <float[2,5] y> { y = acme.Widen(x)
 z = Relu(y) }
)");
  EXPECT_EQ(ShapeOf(g, "z"), "[2, 5]");
  EXPECT_THAT(NotesOf(g, NoteKind::kUnknownOperator), ElementsAre(HasSubstr("Widen")));
}

TEST(Unknown, AnOperatorOfAnotherDomainIsNotMistakenForOnnx) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "acme" : 3]>
g (float[2,3] x) => (float y) { y = acme.Relu(x) }
)");
  EXPECT_EQ(g.nodes[0].since_version, 0);
  EXPECT_THAT(NotesOf(g, NoteKind::kUnknownOperator), ElementsAre(HasSubstr("acme")));
}

TEST(CastFloats, ChangesFloatTensorsOnly) {
  Graph g = MustLoad(ModelText("g (float[2,3] x, int64[2] i) => (float[2,3] y) { y = Gather(x, i) }"));
  CastFloats(g, Precision::kFp16);
  EXPECT_EQ(FindTensor(g, "x")->dtype, DType::kFloat16);
  EXPECT_EQ(FindTensor(g, "y")->dtype, DType::kFloat16);
  EXPECT_EQ(FindTensor(g, "i")->dtype, DType::kInt64);
}

}  // namespace
}  // namespace opcost
