// Element-wise operators that ONNX Runtime fuses: GELUs, biases, dropouts, experts' mixtures.
#include "frontend/contrib/contrib.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

// [N, S, D] → [N, S, D/2].
void BiasSplitGelu(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() == 0) return;
  TensorShapeProto shape = *x;
  Dim* last = shape.mutable_dim(x->dim_size() - 1);
  *last = last->has_dim_value() ? DimOf(last->dim_value() / 2) : Dim();
  SetShape(ctx, 0, shape);
}

// A mask of bools comes out second.
void BiasDropout(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) {
    SetType(ctx, 1, onnx::TensorProto::BOOL);
    SetShape(ctx, 1, *x);
  }
}

// The mask has a bit an element, in words of 32.
void BitmaskDropout(InferenceContext& ctx) {
  SameAs(ctx, 0, 0);
  SetType(ctx, 1, onnx::TensorProto::UINT32);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  constexpr int64_t kWord = 32;
  Dim bits = DimOf(1);
  for (const Dim& d : x->dim()) bits = bits * d;
  SetShape(ctx, 1, {bits.has_dim_value() ? DimOf((bits.dim_value() + kWord - 1) / kWord) : Dim()});
}

void Broadcast(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  BroadcastOf(ctx, 0, 1, 0);
}

void IsAllFinite(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::BOOL);
  SetShape(ctx, 0, {});
}

constexpr ContribOperator kRows[] = {
    {"Gelu", "X:T", "Y:T", "", SameAsFirst},
    {"FastGelu", "X:T bias?:T", "Y:T", "", SameAsFirst},
    {"BiasGelu", "A:T B:T", "C:T", "", SameAsFirst},
    {"QuickGelu", "X:T", "Y:T", "alpha:f", SameAsFirst},
    {"ScaledSiLU", "X:T scale?:T", "Y:T", "alpha:f", SameAsFirst},
    {"BiasSplitGelu", "X:T bias:T", "Y:T", "", BiasSplitGelu},
    {"BiasSoftmax", "data:T bias:T", "output:T", "axis:i is_inner_broadcast:i!", SameAsFirst},
    {"BiasAdd", "X:T bias:T skip:T", "Y:T", "", SameAsFirst},
    {"BiasDropout", "data:T bias:T residual?:T ratio?:U training_mode?:bool", "output:T mask?:bool", "seed:i",
     BiasDropout},
    {"BitmaskDropout", "data:T ratio?:U training_mode?:bool", "output:T mask?:uint32", "seed:i", BitmaskDropout},
    {"BitmaskBiasDropout", "data:T bias:T residual?:T ratio?:U training_mode?:bool", "output:T mask?:uint32", "seed:i",
     BitmaskDropout},
    {"GatedAdd", "X:T Y:T gate:T", "output:T", "", SameAsFirst},
    {"ComplexMul", "A:T B:T", "C:T", "", Broadcast},
    {"ComplexMulConj", "A:T B:T", "C:T", "", Broadcast},
    {"IsAllFinite", "input*:T", "output:bool", "isinf_only:i isnan_only:i", IsAllFinite},
    {"SampleOp", "X:A", "Y:A", "", SameAsFirst},
    {"MoE",
     "input:T router_probs:T fc1_experts_weights:T fc1_experts_bias?:T fc2_experts_weights:T fc2_experts_bias?:T "
     "fc3_experts_weights?:T fc3_experts_bias?:T",
     "output:T", "k:i activation_type:s normalize_routing_weights:i use_sparse_mixer:i swiglu_fusion:i", SameAsFirst},
    {"ShardedMoE",
     "input:T router_probs:T fc1_experts_weights:T fc1_experts_bias?:T fc2_experts_weights:T fc2_experts_bias?:T "
     "fc3_experts_weights?:T fc3_experts_bias?:T",
     "output:T", "k:i activation_type:s normalize_routing_weights:i", SameAsFirst},
    {"QMoE",
     "input:T router_probs:T fc1_experts_weights:W fc1_scales:V fc1_experts_bias?:T fc2_experts_weights:W fc2_scales:V "
     "fc2_experts_bias?:T fc3_experts_weights?:W fc3_scales?:V fc3_experts_bias?:T fc1_zero_points?:W "
     "fc2_zero_points?:W "
     "fc3_zero_points?:W",
     "output:T",
     "k:i activation_type:s normalize_routing_weights:i use_sparse_mixer:i swiglu_fusion:i expert_weight_bits:i "
     "block_size:i",
     SameAsFirst},
};

}  // namespace

absl::Span<const ContribOperator> ActivationOperators() { return kRows; }

}  // namespace opcost::internal
