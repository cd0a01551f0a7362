// Shape functions of ONNX Runtime's fused transformer operators (com.microsoft). Axes as its operator documentation
// names them: B batch, S sequence, P past, T total, N heads, h head size, D hidden.
#include <algorithm>
#include <vector>

#include "frontend/shape_functions.h"
#include "onnx/defs/tensor_proto_util.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr const char* kMs = "com.microsoft";

int64_t Int(InferenceContext& ctx, const char* name, int64_t fallback) {
  return onnx::getAttribute(ctx, std::string(name), fallback);
}

std::optional<int64_t> Extent(const Dim& d) {
  return d.has_dim_value() ? std::optional<int64_t>(d.dim_value()) : std::nullopt;
}

Dim Scaled(const Dim& d, int64_t times, int64_t over) {
  if (!d.has_dim_value() || over == 0) return {};
  return DimOf(onnx::checkedMultiply(d.dim_value(), times) / over);
}

Dim Times(const Dim& a, const Dim& b) { return a * b; }

// Output 0 as input 0; outputs 1 and 2 are the statistics, with the last axis 1; output 3 is input plus skip.
void SkipNormalization(InferenceContext& ctx) {
  SameAsFirst(ctx);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0); x != nullptr && x->dim_size() > 0) {
    TensorShapeProto statistics = *x;
    *statistics.mutable_dim(x->dim_size() - 1) = DimOf(1);
    for (const size_t output : {size_t{1}, size_t{2}}) {
      SetType(ctx, output, onnx::TensorProto::FLOAT);
      SetShape(ctx, output, statistics);
    }
  }
  SameAs(ctx, 0, 3);
}

// LayerNormalization where the imported operator set does not have it; axis as ONNX defines it.
void Normalization(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  int64_t axis = Int(ctx, "axis", -1);
  if (axis < 0) axis += x->dim_size();
  TensorShapeProto statistics = *x;
  for (int i = static_cast<int>(std::max<int64_t>(axis, 0)); i < x->dim_size(); ++i)
    *statistics.mutable_dim(i) = DimOf(1);
  for (const size_t output : {size_t{1}, size_t{2}}) {
    SetType(ctx, output, onnx::TensorProto::FLOAT);
    SetShape(ctx, output, statistics);
  }
}

// ids [B, S], word table [V, D] → [B, S, D], mask index [B], sum of embeddings.
void EmbedLayerNormalization(InferenceContext& ctx) {
  const Dim b = AxisOf(ctx, 0, 0), s = AxisOf(ctx, 0, 1), d = AxisOf(ctx, 2, 1);
  TypeFrom(ctx, 7, 0);
  TypeFrom(ctx, 2, 0);
  SetShape(ctx, 0, {b, s, d});
  SetType(ctx, 1, onnx::TensorProto::INT32);
  SetShape(ctx, 1, {b});
  TypeFrom(ctx, 2, 2);
  SetShape(ctx, 2, {b, s, d});
}

// The same with 8-bit tables: the result has the type of their scale.
void QEmbedLayerNormalization(InferenceContext& ctx) {
  EmbedLayerNormalization(ctx);
  TypeFrom(ctx, 8, 0);
}

// input [B, S, D], packed weight [D, 3H] or no weight and a packed bias; past [2, B, N, P, h].
void PackedProjectionAttention(InferenceContext& ctx, size_t bias, size_t past_index, size_t type_from) {
  const Dim b = AxisOf(ctx, 0, 0), s = AxisOf(ctx, 0, 1);
  Dim hidden;
  std::vector<int64_t> sizes;
  if (onnx::getRepeatedAttribute(ctx, "qkv_hidden_sizes", sizes) && sizes.size() == 3) {
    hidden = DimOf(sizes[2]);
  } else {
    const Dim packed = ShapeOf(ctx, 1) != nullptr ? AxisOf(ctx, 1, -1) : AxisOf(ctx, bias, -1);
    hidden = Scaled(packed, 1, 3);
  }
  TypeFrom(ctx, type_from, 0);
  SetShape(ctx, 0, {b, s, hidden});
  const int64_t heads = Int(ctx, "num_heads", 0);
  TypeFrom(ctx, type_from, 1);
  if (const TensorShapeProto* past = ShapeOf(ctx, past_index); past != nullptr && past->dim_size() == 5) {
    TensorShapeProto present = *past;
    if (Int(ctx, "past_present_share_buffer", 0) == 0) *present.mutable_dim(3) = Sum(past->dim(3), s);
    SetShape(ctx, 1, present);
  } else if (heads > 0) {
    SetShape(ctx, 1, {DimOf(2), b, DimOf(heads), s, Scaled(hidden, 1, heads)});
  }
}

void Attention(InferenceContext& ctx) { PackedProjectionAttention(ctx, 2, 4, 0); }
void QAttention(InferenceContext& ctx) { PackedProjectionAttention(ctx, 2, 8, 3); }

