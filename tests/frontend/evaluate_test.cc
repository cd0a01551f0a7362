// Small tensors as numbers. Each row computes `y` from constants (and the shape of x, [2, 3, 5]); results by hand.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using testing_support::IntsOf;
using testing_support::ModelText;
using testing_support::MustLoad;
using testing_support::ShapeOf;

struct Row {
  const char* name;
  const char* nodes;
  std::vector<int64_t> ints;
};

class Evaluate : public ::testing::TestWithParam<Row> {};

TEST_P(Evaluate, Gives) {
  const Graph g =
      MustLoad(ModelText(std::string("g (float[2,3,5] x) => (int64 y)\n"
                                     "<int64[4] v = {4, 1, 3, 2}, int64[2,3] m = {1, 2, 3, 4, 5, 6}, "
                                     "int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, "
                                     "int64[1] minus = {-1}, int64 s2 = {2}, int64 s0 = {0}, int64 s7 = {7}> {\n") +
                         GetParam().nodes + "\n}"));
  EXPECT_EQ(IntsOf(g, "y"), GetParam().ints);
}

INSTANTIATE_TEST_SUITE_P(
    Operators, Evaluate,
    ::testing::Values(
        Row{"Shape", "y = Shape(x)", {2, 3, 5}}, Row{"ShapePart", "y = Shape <start = 1, end = -1> (x)", {3}},
        Row{"Size", "y = Size(x)", {30}}, Row{"Gather", "y = Gather(v, two)", {3}},
        Row{"GatherAxis", "y = Gather <axis = 1> (m, two)", {3, 6}},
        Row{"GatherElements", "i = Constant <value = int64[1,3] {1, 0, 1}> ()\n y = GatherElements(m, i)", {4, 2, 6}},
        Row{"GatherND", "i = Constant <value = int64[2,2] {0, 1, 1, 2}> ()\n y = GatherND(m, i)", {2, 6}},
        Row{"Slice", "y = Slice(v, one, minus)", {1, 3}},
        Row{"SliceBack", "y = Slice(v, minus, zero, zero, minus)", {2, 3, 1}},
        Row{"Concat", "y = Concat <axis = 0> (v, two)", {4, 1, 3, 2, 2}},
        Row{"ConcatInner", "y = Concat <axis = 1> (m, m)", {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}},
        Row{"Unsqueeze", "u = Unsqueeze(v, zero)\n y = Shape(u)", {1, 4}},
        Row{"Squeeze", "y = Squeeze(two, zero)", {2}}, Row{"Transpose", "y = Transpose(m)", {1, 4, 2, 5, 3, 6}},
        Row{"Reshape", "t = Constant <value_ints = [3, -1]> ()\n r = Reshape(m, t)\n y = Shape(r)", {3, 2}},
        Row{"Flatten", "f = Flatten(x)\n y = Shape(f)", {2, 15}},
        Row{"Expand", "t = Constant <value_ints = [3]> ()\n y = Expand(two, t)", {2, 2, 2}},
        Row{"Tile", "y = Tile(v, two)", {4, 1, 3, 2, 4, 1, 3, 2}},
        Row{"Split", "p = Constant <value_ints = [3, 1]> ()\n a, y = Split(v, p)", {2}},
        Row{"Pad", "p = Constant <value_ints = [1, 2]> ()\n y = Pad(two, p)", {0, 2, 0, 0}},
        Row{"Trilu", "y = Trilu(m)", {1, 2, 3, 0, 5, 6}}, Row{"Add", "y = Add(v, two)", {6, 3, 5, 4}},
        Row{"Sub", "y = Sub(v, two)", {2, -1, 1, 0}}, Row{"Mul", "y = Mul(v, two)", {8, 2, 6, 4}},
        Row{"DivTruncates", "n = Neg(s7)\n y = Div(n, s2)", {-3}},
        Row{"ModFollowsTheDivisor", "n = Neg(s7)\n y = Mod(n, s2)", {1}},
        Row{"Fmod", "n = Neg(s7)\n y = Mod <fmod = 1> (n, s2)", {-1}}, Row{"Pow", "y = Pow(v, two)", {16, 1, 9, 4}},
        Row{"Min", "y = Min(v, two)", {2, 1, 2, 2}}, Row{"Max", "y = Max(v, two)", {4, 2, 3, 2}},
        Row{"Neg", "y = Neg(v)", {-4, -1, -3, -2}}, Row{"Abs", "n = Neg(v)\n y = Abs(n)", {4, 1, 3, 2}},
        Row{"Sign", "n = Sub(v, two)\n y = Sign(n)", {1, -1, 1, 0}},
        Row{"Where", "c = Greater(v, two)\n y = Where(c, v, zero)", {4, 0, 3, 0}},
        Row{"Equal", "c = Equal(v, two)\n y = Cast <to = 7> (c)", {0, 0, 0, 1}},
        Row{"Logic",
            "a = Less(v, two)\n b = Equal(v, two)\n c = Or(a, b)\n d = Not(c)\n y = Cast <to = 7> (d)",
            {1, 0, 1, 0}},
        Row{"CastTruncates", "f = Constant <value_floats = [2.7, -2.7]> ()\n y = Cast <to = 7> (f)", {2, -2}},
        Row{"FloatRoundTrip",
            "f = Cast <to = 1> (v)\n h = Constant <value_float = 0.5> ()\n g2 = Mul(f, h)\n c = Ceil(g2)\n y = Cast "
            "<to = 7> (c)",
            {2, 1, 2, 1}},
        Row{"Sqrt", "f = Cast <to = 1> (v)\n r = Sqrt(f)\n w = Floor(r)\n y = Cast <to = 7> (w)", {2, 1, 1, 1}},
        Row{"Clip", "y = Clip(v, s2)", {4, 2, 3, 2}}, Row{"Range", "y = Range(s0, s7, s2)", {0, 2, 4, 6}},
        Row{"RangeFloat",
            "a = Constant <value_float = 0.0> ()\n b = Constant <value_float = 1.0> ()\n c = Constant <value_float = "
            "0.3> ()\n r = Range(a, b, c)\n y = Shape(r)",
            {4}},
        Row{"ConstantOfShape", "y = ConstantOfShape <value = int64[1] {9}> (two)", {9, 9}},
        Row{"ReduceProd", "s = Shape(x)\n y = ReduceProd <keepdims = 0> (s)", {30}},
        Row{"ReduceSum", "y = ReduceSum <keepdims = 0> (m, zero)", {5, 7, 9}},
        Row{"ReduceMax", "y = ReduceMax <keepdims = 0> (m, one)", {3, 6}},
        Row{"ReduceMin", "y = ReduceMin <keepdims = 0> (v)", {1}}, Row{"CumSum", "y = CumSum(v, s0)", {4, 5, 8, 10}},
        Row{"CumSumReverse", "y = CumSum <reverse = 1, exclusive = 1> (v, s0)", {6, 5, 2, 0}},
        Row{"ArgMax", "y = ArgMax <keepdims = 0> (v)", {0}}, Row{"ArgMin", "y = ArgMin <keepdims = 0> (v)", {1}},
        Row{"TopK", "a, y = TopK(v, two)", {0, 2}}, Row{"NonZero", "n = Sub(v, two)\n y = NonZero(n)", {0, 1, 2}},
        Row{"Compress", "c = Greater(v, two)\n y = Compress <axis = 0> (v, c)", {4, 3}},
        Row{"ScatterElements", "y = ScatterElements(v, one, two)", {4, 2, 3, 2}},
        Row{"ScatterND",
            "i = Constant <value = int64[2,1] {0, 3}> ()\n u = Constant <value_ints = [8, 9]> ()\n y = ScatterND(v, i, "
            "u)",
            {8, 1, 3, 9}},
        Row{"OneHot",
            "d = Constant <value_int = 3> ()\n o = Constant <value_ints = [5, 6]> ()\n y = OneHot(one, d, o)",
            {5, 6, 5}},
        Row{"EyeLike",
            "z = ConstantOfShape(two)\n k = Constant <value_ints = [2, 2]> ()\n f = ConstantOfShape(k)\n y = EyeLike "
            "<dtype = 7> (f)",
            {1, 0, 0, 1}}),
    [](const ::testing::TestParamInfo<Row>& info) { return std::string(info.param.name); });

