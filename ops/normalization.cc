// Normalisations. A row is what is normalised together; per row there is one root and the addition of epsilon.
#include "ops/rule.h"

namespace opcost {
namespace {

// Inference: scale and shift with the statistics folded, 2 ops. Training mode normalises: 7 ops + 1 T per channel.
void BatchNormalization(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const bool training = t.Int("training_mode", 0) != 0;
  t.Ops(dtype, t.InElements(0) * (training ? 7 : 2));
  if (training) t.Transcendentals(dtype, t.InDim(0, 1));
}

// Mean, subtract, square, mean, divide: 5 ops per element, then scale and bias 1 each. Per row 1 T and 1 op.
void Normalise(Tally& t, DType dtype, Amount elements, Amount rows, int scale_and_bias) {
  t.Ops(dtype, elements * (5 + scale_and_bias) + rows);
  t.Transcendentals(dtype, rows);
}

Amount RowsBeforeAxis(const Tally& t, int64_t axis) {
  const int rank = t.InRank(0);
  if (rank < 0) return Amount::Unknown();
  if (axis < 0) axis += rank;
  Amount rows = 1;
  for (int i = 0; i < axis && i < rank; ++i) rows = rows * t.InDim(0, i);
  return rows;
}

// X, Scale, B.
void LayerNormalization(Tally& t, const Rule&) {
  Normalise(t, t.InType(0), t.InElements(0), RowsBeforeAxis(t, t.Int("axis", -1)), t.Has(2) ? 2 : 1);
}

// N · C rows.
void InstanceNormalization(Tally& t, const Rule&) {
  Normalise(t, t.InType(0), t.InElements(0), t.InDim(0, 0) * t.InDim(0, 1), 2);
}

// N · groups rows; com.microsoft names the attribute "groups" and may fuse SiLU and additions (skip in slot 3, bias 4).
void GroupNormalization(Tally& t, const Rule&) {
  const Amount groups = t.Int("num_groups", t.Int("groups", 1));
  Normalise(t, t.InType(0), t.InElements(0), t.InDim(0, 0) * groups, 2);
}

void FusedGroupNorm(Tally& t, const Rule& rule) {
  GroupNormalization(t, rule);
  const DType dtype = t.InType(0);
  if (t.Int("activation", 0) != 0) t.Each(dtype, ActivationCost("silu"), t.InElements(0));
  t.Ops(dtype, t.InElements(0) * ((t.Has(3) ? 1 : 0) + (t.Has(4) ? 1 : 0)));
}

// 4 ops: square, mean, divide, scale; 1 T per row. The addition of epsilon per row is left out.
void RmsNorm(Tally& t, DType dtype, Amount rows) {
  t.Ops(dtype, t.InElements(0) * 4);
  t.Transcendentals(dtype, rows);
}

void RMSNormalization(Tally& t, const Rule&) { RmsNorm(t, t.InType(0), RowsBeforeAxis(t, t.Int("axis", -1))); }

// input, skip, gamma, beta, bias: 1 op for each added input. Outputs nobody uses are not written.
void SkipLayerNormalization(Tally& t, const Rule&) {
  const Amount n = t.InElements(0);
  Normalise(t, t.InType(0), n, RowsBeforeAxis(t, -1), t.Has(3) ? 2 : 1);
  t.Ops(t.InType(0), n * (1 + (t.Has(4) ? 1 : 0)));
}

// input, skip, gamma, bias.
void SkipSimplifiedLayerNormalization(Tally& t, const Rule&) {
  RmsNorm(t, t.InType(0), RowsBeforeAxis(t, -1));
  t.Ops(t.InType(0), t.InElements(0) * (1 + (t.Has(3) ? 1 : 0)));
}

// input_ids, segment_ids, word, position and segment embedding, gamma, beta, mask, position_ids. Rows of the three
// tables are read; their sum costs 1 op per added table, then a layer norm.
void Embed(Tally& t, int position_ids) {
  const DType dtype = t.OutType(0);
  const Amount tokens = t.InElements(0);
  const Amount hidden = t.InDim(2, 1);
  Normalise(t, dtype, tokens * hidden, tokens, 2);
  t.Ops(dtype, tokens * hidden * (1 + (t.Has(4) ? 1 : 0)));
  t.ReadsAtMost(2, tokens * hidden);
  // Without position_ids each sequence reads the same positions.
  t.ReadsAtMost(3, (t.Has(position_ids) ? tokens : t.InDim(0, 1)) * hidden);
  t.ReadsAtMost(4, tokens * hidden);
}

void EmbedLayerNormalization(Tally& t, const Rule&) { Embed(t, 8); }

// The same with integer tables and without position_ids; each table's rows are dequantised at 2 ops an element.
void QEmbedLayerNormalization(Tally& t, const Rule&) {
  Embed(t, kNone);
  t.Ops(t.OutType(0), t.OutElements(0) * (t.Has(4) ? 6 : 4));
}

// X, scale, bias, with an integer result: as LayerNormalization.
void QOrderedLayerNormalization(Tally& t, const Rule&) {
  Normalise(t, t.InType(0), t.InElements(0), RowsBeforeAxis(t, -1), t.Has(3) ? 2 : 1);
}

// X, scale [C], gate: rows of C elements; the gate is SiLU or sigmoid, and a product.
void GatedRmsNorm(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  RmsNorm(t, dtype, t.InElements(0) / t.InElements(1));
  t.Each(dtype, ActivationCost(t.String("activation", "silu")), t.InElements(0));
  t.Ops(dtype, t.InElements(0));
}

// X [.., C, H] or [.., C · H]: a row for each branch.
void BranchwiseRmsNorm(Tally& t, const Rule&) {
  const Amount branches = t.Int("num_branches", 0);
  const Amount rows = t.InElements(0) / t.InDim(0, -1) * (branches.value > 0 ? branches : Amount(1));
  RmsNorm(t, t.InType(0), rows);
}

// max, subtract, exp, sum, divide.
void Softmax(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.OutElements(0)); }

// max, subtract, exp, sum, subtract, and the log of each row's sum. Before version 13 all axes from `axis` on (default
// 1) are one row.
void LogSoftmax(Tally& t, const Rule& rule) {
  Softmax(t, rule);
  const bool one_axis = t.node().opset >= 13;
  const int64_t axis = t.Int("axis", one_axis ? -1 : 1);
  t.Transcendentals(t.InType(0),
                    one_axis ? t.InElements(0) / t.InDim(0, static_cast<int>(axis)) : RowsBeforeAxis(t, axis));
}

// Square, sum over `size` channels, scale, add bias, power, divide.
void Lrn(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(0) * (Amount(t.Int("size", 1)) + 3));
  t.Transcendentals(t.InType(0), t.InElements(0));
}

