// Symbols: bound, unbound, expressions, overridden shapes, extents that depend on data.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/dim_expression.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

const std::string kMatMul = ModelText("g (float[batch,3] x, float[3,7] w) => (float[batch,7] y) { y = MatMul(x, w) }");

TEST(Symbols, AreBoundByName) {
  LoadOptions options;
  options.dims["batch"] = 5;
  const Graph g = MustLoad(kMatMul, options);
  EXPECT_EQ(ShapeOf(g, "y"), "[5, 7]");
  EXPECT_EQ(g.bindings.at("batch"), 5);
  EXPECT_THAT(g.notes, IsEmpty());
  EXPECT_THAT(g.symbols, IsEmpty());
}

TEST(Symbols, AreBoundByShape) {
  LoadOptions options;
  options.shapes["x"] = {11, 3};
  const Graph g = MustLoad(kMatMul, options);
  EXPECT_EQ(ShapeOf(g, "y"), "[11, 7]");
  EXPECT_EQ(g.bindings.at("batch"), 11);
}

TEST(Symbols, UnboundOnesCountAsOneAndAreNamed) {
  const Graph g = MustLoad(kMatMul);
  EXPECT_EQ(ShapeOf(g, "y"), "[1, 7]");
  EXPECT_EQ(g.bindings.at("batch"), 1);
  EXPECT_THAT(NotesOf(g, NoteKind::kUnboundSymbol), ElementsAre(HasSubstr("--dim batch=N")));
}

TEST(Symbols, UnknownNamesAreRefusedWithTheNearest) {
  LoadOptions options;
  options.dims["bacth"] = 5;
  const auto g = LoadText(kMatMul, options);
  EXPECT_EQ(g.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(g.status().message()), HasSubstr("did you mean 'batch'"));
  LoadOptions shapes;
  shapes.shapes["y"] = {5, 7};
  EXPECT_EQ(LoadText(kMatMul, shapes).status().code(), absl::StatusCode::kNotFound);
}

TEST(Symbols, ConflictingAndNegativeBindingsAreRefused) {
  LoadOptions conflict;
  conflict.dims["batch"] = 5;
  conflict.shapes["x"] = {11, 3};
  EXPECT_EQ(LoadText(kMatMul, conflict).status().code(), absl::StatusCode::kInvalidArgument);
  LoadOptions negative;
  negative.dims["batch"] = -2;
  EXPECT_EQ(LoadText(kMatMul, negative).status().code(), absl::StatusCode::kInvalidArgument);
  LoadOptions rank;
  rank.shapes["x"] = {11, 3, 1};
  EXPECT_EQ(LoadText(kMatMul, rank).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Symbols, ThatMeanTheSameExtentAndDifferAreToldOnce) {
  const std::string text = ModelText(
      "g (float[batch,3] x, float[batch_size,5] u) => (float[batch_size,3] y, "
      "float[batch_size,3] z) { y = Relu(x)\n z = Neg(x) }");
  LoadOptions options;
  options.dims = {{"batch", 7}, {"batch_size", 2}};
  EXPECT_THAT(NotesOf(MustLoad(text, options), NoteKind::kModel),
              ElementsAre(testing::AllOf(HasSubstr("'batch_size', which is 2"), HasSubstr("the value of 'batch'"))));
  options.dims["batch_size"] = 7;
  EXPECT_THAT(MustLoad(text, options).notes, IsEmpty());
}

TEST(Symbols, AnAxisWithoutNameCountsAsOneAndIsNamedByItsPlace) {
  const Graph g = MustLoad(ModelText("g (float[?,3] x) => (float y) { y = Relu(x) }"));
  EXPECT_EQ(ShapeOf(g, "y"), "[1, 3]");
  EXPECT_THAT(NotesOf(g, NoteKind::kUnboundSymbol), ElementsAre(HasSubstr("axis 0 of input 'x'")));
}

TEST(Shapes, OverrideFixedExtentsAndAreReinferred) {
  LoadOptions options;
  options.shapes["x"] = {5, 2, 13, 17};
  const Graph g = MustLoad(ModelText(R"(g (float[1,2,11,11] x, float[3,2,3,3] w) => (float[1,3,11,11] y)
      <float[1,3,11,11] c> { c = Conv <pads = [1,1,1,1]> (x, w)
      y = Relu(c) })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "y"), "[5, 3, 13, 17]");
}

const std::string kBaked = ModelText(R"(g (float[2,3,5] x) => (float[6,5] y)
      <int64[2] target = {6, 5}> { [flat] y = Reshape(x, target) })");

