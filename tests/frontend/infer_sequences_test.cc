// Sequences followed element by element, and shapes that ONNX's own functions leave open. Extents by the operators'
// definitions, by hand.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::IntsOf;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

const char* const kThree =
    "a = SequenceConstruct(x, y)\n one = Constant <value_int = 1> ()\n s = SequenceInsert(a, z, one)\n";

Graph Three(const std::string& rest) {
  return MustLoad(ModelText("g (float[2,3] x, float[5,3] y, float[7,3] z, int64 p) => (float r) {" +
                            std::string(kThree) + rest + "}"));
}

TEST(Sequences, APositionGivesItsElement) {
  EXPECT_EQ(ShapeOf(Three("r = SequenceAt(s, one)"), "r"), "[7, 3]");
  EXPECT_EQ(ShapeOf(Three("m = Constant <value_int = -1> ()\n r = SequenceAt(s, m)"), "r"), "[5, 3]");
}

TEST(Sequences, AnUnknownPositionGivesWhatElementsShare) {
  EXPECT_EQ(ShapeOf(Three("r = SequenceAt(s, p)"), "r"), "[r:0, 3]");
  EXPECT_EQ(ShapeOf(Three("t = SequenceErase(s, p)\n r = SequenceAt(t, one)"), "r"), "[r:0, 3]");
}

TEST(Sequences, ErasingMovesTheRestAndTheLastGoesFirst) {
  EXPECT_EQ(ShapeOf(Three("t = SequenceErase(s, one)\n r = SequenceAt(t, one)"), "r"), "[5, 3]");
  EXPECT_EQ(ShapeOf(Three("t = SequenceErase(s)\n r = SequenceAt(t, one)"), "r"), "[7, 3]");
}

TEST(Sequences, ConcatenationAddsUp) {
  EXPECT_EQ(ShapeOf(Three("r = ConcatFromSequence <axis = 0> (s)"), "r"), "[14, 3]");
  EXPECT_EQ(ShapeOf(MustLoad(ModelText("g (float[2,3] x, float[2,3] y) => (float r) { s = SequenceConstruct(x, y)\n"
                                       "r = ConcatFromSequence <axis = -1, new_axis = 1> (s) }")),
                    "r"),
            "[2, 3, 2]");
}

TEST(Sequences, HaveALength) { EXPECT_THAT(IntsOf(Three("r = SequenceLength(s)"), "r"), ElementsAre(3)); }

TEST(Sequences, SplittingLeavesARest) {
  const auto split = [](const std::string& rest) {
    return MustLoad(ModelText("g (float[7,3] x) => (float r) {" + rest + "}"));
  };
  EXPECT_EQ(ShapeOf(split("n = Constant <value_int = 3> ()\n s = SplitToSequence <axis = 0> (x, n)\n"
                          "l = Constant <value_int = 2> ()\n r = SequenceAt(s, l)"),
                    "r"),
            "[1, 3]");
  EXPECT_EQ(ShapeOf(split("n = Constant <value_ints = [2, 5]> ()\n s = SplitToSequence <axis = 0> (x, n)\n"
                          "l = Constant <value_int = 1> ()\n r = SequenceAt(s, l)"),
                    "r"),
            "[5, 3]");
  EXPECT_EQ(ShapeOf(split("s = SplitToSequence <axis = 1, keepdims = 0> (x)\n"
                          "l = Constant <value_int = 2> ()\n r = SequenceAt(s, l)"),
                    "r"),
            "[7]");
}

TEST(Sequences, AMapRunsOnceAnElement) {
  const Graph g = Three("r = SequenceMap (s) < body = b (float[?,3] e) => (float[?,3] o) { o = Relu(e) } >");
  ASSERT_EQ(g.regions.size(), 2u);
  EXPECT_EQ(g.regions[1].trips, 3);
  EXPECT_FALSE(g.regions[1].trips_assumed);
}

TEST(Sequences, ALoopThatLengthensOneAsOftenAsDataSaysForgetsItsElements) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x, int64 m) => (int64 n) {
      t = Constant <value = bool {1}> ()
      s = SequenceConstruct(x)
      l = Loop (m, t, s) < body = b (int64 i, bool ci, seq(float[2,3]) a) => (bool co, seq(float[2,3]) o) {
        co = Identity(ci)
        o = SequenceInsert(a, x)
      } >
      n = SequenceLength(l) })"));
  EXPECT_THAT(IntsOf(g, "n"), ElementsAre(-999));  // no value is kept
}

// [3, 3], [3, 3] and [1, 3] times [3, 5], put together again.
TEST(Sequences, AMapGivesAnElementForEach) {
  const Graph g = MustLoad(ModelText(R"(g (float[7,3] x, float[3,5] w) => (float[] y, int64 n) {
      three = Constant <value_int = 3> ()
      s = SplitToSequence <axis = 0> (x, three)
      [map] t = SequenceMap (s) <body = b (float[?,3] e) => (float[?,5] o) { o = MatMul(e, w) }>
      y = ConcatFromSequence <axis = 0> (t)
      n = SequenceLength(t) })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[7, 5]");
  EXPECT_THAT(IntsOf(g, "n"), ElementsAre(3));
  EXPECT_EQ(ShapeOf(g, "o"), "[3, 5]");
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("element 2 of 3")));
}

