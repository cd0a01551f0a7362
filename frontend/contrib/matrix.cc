// com.microsoft's matrix products, float and quantised.
#include <string>
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

void Product(InferenceContext& ctx, size_t a, size_t b) {
  TensorShapeProto shape;
  if (ProductShape(ShapeOf(ctx, a), ShapeOf(ctx, b), shape)) SetShape(ctx, 0, shape);
}

// transBatch moves the first axis behind the other batch axes; trans swaps the last two. The batch move comes first.
TensorShapeProto Turned(const TensorShapeProto& shape, bool batch, bool last) {
  TensorShapeProto out = shape;
  const int n = out.dim_size();
  if (batch && n > 2) {
    const Dim first = shape.dim(0);
    for (int i = 0; i + 2 < n; ++i) *out.mutable_dim(i) = shape.dim(i + 1);
    *out.mutable_dim(n - 2) = first;
  }
  if (last && n > 1) {
    const Dim d = out.dim(n - 2);
    *out.mutable_dim(n - 2) = out.dim(n - 1);
    *out.mutable_dim(n - 1) = d;
  }
  return out;
}

void FusedMatMul(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto *a = ShapeOf(ctx, 0), *b = ShapeOf(ctx, 1);
  if (a == nullptr || b == nullptr) return;
  const TensorShapeProto x = Turned(*a, Int(ctx, "transBatchA", 0) != 0, Int(ctx, "transA", 0) != 0);
  const TensorShapeProto y = Turned(*b, Int(ctx, "transBatchB", 0) != 0, Int(ctx, "transB", 0) != 0);
  TensorShapeProto shape;
  if (ProductShape(&x, &y, shape)) SetShape(ctx, 0, shape);
}

void GemmOf(InferenceContext& ctx, size_t a, size_t b) {
  const int row = Int(ctx, "transA", 0) != 0 ? 1 : 0;
  const int column = Int(ctx, "transB", 0) != 0 ? 0 : 1;
  if (ShapeOf(ctx, a) != nullptr && ShapeOf(ctx, b) != nullptr) {
    SetShape(ctx, 0, {AxisOf(ctx, a, row), AxisOf(ctx, b, column)});
  }
}

void FusedGemm(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  GemmOf(ctx, 0, 1);
}

// A, its scale and zero point, B, its scale and zero point, C, and the output's scale and zero point: without the last
// two the result is float.
void QGemm(InferenceContext& ctx) {
  TypeFrom(ctx, ctx.hasInput(8) ? 8 : 1, 0);
  GemmOf(ctx, 0, 3);
}

void MatMulIntegerToFloat(InferenceContext& ctx) {
  TypeFrom(ctx, 2, 0);
  Product(ctx, 0, 1);
}

void DynamicQuantizeMatMul(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  Product(ctx, 0, 1);
}

// A [.., K] with weights packed in blocks; K and N are attributes.
void MatMulNBits(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* a = ShapeOf(ctx, 0);
  if (a == nullptr || a->dim_size() == 0) return;
  TensorShapeProto shape = *a;
  const bool transposed = Int(ctx, "transB", 1) != 0;  // MatMulBnb4 only: [K, N] otherwise
  *shape.mutable_dim(a->dim_size() - 1) = DimOf(Int(ctx, transposed ? "N" : "K", 0));
  SetShape(ctx, 0, shape);
}

void MatMulInteger16(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT32);
  Product(ctx, 0, 1);
}

// [M, D], [N, D] → [M, N].
void CDist(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), AxisOf(ctx, 1, 0)});
}

// A [.., K] to [.., N].
void WithLastAxis(InferenceContext& ctx, size_t output, const Dim& n) {
  TypeFrom(ctx, 0, output);
  const TensorShapeProto* a = ShapeOf(ctx, 0);
  if (a == nullptr || a->dim_size() == 0) return;
  TensorShapeProto shape = *a;
  *shape.mutable_dim(a->dim_size() - 1) = n;
  SetShape(ctx, output, shape);
}

// The projections of queries, keys and values; the sum with the skip comes out last.
void MatMulNBitsQkv(InferenceContext& ctx) {
  WithLastAxis(ctx, 0, DimOf(Int(ctx, "Nq", 0)));
  WithLastAxis(ctx, 1, DimOf(Int(ctx, "Nkv", 0)));
  WithLastAxis(ctx, 2, DimOf(Int(ctx, "Nkv", 0)));
  SameAs(ctx, 0, 3);
}

void MatMulNBitsMlp(InferenceContext& ctx) {
  WithLastAxis(ctx, 0, DimOf(Int(ctx, "N", 0)));
  SameAs(ctx, 0, 1);
}

// B's shape [K, N] is an input.
void MatMulFpQ4(InferenceContext& ctx) {
  const onnx::TensorProto* given = ctx.getNumInputs() > 2 ? ctx.getInputData(2) : nullptr;
  const std::vector<int64_t> shape = given != nullptr ? onnx::ParseData<int64_t>(given) : std::vector<int64_t>();
  WithLastAxis(ctx, 0, shape.size() == 2 ? DimOf(shape[1]) : Dim());
}

