// Extents that depend on data: what of a shape is known all the same, and which symbol stands for what. By the
// operators' definitions, by hand.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::IntsOf;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

// `found` is [nz:1], as many as x has elements that are not zero; `count` is their number as a vector of one element,
// `one_count` as a scalar.
Graph Found(const std::string& nodes) {
  return MustLoad(
      ModelText(R"(g (float[20] x, float[20,3] table, float[4,c,5] k, int64[1] n, int64[2] two) => (float[] y) {
    zero = Constant <value_int = 0> ()
    one = Constant <value_int = 1> ()
    axis = Constant <value_ints = [0]> ()
    nz = NonZero(x)
    found = Squeeze(nz, axis)
    rows = Gather(table, found)
    count = Shape(found)
    one_count = Squeeze(count, axis)
    )" + nodes + "}"));
}

std::string Y(const std::string& nodes) { return ShapeOf(Found(nodes), "y"); }

TEST(Symbols, GoThroughReshape) {
  EXPECT_EQ(Y("t = Constant <value_ints = [-1, 3]> () y = Reshape(rows, t)"), "[nz:1, 3]");
  EXPECT_EQ(Y("t = Constant <value_ints = [0, -1]> () y = Reshape(rows, t)"), "[nz:1, 3]");
  EXPECT_EQ(Y("t = Constant <value_ints = [1, -1, 1, 3]> () y = Reshape(rows, t)"), "[1, nz:1, 1, 3]");
  EXPECT_EQ(Y("r = Constant <value_ints = [-1]> () t = Concat <axis = 0> (count, r) y = Reshape(rows, t)"),
            "[nz:1, 3]");
  // Three times as many have no name of their own.
  EXPECT_EQ(Y("t = Constant <value_ints = [-1]> () y = Reshape(rows, t)"), "[y:0]");
}

TEST(Symbols, GoThroughRangeExpandAndTopK) {
  EXPECT_EQ(Y("y = Range(zero, one_count, one)"), "[nz:1]");
  EXPECT_EQ(Y("y = Expand(zero, count)"), "[nz:1]");
  EXPECT_EQ(Y("y, i = TopK <axis = 0> (table, count)"), "[nz:1, 3]");
}

// As torch.expand is exported: -1 would keep an extent, and an extent is never -1.
TEST(Symbols, AreNoMinusOne) {
  EXPECT_EQ(Y(R"(three = Constant <value_ints = [3]> ()
      t = Concat <axis = 0> (count, three)
      ones = Constant <value_ints = [1, 1]> ()
      minus = Constant <value_ints = [-1, -1]> ()
      e = Equal(t, minus)
      w = Where(e, ones, t)
      v = Constant <value_float = 1.0> ()
      y = Expand(v, w))"),
            "[nz:1, 3]");
}

TEST(Untouched, AxesKeepTheirExtents) {
  EXPECT_EQ(Y("y = Slice(rows, axis, n)"), "[y:0, 3]");
  EXPECT_EQ(Y("a = Constant <value_ints = [1]> () y = Slice(rows, axis, n, a)"), "[nz:1, y:1]");
  EXPECT_EQ(Y("y, i = TopK <axis = 1> (rows, n)"), "[nz:1, y:1]");
  EXPECT_EQ(Y("p = Constant <value_ints = [0, 1, 0, 2]> () y = Pad(rows, p)"), "[nz:1, 6]");
  EXPECT_EQ(Y("p = Constant <value_ints = [1, 1]> () a = Constant <value_ints = [1]> () y = Pad(rows, p, , a)"),
            "[nz:1, 5]");
  EXPECT_EQ(Y("p = Constant <value_ints = [2]> () t = Concat <axis = 0> (n, p) y = Tile(table, t)"), "[y:0, 6]");
  EXPECT_EQ(Y("end = Constant <value_ints = [9223372036854775807]> () y = Slice(rows, axis, end)"), "[nz:1, 3]");
}

TEST(Untouched, CompressKeepsAsManyAsItsConditionHasOnes) {
  EXPECT_EQ(Y("c = Constant <value = bool[4] {1, 0, 1, 1}> () y = Compress <axis = 0> (k, c)"), "[3, 1, 5]");
  EXPECT_EQ(Y("c = Constant <value = bool[3] {0, 0, 1}> () y = Compress (k, c)"), "[1]");
}

TEST(Untouched, ResizeKnowsTheSizesThatAreNumbers) {
  EXPECT_EQ(Y("h = Constant <value_ints = [4, 1]> () s = Concat <axis = 0> (h, n) y = Resize(k, , , s)"),
            "[4, 1, y:2]");
  EXPECT_EQ(
      ShapeOf(MustLoad(ModelText("g (float[1,3,8,8] x, int64[4] s) => (float[] y) { y = Resize(x, , , s) }")), "y"),
      "[y:0, y:1, y:2, y:3]");
  EXPECT_EQ(ShapeOf(MustLoad(ModelText(
                        "g (float[1,3,8,8] x, int64[2] s) => (float[] y) { y = Resize <axes = [2, 3]> (x, , , s) }")),
                    "y"),
            "[1, 3, y:2, y:3]");
}

