// Blocks that no form describes: windows, mixtures of experts, attention over convolutions, C2f, and Q/DQ within
// blocks.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/classify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "text_graph.h"

namespace opcost {
namespace {

// The number of nodes of each block of a pattern, the same under every rule set.
std::vector<size_t> Sizes(const std::string& body, Pattern pattern) {
  const Graph graph = LoadBody(body);
  std::vector<size_t> first;
  for (const std::string& set : RuleSetNames()) {
    if (set == kOnnxRuntimeCpu) continue;  // its rows are kernels
    const absl::StatusOr<Classification> c = Classify(graph, set);
    EXPECT_TRUE(c.ok());
    std::vector<size_t> sizes;
    for (const Block& block : c->blocks) {
      if (block.pattern == pattern) sizes.push_back(block.nodes.size());
    }
    if (set == RuleSetNames()[0]) first = sizes;
    EXPECT_EQ(sizes, first) << set;
  }
  return first;
}

// x as [2, 15, 14, 11] in windows of 3 × 7, each a sequence of 21.
constexpr char kCut[] =
    "i4 = Constant <value_ints = [2, 15, 14, 11]> () i6 = Constant <value_ints = [2, 5, 3, 2, 7, 11]> () "
    "back6 = Constant <value_ints = [2, 5, 2, 3, 7, 11]> () i3 = Constant <value_ints = [20, 21, 11]> () "
    "big = ConstantOfShape (i4) xx = Add (big, shift) ";
// 9 nodes: three to cut, three of attention, three to put together.
std::string Window(absl::string_view from) {
  return absl::StrCat("c1 = Reshape (", from,
                      ", i6) c2 = Transpose <perm = [0, 1, 3, 2, 4, 5]> (c1) c3 = Reshape (c2, i3) "
                      "ct = Transpose <perm = [0, 2, 1]> (c3) a1 = MatMul (c3, ct) a2 = Softmax <axis = -1> (a1) "
                      "a3 = MatMul (a2, c3) o1 = Reshape (a3, back6) "
                      "o2 = Transpose <perm = [0, 1, 3, 2, 4, 5]> (o1) o3 = Reshape (o2, i4) ");
}
constexpr char kShift[] = "ax4 = Constant <value_ints = [3]> () shift = ReduceMax <keepdims = 0> (s) ";

TEST(WindowAttention, FromThePartitionToItsReverse) {
  EXPECT_THAT(Sizes(absl::StrCat(kShift, kCut, Window("xx"), "y = Relu (o3)"), Pattern::kWindowAttention),
              testing::ElementsAre(10));
}

TEST(WindowAttention, TheShiftBelongsToIt) {
  const std::string bounds =
      "n0 = Constant <value_ints = [0]> () n1 = Constant <value_ints = [1]> () n9 = Constant <value_ints = [99]> () "
      "m1 = Constant <value_ints = [-1]> () ";
  EXPECT_THAT(Sizes(absl::StrCat(kShift, kCut, bounds,
                                 "r1 = Slice (xx, n1, n9, n1) r2 = Slice (xx, n0, n1, n1) "
                                 "r3 = Concat <axis = 1> (r1, r2) ",
                                 Window("r3"),
                                 "u1 = Slice (o3, m1, n9, n1) u2 = Slice (o3, n0, m1, n1) "
                                 "u3 = Concat <axis = 1> (u1, u2) y = Relu (u3)"),
                    Pattern::kWindowAttention),
              testing::ElementsAre(16));
}

TEST(WindowAttention, NearMisses) {
  // Nothing attends between the two cuts.
  EXPECT_THAT(Sizes(absl::StrCat(kShift, kCut,
                                 "c1 = Reshape (xx, i6) c2 = Transpose <perm = [0, 1, 3, 2, 4, 5]> (c1) "
                                 "c3 = Reshape (c2, i3) a3 = Relu (c3) o1 = Reshape (a3, back6) "
                                 "o2 = Transpose <perm = [0, 1, 3, 2, 4, 5]> (o1) o3 = Reshape (o2, i4) y = Relu (o3)"),
                    Pattern::kWindowAttention),
              testing::IsEmpty());
}

// A router over 11 experts; both layers of all experts by one product each; 8 nodes.
std::string Experts(absl::string_view ranked) {
  return absl::StrCat(
      "two1 = Constant <value_ints = [2]> () g1 = MatMul (s, w) g2 = Softmax <axis = -1> (g1) "
      "best, which = TopK <axis = -1> (",
      ranked,
      ", two1) gate = ReduceSum (best, last) pick = Cast <to = 1> (which) room = ReduceSum (pick, last) "
      "u = MatMul (s, w) a = Relu (u) o = MatMul (a, w) e = Mul (o, gate) f = Mul (e, room) ");
}

TEST(Moe, FromTheRouterToTheWeightedSum) {
  EXPECT_THAT(Sizes(absl::StrCat(Experts("g2"), "y = Add (s, f)"), Pattern::kMoe), testing::ElementsAre(11));
}

TEST(Moe, NearMisses) {
  // The best of the input itself: no router.
  EXPECT_THAT(Sizes(absl::StrCat(Experts("s"), "y = Add (s, f)"), Pattern::kMoe), testing::IsEmpty());
  // The choice also leaves the layer: beams, not experts.
  EXPECT_THAT(Sizes(absl::StrCat(Experts("g2"), "h = Add (s, f) y = Mul (h, room)"), Pattern::kMoe),
              testing::IsEmpty());
}

TEST(ConvAttention, QueriesKeysAndValuesAreConvolutions) {
  const std::string projections =
      "xs = Relu (x) cq = Conv (xs, k1) ck = Conv (xs, k1) hq = Reshape (cq, flat) hk = Reshape (ck, flat) "
      "tq = Transpose <perm = [0, 2, 1]> (hq) tk = Transpose <perm = [0, 2, 1]> (hk) ";
  const std::string core =
      "kt = Transpose <perm = [0, 2, 1]> (tk) a = MatMul (tq, kt) p = Softmax <axis = -1> (a) o = MatMul (p, tv) "
      "ot = Transpose <perm = [0, 2, 1]> (o) oi = Reshape (ot, image) y = Conv (oi, k1)";
  EXPECT_THAT(
      Sizes(projections + "cv = Conv (xs, k1) hv = Reshape (cv, flat) tv = Transpose <perm = [0, 2, 1]> (hv) " + core,
            Pattern::kConvAttention),
      testing::ElementsAre(16));
  // Values of another map.
  EXPECT_THAT(
      Sizes(projections + "cv = Conv (z, k1) hv = Reshape (cv, flat) tv = Transpose <perm = [0, 2, 1]> (hv) " + core,
            Pattern::kConvAttention),
      testing::IsEmpty());
}

// 66 channels in halves of 33, and a layer behind the second.
constexpr char kHalves[] =
    "i66 = Constant <value_ints = [66, 11, 1, 1]> () w66 = ConstantOfShape (i66) "
    "i99 = Constant <value_ints = [11, 99, 1, 1]> () w99 = ConstantOfShape (i99) "
    "c = Conv (x, w66) e = Relu (c) h1, h2 = Split <axis = 1, num_outputs = 2> (e) f = Conv (h2, square) "
    "l = Relu (f) n = Add (h2, l) ";

TEST(C2f, JoinsEveryStep) {
  EXPECT_THAT(
      Sizes(absl::StrCat(kHalves, "j = Concat <axis = 1> (h1, h2, n) o = Conv (j, w99) y = Relu (o)"), Pattern::kC2f),
      testing::ElementsAre(9));
}

TEST(C2f, NearMisses) {
  // Only one half goes on.
  EXPECT_THAT(
      Sizes(absl::StrCat(kHalves, "j = Concat <axis = 1> (h1, l, n) o = Conv (j, w99) y = Relu (o)"), Pattern::kC2f),
      testing::IsEmpty());
  // No layer joins them.
  EXPECT_THAT(Sizes(absl::StrCat(kHalves, "j = Concat <axis = 1> (h1, h2, n) y = Relu (j)"), Pattern::kC2f),
              testing::IsEmpty());
}

TEST(Blocks, SeeThroughQuantisation) {
  EXPECT_THAT(Sizes("sc = Constant <value_float = 0.125> () zp = Constant <value_int = 3> () "
                    "z8 = Cast <to = 2> (zp) c = Conv <pads = [1, 1, 1, 1]> (x, k3) cq = QuantizeLinear (c, sc, z8) "
                    "cd = DequantizeLinear (cq, sc, z8) e = Relu (cd) f = Conv <pads = [1, 1, 1, 1]> (e, k3) "
                    "fq = QuantizeLinear (f, sc, z8) fd = DequantizeLinear (fq, sc, z8) h = Add (fd, x) y = Relu (h)",
                    Pattern::kResidualBasic),
              testing::ElementsAre(9));
}

}  // namespace
}  // namespace opcost
