// Unusual models that are valid: sparse tensors, strings, sequences, maps, no elements, outputs that nothing computes.
// Extents by the operators' definitions, by hand.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::FindTensor;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

// `dims` with one value at position 1.
onnx::SparseTensorProto OneValue(const std::string& name, const std::vector<int64_t>& dims) {
  onnx::SparseTensorProto sparse;
  sparse.mutable_values()->set_name(name);
  sparse.mutable_values()->set_data_type(onnx::TensorProto::FLOAT);
  sparse.mutable_values()->add_dims(1);
  sparse.mutable_values()->add_float_data(3);
  sparse.mutable_indices()->set_data_type(onnx::TensorProto::INT64);
  sparse.mutable_indices()->add_dims(1);
  sparse.mutable_indices()->add_int64_data(1);
  for (const int64_t d : dims) sparse.add_dims(d);
  return sparse;
}

TEST(Sparse, InitializersAndConstantsAreWeightsOfTheirFullExtents) {
  onnx::ModelProto model;
  const auto parsed = onnx::OnnxParser::Parse(
      model,
      ModelText(
          "g (float[2,4] x) => (float[2,3] y, float[5,7] k) { p = MatMul(x, w)\n y = Add(p, b)\n k = Constant() }")
          .c_str());
  ASSERT_TRUE(parsed.IsOK()) << parsed.ErrorMessage();
  *model.mutable_graph()->add_sparse_initializer() = OneValue("w", {4, 3});
  *model.mutable_graph()->add_sparse_initializer() = OneValue("b", {3});
  onnx::AttributeProto& value = *model.mutable_graph()->mutable_node(2)->add_attribute();
  value.set_name("sparse_value");
  value.set_type(onnx::AttributeProto::SPARSE_TENSOR);
  *value.mutable_sparse_tensor() = OneValue("", {5, 7});
  const absl::StatusOr<Model> loaded = Model::FromBytes(model.SerializeAsString(), "sparse.onnx");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const absl::StatusOr<Graph> g = loaded->Instantiate({});
  ASSERT_TRUE(g.ok()) << g.status();
  EXPECT_EQ(ShapeOf(*g, "y"), "[2, 3]");
  EXPECT_EQ(ShapeOf(*g, "k"), "[5, 7]");
  EXPECT_EQ(FindTensor(*g, "w")->kind, TensorKind::kInitializer);
  EXPECT_EQ(FindTensor(*g, "b")->dtype, DType::kFloat32);
  EXPECT_EQ(FindTensor(*g, "k")->kind, TensorKind::kConstant);
  EXPECT_THAT(g->notes, IsEmpty());
}

TEST(Strings, HaveShapesLikeOthers) {
  const Graph g = MustLoad(ModelText(R"(g (string[3] a, string[3] b, string[2,3] c, int64[2] i)
      => (string[] cc, bool[] rx, int64[] le, float[] f, string[] r, string[] w, bool[] e) {
    cc = StringConcat (a, b)
    rx = RegexFullMatch <pattern = "a.*"> (cc)
    le = ai.onnx.ml.LabelEncoder <keys_strings = ["a","b"], values_int64s = [1,2]> (a)
    f = Cast <to = 1> (c)
    r = Gather <axis = 1> (c, i)
    w = StringNormalizer <case_change_action = "LOWER"> (a)
    k = Constant <value_string = "x"> ()
    e = Equal(c, k) })",
                                     21, ", \"ai.onnx.ml\" : 4"));
  EXPECT_EQ(ShapeOf(g, "cc"), "[3]");
  EXPECT_EQ(ShapeOf(g, "rx"), "[3]");
  EXPECT_EQ(FindTensor(g, "rx")->dtype, DType::kBool);
  EXPECT_EQ(ShapeOf(g, "le"), "[3]");
  EXPECT_EQ(FindTensor(g, "le")->dtype, DType::kInt64);
  EXPECT_EQ(ShapeOf(g, "f"), "[2, 3]");
  EXPECT_EQ(ShapeOf(g, "r"), "[2, 2]");
  EXPECT_EQ(ShapeOf(g, "e"), "[2, 3]");
}