// B [N, ..], packed along K.
void ProductWithRows(InferenceContext& ctx) { WithLastAxis(ctx, 0, AxisOf(ctx, 1, 0)); }

// A, its scale, B [K, N] or turned, its scale, Y's scale …
void QOrderedMatMul(InferenceContext& ctx) {
  constexpr int64_t kColumnMajor = 0;
  WithLastAxis(ctx, 0, AxisOf(ctx, 2, Int(ctx, "order_B", 1) == kColumnMajor ? 0 : 1));
}

void GemmFloat8(InferenceContext& ctx) {
  SetType(ctx, 0, static_cast<int32_t>(Int(ctx, "dtype", onnx::TensorProto::FLOAT)));
  GemmOf(ctx, 0, 1);
}

constexpr const char* kTurns = "alpha:f transA:i transB:i transBatchA:i transBatchB:i";
constexpr const char* kTurnsAndActivation =
    "alpha:f transA:i transB:i transBatchA:i transBatchB:i activation:s! activation_alpha:f activation_beta:f "
    "activation_gamma:f activation_axis:i";
constexpr const char* kFusedGemm =
    "alpha:f beta:f transA:i transB:i activation:s activation_alpha:f activation_beta:f activation_gamma:f";

constexpr ContribOperator kRows[] = {
    {"FusedMatMul", "A:T B:T", "Y:T", kTurns, FusedMatMul},
    {"FusedMatMulActivation", "A:T B:T", "Y:T", kTurnsAndActivation, FusedMatMul},
    {"TransposeMatMul", "A:T B:T", "Y:T", kTurns, FusedMatMul},
    {"SparseToDenseMatMul", "A:A B:V", "Y:V", "alpha:f transA:i transB:i", FusedMatMul},
    {"FusedGemm", "A:A B:A C?:A", "Y:A", kFusedGemm, FusedGemm},
    {"GemmFastGelu", "X:T W:T bias?:T", "Y:T", "", DynamicQuantizeMatMul},
    {"GemmFloat8", "A:A B:V C?:U scaleA?:float scaleB?:float scaleY?:float", "Y:T",
     "alpha:f beta:f transA:i transB:i dtype:i activation:s", GemmFloat8},
    {"QGemm", "A:Q a_scale:T a_zero_point:Q B:R b_scale:T b_zero_point:R C?:int32 y_scale?:T y_zero_point?:P", "Y:A",
     "alpha:f transA:i transB:i", QGemm},
    {"MatMulInteger16", "A:A B:V", "Y:int32", "", MatMulInteger16},
    {"MatMulIntegerToFloat", "A:Q B:R a_scale:T b_scale:T a_zero_point?:Q b_zero_point?:R bias?:T", "Y:T", "",
     MatMulIntegerToFloat},
    {"DynamicQuantizeMatMul", "A:T B:R b_scale:T b_zero_point?:R bias?:T", "Y:T", "", DynamicQuantizeMatMul},
    {"MatMulNBits", "A:T B:W scales:A zero_points?:V g_idx?:int32 bias?:T", "Y:T",
     "K:i! N:i! bits:i block_size:i! accuracy_level:i", MatMulNBits},
    {"MatMulNBitsMlp", "A:T skip?:T norm_scale?:T gate_B:W gate_scales:A gate_bias?:T up_B:W up_scales:A up_bias?:T",
     "Y:T residual?:T", "K:i! N:i! bits:i block_size:i activation:s epsilon:f accuracy_level:i", MatMulNBitsMlp},
    {"MatMulNBitsQkv",
     "A:T skip?:T norm_scale?:T q_B:W q_scales:A q_bias?:T k_B:W k_scales:A k_bias?:T v_B:W v_scales:A v_bias?:T",
     "Q:T K:T V:T residual?:T", "K:i! Nq:i! Nkv:i! bits:i block_size:i epsilon:f accuracy_level:i", MatMulNBitsQkv},
    {"MatMulBnb4", "A:T B:uint8 absmax:U", "Y:T", "K:i! N:i! block_size:i quant_type:i training_mode:i transB:i",
     MatMulNBits},
    {"MatMulFpQ4", "A:T B:uint8 B_shape:int64", "Y:T", "blk_quant_type:i", MatMulFpQ4},
    {"MatMulBlockQuantizedFp4Weight", "A:T B:W weight_scale:A weight_scale_2:float input_scale?:float bias?:T", "Y:T",
     "block_size:i", ProductWithRows},
    {"MatMulBlockQuantizedFp8Weight", "A:T B:W weight_scale:A input_scale?:float bias?:T", "Y:T", "block_size:i",
     ProductWithRows},
    {"QOrderedMatMul", "A:int8 scale_A:float B:int8 scale_B:float scale_Y:float bias?:float C?:int8 scale_C?:float",
     "Y:int8", "order_A:i! order_B:i! order_Y:i!", QOrderedMatMul},
    {"CDist", "A:T B:T", "C:T", "metric:s", CDist},
    {"Inverse", "X:T", "Y:T", "", SameAsFirst},
};

}  // namespace

absl::Span<const ContribOperator> MatrixOperators() { return kRows; }

}  // namespace opcost::internal