// Mean, square, mean of squares, subtract, divide; per row a square, a difference, epsilon and a root.
void MeanVarianceNormalization(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  const std::vector<int64_t>& axes = IntsAttribute(t.node(), "axes");
  Amount row = 1;
  for (int64_t axis : axes.empty() ? std::vector<int64_t>{0, 2, 3} : axes) {
    row = row * t.InDim(0, static_cast<int>(axis));
  }
  const Amount rows = t.InElements(0) / row;
  t.Ops(dtype, t.InElements(0) * 5 + rows * 3);
  t.Transcendentals(dtype, rows);
}

// Square or absolute value, sum, divide; p = 2: 1 T per row.
void LpNormalization(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  t.Ops(dtype, t.InElements(0) * 3);
  if (t.Int("p", 2) != 2) return;
  t.Transcendentals(dtype, t.InElements(0) / t.InDim(0, static_cast<int>(t.Int("axis", -1))));
}

constexpr const char* kLayer = "7 ops per element (6 without bias); per row 1 T + 1 op";
constexpr const char* kRms = "4 ops per element; 1 T per row";
constexpr const char* kSkipRms = "4 ops per element + 1 per added input; 1 T per row";

constexpr Rule kRules[] = {
    {kOnnx, "BatchNormalization", 1, kNewest, BatchNormalization, "batchnorm", kC,
     "2 ops per element; training mode 7 ops + 1 T per channel"},
    {kOnnx, "LayerNormalization", 17, kNewest, LayerNormalization, "layernorm", kC, kLayer},
    {kOnnx, "InstanceNormalization", 1, kNewest, InstanceNormalization, "layernorm", kC,
     "7 ops per element; per row 1 T + 1 op, N · C rows"},
    {kOnnx, "GroupNormalization", 18, kNewest, GroupNormalization, "layernorm", kC,
     "7 ops per element; per row 1 T + 1 op, N · groups rows"},
    {kOnnx, "RMSNormalization", 23, kNewest, RMSNormalization, "rmsnorm", kC, kRms},
    {kOnnx, "SimplifiedLayerNormalization", 1, kNewest, RMSNormalization, "rmsnorm", kC, kRms},
    {kMicrosoft, "SimplifiedLayerNormalization", 1, kNewest, RMSNormalization, "rmsnorm", kC, kRms},
    {kMicrosoft, "LayerNormalization", 1, kNewest, LayerNormalization, "layernorm", kC, kLayer},
    {kMicrosoft, "SkipLayerNormalization", 1, kNewest, SkipLayerNormalization, "layernorm", kC,
     "as LayerNormalization; 1 op per element for each added input"},
    {kMicrosoft, "SkipSimplifiedLayerNormalization", 1, kNewest, SkipSimplifiedLayerNormalization, "rmsnorm", kC,
     kSkipRms},
    {kMicrosoft, "SkipRMSNormalization", 1, kNewest, SkipSimplifiedLayerNormalization, "rmsnorm", kC, kSkipRms},
    {kMicrosoft, "EmbedLayerNormalization", 1, kNewest, EmbedLayerNormalization, "layernorm", kC,
     "rows of the tables; 1 op per element for each added table; as LayerNormalization"},
    {kMicrosoft, "QEmbedLayerNormalization", 1, kNewest, QEmbedLayerNormalization, "layernorm", kC,
     "as EmbedLayerNormalization; dequantising 2 ops per element and table"},
    {kMicrosoft, "GroupNorm", 1, kNewest, FusedGroupNorm, "layernorm", kC,
     "7 ops per element; per row 1 T + 1 op, N · groups rows; SiLU 1 T + 1 op"},
    {kMicrosoft, "SkipGroupNorm", 1, kNewest, FusedGroupNorm, "layernorm", kC,
     "as GroupNorm; 1 op per element for each added input"},
    {kMicrosoft, "QOrderedLayerNormalization", 1, kNewest, QOrderedLayerNormalization, "layernorm", kC, kLayer},
    {kMicrosoft, "GatedRMSNorm", 1, kNewest, GatedRmsNorm, "rmsnorm", kC,
     "4 ops per element; 1 T per row; gate activation and 1 op"},
    {kMicrosoft, "BranchwiseRMSNorm", 1, kNewest, BranchwiseRmsNorm, "rmsnorm", kC, kRms},
    {kOnnx, "Softmax", 1, kNewest, Softmax, "softmax", kC, "4 ops + 1 T per element", {4, 1}},
    {kOnnx, "LogSoftmax", 1, kNewest, LogSoftmax, "softmax", kC, "4 ops + 1 T per element; 1 T per row", {4, 1}},
    {kOnnx, "Hardmax", 1, kNewest, Softmax, "softmax", kC, "2 ops per element: maximum, compare", {2, 0}},
    {kMicrosoft, "BiasSoftmax", 1, kNewest, Softmax, "softmax", kC, "5 ops + 1 T per element", {5, 1}},
    {kOnnx, "LRN", 1, kNewest, Lrn, "lrn", kC, "size + 3 ops + 1 T per element"},
    {kOnnx, "MeanVarianceNormalization", 9, kNewest, MeanVarianceNormalization, "layernorm", kC,
     "5 ops per element; per row 1 T + 3 ops"},
    {kOnnx, "LpNormalization", 1, kNewest, LpNormalization, "layernorm", kC, "3 ops per element; p = 2: 1 T per row"},
};

}  // namespace

absl::Span<const Rule> NormalizationRules() { return kRules; }

}  // namespace opcost
