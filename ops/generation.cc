// com.microsoft: what stands around a language model: hashes of tokens, checks against repetition, searches, compiled
// partitions.
#include "ops/rule.h"

namespace opcost {
namespace {

// X: 11 int ops for each 4 bytes (two products, two rotations of 3, xor, product, sum) and 9 to finish each element.
// The length of strings is not in the file.
void MurmurHash3(Tally& t, const Rule&) {
  constexpr int64_t kWord = 4, kMix = 11, kFinish = 9;
  if (t.InType(0) == DType::kString) t.Incomplete();
  const Amount words = t.InType(0) == DType::kString ? Amount(0) : CeilDiv(t.InBytes(0), Amount(kWord));
  t.Ops(DType::kUInt32, words * kMix + t.InElements(0) * kFinish);
}

// ids [.., S], multipliers, vocabulary sizes [heads of all orders]: n products and n − 1 xors a token, one remainder
// for each head, one sum more with offsets in the slot that the row says.
void NGramHashMapping(Tally& t, const Rule& rule) {
  const int64_t n = t.Int("max_ngram_size", 2);
  t.Ops(t.InType(0), t.InElements(0) * (2 * n - 1) + t.OutElements(0) * (t.Has(rule.per.ops) ? 2 : 1));
}

// ids [B, S], scores [B, V]: every earlier n-gram compared with the last one, as if no comparison ended early.
void NGramRepeatBlock(Tally& t, const Rule&) {
  const int64_t n = t.Int("ngram_size", 1);
  const Amount starts = Max(t.InDim(0, 1) - (n - 1), Amount(0));
  t.Ops(t.InType(0), t.InDim(0, 0) * starts * n);
}

// src tokens, current tokens, prefix, predicted tokens: each prediction compared once, and the source searched for a
// suffix of up to max_ngram_size.
void BifurcationDetector(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(3) + t.InElements(0) * t.Int("max_ngram_size", 3));
}

// words [.., characters], W [F, 1, window, C], B, characters [V, C]: a window over the characters of each word, then
// tanh and the largest of each filter.
void WordConvEmbedding(Tally& t, const Rule&) {
  const Amount characters = t.InDim(0, -1);
  const Amount words = t.InElements(0) / characters;
  const Amount outputs = words * (characters - t.InDim(1, 2) + Amount(1)) * t.InDim(1, 0);
  t.Macs(DType::kFloat32, outputs * t.InDim(1, 2) * t.InDim(1, 3));
  t.Ops(DType::kFloat32, outputs * 2);
  t.Transcendentals(DType::kFloat32, outputs);
  t.ReadsAtMost(3, t.InElements(0) * t.InDim(3, 1));
}

// Their subgraphs are not priced, and what is compiled cannot be seen.
void Unpriced(Tally&, const Rule&) {}

constexpr const char* kHash = "2n − 1 int ops per token (products, xors), per hash 1, with offsets 2";
constexpr const char* kSearch = "memory traffic; its subgraphs are not priced, which is listed as unknown";
constexpr const char* kCompiled = "memory traffic; what is compiled inside is not known, which is listed";

constexpr Rule kRules[] = {
    {kMicrosoft, "MurmurHash3", 1, kNewest, MurmurHash3, "hash", kC,
     "11 int ops per 4 bytes, 9 per element; strings: a lower bound"},
    {kMicrosoft, "NGramHashMapping", 1, kNewest, NGramHashMapping, "hash", kC, kHash, {4, 0}},
    {kMicrosoft, "VarlenNGramHashMapping", 1, kNewest, NGramHashMapping, "hash", kC, kHash, {5, 0}},
    {kMicrosoft, "NGramRepeatBlock", 1, kNewest, NGramRepeatBlock, "search", kB, "B · (S − n + 1) · n int ops at most"},
    {kMicrosoft, "BifurcationDetector", 1, kNewest, BifurcationDetector, "search", kB,
     "1 int op per predicted token, max_ngram_size per source token at most"},
    {kMicrosoft, "WordConvEmbedding", 1, kNewest, WordConvEmbedding, "conv", kE,
     "MACs words · (characters − window + 1) · F · window · C; bias, largest 2 ops, tanh 1 T per position and filter"},
    {kMicrosoft, "BeamSearch", 1, kNewest, Unpriced, "search", kF, kSearch},
    {kMicrosoft, "WhisperBeamSearch", 1, kNewest, Unpriced, "search", kF, kSearch},
    {kMicrosoft, "GreedySearch", 1, kNewest, Unpriced, "search", kF, kSearch},
    {kMicrosoft, "Sampling", 1, kNewest, Unpriced, "search", kF, kSearch},
    {kMicrosoft, "EPContext", 1, kNewest, Unpriced, "compiled", kF, kCompiled},
    {kMicrosoft, "Snpe", 1, kNewest, Unpriced, "compiled", kF, kCompiled},
};

}  // namespace

absl::Span<const Rule> GenerationRules() { return kRules; }

}  // namespace opcost
