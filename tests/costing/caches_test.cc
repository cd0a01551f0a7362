// Key-value caches, recognised by what the graph does. Sizes by hand: past [1, 2, 5, 3] float32 is 120 bytes, present
// [1, 2, 7, 3] is 168.
#include "costing/caches.h"

#include <gtest/gtest.h>

#include "costing/memory.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

const Work kSome = MatrixWork(2, 1);

void SetAttribute(TinyModel& m, NodeId node, const char* name, int64_t value) {
  m.model().graph.nodes[static_cast<size_t>(node)].attributes.push_back(
      {.name = name, .kind = Attribute::Kind::kInt, .i = value});
}

// Tokens that a node makes, as an exporter's projection does.
TensorId Tokens(TinyModel& m, std::vector<int64_t> extents) {
  const TensorId hidden = m.AddTensor("hidden", {1, 2, 6}, TensorKind::kInput);
  const TensorId tokens = m.AddTensor("tokens", std::move(extents));
  m.Add("MatMul", Pattern::kMatmul, kSome, {hidden}, {tokens});
  return tokens;
}

TEST(Caches, TokensAppendedToAnInputThatGoesOut) {
  TinyModel m;
  const TensorId past = m.AddTensor("past_key", {1, 2, 5, 3}, TensorKind::kInput);
  const TensorId tokens = Tokens(m, {1, 2, 2, 3});
  const TensorId present = m.AddTensor("present_key", {1, 2, 7, 3}), scores = m.AddTensor("scores", {1});
  m.Add("Concat", Pattern::kMove, kSome, {past, tokens}, {present});
  m.Add("MatMul", Pattern::kMatmul, kSome, {present}, {scores});
  m.MarkOutput(present);
  m.MarkOutput(scores);
  const MemoryUse use = CountMemory(m.model(), std::nullopt);
  ASSERT_EQ(use.caches.size(), 1u);
  EXPECT_EQ(use.caches[0].past, "past_key");
  EXPECT_EQ(use.caches[0].present, "present_key");
  EXPECT_EQ(use.caches[0].past_bytes, 120);
  EXPECT_EQ(use.caches[0].present_bytes, 168);
  EXPECT_FALSE(use.caches[0].shared);
  EXPECT_EQ(use.cache_bytes, 168);
  // At the Concat: both copies and the tokens.
  EXPECT_EQ(use.peak_activation_bytes, 120 + 168 + 48);
}

// GPT-2 of old: keys and values stacked in one input and one output.
TEST(Caches, StackedKeysAndValues) {
  TinyModel m;
  const TensorId past = m.AddTensor("past", {2, 1, 2, 5, 3}, TensorKind::kInput);
  const TensorId k = m.AddTensor("k", {1, 1, 2, 5, 3}), v = m.AddTensor("v", {1, 1, 2, 5, 3});
  const TensorId key = m.AddTensor("key", {1, 2, 5, 3}), tokens = Tokens(m, {1, 2, 2, 3});
  const TensorId longer = m.AddTensor("longer", {1, 2, 7, 3}), stacked = m.AddTensor("stacked", {1, 1, 2, 7, 3});
  const TensorId present = m.AddTensor("present", {2, 1, 2, 7, 3}), scores = m.AddTensor("scores", {1});
  m.Add("Split", Pattern::kMove, kSome, {past}, {k, v});
  m.Add("Squeeze", Pattern::kFree, Work(), {k}, {key});
  m.Add("Concat", Pattern::kMove, kSome, {key, tokens}, {longer});
  m.Add("Unsqueeze", Pattern::kFree, Work(), {longer}, {stacked});
  m.Add("Concat", Pattern::kMove, kSome, {stacked, v}, {present});
  m.Add("MatMul", Pattern::kMatmul, kSome, {longer}, {scores});
  m.MarkOutput(present);
  m.MarkOutput(scores);
  const std::vector<KeyValueCache> caches = FindCaches(m.model().graph);
  ASSERT_EQ(caches.size(), 1u);
  EXPECT_EQ(caches[0].past, past);
  EXPECT_EQ(caches[0].present, present);
}

