// Loops followed round by round. Extents and trips by hand; those of whole models are also what ONNX Runtime gives.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::IntsOf;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

// A loop over a [2, 4] that stacks its rounds.
std::string Stacking(const std::string& most, const std::string& condition) {
  return ModelText("g (float[2,4] x, int64 n, float limit) => (float[] y, float[] ys) {\n" + most + R"(
    t = Constant <value = bool {1}> ()
    four = Constant <value_int = 4> ()
    [loop] y, ys = Loop (m, t, x) < body = b (int64 i, bool ci, float[2,4] h) => (bool co, float[2,4] ho, float[2,4] e) {
      ho = Relu(h)
      e = Neg(ho)
      )" + condition +
                   "\n} > }");
}

Graph Stacked(const std::string& most, const std::string& condition) { return MustLoad(Stacking(most, condition)); }

TEST(Trips, FollowFromAConditionThatCounts) {
  const Graph g = Stacked("m = Constant <value_int = 10> ()", "co = Less(i, four)");
  EXPECT_EQ(g.regions.at(1).trips, 5);  // after the rounds 0, 1, 2 and 3 it goes on
  EXPECT_FALSE(g.regions.at(1).trips_assumed);
  EXPECT_EQ(ShapeOf(g, "ys"), "[5, 2, 4]");
  EXPECT_THAT(g.notes, IsEmpty());
}

TEST(Trips, AreOneWhereTheFirstRoundEndsIt) {
  const Graph g = Stacked("m = Constant <value_int = 10> ()", "co = Constant <value = bool {0}> ()");
  EXPECT_EQ(ShapeOf(g, "ys"), "[1, 2, 4]");
  EXPECT_EQ(g.regions.at(1).trips, 1);
}

TEST(Trips, AreNoneWhereTheCountIsZeroWhateverTheBodySays) {
  const Graph g = Stacked("m = Constant <value_int = 0> ()", "co = Constant <value = bool {0}> ()");
  EXPECT_EQ(ShapeOf(g, "ys"), "[0, 2, 4]");
  EXPECT_EQ(g.regions.at(1).trips, 0);
}

TEST(Trips, ThatDataEndsAreBoundedByTheCount) {
  const Graph g = Stacked("m = Constant <value_int = 10> ()", "s = ReduceMax <keepdims = 0> (ho) co = Less(s, limit)");
  EXPECT_EQ(g.regions.at(1).trips, 10);
  EXPECT_TRUE(g.regions.at(1).trips_assumed);
  EXPECT_EQ(ShapeOf(g, "ys"), "[ys:0, 2, 4]");
  EXPECT_THAT(NotesOf(g, NoteKind::kDataDependent), ElementsAre(HasSubstr("at most 10,")));
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("10 times, its most")));
}

TEST(Trips, WithoutACountFollowFromACounterInTheState) {
  LoadOptions options;
  options.dims["N"] = 6;
  const Graph g = MustLoad(ModelText(R"(g (float[N,4] x) => (int64 k, float[] y) {
    one = Constant <value_int = 1> ()
    z = Constant <value_int = 0> ()
    n = Size(x)
    c = Less(z, n)
    k, y = Loop (, c, z, x) < body = b (int64 i, bool ci, int64 a, float[N,4] h) => (bool co, int64 b, float[N,4] ho) {
      b = Add(a, one)
      co = Less(b, n)
      ho = Relu(h) } > })"),
                           options);
  EXPECT_EQ(g.regions.at(1).trips, 24);
  EXPECT_THAT(IntsOf(g, "k"), ElementsAre(24));
  EXPECT_THAT(g.notes, IsEmpty());
}

TEST(Trips, ComeFromShapeArithmeticOnBoundSymbols) {
  LoadOptions options;
  options.dims["T"] = 5;
  const Graph g = MustLoad(ModelText(R"(g (float[T,4] x) => (float[] ys) {
    s = Shape(x)
    zero = Constant <value_int = 0> ()
    two = Constant <value_int = 2> ()
    a = Gather(s, zero)
    b = Cast <to = 6> (a)
    f = Cast <to = 1> (b)
    c = Cast <to = 7> (f)
    m = Mul(c, two)
    ys = Loop (m, ) < body = b (int64 i, bool ci) => (bool co, float[4] e) {
      co = Identity(ci)
      j = Mod(i, a)
      e = Gather(x, j) } > })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "ys"), "[10, 4]");
  EXPECT_THAT(g.notes, IsEmpty());
}