TEST(Strings, HowManyPartsThereAreDependsOnThem) {
  const Graph g = MustLoad(
      ModelText("g (string[3] a) => (string[] p, int64[] n) { p, n = StringSplit <delimiter = \" \"> (a) }", 21));
  EXPECT_EQ(ShapeOf(g, "p"), "[3, p:1]");
  EXPECT_EQ(ShapeOf(g, "n"), "[3]");
  EXPECT_THAT(NotesOf(g, NoteKind::kDataDependent), ElementsAre(HasSubstr("--assume p:1=N")));
}

TEST(Containers, PassThrough) {
  LoadOptions options;
  options.dims["N"] = 5;
  const Graph g = MustLoad(ModelText(R"(g (seq(float[N,4]) xs, optional(seq(float[2,3])) o) => (float[] a, float[] b) {
    z = Constant <value_int = 0> ()
    a = SequenceAt(xs, z)
    s = OptionalGetElement(o)
    b = SequenceAt(s, z) })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "a"), "[5, 4]");
  EXPECT_EQ(ShapeOf(g, "b"), "[2, 3]");
  EXPECT_THAT(g.notes, IsEmpty());
}

TEST(Nothing, IsAnExtentToo) {
  LoadOptions options;
  options.dims["N"] = 0;
  const Graph g = MustLoad(ModelText(R"(g (float[N,3] x, float[3,4] w) => (float[] y, float[] s, float[] c, float[] r) {
    axis = Constant <value_ints = [1]> ()
    flat = Constant <value_ints = [-1, 3]> ()
    y = MatMul(x, w)
    s = ReduceSum <keepdims = 0> (x, axis)
    c = Concat <axis = 0> (x, x)
    r = Reshape(x, flat) })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "y"), "[0, 4]");
  EXPECT_EQ(ShapeOf(g, "s"), "[0]");
  EXPECT_EQ(ShapeOf(g, "c"), "[0, 3]");
  EXPECT_EQ(ShapeOf(g, "r"), "[0, 3]");
}

TEST(Outputs, MayBeInputsInitializersAndArguments) {
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[2,3] x) => (float[2,3] x, float[2] k, float[2,3] y, float[2,3] z) <float[2] k = {1, 2}> { y, z = my.Two(x) }
<domain: "my", opset_import: ["" : 18]>
Two (a) => (a, b) { b = Relu(a) }
)");
  ASSERT_EQ(g.outputs.size(), 4u);
  EXPECT_EQ(g.outputs[0], g.inputs[0]);
  EXPECT_EQ(g.outputs[2], g.inputs[0]);
  EXPECT_EQ(ShapeOf(g, "z"), "[2, 3]");
  EXPECT_TRUE(FindTensor(g, "k")->is_graph_output);
}

// Two names of one extent that meet in a function in a branch.
TEST(MeetingSymbols, AreNoticedInsideBodiesAndCalls) {
  LoadOptions options;
  options.dims = {{"batch", 3}, {"batch_size", 2}};
  const Graph g = MustLoad(R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[batch,4] x, float[batch_size,4] z, bool c) => (float[] y) {
  y = If (c) < then_branch = t () => (float[?,4] a) { [call] a = my.Plus(x, z) },
               else_branch = e () => (float[?,4] b) { b = Relu(x) } >
}
<domain: "my", opset_import: ["" : 18]>
Plus (p, q) => (r) { [add] r = Add(p, q) }
)",
                           options);
  EXPECT_THAT(NotesOf(g, NoteKind::kModel),
              ElementsAre(HasSubstr("'batch' and 'batch_size' stand for the same extent, since Add 'call/add'")));
}

}  // namespace
}  // namespace opcost