// What is only read, what a constant joins, and the state of a convolution are no caches.
TEST(Caches, OtherInputsAreNone) {
  TinyModel m;
  const TensorId memory = m.AddTensor("encoder_keys", {1, 2, 5, 3}, TensorKind::kInput);
  const TensorId padded = m.AddTensor("image", {1, 3, 5, 5}, TensorKind::kInput);
  const TensorId zeros = m.AddTensor("zeros", {1, 1, 5, 5}, TensorKind::kInitializer);
  m.model().graph.tensors[static_cast<size_t>(zeros)].is_constant = true;
  const TensorId y = m.AddTensor("y", {5}), joined = m.AddTensor("joined", {1, 4, 5, 5}), z = m.AddTensor("z", {5});
  m.Add("MatMul", Pattern::kMatmul, kSome, {memory}, {y});
  m.Add("Concat", Pattern::kMove, kSome, {padded, zeros}, {joined});
  m.Add("Conv", Pattern::kConv2d, kSome, {joined}, {z});
  m.MarkOutput(y);
  m.MarkOutput(joined);
  m.MarkOutput(z);
  const TensorId state = m.AddTensor("state", {1, 3, 5}, TensorKind::kInput), tokens = Tokens(m, {1, 3, 2});
  const TensorId longer = m.AddTensor("longer", {1, 3, 7}), next = m.AddTensor("next", {1, 3, 5});
  const TensorId filtered = m.AddTensor("filtered", {1, 3, 5});
  m.Add("Concat", Pattern::kMove, kSome, {state, tokens}, {longer});
  m.Add("Slice", Pattern::kMove, kSome, {longer}, {next});
  m.Add("Conv", Pattern::kConv2d, kSome, {longer}, {filtered});
  m.MarkOutput(next);
  m.MarkOutput(filtered);
  EXPECT_TRUE(FindCaches(m.model().graph).empty());
}

// GroupQueryAttention: a past as long as the present is one buffer, and is held once.
TEST(Caches, ASharedBufferCountsOnce) {
  const auto use = [](int64_t past_length) {
    TinyModel m;
    const TensorId query = m.AddTensor("query", {1, 2, 12}, TensorKind::kInput);
    const TensorId past_key = m.AddTensor("past_key", {1, 2, past_length, 3}, TensorKind::kInput);
    const TensorId past_value = m.AddTensor("past_value", {1, 2, past_length, 3}, TensorKind::kInput);
    const TensorId y = m.AddTensor("y", {1, 2, 6});
    const TensorId key = m.AddTensor("key", {1, 2, 7, 3}), value = m.AddTensor("value", {1, 2, 7, 3});
    const NodeId node = m.Add("GroupQueryAttention", Pattern::kAttention, kSome,
                              {query, kNone, kNone, past_key, past_value}, {y, key, value});
    m.model().graph.nodes[static_cast<size_t>(node)].domain = "com.microsoft";
    for (const TensorId t : {y, key, value}) m.MarkOutput(t);
    return CountMemory(m.model(), std::nullopt);
  };
  const MemoryUse shared = use(7), copied = use(5);
  ASSERT_EQ(shared.caches.size(), 2u);
  EXPECT_TRUE(shared.caches[0].shared);
  EXPECT_EQ(shared.caches[1].past, "past_value");
  EXPECT_EQ(shared.cache_bytes, 2 * 168);
  EXPECT_EQ(shared.peak_activation_bytes, 96 + 48 + 2 * 168);
  EXPECT_EQ(shared.timeline[0].after_bytes, 48 + 2 * 168);
  EXPECT_FALSE(copied.caches[0].shared);
  EXPECT_EQ(copied.peak_activation_bytes, 96 + 48 + 2 * 120 + 2 * 168);
}

TEST(Caches, SharingThatAnAttributeAsksFor) {
  for (const bool asked : {false, true}) {
    TinyModel m;
    const TensorId x = m.AddTensor("x", {1, 2, 12}, TensorKind::kInput);
    const TensorId past = m.AddTensor("past", {2, 1, 2, 7, 3}, TensorKind::kInput);
    const TensorId y = m.AddTensor("y", {1, 2, 6}), present = m.AddTensor("present", {2, 1, 2, 7, 3});
    const NodeId node = m.Add("Attention", Pattern::kAttention, kSome, {x, kNone, kNone, kNone, past}, {y, present});
    m.model().graph.nodes[static_cast<size_t>(node)].domain = "com.microsoft";
    if (asked) SetAttribute(m, node, "past_present_share_buffer", 1);
    m.MarkOutput(y);
    m.MarkOutput(present);
    const std::vector<KeyValueCache> caches = FindCaches(m.model().graph);
    ASSERT_EQ(caches.size(), 1u);
    EXPECT_EQ(caches[0].shared, asked);
  }
}

}  // namespace
}  // namespace opcost