// Sequence length and width of a key or value: [B, L, H], packed [B, L, N, 2, h], or a cache [B, N, L, h].
struct Side {
  Dim length, width;
};

Side SideOf(const InferenceContext& ctx, size_t input) {
  const TensorShapeProto* shape = ShapeOf(ctx, input);
  if (shape == nullptr) return {};
  if (shape->dim_size() == 3) return {shape->dim(1), shape->dim(2)};
  if (shape->dim_size() == 5) return {shape->dim(1), Times(shape->dim(2), shape->dim(4))};
  if (shape->dim_size() == 4) return {shape->dim(2), Times(shape->dim(1), shape->dim(3))};
  return {};
}

// query [B, S, H] or packed [B, S, N, 3, h].
void HeadsApart(InferenceContext& ctx, size_t past_key) {
  const Dim b = AxisOf(ctx, 0, 0), s = AxisOf(ctx, 0, 1);
  const TensorShapeProto* query = ShapeOf(ctx, 0);
  if (query == nullptr) return;
  const Dim query_width = query->dim_size() == 5 ? Times(query->dim(2), query->dim(4)) : AxisOf(ctx, 0, 2);
  const Side key = ShapeOf(ctx, 1) != nullptr ? SideOf(ctx, 1) : Side{s, query_width};
  const Side value = ShapeOf(ctx, 2) != nullptr ? SideOf(ctx, 2) : key;
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {b, s, value.width});
  const int64_t heads = Int(ctx, "num_heads", 0);
  const TensorShapeProto* past = ShapeOf(ctx, past_key);
  Dim total = key.length;
  if (past != nullptr && past->dim_size() == 4) {
    total = Int(ctx, "past_present_share_buffer", 0) != 0 ? past->dim(2) : Sum(past->dim(2), key.length);
  }
  for (const size_t output : {size_t{1}, size_t{2}}) {
    TypeFrom(ctx, 0, output);
    SetShape(ctx, output, {b, DimOf(heads), total, Scaled(output == 1 ? key.width : value.width, 1, heads)});
  }
  TypeFrom(ctx, 0, 3);
  SetShape(ctx, 3, {b, DimOf(heads), s, total});
}

void MultiHeadAttention(InferenceContext& ctx) { HeadsApart(ctx, 6); }
void DecoderMaskedMultiHeadAttention(InferenceContext& ctx) { HeadsApart(ctx, 5); }

// query [B, S, Nq·h], or all three packed in it with inputs 1 and 2 empty; past [B, Nkv, P, h]. The cache that comes
// out is as long as the longer of the given one and total_sequence_length (input 6).
void GroupQueryAttention(InferenceContext& ctx) {
  const Dim b = AxisOf(ctx, 0, 0), s = AxisOf(ctx, 0, 1), width = AxisOf(ctx, 0, 2);
  const int64_t heads = Int(ctx, "num_heads", 0), kv_heads = Int(ctx, "kv_num_heads", 0);
  const bool packed = !ctx.hasInput(1);
  TypeFrom(ctx, 0, 0);
  const Dim head = packed ? Scaled(width, 1, heads + 2 * kv_heads) : Scaled(width, 1, heads);
  SetShape(ctx, 0, {b, s, packed ? Times(head, DimOf(heads)) : width});
  const std::optional<int64_t> past =
      ShapeOf(ctx, 3) != nullptr ? Extent(AxisOf(ctx, 3, 2)) : std::optional<int64_t>(0);
  Dim total;
  if (const onnx::TensorProto* given = ctx.getNumInputs() > 6 ? ctx.getInputData(6) : nullptr;
      given != nullptr && past) {
    const auto data = onnx::ParseData<int32_t>(given);
    if (!data.empty()) total = DimOf(std::max<int64_t>(*past, data[0]));
  }
  for (const size_t output : {size_t{1}, size_t{2}}) {
    TypeFrom(ctx, ctx.hasInput(3) ? 3 : 0, output);
    SetShape(ctx, output, {b, DimOf(kv_heads), total, ShapeOf(ctx, 3) != nullptr ? AxisOf(ctx, 3, 3) : head});
  }
}

// input [tokens, D], weight [D, 3H].
void PackedAttention(InferenceContext& ctx) {
  std::vector<int64_t> sizes;
  const bool given = onnx::getRepeatedAttribute(ctx, "qkv_hidden_sizes", sizes) && sizes.size() == 3;
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), given ? DimOf(sizes[2]) : Scaled(AxisOf(ctx, 2, 0), 1, 3)});
}

// query [tokens, H] or packed [tokens, N, 3, h]; value [tokens, Hv].
void PackedMultiHeadAttention(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* query = ShapeOf(ctx, 0);
  if (query == nullptr) return;
  const Dim width = query->dim_size() == 4 ? Times(query->dim(1), query->dim(3)) : AxisOf(ctx, 2, -1);
  SetShape(ctx, 0, {query->dim(0), width});
}