TEST(Optionals, SayWhetherTheyHoldSomething) {
  const auto branch = [](const std::string& inputs, const std::string& nodes) {
    const Graph g = MustLoad(ModelText("g (" + inputs + ") => (float[] y) {" + nodes +
                                       "y = If (h) < then_branch = t () => (float[2,3] a) { a = Relu(d) }, "
                                       "else_branch = e () => (float[2,3] b) { b = Neg(d) } > }"));
    return std::string(g.regions.at(1).dead ? "else" : g.regions.at(2).dead ? "then" : "either");
  };
  EXPECT_EQ(branch("float[2,3] d", "h = OptionalHasElement(d)"), "then");
  EXPECT_EQ(branch("float[2,3] d", "o = Optional(d) i = Identity(o) h = OptionalHasElement(i)"), "then");
  EXPECT_EQ(branch("float[2,3] d", "h = OptionalHasElement()"), "else");
  EXPECT_EQ(branch("float[2,3] d", "o = Optional <type: type_proto = float[2,3]> () h = OptionalHasElement(o)"),
            "else");
  EXPECT_EQ(branch("float[2,3] d, optional(float[2,3]) o", "h = OptionalHasElement(o)"), "either");
}

TEST(Loops, EnteredOnDataAreCountedAsEntered) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x, bool c) => (float y, float ys) {
      m = Constant <value_int = 7> ()
      [loop] y, ys = Loop (m, c, x) < body = b (int64 i, bool ci, float[2,3] s) => (bool co, float[2,3] so, float[2,3] e) {
        co = Identity(ci)
        so = Relu(s)
        e = Neg(so)
      } > })"));
  EXPECT_EQ(ShapeOf(g, "ys"), "[7, 2, 3]");
  EXPECT_EQ(g.regions[1].trips, 7);
  EXPECT_TRUE(g.regions[1].trips_assumed);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("--trip loop=N")));
}

TEST(Loops, TripsAreGivenByIdentityWhereNamesRepeat) {
  const auto loop = [](const std::string& out) {
    return "[loop] " + out + " = Loop (m, , x) < body = b" + out + " (int64 i" + out + ", bool c" + out +
           ", float[2,3] s" + out + ") => (bool d" + out + ", float[2,3] t" + out + ") { d" + out + " = Identity(c" +
           out + ")\n t" + out + " = Relu(s" + out + ") } >\n";
  };
  const std::string text = ModelText("g (float[2,3] x, int64 m) => (float y, float z) {" + loop("y") + loop("z") + "}");
  LoadOptions options;
  options.trips = {{"loop@z", 11}};
  const Graph g = MustLoad(text, options);
  ASSERT_EQ(g.regions.size(), 3u);
  EXPECT_EQ(g.regions[1].trips, 1);
  EXPECT_EQ(g.regions[2].trips, 11);
  options.trips = {{"loop@a", 11}};
  const absl::Status status = LoadText(text, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean 'loop@"));
}

TEST(OpenShapes, AttentionWithAFunctionOnItsScores) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,6,5,8] q, float[2,3,7,8] k, float[2,3,7,11] v) => (float y) {
      y = ai.onnx.preview.FlexAttention (q, k, v) <
        score_mod: graph = m (float[B,H,L,S] s) => (float[B,H,L,S] t) { t = Neg(s) }> })",
                                     26, ", \"ai.onnx.preview\" : 1"));
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 6, 5, 11]");
  EXPECT_EQ(ShapeOf(g, "t"), "[2, 6, 5, 7]");
  EXPECT_FALSE(g.regions[1].trips_assumed);
}

TEST(OpenShapes, UnpoolingWithAndWithoutAStatedShape) {
  const auto unpool = [](const std::string& rest) {
    return MustLoad(ModelText("g (float[1,2,3,5] x, int64[1,2,3,5] i) => (float y) {" + rest + "}", 11));
  };
  EXPECT_EQ(ShapeOf(unpool("y = MaxUnpool <kernel_shape = [2, 3], strides = [2, 3]> (x, i)"), "y"), "[1, 2, 6, 15]");
  EXPECT_EQ(ShapeOf(unpool("n = Constant <value = int64[4] {1, 2, 7, 17}> ()\n"
                           "y = MaxUnpool <kernel_shape = [2, 3], strides = [2, 3]> (x, i, n)"),
                    "y"),
            "[1, 2, 7, 17]");
}

TEST(OpenShapes, ShortTimeFourierTransformsAreOneSided) {
  const auto stft = [](const std::string& attributes) {
    return ShapeOf(MustLoad(ModelText("g (float[3,31,1] x) => (float y) { a = Constant <value_int = 5> ()\n"
                                      "n = Constant <value_int = 11> ()\n y = STFT " +
                                      attributes + " (x, a, , n) }")),
                   "y");
  };
  EXPECT_EQ(stft(""), "[3, 5, 6, 2]");  // (31 - 11) / 5 + 1 frames, 11 / 2 + 1 frequencies
  EXPECT_EQ(stft("<onesided = 0>"), "[3, 5, 11, 2]");
}

}  // namespace
}  // namespace opcost