// The condition would end it after the fifth round, but data may ask for three.
TEST(Trips, ThatDataCountsAreNotWhatTheConditionAllows) {
  const Graph g = Stacked("m = Identity(n)", "co = Less(i, four)");
  EXPECT_TRUE(g.regions.at(1).trips_assumed);
  EXPECT_EQ(ShapeOf(g, "ys"), "[ys:0, 2, 4]");
  const Graph once = Stacked("m = Identity(n)", "co = Constant <value = bool {0}> ()");
  EXPECT_TRUE(once.regions.at(1).trips_assumed);
  EXPECT_THAT(NotesOf(once, NoteKind::kAssumption), ElementsAre(HasSubstr("counted as entered, once,")));
}

const std::string kOverFound =
    ModelText(R"(g (float[9] x, float[9,4] table, float[4] start) => (float[] ys, float[] all) {
    nz = NonZero(x)
    axis = Constant <value_ints = [0]> ()
    found = Squeeze(nz, axis)
    n = Size(found)
    [loop] ys = Loop (n, ) < body = b (int64 i, bool ci) => (bool co, float[4] e) {
      co = Identity(ci)
      k = Gather(found, i)
      e = Gather(table, k) } >
    [scan] last, all = Scan <num_scan_inputs = 1, body = s (float[4] h, float[4] r) => (float[4] ho, float[4] o) {
      ho = Add(h, r)
      o = Relu(ho) }> (start, ys) })");

TEST(Trips, OfASymbolAreTheMostThatItCanBe) {
  const Graph g = MustLoad(kOverFound);
  EXPECT_EQ(ShapeOf(g, "ys"), "[nz:1, 4]");
  EXPECT_EQ(ShapeOf(g, "all"), "[nz:1, 4]");
  EXPECT_EQ(g.regions.at(1).trips, 9);
  EXPECT_EQ(g.regions.at(2).trips, 9);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption),
              ElementsAre(AllOf(HasSubstr("as 'nz:1' does; it is counted 9 times, its most"),
                                HasSubstr("--trip loop=N or --assume nz:1=N")),
                          HasSubstr("--trip scan=N or --assume nz:1=N")));
}

TEST(Trips, OfASymbolAreWhatTheUserSaysItIs) {
  LoadOptions options;
  options.assume["nz:1"] = 5;
  const Graph g = MustLoad(kOverFound, options);
  EXPECT_EQ(ShapeOf(g, "all"), "[5, 4]");
  EXPECT_EQ(g.regions.at(1).trips, 5);
  EXPECT_EQ(g.regions.at(2).trips, 5);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), IsEmpty());
}

// 2 rows more in every round: 4, 6, 8, 10 and 12 of them are multiplied, which is 5 times the 8 of the middle round.
std::string Growing(const std::string& most) {
  return ModelText("g (float[2,3] x, float[3,5] w, int64 n) => (float[] y, float[] z) {\n" + most + R"(
    [grow] y, q = Loop (m, , x, x) < body = b (int64 i, bool ci, float[?,3] s, float[?,?] p)
        => (bool co, float[?,3] so, float[?,?] po) {
      co = Identity(ci)
      so = Concat <axis = 0> (s, x)
      [product] po = MatMul(so, w) } >
    z = Neg(q) })");
}

TEST(Growing, TheStateIsWhatTheLastRoundMakesOfIt) {
  const Graph g = MustLoad(Growing("m = Constant <value_int = 5> ()"));
  EXPECT_EQ(ShapeOf(g, "y"), "[12, 3]");
  EXPECT_EQ(ShapeOf(g, "z"), "[12, 5]");
}