TEST(Shapes, ABakedReshapeThatDisagreesIsAnErrorWithItsNode) {
  LoadOptions options;
  options.shapes["x"] = {7, 3, 5};
  const auto g = LoadText(kBaked, options);
  EXPECT_EQ(g.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(g.status().message()), HasSubstr("'flat'"));
  EXPECT_THAT(std::string(g.status().message()), HasSubstr("105 elements"));
  EXPECT_EQ(ShapeOf(MustLoad(kBaked), "y"), "[6, 5]");
}

TEST(Errors, NameTheFileThenTheNode) {
  LoadOptions options;
  options.shapes["x"] = {5, 3};
  const auto model = Model::FromText(
      ModelText("g (float[2,3] x) => (float y) { s = Constant <value_ints = [3, 2]> ()\n [flat] y = Reshape(x, s) }"));
  ASSERT_TRUE(model.ok());
  EXPECT_THAT(std::string(model->Instantiate(options).status().message()),
              testing::StartsWith("model text: node 'flat' (Reshape): "));
}

TEST(Shapes, AReshapeThatFollowsItsInputIsNoError) {
  LoadOptions options;
  options.shapes["x"] = {7, 3, 5};
  const Graph g = MustLoad(ModelText(R"(g (float[2,3,5] x) => (float y)
      <int64[1] zero = {0}, int64[1] one = {1}, int64[1] rest = {-1}> {
      s = Shape(x)
      b = Slice(s, zero, one)
      t = Concat <axis = 0> (b, rest)
      y = Reshape(x, t) })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "y"), "[7, 15]");
}

TEST(Expressions, AreEvaluatedOnceTheirAtomsAreBound) {
  LoadOptions options;
  options.dims["past"] = 7;
  options.dims["seq"] = 3;
  const Graph g = MustLoad(
      ModelText("g (float[\"past\"] p, float[\"seq\"] s, float[\"past + seq\"] m) => (float y) { y = Relu(m) }"),
      options);
  EXPECT_EQ(ShapeOf(g, "y"), "[10]");
  EXPECT_THAT(NotesOf(g, NoteKind::kUnboundSymbol), IsEmpty());
}

TEST(Expressions, ThatDisagreeWithAShapeAreReported) {
  LoadOptions options;
  options.dims["past"] = 7;
  options.dims["seq"] = 3;
  options.shapes["m"] = {11};
  const Graph g = MustLoad(
      ModelText("g (float[\"past\"] p, float[\"seq\"] s, float[\"past + seq\"] m) => (float y) { y = Relu(m) }"),
      options);
  EXPECT_EQ(ShapeOf(g, "y"), "[11]");
  EXPECT_THAT(NotesOf(g, NoteKind::kModel), ElementsAre(HasSubstr("past + seq")));
}

struct Case {
  const char* text;
  int64_t value;
};

class DimExpression : public ::testing::TestWithParam<Case> {};

