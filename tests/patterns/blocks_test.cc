// Blocks: transformer blocks in the ways they are built, nesting and names.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "frontend/patterns/classify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "text_graph.h"

namespace opcost {
namespace {

// Attention without head splitting, from $1 to `$0o`; keys and values from $2. 9 nodes.
std::string Attention(absl::string_view prefix, absl::string_view from, absl::string_view keys) {
  return absl::Substitute(
      "$0q = MatMul ($1, w) $0k = MatMul ($2, w) $0v = MatMul ($2, w) $0t = Transpose <perm = [0, 2, 1]> ($0k) "
      "$0a = MatMul ($0q, $0t) $0s = Mul ($0a, eighth) $0p = Softmax <axis = -1> ($0s) $0c = MatMul ($0p, $0v) "
      "$0o = MatMul ($0c, w) ",
      prefix, from, keys);
}
// 3 nodes.
std::string Mlp(absl::string_view prefix, absl::string_view from) {
  return absl::Substitute("$0u = MatMul ($1, w) $0r = Relu ($0u) $0d = MatMul ($0r, w) ", prefix, from);
}

struct Found {
  std::vector<std::string> names;
  std::vector<size_t> sizes;
};

Found TransformerBlocks(const std::string& body) {
  const Graph graph = LoadBody(body);
  const absl::StatusOr<Classification> c = Classify(graph, "none");
  EXPECT_TRUE(c.ok());
  Found found;
  for (const Block& block : c->blocks) {
    if (block.pattern != Pattern::kTransformerBlock) continue;
    found.names.push_back(block.name);
    found.sizes.push_back(block.nodes.size());
  }
  return found;
}

TEST(TransformerBlock, NormalisedBefore) {
  const Found found =
      TransformerBlocks("n = LayerNormalization (s, w1, w2) " + Attention("a", "n", "n") +
                        "h = Add (s, ao) l = LayerNormalization (h, w1, w2) " + Mlp("m", "l") + "y = Add (md, h)");
  // 2 norms, 9 of attention, 3 of the MLP, 2 sums.
  EXPECT_THAT(found.sizes, testing::ElementsAre(16));
}

TEST(TransformerBlock, NormalisedAfter) {
  const Found found = TransformerBlocks("e = Relu (s) " + Attention("a", "e", "e") +
                                        "h = Add (ao, e) n = LayerNormalization (h, w1, w2) " + Mlp("m", "n") +
                                        "i = Add (md, n) y = LayerNormalization (i, w1, w2)");
  EXPECT_THAT(found.sizes, testing::ElementsAre(16));
}

TEST(TransformerBlock, NormWrittenOutAndWholeAttention) {
  const Found found = TransformerBlocks(
      "f = Mul (s, s) i = ReduceMean (f, last) j = Add (i, eps) l = Sqrt (j) n = Div (s, l) "
      "a = com.microsoft.MultiHeadAttention <num_heads = 1> (n, n, n) ao = MatMul (a, w) h = Add (s, ao) "
      "o = LayerNormalization (h, w1, w2) " +
      Mlp("m", "o") + "y = Add (h, md)");
  // 5 of the first norm, attention, its projection, 2 sums, a norm, 3 of the MLP.
  EXPECT_THAT(found.sizes, testing::ElementsAre(13));
}

TEST(TransformerBlock, SkipNormalisations) {
  const Found found = TransformerBlocks(
      "e = Relu (s) a = com.microsoft.MultiHeadAttention <num_heads = 1> (e, e, e) ao = MatMul (a, w) "
      "h, o1, o2, hs = com.microsoft.SkipLayerNormalization (ao, e, w1, w2) " +
      Mlp("m", "h") + "y = com.microsoft.SkipLayerNormalization (md, hs, w1, w2)");
  EXPECT_THAT(found.sizes, testing::ElementsAre(7));
}

TEST(TransformerBlock, DecoderHasTwoAttentions) {
  const Found found =
      TransformerBlocks("n = LayerNormalization (s, w1, w2) " + Attention("a", "n", "n") +
                        "h = Add (s, ao) l = LayerNormalization (h, w1, w2) " + Attention("c", "l", "r") +
                        "i = Add (h, co) f = LayerNormalization (i, w1, w2) " + Mlp("m", "f") + "y = Add (i, md)");
  // 3 norms, 2 x 9, 3, 3 sums; keys and values of the encoder's output belong to it as well.
  EXPECT_THAT(found.sizes, testing::ElementsAre(27));
}

TEST(TransformerBlock, TwoInARowAreTwo) {
  std::string body;
  std::string x = "s";
  for (const std::string p : {"a", "b"}) {
    body += absl::Substitute("$0n = LayerNormalization ($1, w1, w2) ", p, x) + Attention(p + "t", p + "n", p + "n") +
            absl::Substitute("$0h = Add ($1, $0to) $0l = LayerNormalization ($0h, w1, w2) ", p, x) +
            Mlp(p + "m", p + "l") + absl::Substitute("$0y = Add ($0h, $0md) ", p);
    x = p + "y";
  }
  const Found found = TransformerBlocks(body + "y = Relu (by)");
  EXPECT_THAT(found.sizes, testing::ElementsAre(16, 16));
  EXPECT_THAT(found.names, testing::ElementsAre("transformer_block 1", "transformer_block 2"));
}

TEST(TransformerBlock, NearMisses) {
  // No residual sum around the attention.
  EXPECT_THAT(TransformerBlocks("n = LayerNormalization (s, w1, w2) " + Attention("a", "n", "n") +
                                "l = LayerNormalization (ao, w1, w2) " + Mlp("m", "l") + "y = Add (md, ao)")
                  .sizes,
              testing::IsEmpty());
  // No attention: an MLP-mixer.
  EXPECT_THAT(TransformerBlocks("n = LayerNormalization (s, w1, w2) " + Mlp("a", "n") + "h = Add (s, ad) " +
                                Mlp("m", "h") + "y = Add (h, md)")
                  .sizes,
              testing::IsEmpty());
  // No MLP.
  EXPECT_THAT(TransformerBlocks(Attention("a", "s", "s") + "y = Add (s, ao)").sizes, testing::IsEmpty());
}

constexpr char kMbconvSe[] =
    "c = Conv (x, up) e = Relu (c) f = Conv <group = 33, pads = [1, 1, 1, 1]> (e, wide) o = Relu (f) "
    "p = GlobalAveragePool (o) a = Conv (p, sq) aa = Relu (a) ab = Conv (aa, ex) ac = Sigmoid (ab) "
    "h = Mul (ac, o) i = Conv (h, down) y = Add (x, i)";

TEST(Blocks, Nest) {
  const Graph graph = LoadBody(kMbconvSe);
  const absl::StatusOr<Classification> c = Classify(graph, "none");
  ASSERT_TRUE(c.ok());
  ASSERT_EQ(c->blocks.size(), 2u);
  EXPECT_EQ(c->blocks[0].name, "mbconv_se 1");
  EXPECT_EQ(c->blocks[0].parent, kNone);
  EXPECT_EQ(c->blocks[1].name, "squeeze_excite 1");
  EXPECT_EQ(c->blocks[1].parent, 0);
  // The pool is in the inner one, the projection's sum in the outer, constants in none.
  const std::map<std::string, int32_t> expected = {{"GlobalAveragePool", 1}, {"Add", 0}, {"Constant", kNone}};
  for (const Subgraph& row : c->subgraphs) {
    const auto found = expected.find(graph.nodes[static_cast<size_t>(row.anchor)].op_type);
    if (found != expected.end()) {
      EXPECT_EQ(row.block, found->second) << found->first;
    }
  }
}

TEST(Blocks, EagerPricesMbconvAsOneRow) {
  EXPECT_THAT(
      FusedRows(LoadBody(kMbconvSe), "pytorch-eager"),
      testing::ElementsAre("mbconv_se: Conv Relu Conv Relu GlobalAveragePool Conv Relu Conv Sigmoid Mul Conv Add"));
}

}  // namespace
}  // namespace opcost
