// Attention by recurrence, and the causal convolutions in front of it.
#include "frontend/contrib/contrib.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

int64_t Int(InferenceContext& ctx, const char* name, int64_t fallback) {
  return onnx::getAttribute(ctx, std::string(name), fallback);
}

Dim Over(const Dim& d, int64_t n) { return d.has_dim_value() && n > 0 ? DimOf(d.dim_value() / n) : Dim(); }

// query [B, T, Hq · dk], key [B, T, Hkv · dk], value [B, T, Hkv · dv] → [B, T, max(Hq, Hkv) · dv] and the state
// [B, Hkv, dk, dv], with a window of states in front where one is asked for.
void LinearAttention(InferenceContext& ctx) {
  const int64_t q_heads = Int(ctx, "q_num_heads", 0), kv_heads = Int(ctx, "kv_num_heads", 0);
  const int64_t window = Int(ctx, "state_window", 0);
  const Dim b = AxisOf(ctx, 0, 0), dk = Over(AxisOf(ctx, 1, 2), kv_heads), dv = Over(AxisOf(ctx, 2, 2), kv_heads);
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {b, AxisOf(ctx, 0, 1), dv * std::max(q_heads, kv_heads)});
  TypeFrom(ctx, ctx.hasInput(3) ? 3 : 0, 1);
  TensorShapeProto state;
  if (window > 0) *state.add_dim() = DimOf(window);
  for (const Dim& d : {b, DimOf(kv_heads), dk, dv}) *state.add_dim() = d;
  SetShape(ctx, 1, state);
}

// query [.., Hq, dk], key, value [.., Hv, dv], the tokens packed or as [B, T]; initial_state [B, Hv, dv, dk].
void GatedDeltaNet(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto *q = ShapeOf(ctx, 0), *v = ShapeOf(ctx, 2);
  if (v != nullptr && v->dim_size() >= 3) {
    TensorShapeProto shape = *v;
    const Dim q_heads = q != nullptr && q->dim_size() >= 3 ? q->dim(q->dim_size() - 2) : Dim();
    Dim* heads = shape.mutable_dim(v->dim_size() - 2);
    if (q_heads.has_dim_value() && heads->has_dim_value() && q_heads.dim_value() > heads->dim_value()) *heads = q_heads;
    SetShape(ctx, 0, shape);
  }
  SetType(ctx, 1, onnx::TensorProto::FLOAT);
  SetType(ctx, 2, onnx::TensorProto::FLOAT);
  if (ctx.hasInput(6)) SameAs(ctx, 6, 1);
  const int64_t capacity = Int(ctx, "state_update_capacity", 0);
  const Dim hk = AxisOf(ctx, 1, -2), dk = AxisOf(ctx, 1, -1), hv = AxisOf(ctx, 2, -2), dv = AxisOf(ctx, 2, -1);
  SetShape(ctx, 2, {AxisOf(ctx, 6, 0), Sum(hv, Sum(hk * dk, hv * dv)) * capacity});
}

// a [B, T, H], …, b: decay and beta.
void LinearAttentionGate(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SameAs(ctx, 3, 1);
}

// input [B, C, ..] or, channels last, [B, T, ..]; weight [C, 1, k ..]: the state has (k − 1) · dilation positions of
// the last spatial axis.
void CausalConvWithState(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  TypeFrom(ctx, 0, 1);
  if (ctx.hasInput(3)) return SameAs(ctx, 3, 1);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  const Dim kernel = AxisOf(ctx, 1, -1);
  if (x == nullptr || !kernel.has_dim_value()) return;
  const bool last = Int(ctx, "channels_last", 0) != 0;
  const int64_t window = Int(ctx, "state_window", 0);
  TensorShapeProto slot = *x;
  *slot.mutable_dim(last ? 1 : x->dim_size() - 1) = DimOf((kernel.dim_value() - 1) * Int(ctx, "dilation", 1));
  TensorShapeProto state;
  if (window > 0) *state.add_dim() = DimOf(window);
  for (const Dim& d : slot.dim()) *state.add_dim() = d;
  SetShape(ctx, 1, state);
}

// input [tokens, C], weight, lengths, bias, initial_state [B, C, positions].
void VarlenCausalConvWithState(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SameAs(ctx, 4, 1);
  TypeFrom(ctx, 0, 2);
  SetShape(ctx, 2, {AxisOf(ctx, 4, 0), DimOf(Int(ctx, "state_update_capacity", 0)), AxisOf(ctx, 0, 1)});
}

constexpr ContribOperator kRows[] = {
    {"LinearAttention", "query:T key:T value:T past_state?:U decay?:T beta?:T", "output:T present_state:U",
     "q_num_heads:i! kv_num_heads:i! update_rule:s scale:f chunk_size:i state_window:i", LinearAttention},
    {"GatedDeltaNet",
     "query:T key?:T value?:T cu_seqlens?:int32 decay?:float beta?:float initial_state?:float a_log?:float "
     "dt_bias?:float capture_count?:int32 state_update_active?:int32",
     "output:T final_state?:float state_update?:float",
     "update_rule:s scale:f chunk_size:i gate_activation:s beta_activation:s qk_l2_norm:i state_update_capacity:i",
     GatedDeltaNet},
    {"LinearAttentionGate", "a:T dt_bias:float decay_scale:float b?:T", "decay:T beta?:T", "", LinearAttentionGate},
    {"CausalConvWithState", "input:T weight:T bias?:T past_state?:T", "output:T present_state:T",
     "activation:s ndim:i dilation:i channels_last:i state_window:i", CausalConvWithState},
    {"VarlenCausalConvWithState",
     "input:T weight:T cumulative_sequence_length:int32 bias?:T initial_state:T capture_count?:int32",
     "output:T final_state:T state_update?:T", "activation:s dilation:i state_update_capacity:i",
     VarlenCausalConvWithState},
};

}  // namespace

absl::Span<const ContribOperator> LinearAttentionOperators() { return kRows; }

}  // namespace opcost::internal
