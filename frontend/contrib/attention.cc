// ONNX Runtime's attention operators and what belongs to them: packing, position biases, rotations. Axes as its
// operator documentation names them: B batch, S sequence, P past, T total, N heads, h head size, D hidden.
#include <algorithm>
#include <vector>

#include "frontend/contrib/contrib.h"
#include "onnx/defs/tensor_proto_util.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

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

// input [B, S, D] and weights [D, H], int8: the result is H wide.
void QOrderedAttention(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), AxisOf(ctx, 0, 1), AxisOf(ctx, 7, 1)});
}

// query [S, B, D], key [K, B, D] → [S, B, D] and caches [B, N, ?, h], whose length depends on flags at run time.
void DecoderAttention(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  const int64_t heads = Int(ctx, "num_heads", 0);
  for (const size_t output : {size_t{1}, size_t{2}}) {
    TypeFrom(ctx, 0, output);
    SetShape(ctx, output, {AxisOf(ctx, 0, 1), DimOf(heads), Dim(), Scaled(AxisOf(ctx, 0, 2), 1, heads)});
  }
}

// query [tokens, N · h] or packed [tokens, (N + 2 · Nkv) · h] → [tokens, N · hv]; the caches [blocks, block, Nkv, h] go
// out as they come in.
void PagedAttention(InferenceContext& ctx) {
  const int64_t heads = Int(ctx, "num_heads", 0), kv_heads = Int(ctx, "kv_num_heads", 0);
  const int64_t narrow = Int(ctx, "v_head_size", 0);
  TypeFrom(ctx, 0, 0);
  const Dim width = AxisOf(ctx, 0, 1);
  const Dim head = Scaled(width, 1, ctx.hasInput(1) ? heads : heads + 2 * kv_heads);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), Scaled(narrow > 0 ? DimOf(narrow) : head, heads, 1)});
  SameAs(ctx, 3, 1);
  SameAs(ctx, 4, 2);
}

// emb [B, S, h], q and its rotation, k and its rotation, each [B, N, S, h].
void GemmaRotaryEmbedding(InferenceContext& ctx) {
  SameAs(ctx, 1, 0);
  SameAs(ctx, 3, 1);
}

constexpr const char* kPackedAttributes =
    "num_heads:i! unidirectional:i do_rotary:i rotary_embedding_dim:i past_present_share_buffer:i scale:f "
    "mask_filter_value:f qkv_hidden_sizes:I";
constexpr const char* kGrouped =
    "num_heads:i! kv_num_heads:i! scale:f softcap:f do_rotary:i rotary_interleaved:i local_window_size:i "
    "smooth_softmax:i";
constexpr const char* kRotary =
    "num_heads:i rotary_embedding_dim:i interleaved:i is_packed_batching:i scale:f mrope_layout:i mrope_section:I";