TEST(Evaluate, ExporterChainsComeOutAsNumbers) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,6,5,7] x) => (float y) {
      s = Shape(x)
      c1 = Constant <value_int = 1> ()
      c2 = Constant <value_int = 2> ()
      z = Constant <value_ints = [0]> ()
      n = Gather(s, c1)
      h = Div(n, c2)
      hu = Unsqueeze(h, z)
      gu = Unsqueeze(c2, z)
      b = Constant <value_ints = [2]> ()
      r = Constant <value_ints = [5, 7]> ()
      t = Concat <axis = 0> (b, gu, hu, r)
      g5 = Reshape(x, t)
      y = Transpose <perm = [0, 2, 1, 3, 4]> (g5)
    })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3, 2, 5, 7]");
}

TEST(Evaluate, AnElementThatDependsOnDataLeavesTheOthersKnown) {
  const Graph g = MustLoad(ModelText(R"(g (float[2,3,5] x, int64[1] n) => (float y) {
      a = Constant <value_ints = [7, 1]> ()
      t = Concat <axis = 0> (n, a)
      e = Constant <value_float = 1.0> ()
      y = Expand(e, t)
    })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[y:0, 7, 1]");
}

TEST(Evaluate, ASymbolPassesThroughShapeArithmetic) {
  const Graph g = MustLoad(ModelText(R"(g (float[3] x) => (float y) {
      i = NonZero(x)
      s = Shape(i)
      one = Constant <value_ints = [1]> ()
      m = Mul(s, one)
      f = Constant <value_float = 1.0> ()
      y = Expand(f, m)
    })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[1, i:1]");
}

TEST(Evaluate, TensorsAboveTheLimitAreNotKept) {
  const Graph g = MustLoad(ModelText(R"(g (float[2] x) => (int64 y) <int64[2] big = {100000, 100000}> {
      y = ConstantOfShape <value = int64[1] {9}> (big) })"));
  EXPECT_EQ(ShapeOf(g, "y"), "[100000, 100000]");
  EXPECT_EQ(testing_support::FindTensor(g, "y")->value, kNone);
}

}  // namespace
}  // namespace opcost