// table [buckets, N], query and key length as values → [1, N, S, T].
void RelativePositionBias(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const auto length = [&](size_t input) -> Dim {
    const onnx::TensorProto* t = ctx.getNumInputs() > input ? ctx.getInputData(input) : nullptr;
    if (t == nullptr) return {};
    const auto data = onnx::ParseData<int64_t>(t);
    return data.empty() ? Dim() : DimOf(data[0]);
  };
  SetShape(ctx, 0, {DimOf(1), AxisOf(ctx, 0, 1), length(1), length(2)});
}

// query [B, S, D] or [tokens, D] with offsets [B, S] → [B, N, S, S].
void GatedRelativePositionBias(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* query = ShapeOf(ctx, 0);
  if (query == nullptr) return;
  const size_t from = query->dim_size() == 3 ? 0 : 6;
  const Dim s = AxisOf(ctx, from, 1);
  SetShape(ctx, 0, {AxisOf(ctx, from, 0), DimOf(Int(ctx, "num_heads", 0)), s, s});
}

// [B, S, D], lengths [B] → tokens [?, D], offsets [B, S], cumulated [B + 1], longest [1].
void RemovePadding(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {Dim(), AxisOf(ctx, 0, 2)});
  for (size_t output = 1; output < 4; ++output) SetType(ctx, output, onnx::TensorProto::INT32);
  SetShape(ctx, 1, {AxisOf(ctx, 0, 0), AxisOf(ctx, 0, 1)});
  SetShape(ctx, 2, {Sum(AxisOf(ctx, 0, 0), DimOf(1))});
  SetShape(ctx, 3, {DimOf(1)});
}

void RestorePadding(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 1, 0), AxisOf(ctx, 1, 1), AxisOf(ctx, 0, 1)});
}

// [N, S, D] → [N, S, D/2].
void BiasSplitGelu(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), AxisOf(ctx, 0, 1), Scaled(AxisOf(ctx, 0, 2), 1, 2)});
}

// The sum with the skip comes out second.
void SkipGroupNorm(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SameAs(ctx, 0, 1);
}

// A mask of bits or bools comes out second.
void BiasDropout(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) {
    SetType(ctx, 1, onnx::TensorProto::BOOL);
    SetShape(ctx, 1, *x);
  }
}

constexpr ShapeFunctionRow kRows[] = {
    {kMs, "Gelu", SameAsFirst},
    {kMs, "FastGelu", SameAsFirst},
    {kMs, "BiasGelu", SameAsFirst},
    {kMs, "QuickGelu", SameAsFirst},
    {kMs, "BiasSoftmax", SameAsFirst},
    {kMs, "BiasAdd", SameAsFirst},
    {kMs, "BiasDropout", BiasDropout},
    {kMs, "BiasSplitGelu", BiasSplitGelu},
    {kMs, "RotaryEmbedding", SameAsFirst},
    {kMs, "MoE", SameAsFirst},
    {kMs, "QMoE", SameAsFirst},
    {kMs, "ShardedMoE", SameAsFirst},
    {kMs, "GroupNorm", SameAsFirst},
    {kMs, "SkipGroupNorm", SkipGroupNorm},
    {kMs, "LayerNormalization", Normalization},
    {kMs, "SimplifiedLayerNormalization", Normalization},
    {"", "LayerNormalization", Normalization},
    {"", "SimplifiedLayerNormalization", Normalization},
    {kMs, "SkipLayerNormalization", SkipNormalization},
    {kMs, "SkipSimplifiedLayerNormalization", SkipNormalization},
    {kMs, "EmbedLayerNormalization", EmbedLayerNormalization},
    {kMs, "QEmbedLayerNormalization", QEmbedLayerNormalization},
    {kMs, "Attention", Attention},
    {kMs, "DecoderMaskedSelfAttention", Attention},
    {kMs, "QAttention", QAttention},
    {kMs, "LongformerAttention", SameAsFirst},
    {kMs, "MultiHeadAttention", MultiHeadAttention},
    {kMs, "DecoderMaskedMultiHeadAttention", DecoderMaskedMultiHeadAttention},
    {kMs, "GroupQueryAttention", GroupQueryAttention},
    {kMs, "SparseAttention", GroupQueryAttention},
    {kMs, "PackedAttention", PackedAttention},
    {kMs, "PackedMultiHeadAttention", PackedMultiHeadAttention},
    {kMs, "RelativePositionBias", RelativePositionBias},
    {kMs, "GatedRelativePositionBias", GatedRelativePositionBias},
    {kMs, "RemovePadding", RemovePadding},
    {kMs, "RestorePadding", RestorePadding},
};

}  // namespace

absl::Span<const ShapeFunctionRow> TransformerShapeFunctions() { return kRows; }

}  // namespace opcost::internal