TEST(Growing, TheBodyIsThatOfTheMiddleRoundAndSaysSo) {
  const Graph g = MustLoad(Growing("m = Constant <value_int = 5> ()"));
  EXPECT_EQ(ShapeOf(g, "s"), "[6, 3]");
  EXPECT_EQ(ShapeOf(g, "po"), "[8, 5]");
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption),
              ElementsAre(AllOf(HasSubstr("round 3 of 5"), HasSubstr("'s:0' = 6 (2 at first, 10 at last"),
                                HasSubstr("--assume s:0=N"))));
}

TEST(Growing, AnotherSizeOfTheBodyCanBeGiven) {
  LoadOptions options;
  options.assume["s:0"] = 4;
  const Graph g = MustLoad(Growing("m = Constant <value_int = 5> ()"), options);
  EXPECT_EQ(ShapeOf(g, "so"), "[6, 3]");
  EXPECT_EQ(ShapeOf(g, "y"), "[12, 3]");
}

TEST(Growing, TripsThatAreGivenSayHowLargeItBecomes) {
  LoadOptions options;
  options.trips["grow"] = 3;
  EXPECT_EQ(ShapeOf(MustLoad(Growing("m = Identity(n)"), options), "y"), "[8, 3]");
}

TEST(Growing, AsOftenAsDataSaysItStaysASymbolWithItsFlag) {
  const Graph g = MustLoad(Growing("m = Identity(n)"));
  EXPECT_EQ(ShapeOf(g, "y"), "[y:0, 3]");
  EXPECT_EQ(ShapeOf(g, "so"), "[so:0, 3]");
  EXPECT_THAT(NotesOf(g, NoteKind::kDataDependent),
              ::testing::IsSupersetOf({HasSubstr("'s' changes from round to round and stays the symbol 's:0'"),
                                       HasSubstr("(Loop) is what its rounds make of it and stays the symbol 'y:0'")}));
}

TEST(Growing, OneRoundIsLikeNoLoop) {
  const Graph g = MustLoad(Growing("m = Constant <value_int = 1> ()"));
  EXPECT_EQ(ShapeOf(g, "y"), "[4, 3]");
  EXPECT_EQ(ShapeOf(g, "so"), "[4, 3]");
  EXPECT_THAT(g.notes, IsEmpty());
}

// Each state is what the one before it was a round ago.
TEST(Growing, AShiftRegister) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x, float[5,7] k) => (float[] y) {
    m = Constant <value_int = 6> ()
    y, y2, y3, y4, y5, z = Loop (m, , x, x, x, x, x, k) < body = bd (int64 i, bool ci, float[?,3] a, float[?,3] b,
        float[?,3] c, float[?,3] d, float[?,3] e, float[5,7] f)
        => (bool co, float[?,3] a2, float[?,3] b2, float[?,3] c2, float[?,3] d2, float[?,3] e2, float[5,7] f2) {
      co = Identity(ci)
      a2 = Concat <axis = 0> (a, x)
      b2 = Identity(a)
      c2 = Identity(b)
      d2 = Identity(c)
      e2 = Identity(d)
      f2 = Relu(f) } > })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[14, 3]");
  EXPECT_EQ(ShapeOf(g, "y2"), "[12, 3]");
  EXPECT_EQ(ShapeOf(g, "y5"), "[6, 3]");
  EXPECT_EQ(ShapeOf(g, "z"), "[5, 7]");
}

TEST(Lists, ThatALoopBuildsAreKnownOneByOne) {
  const Graph g = MustLoad(ModelText(R"(g (float[6,4] x) => (float[] y, int64 n) {
    m = Constant <value_int = 3> ()
    one = Constant <value_int = 1> ()
    axis = Constant <value_ints = [0]> ()
    e = SequenceEmpty <dtype = 1> ()
    s = Loop (m, , e) < body = b (int64 i, bool ci, seq(float[?,?]) a) => (bool co, seq(float[?,?]) o) {
      co = Identity(ci)
      k = Add(i, one)
      end = Unsqueeze(k, axis)
      part = Slice(x, axis, end, axis)
      o = SequenceInsert(a, part) } >
    y = ConcatFromSequence <axis = 0> (s)
    n = SequenceLength(s) })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[6, 4]");  // 1 + 2 + 3 rows
  EXPECT_THAT(IntsOf(g, "n"), ElementsAre(3));
  EXPECT_EQ(ShapeOf(g, "part"), "[2, 4]");
}

