// If, Loop, Scan and SequenceMap: regions, trips, types that come out.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

std::string IfText(const std::string& condition) {
  return ModelText("g (float[2,3] x, float[3,5] a, float[3,7] b" + std::string(condition.empty() ? ", bool c" : "") +
                   ") => (float y) {" + condition + R"(
    y = If (c) <
      then_branch = t () => (float[?,?] ty) { ty = MatMul(x, a) },
      else_branch = e () => (float[?,?] ey) { ey = MatMul(x, b) }
    >
  })");
}

TEST(If, TakesTheBranchOfAConstantCondition) {
  const Graph g = MustLoad(IfText("c = Constant <value = bool {0}> ()"));
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 7]");
  ASSERT_EQ(g.regions.size(), 3u);
  EXPECT_EQ(g.regions[1].kind, RegionKind::kThen);
  EXPECT_TRUE(g.regions[1].dead);
  EXPECT_FALSE(g.regions[2].dead);
}

TEST(If, KeepsWhatBothBranchesAgreeOn) {
  const Graph g = MustLoad(IfText(""));
  EXPECT_EQ(ShapeOf(g, "y"), "[2, y:1]");
  EXPECT_FALSE(g.regions[1].dead);
  EXPECT_FALSE(g.regions[2].dead);
  EXPECT_EQ(ShapeOf(g, "ty"), "[2, 5]");
  EXPECT_EQ(ShapeOf(g, "ey"), "[2, 7]");
}

TEST(If, AConditionOnAShapeIsAConstantOne) {
  const Graph g = MustLoad(IfText("s = Size(x)\n six = Constant <value_int = 6> ()\n c = Equal(s, six)"));
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 5]");
}

const std::string kLoop = ModelText(R"(g (float[2,3] x, int64 n) => (float y, float ys) {
    m = Constant <value_int = 7> ()
    t = Constant <value = bool {1}> ()
    [loop] y, ys = Loop (m, t, x) <
      body = b (int64 i, bool ci, float[2,3] s) => (bool co, float[2,3] so, float[2] e) {
        co = Identity(ci)
        so = Relu(s)
        axes = Constant <value_ints = [1]> ()
        e = ReduceSum <keepdims = 0> (so, axes)
      }
    >
  })");

TEST(Loop, TakesConstantTripsAndStacksItsScans) {
  const Graph g = MustLoad(kLoop);
  ASSERT_EQ(g.regions.size(), 2u);
  EXPECT_EQ(g.regions[1].kind, RegionKind::kLoopBody);
  EXPECT_EQ(g.regions[1].trips, 7);
  EXPECT_FALSE(g.regions[1].trips_assumed);
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3]");
  EXPECT_EQ(ShapeOf(g, "ys"), "[7, 2]");
  EXPECT_EQ(Repeats(g, 1), 7);
}

TEST(Loop, TripsCanBeGiven) {
  LoadOptions options;
  options.trips["loop"] = 11;
  EXPECT_EQ(ShapeOf(MustLoad(kLoop, options), "ys"), "[11, 2]");
  options.trips = {{"lopo", 11}};
  EXPECT_EQ(LoadText(kLoop, options).status().code(), absl::StatusCode::kNotFound);
}

const std::string kGrowing = ModelText(R"(g (float[2,3] x, int64 n, bool t) => (float y) {
    [grow] y = Loop (n, t, x) <
      body = b (int64 i, bool ci, float[?,3] s) => (bool co, float[?,3] so) {
        co = Identity(ci)
        so = Concat <axis = 0> (s, x)
      }
    >
  })");

TEST(Loop, UnknownTripsAreAssumedAndNoted) {
  const Graph g = MustLoad(kGrowing);
  EXPECT_EQ(g.regions[1].trips, 1);
  EXPECT_TRUE(g.regions[1].trips_assumed);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("--trip grow=N")));
}

TEST(Loop, AnExtentThatTheBodyChangesIsNoNumber) {
  const Graph g = MustLoad(kGrowing);
  EXPECT_EQ(ShapeOf(g, "y"), "[y:0, 3]");
  EXPECT_EQ(ShapeOf(g, "s"), "[s:0, 3]");
}

TEST(Scan, RunsOverItsAxis) {
  const Graph g = MustLoad(ModelText(R"(g (float[2] init, float[11,2] xs) => (float last, float all) {
    last, all = Scan <num_scan_inputs = 1,
      body = b (float[2] s, float[2] e) => (float[2] so, float[2] o) {
        so = Add(s, e)
        o = Identity(so)
      }> (init, xs)
  })"));
  ASSERT_EQ(g.regions.size(), 2u);
  EXPECT_EQ(g.regions[1].trips, 11);
  EXPECT_EQ(ShapeOf(g, "e"), "[2]");
  EXPECT_EQ(ShapeOf(g, "last"), "[2]");
  EXPECT_EQ(ShapeOf(g, "all"), "[11, 2]");
}

