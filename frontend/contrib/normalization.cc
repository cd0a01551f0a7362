// Normalisations with what ONNX Runtime fuses into them: skips, biases, embeddings, gates.
#include <algorithm>

#include "frontend/contrib/contrib.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

int64_t Int(InferenceContext& ctx, const char* name, int64_t fallback) {
  return onnx::getAttribute(ctx, std::string(name), fallback);
}

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

// The sum with the skip comes out second.
void SkipGroupNorm(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SameAs(ctx, 0, 1);
}

// streams [.., C, H], pre_mix [.., C] → [.., H].
void HyperConnectionPreMix(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() < 2) return;
  TensorShapeProto shape;
  for (int i = 0; i < x->dim_size(); ++i) {
    if (i != x->dim_size() - 2) *shape.add_dim() = x->dim(i);
  }
  SetShape(ctx, 0, shape);
}

// key [B, S, C, H]: the gated value, and the same normalised.
void EngramGate(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SameAs(ctx, 0, 1);
}

constexpr const char* kSkipOutputs = "output:T mean?:float inv_std_var?:float input_skip_bias_sum?:T";
constexpr const char* kGroups = "groups:i! epsilon:f activation:i channels_last:i";

constexpr ContribOperator kRows[] = {
    {"LayerNormalization", "X:T scale:U bias?:U", "Y:U mean?:float inv_std_var?:float", "axis:i epsilon:f stash_type:i",
     Normalization},
    {"LayerNormalization", "X:T scale:U bias?:U", "Y:U mean?:float inv_std_var?:float", "axis:i epsilon:f stash_type:i",
     Normalization, kOnnxDomain},
    {"SimplifiedLayerNormalization", "X:T scale:U", "Y:U inv_std_var?:float", "axis:i epsilon:f stash_type:i",
     Normalization},
    {"SimplifiedLayerNormalization", "X:T scale:U", "Y:U inv_std_var?:float", "axis:i epsilon:f stash_type:i",
     Normalization, kOnnxDomain},
    {"SkipLayerNormalization", "input:T skip:T gamma:T beta?:T bias?:T", kSkipOutputs, "epsilon:f", SkipNormalization},
    {"SkipSimplifiedLayerNormalization", "input:T skip:T gamma:T bias?:T", kSkipOutputs, "epsilon:f",
     SkipNormalization},
    {"SkipRMSNormalization", "input:T skip:T gamma:T bias?:T", kSkipOutputs, "epsilon:f", SkipNormalization},
    {"EmbedLayerNormalization",
     "input_ids:int32 segment_ids?:int32 word_embedding:T position_embedding:T segment_embedding?:T gamma:T beta:T "
     "mask?:int32 position_ids?:int32",
     "output:T mask_index?:int32 embedding_sum?:T", "epsilon:f mask_index_type:i", EmbedLayerNormalization},
    {"QEmbedLayerNormalization",
     "input_ids:int32 segment_ids?:int32 word_embedding_quant:Q position_embedding_quant:Q segment_embedding?:Q "
     "gamma_quant:Q beta_quant:Q mask?:int32 word_embedding_scale:float position_embedding_scale:float "
     "segment_embedding_scale?:float gamma_scale:float beta_scale:float word_embedding_zero_point:Q "
     "position_embedding_zero_point:Q segment_embedding_zero_point?:Q gamma_zero_point:Q beta_zero_point:Q",
     "layernorm_out:float mask_index_out:int32", "epsilon:f", QEmbedLayerNormalization},
    {"GroupNorm", "X:T gamma:U beta:U", "Y:T", kGroups, SameAsFirst},
    {"SkipGroupNorm", "X:T gamma:U beta:U skip:T bias?:T", "Y:T S?:T", kGroups, SkipGroupNorm},
    {"GatedRMSNorm", "X:T scale:T gate:T", "Y:T", "epsilon:f", SameAsFirst},
    {"BranchwiseRMSNorm", "X:T scale:T", "Y:T", "epsilon:f", SameAsFirst},
    {"QOrderedLayerNormalization", "X:int8 scale_X:float scale:T B?:T scale_Y:float", "Y:int8",
     "axis:i epsilon:f order_X:i order_Y:i", SameAsFirst},
    {"HyperConnectionPreMix", "streams:T pre_mix:T", "output:T", "", HyperConnectionPreMix},
    {"HyperConnectionPostMix", "streams:T block_output:T post_mix:T stream_mix?:T", "output:T", "", SameAsFirst},
    {"EngramGate", "key:T query:T value:T key_norm_scale:T query_norm_scale:T conv_norm_scale?:T",
     "output:T gated_value_normed?:T", "epsilon:f", EngramGate},
};

}  // namespace

absl::Span<const ContribOperator> NormalizationOperators() { return kRows; }

}  // namespace opcost::internal