TEST(Nesting, EachLoopHasItsOwnTrips) {
  LoadOptions options;
  options.dims = {{"A", 3}, {"B", 5}};
  const Graph g = MustLoad(ModelText(R"(g (float[A,B,4] x) => (float[] y) {
    s = Shape(x)
    z = Constant <value_int = 0> ()
    one = Constant <value_int = 1> ()
    a = Gather(s, z)
    b = Gather(s, one)
    y = Loop (a, ) < body = ob (int64 i, bool ci) => (bool co, float[?,4] row) {
      co = Identity(ci)
      xi = Gather(x, i)
      row = Loop (b, ) < body = ib (int64 j, bool cj) => (bool dj, float[4] cell) {
        dj = Identity(cj)
        xj = Gather(xi, j)
        cell = Exp(xj) } > } > })"),
                           options);
  EXPECT_EQ(ShapeOf(g, "y"), "[3, 5, 4]");
  EXPECT_EQ(Repeats(g, 2), 15);
}

// The inner loop runs 0, 1, 2 and 3 times.
TEST(Nesting, AnInnerLoopThatCountsWithTheOuterOneIsThatOfTheMiddleRound) {
  const Graph g = MustLoad(ModelText(R"(g (float[4,3] x, float[3] z) => (float[] y) {
    m = Constant <value_int = 4> ()
    [outer] y = Loop (m, , z) < body = ob (int64 i, bool ci, float[3] a) => (bool co, float[3] ao) {
      co = Identity(ci)
      [inner] ao = Loop (i, , a) < body = ib (int64 j, bool cj, float[3] t) => (bool cp, float[3] to) {
        cp = Identity(cj)
        xj = Gather(x, j)
        to = Add(t, xj) } > } > })"));
  EXPECT_EQ(g.regions.at(2).trips, 2);
  EXPECT_FALSE(g.regions.at(2).trips_assumed);
  EXPECT_THAT(NotesOf(g, NoteKind::kAssumption), ElementsAre(HasSubstr("in round 3 of 4")));
}

// Round 0 takes one branch, all others the other: neither is dead.
TEST(Nesting, ABranchOfSomeRoundsIsNotDead) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x) => (float[] y) {
    m = Constant <value_int = 5> ()
    zero = Constant <value_int = 0> ()
    y = Loop (m, , x) < body = b (int64 i, bool ci, float[?,3] s) => (bool co, float[?,3] so) {
      co = Identity(ci)
      first = Equal(i, zero)
      so = If (first) < then_branch = t () => (float[?,3] a) { a = Relu(s) },
                        else_branch = e () => (float[?,3] b) { b = Concat <axis = 0> (s, x) } > } > })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[10, 3]");
  EXPECT_FALSE(g.regions.at(2).dead);
  EXPECT_FALSE(g.regions.at(3).dead);
}

// What a round adds depends on data, so nothing is known but the flags.
TEST(Nesting, DataInTheBodyKeepsTheStateOpen) {
  const Graph g = MustLoad(ModelText(R"(g (float[5,6] x) => (int64[?] y) {
    m = Constant <value_int = 5> ()
    e = Constant <value = int64[0] {}> ()
    axis = Constant <value_ints = [0]> ()
    y = Loop (m, , e) < body = b (int64 i, bool ci, int64[?] s) => (bool co, int64[?] so) {
      co = Identity(ci)
      xi = Gather(x, i)
      nz = NonZero(xi)
      found = Squeeze(nz, axis)
      so = Concat <axis = 0> (s, found) } > })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[y:0]");
  EXPECT_THAT(NotesOf(g, NoteKind::kDataDependent),
              ::testing::UnorderedElementsAre(HasSubstr("--assume s:0=N"),
                                              HasSubstr("is at most 6, and stays the symbol 'nz:1'"),
                                              HasSubstr("--assume y:0=N")));
  EXPECT_THAT(NotesOf(g, NoteKind::kUnresolvedShape), IsEmpty());
}

}  // namespace
}  // namespace opcost