TEST(SequenceMap, TypesItsBodyWithTheElements) {
  const Graph g = MustLoad(ModelText(R"(g (seq(float[2,3]) xs) => (seq(float[2,3]) ys) {
    ys = SequenceMap <body = b (float[2,3] e) => (float[2,3] o) { o = Relu(e) }> (xs)
  })"));
  EXPECT_EQ(ShapeOf(g, "o"), "[2, 3]");
  EXPECT_EQ(testing_support::FindTensor(g, "ys")->type, TypeClass::kSequence);
  EXPECT_TRUE(g.regions[1].trips_assumed);
}

TEST(Captured, TensorsCountTheBodysNodesAsConsumers) {
  const Graph g = MustLoad(IfText(""));
  EXPECT_EQ(testing_support::FindTensor(g, "x")->consumers.size(), 2u);
}

// A search: ids [2, 3], up to 11 words; the decoder multiplies [beams, 5] by [5, 7] once a step.
std::string SearchText(const std::string& node) {
  return "<ir_version: 9, opset_import: [\"\" : 17, \"com.microsoft\" : 1]>\n"
         "g (int32[2,3] ids, float[5,7] w) => (int32[a,b] y) {\n"
         "most = Constant <value = int32[1] {11}> ()\n"
         "[search] y = com.microsoft." +
         node + R"(
  })";
}

const char* const kSearchBodies = R"(
      encoder = e (float[2,5] ex) => (float[2,7] ey) { ey = MatMul(ex, w) },
      decoder = d (float[2,5] dx) => (float[2,7] dy) { [product] dy = MatMul(dx, w) },
      eos_token_id = 1, pad_token_id = 0)";

TEST(Search, SubgraphsAreNotPricedUnlessTheUserSaysHowOften) {
  const std::string text = SearchText(std::string("GreedySearch <") + kSearchBodies + "> (ids, most)");
  const Graph g = MustLoad(text);
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 11]");
  ASSERT_EQ(g.regions.size(), 3u);
  EXPECT_TRUE(g.regions[1].dead);
  EXPECT_TRUE(g.regions[2].dead);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("not priced")));
  EXPECT_EQ(ShapeOf(g, "dy"), "[2, 7]");

  const Graph priced = MustLoad(text, {.trips = {{"search", 8}}});
  EXPECT_FALSE(priced.regions[1].dead);
  EXPECT_FALSE(priced.regions[2].dead);
  EXPECT_EQ(priced.regions[1].trips, 1);
  EXPECT_EQ(priced.regions[2].trips, 8);
  EXPECT_THAT(NotesOf(priced, NoteKind::kAssumption), IsEmpty());
}

TEST(Search, OutputsFollowFromTheirInputs) {
  const std::string constants =
      "beams = Constant <value = int32[1] {5}> ()\n few = Constant <value = int32[1] {3}> ()\n";
  const auto load = [&](const std::string& head, const std::string& tail) {
    return MustLoad(
        "<ir_version: 9, opset_import: [\"\" : 17, \"com.microsoft\" : 1]>\n"
        "g (int32[2,7] ids, float[5,7] w) => (int32[a,b] unused) {\n"
        "most = Constant <value = int32[1] {11}> ()\n" +
        constants + "unused = Identity(ids)\n" + head + kSearchBodies + tail + "}");
  };
  const Graph sampling = load("y, f = com.microsoft.Sampling < vocab_size = 13,", "> (ids, most)");
  EXPECT_EQ(ShapeOf(sampling, "y"), "[2, 11]");
  EXPECT_EQ(ShapeOf(sampling, "f"), "[2, 13]");
  for (const std::string op : {"BeamSearch", "WhisperBeamSearch"}) {
    const Graph beams = load("y, s, t = com.microsoft." + op + " < vocab_size = 13,", "> (ids, most, , beams, few)");
    EXPECT_EQ(ShapeOf(beams, "y"), "[2, 3, 11]") << op;
    EXPECT_EQ(ShapeOf(beams, "s"), "[2, 3]") << op;
    EXPECT_EQ(ShapeOf(beams, "t"), "[t:0, 2, 5, 13]") << op;
  }
}

}  // namespace
}  // namespace opcost