constexpr ContribOperator kRows[] = {
    {"Attention", "input:T weights:T bias?:T mask_index?:int32 past?:T attention_bias?:T past_sequence_length?:int32",
     "output:T present?:T", kPackedAttributes, Attention},
    {"DecoderMaskedSelfAttention",
     "input:T weights:T bias?:T mask_index?:int32 past?:T attention_bias?:T past_sequence_length?:int32 "
     "beam_width?:int32 "
     "cache_indirection?:int32",
     "output:T present?:T", kPackedAttributes, Attention},
    {"QAttention",
     "input:Q weight:R bias:T input_scale:T weight_scale:T mask_index?:int32 input_zero_point?:Q weight_zero_point?:R "
     "past?:T",
     "output:T present?:T", kPackedAttributes, QAttention},
    {"QOrderedAttention",
     "input:int8 scale_input:float scale_Q_gemm:float scale_K_gemm:float scale_V_gemm:float Q_weight:int8 "
     "K_weight:int8 "
     "V_weight:int8 scale_Q_weight:float scale_K_weight:float scale_V_weight:float Q_bias:float K_bias:float "
     "V_bias:float "
     "scale_QKT_gemm?:float scale_QKT_softmax?:float scale_values_gemm:float mask_index?:int32 past?:int8 "
     "attention_bias?:float",
     "output:int8", "num_heads:i! unidirectional:i qkv_hidden_sizes:I order_input:i order_weight:i order_output:i",
     QOrderedAttention},
    {"LongformerAttention", "input:T weight:T bias:T mask:T global_weight:T global_bias:T global:int32", "output:T",
     "num_heads:i! window:i!", SameAsFirst},
    {"QOrderedLongformerAttention",
     "input:int8 scale_input:float weight:int8 scale_weight:float bias:float scale_bias:float scale_qkv_gemm:float "
     "mask:float16 global_weight:int8 scale_global_weight:float global_bias:float scale_global_gemm:float global:int32 "
     "scale_output:float",
     "output:int8", "num_heads:i! window:i! order_input:i order_weight:i order_global_weight:i order_output:i",
     SameAsFirst},
    {"MultiHeadAttention",
     "query:T key?:T value?:T bias?:T key_padding_mask?:int32 attention_bias?:T past_key?:T past_value?:T "
     "past_sequence_length?:int32 cache_indirection?:int32",
     "output:T present_key?:T present_value?:T qk?:U", "num_heads:i! unidirectional:i scale:f mask_filter_value:f",
     MultiHeadAttention},
    {"DecoderMaskedMultiHeadAttention",
     "query:T key?:T value?:T mask_index?:int32 attention_bias?:T past_key?:T past_value?:T "
     "past_sequence_length?:int32 "
     "beam_width?:int32 cache_indirection?:int32 bias?:T",
     "output:T present_key?:T present_value?:T qk?:U",
     "num_heads:i! past_present_share_buffer:i scale:f mask_filter_value:f output_qk:i",
     DecoderMaskedMultiHeadAttention},
    {"DecoderAttention",
     "query:T key:T q_weight:T kv_weight:T bias:T key_padding_mask?:bool key_cache?:T value_cache?:T static_kv:bool "
     "use_past:bool has_layer_state:bool has_key_padding_mask:bool",
     "output:T new_key_cache?:T new_value_cache?:T", "num_heads:i! mask_filter_value:f", DecoderAttention},
    {"GroupQueryAttention",
     "query:T key?:T value?:T past_key?:C past_value?:C seqlens_k:int32 total_sequence_length:int32 cos_cache?:T "
     "sin_cache?:T position_ids?:int64 attention_bias?:T head_sink?:T k_scale?:float v_scale?:float q_norm_weight?:T "
     "k_norm_weight?:T",
     "output:T present_key?:C present_value?:C output_qk?:T", kGrouped, GroupQueryAttention},
    {"SparseAttention",
     "query:T key?:T value?:T past_key:T past_value:T block_row_indices:int32 block_col_indices:int32 "
     "total_sequence_length:int32 key_total_sequence_lengths:int32 cos_cache?:T sin_cache?:T",
     "output:T present_key:T present_value:T",
     "num_heads:i! kv_num_heads:i! sparse_block_size:i! scale:f do_rotary:i rotary_interleaved:i", GroupQueryAttention},
    {"PagedAttention",
     "query:T key?:T value?:T key_cache:C value_cache?:C cumulative_sequence_length:int32 past_seqlens:int32 "
     "block_table:int32 cos_cache?:T sin_cache?:T slot_mapping?:int32 head_sink?:T q_norm_weight?:T k_norm_weight?:T "
     "k_scale?:float v_scale?:float attention_metadata?:int32",
     "output:T key_cache_out?:C value_cache_out?:C",
     "num_heads:i! kv_num_heads:i! v_head_size:i scale:f softcap:f do_rotary:i rotary_interleaved:i "
     "local_window_size:i",
     PagedAttention},
    {"PackedAttention",
     "input:T weights:T bias:T token_offset:int32 cumulative_sequence_length:int32 attention_bias?:T", "output:T",
     "num_heads:i! scale:f qkv_hidden_sizes:I", PackedAttention},
    {"PackedMultiHeadAttention",
     "query:T key?:T value?:T bias?:T token_offset:int32 cumulative_sequence_length:int32 attention_bias?:T",
     "output:T", "num_heads:i! scale:f mask_filter_value:f", PackedMultiHeadAttention},
    {"RelativePositionBias", "bias_table:T query_length:int64 key_length:int64", "output:T",
     "max_distance:i! is_bidirectional:i", RelativePositionBias},
    {"GatedRelativePositionBias", "query_layer:T query_bias:T rel_pos:T weight:T bias:T eco_a:T token_offset?:int32",
     "output:T", "num_heads:i!", GatedRelativePositionBias},
    {"RemovePadding", "input:T sequence_token_count:int32",
     "output:T token_offset:int32 cumulated_seq_len:int32 max_seq_len:int32", "", RemovePadding},
    {"RestorePadding", "input:T token_offset:int32", "output:T", "", RestorePadding},
    {"RotaryEmbedding", "input:T position_ids:int64 cos_cache:T sin_cache:T", "output:T", kRotary, SameAsFirst},
    {"MRotaryEmbedding", "input:T position_ids:int64 cos_cache:T sin_cache:T", "output:T", kRotary, SameAsFirst},
    {"GemmaRotaryEmbedding", "emb:U q:T q_rot:T k:T k_rot:T", "output1:T output2:T", "", GemmaRotaryEmbedding},
};

}  // namespace

absl::Span<const ContribOperator> AttentionOperators() { return kRows; }

}  // namespace opcost::internal