// frames = 400, seq = 128, past = 5, by hand.
TEST_P(DimExpression, Evaluates) {
  const internal::Lookup lookup = [](absl::string_view name) -> std::optional<int64_t> {
    if (name == "frames") return 400;
    if (name == "seq") return 128;
    if (name == "past") return 5;
    return std::nullopt;
  };
  EXPECT_EQ(internal::EvaluateDim(GetParam().text, lookup), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Forms, DimExpression,
                         ::testing::Values(Case{"past + seq", 133}, Case{"(((frames - 1)//2)) + 1", 200},
                                           Case{"Min(512, seq)", 128}, Case{"((past*seq)//past)", 128},
                                           Case{"Max(1, past) * 3", 15}, Case{"-past + 8", 3}, Case{"seq % 5", 3},
                                           Case{"2**past", 32}, Case{"floor(past/2)", 2}, Case{"ceiling(past/2)", 3},
                                           Case{"Mod(seq, 10)", 8}, Case{"(past - 8)//2", -2}, Case{"17", 17}));

TEST(DimExpressions, WithoutAnAnswerHaveNone) {
  const internal::Lookup none = [](absl::string_view) { return std::optional<int64_t>(); };
  EXPECT_EQ(internal::EvaluateDim("a + 1", none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim("5 // 0", none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim("5 / 2", none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim("4 +", none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim("9223372036854775807 + 1", none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim(std::string(100000, '('), none), std::nullopt);
  EXPECT_EQ(internal::EvaluateDim(absl::StrCat(std::string(100000, '-'), "1"), none), std::nullopt);
}

const std::string kNonZero =
    ModelText("g (float[2,3] x) => (float z) { i = NonZero(x)\n c = Cast <to = 1> (i)\n z = Transpose(c) }");

TEST(DataDependent, ExtentsStaySymbolsAndAreNamed) {
  const Graph g = MustLoad(kNonZero);
  EXPECT_EQ(ShapeOf(g, "i"), "[2, i:1]");
  EXPECT_EQ(ShapeOf(g, "z"), "[i:1, 2]");
  EXPECT_THAT(g.symbols, ElementsAre("i:1"));
  EXPECT_THAT(NotesOf(g, NoteKind::kDataDependent), ElementsAre(HasSubstr("--assume i:1=N")));
}

TEST(DataDependent, ABoundIsStatedWhereTheDefinitionGivesOne) {
  const auto bound = [](const std::string& graph) {
    const auto notes = NotesOf(MustLoad(ModelText(graph)), NoteKind::kDataDependent);
    return notes.empty() ? std::string() : notes[0];
  };
  EXPECT_THAT(NotesOf(MustLoad(kNonZero), NoteKind::kDataDependent), ElementsAre(HasSubstr("at most 6,")));
  EXPECT_THAT(bound("g (float[5,3] x, bool[2] c) => (float y) { y = Compress <axis = 0> (x, c) }"),
              HasSubstr("at most 2,"));
  EXPECT_THAT(bound("g (float[5,3] x) => (float y) { y = Unique (x) }"), HasSubstr("at most 15,"));
  EXPECT_THAT(bound("g (float[5,3] x, int64[1] k) => (float y, int64 i) { y, i = TopK (x, k) }"),
              HasSubstr("at most 3,"));
  // 2 batches of 3 classes, 5 of the 11 boxes each.
  EXPECT_THAT(bound("g (float[2,11,4] b, float[2,3,11] s) => (int64 y) { m = Constant <value_ints = [5]> ()\n"
                    "y = NonMaxSuppression (b, s, m) }"),
              HasSubstr("at most 30,"));
}

TEST(DataDependent, AssumeBindsThem) {
  LoadOptions options;
  options.assume["i:1"] = 5;
  const Graph g = MustLoad(kNonZero, options);
  EXPECT_EQ(ShapeOf(g, "z"), "[5, 2]");
  EXPECT_THAT(g.symbols, IsEmpty());
  options.assume = {{"j:1", 5}};
  EXPECT_EQ(LoadText(kNonZero, options).status().code(), absl::StatusCode::kNotFound);
}

TEST(Failures, AreNotedAndDoNotEndTheReport) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x, float[5,7] w) => (float[] y, float[] z) {
      [bad] m = MatMul(x, w)
      y = Relu(m)
      z = Neg(x) })"));
  EXPECT_EQ(ShapeOf(g, "m"), "none");
  EXPECT_EQ(ShapeOf(g, "z"), "[2, 3]");
  const auto notes = NotesOf(g, NoteKind::kUnresolvedShape);
  ASSERT_THAT(notes, SizeIs(2));
  EXPECT_THAT(notes[0], HasSubstr("MatMul"));
  EXPECT_THAT(notes[1], HasSubstr("1 more tensor"));
}

// ONNX's own shape functions look at the kernel alone.
TEST(Failures, WeightsMadeForOtherChannels) {
  const auto failure = [](const std::string& inputs, const std::string& node) {
    const Graph g = MustLoad(ModelText("g (" + inputs + ") => (float[] y) { " + node + " }"));
    const auto notes = NotesOf(g, NoteKind::kUnresolvedShape);
    return notes.empty() ? ShapeOf(g, "y") : notes[0];
  };
  EXPECT_EQ(failure("float[2,6,7,7] x, float[5,6,3,3] w", "y = Conv(x, w)"), "[2, 5, 5, 5]");
  EXPECT_EQ(failure("float[2,6,7,7] x, float[4,3,3,3] w", "y = Conv<group = 2>(x, w)"), "[2, 4, 5, 5]");
  EXPECT_EQ(failure("float[2,6,7,7] x, float[6,5,3,3] w", "y = ConvTranspose(x, w)"), "[2, 5, 9, 9]");
  EXPECT_EQ(failure("float[2,6,7,7] x, float[6,5,3,3] w", "y = ConvTranspose<group = 2>(x, w)"), "[2, 10, 9, 9]");
  EXPECT_EQ(failure("float[2,c,7,7] x, float[5,6,3,3] w", "y = Conv(x, w)"),
            "no shape for the output of Conv: an input of 1 channels in 1 group meets weights [5, 6, …]")
      << "an unbound symbol counts as 1";
  EXPECT_THAT(failure("float[2,6,7,7] x, float[5,4,3,3] w", "y = Conv(x, w)"), HasSubstr("6 channels"));
  EXPECT_THAT(failure("float[2,6,7,7] x, float[4,6,3,3] w", "y = Conv<group = 2>(x, w)"), HasSubstr("2 groups"));
  EXPECT_THAT(failure("float[2,6,7,7] x, float[5,3,3,3] w", "y = Conv<group = 2>(x, w)"), HasSubstr("2 groups"));
  EXPECT_THAT(failure("float[2,6,7,7] x, float[5,3,3,3] w", "y = Conv<group = 0>(x, w)"), HasSubstr("group 0"));
  EXPECT_THAT(failure("float[2,6,7,7] x, float[5,6,3,3] w", "y = ConvTranspose(x, w)"), HasSubstr("[5, 6, …]"));
}

// Two names for one extent.
std::string Joined(const std::string& node) {
  return ModelText("g (float[batch,seq,5] x, float[batch_size,len,5] z) => (float y) { " + node + " }");
}

std::vector<std::string> MeetingsOf(const std::string& text, const std::map<std::string, int64_t>& dims) {
  std::vector<std::string> notes;
  for (const std::string& note : NotesOf(MustLoad(text, {.dims = dims}), NoteKind::kModel)) {
    if (note.find("joins them") != std::string::npos) notes.push_back(note);
  }
  return notes;
}

TEST(MeetingSymbols, AreNamedWithTheNodeAndTheFlag) {
  const std::string add = Joined("[join] y = Add(x, z)");
  EXPECT_THAT(MeetingsOf(add, {}),
              ::testing::UnorderedElementsAre(
                  "'batch' and 'batch_size' stand for the same extent, since Add 'join' joins them; bind them alike: "
                  "--dim batch=N,batch_size=N",
                  "'seq' and 'len' stand for the same extent, since Add 'join' joins them; bind them alike: --dim "
                  "seq=N,len=N"));
  EXPECT_THAT(MeetingsOf(add, {{"seq", 3}, {"len", 3}, {"batch", 2}}),
              ElementsAre("'batch' and 'batch_size' stand for the same extent, since Add 'join' joins them, but they "
                          "are 2 and 1; bind them alike: --dim batch_size=2"));
  EXPECT_THAT(MeetingsOf(add, {{"seq", 3}, {"len", 3}, {"batch", 2}, {"batch_size", 2}}), IsEmpty());
}

TEST(MeetingSymbols, InConcatProductAndBehindOtherNodes) {
  const std::map<std::string, int64_t> lengths = {{"seq", 3}, {"len", 7}};
  // Of a Concat along the lengths only the batches meet.
  EXPECT_THAT(MeetingsOf(Joined("[join] y = Concat <axis = 1> (x, z)"), lengths),
              ElementsAre(HasSubstr("'batch' and 'batch_size'")));
  // [batch, seq, 5] · [batch_size, 5, len].
  EXPECT_THAT(MeetingsOf(Joined("t = Transpose <perm = [0,2,1]> (z) [join] y = MatMul(x, t)"), lengths),
              ElementsAre(HasSubstr("'batch' and 'batch_size'")));
  // Shapes that go through small tensors: [batch · seq, 5] and [batch_size · len, 5] are products, which have no name;
  // taken apart again they have.
  EXPECT_THAT(MeetingsOf(Joined("s = Shape(x) m = Constant <value_ints = [-1, 5]> () a = Reshape(x, m) b = Relu(a) "
                                "c = Reshape(b, s) [join] y = Add(c, z)"),
                         lengths),
              ::testing::UnorderedElementsAre(HasSubstr("'batch' and 'batch_size'"), HasSubstr("are 3 and 7")));
}

TEST(MeetingSymbols, ASumMeetsAName) {
  const std::string cache = ModelText(
      "g (float[1,past,5] p, float[1,seq,5] x, float[1,total] m) => (float y) { c = Concat <axis = 1> (p, x) "
      "r = ReduceSum <keepdims = 0> (c, a) [join] y = Add(r, m) a = Constant <value_ints = [2]> () }");
  EXPECT_THAT(MeetingsOf(cache, {{"past", 7}, {"seq", 1}, {"total", 8}}), IsEmpty());
  EXPECT_THAT(
      MeetingsOf(cache, {{"past", 7}, {"seq", 1}}),
      ElementsAre("'past + seq' and 'total' stand for the same extent, since Add 'join' joins them, but they are "
                  "8 and 1; bind them alike: --dim total=8"));
}

TEST(MeetingSymbols, WhatBroadcastsOrIsJoinedNowhereIsNone) {
  EXPECT_THAT(MeetingsOf(ModelText("g (float[text,5] x, float[images,5] z) => (float y) { t = Transpose <perm = [1,0]> "
                                   "(z) y = MatMul(x, t) }"),
                         {}),
              IsEmpty());
  EXPECT_THAT(MeetingsOf(ModelText("g (float[n,1,5] x, float[m,5] z) => (float y) { y = Add(x, z) }"), {}), IsEmpty());
}

}  // namespace
}  // namespace opcost
