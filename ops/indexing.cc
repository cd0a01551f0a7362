// Reading and writing by index: the rows that are touched, never the table.
#include "ops/rule.h"

namespace opcost {
namespace {

// data, indices: as many elements of data as the output has, at most all.
void Gather(Tally& t, const Rule&) { t.ReadsAtMost(0, t.OutElements(0)); }

// data, indices, scales, zero_points: packed rows, one scale for each block of them. Dequantising 2 ops per element.
void GatherBlockQuantized(Tally& t, const Rule&) {
  const Amount n = t.OutElements(0);
  const Amount block = t.Int("block_size", 128);
  // Storage that is wider than an element (uint8 for 4 bits) holds several.
  const int width = BitWidth(t.InType(0));
  const int64_t bits = t.Int("bits", 4);
  const Amount per_stored = width > bits && bits > 0 ? Amount(width / bits) : Amount(1);
  t.ReadsAtMost(0, CeilDiv(n, per_stored));
  t.ReadsAtMost(2, CeilDiv(n, block));
  t.ReadsAtMost(3, CeilDiv(n, block * per_stored));
  t.Ops(t.OutType(0), n * 2);
}

// data, indices, updates: the output is a copy of data with the updates in it. A reduction costs 1 op per update.
void Scatter(Tally& t, const Rule&) {
  const absl::string_view reduction = t.String("reduction", "none");
  if (reduction != "none" && !reduction.empty()) t.Ops(t.InType(2), t.InElements(2));
}

// The cache is read and written whole: whether the runtime updates it in place is not in the file.
void TensorScatter(Tally&, const Rule&) {}

// indices, depth, values: the output is written.
void OneHot(Tally&, const Rule&) {}

// bias_table [buckets, heads]: one row for each pair of positions, and the bucket's arithmetic (1 T, 4 ops).
void RelativePositionBias(Tally& t, const Rule& rule) {
  t.ReadsAtMost(0, t.OutElements(0));
  t.Each(t.InType(0), rule.per, t.OutElements(0) / t.InDim(0, 1));
}

constexpr const char* kGather = "rows touched, not the table; 0 MACs";
constexpr const char* kScatter = "copies data and writes the updates; a reduction 1 op per update";

constexpr Rule kRules[] = {
    {kOnnx, "Gather", 1, kNewest, Gather, "gather", kE, kGather},
    {kOnnx, "GatherElements", 11, kNewest, Gather, "gather", kE, kGather},
    {kOnnx, "GatherND", 11, kNewest, Gather, "gather", kE, kGather},
    {kMicrosoft, "GatherND", 1, kNewest, Gather, "gather", kE, kGather},
    {kMicrosoft, "TorchEmbedding", 1, kNewest, Gather, "gather", kE, kGather},
    {kMl, "ArrayFeatureExtractor", 1, kNewest, Gather, "gather", kE, kGather},
    {kMicrosoft, "GatherBlockQuantized", 1, kNewest, GatherBlockQuantized, "gather", kE,
     "packed rows, their scales and zero points; 2 ops per element"},
    {kOnnx, "Scatter", 9, kNewest, Scatter, "scatter", kC, kScatter},
    {kOnnx, "ScatterElements", 11, kNewest, Scatter, "scatter", kC, kScatter},
    {kOnnx, "ScatterND", 11, kNewest, Scatter, "scatter", kC, kScatter},
    {kOnnx, "TensorScatter", 24, kNewest, TensorScatter, "scatter", kC, "reads and writes the cache whole"},
    {kOnnx, "OneHot", 9, kNewest, OneHot, "onehot", kC, "reads the indices, writes the output"},
    {kMicrosoft,
     "RelativePositionBias",
     1,
     kNewest,
     RelativePositionBias,
     "gather",
     kC,
     "rows touched; 4 ops + 1 T per pair of positions",
     {4, 1}},
};

}  // namespace

absl::Span<const Rule> IndexingRules() { return kRules; }

}  // namespace opcost