TEST(Alike, TheOutputsOfOneNodeShareASymbol) {
  const Graph g =
      MustLoad(ModelText("g (float[4,5] x, int64[1] k) => (float[] v, int64[] i, float[] u, int64[] a, "
                         "int64[] b, int64[] c) { v, i = TopK (x, k)\n u, a, b, c = Unique (x) }"));
  EXPECT_EQ(ShapeOf(g, "i"), "[4, v:1]");
  EXPECT_EQ(ShapeOf(g, "a"), "[u:0]");
  EXPECT_EQ(ShapeOf(g, "b"), "[20]");  // where each of the 20 elements went
  EXPECT_EQ(ShapeOf(g, "c"), "[u:0]");
  const Graph rows = MustLoad(ModelText("g (float[4,5] x) => (float[] u) { u, a, b, c = Unique <axis = -1> (x) }"));
  EXPECT_EQ(ShapeOf(rows, "u"), "[4, u:1]");
  EXPECT_EQ(ShapeOf(rows, "a"), "[u:1]");
  EXPECT_EQ(ShapeOf(rows, "b"), "[5]");
}

// No boxes are wanted where the node does not say how many.
TEST(Bounds, NoneLeavesNothingOpen) {
  const Graph g =
      MustLoad(ModelText("g (float[2,11,4] b, float[2,3,11] s) => (int64[] y) { y = NonMaxSuppression (b, s) }"));
  EXPECT_EQ(ShapeOf(g, "y"), "[0, 3]");
  EXPECT_THAT(g.notes, IsEmpty());
}

TEST(Bounds, OfAnIfAreItsLargerBranch) {
  const auto notes = [](const std::string& then_node) {
    return NotesOf(
        MustLoad(ModelText("g (float[4] a, float[9] b, bool c) => (int64[] y) { y = If (c) < then_branch = t () "
                           "=> (int64[1,?] o) {" +
                           then_node + "}, else_branch = e () => (int64[1,?] o) { o = NonZero(b) } > }")),
        NoteKind::kDataDependent);
  };
  // Both branches name their result alike; the symbols are two.
  EXPECT_THAT(notes("o = NonZero(a)"), ElementsAre(HasSubstr("'o:1'"), HasSubstr("--assume If@y/else_branch/o:1=N"),
                                                   HasSubstr("is at most 9, and stays the symbol 'y:1'")));
  EXPECT_THAT(notes("o = Constant <value = int64[1,2] {3, 4}> ()"),
              ElementsAre(HasSubstr("is at most 9, and stays the symbol 'o:1'"),
                          HasSubstr("is at most 9, and stays the symbol 'y:1'")));
}

TEST(Bounds, BranchesOfOtherRanksSayWhy) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3] x, bool c) => (float[] y) {
    r = Constant <value_ints = [-1]> ()
    y = If (c) < then_branch = t () => (float[2,3] a) { a = Relu(x) },
                 else_branch = e () => (float[6] b) { b = Reshape(x, r) } > })"));
  EXPECT_EQ(ShapeOf(g, "y"), "none");
  EXPECT_THAT(NotesOf(g, NoteKind::kUnresolvedShape), ElementsAre(HasSubstr("its branches give [2, 3] and [6]")));
}

TEST(Outputs, SymbolsThatFollowFromOthersAreNamedToo) {
  const Graph g =
      Found("two_rows = Constant <value = float[2,3] {1,2,3,4,5,6}> () y = Concat <axis = 0> (rows, two_rows)");
  EXPECT_EQ(ShapeOf(g, "y"), "[y:0, 3]");
  const auto notes = NotesOf(g, NoteKind::kDataDependent);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_THAT(notes[0], HasSubstr("is at most 20,"));
  EXPECT_THAT(notes[1], HasSubstr("in the outputs 'y:0' follows from the extents above"));
}

TEST(Values, OfNothingAndOfTheLargest) {
  const auto ints = [](const std::string& nodes) {
    return IntsOf(MustLoad(ModelText("g (float[2,3] x) => (int64[] y) {" + nodes + "}")), "y");
  };
  // The product of no extents is 1, their sum 0.
  EXPECT_THAT(ints("s = Shape <start = 2> (x) y = ReduceProd(s)"), ElementsAre(1));
  EXPECT_THAT(ints("s = Shape <start = 2> (x) y = ReduceSum(s)"), ElementsAre(0));
  EXPECT_THAT(
      ints("a = Constant <value_int = 9223372036854775800> () b = Constant <value_int = 9223372036854775807> () "
           "d = Constant <value_int = 5> () y = Range(a, b, d)"),
      ElementsAre(9223372036854775800, 9223372036854775805));
  EXPECT_THAT(ints("k = Constant <value_ints = [3, 0, 3, 4]> () y, i, j, c = Unique(k)"), ElementsAre(0, 3, 4));
  EXPECT_THAT(ints("k = Constant <value_ints = [3, 0, 3, 4]> () u, y, j, c = Unique(k)"), ElementsAre(1, 0, 3));
  EXPECT_THAT(ints("k = Constant <value_ints = [3, 0, 3, 4]> () u, i, y, c = Unique(k)"), ElementsAre(1, 0, 1, 2));
  EXPECT_THAT(ints("k = Constant <value_ints = [3, 0, 3, 4]> () u, i, j, y = Unique(k)"), ElementsAre(1, 2, 1));
  EXPECT_THAT(ints("k = Constant <value_ints = [3, 0, 3, 4]> () u, i, y, c = Unique <sorted = 0> (k)"),
              ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(ints("a = Constant <value_int = 5> () b = Constant <value_int = -2> () d = Constant <value_int = -3> () "
                   "y = Range(a, b, d)"),
              ElementsAre(5, 2, -1));
}

}  // namespace
}  // namespace opcost
