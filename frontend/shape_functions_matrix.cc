// Shape functions of com.microsoft's matrix products, float and quantised.
#include <utility>

#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr const char* kMs = "com.microsoft";

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

// data [..] of blocks, indices, scales: the rows that the indices name, as floats. Bytes hold 8/bits elements each.
void GatherBlockQuantized(InferenceContext& ctx) {
  TypeFrom(ctx, 2, 0);
  const TensorShapeProto *data = ShapeOf(ctx, 0), *indices = ShapeOf(ctx, 1);
  if (data == nullptr || indices == nullptr || data->dim_size() == 0) return;
  int64_t axis = Int(ctx, "gather_axis", 0);
  if (axis < 0) axis += data->dim_size();
  const bool bytes = ctx.getInputType(0)->tensor_type().elem_type() == onnx::TensorProto::UINT8;
  const int64_t bits = Int(ctx, "bits", 4);
  TensorShapeProto shape;
  for (int i = 0; i < data->dim_size(); ++i) {
    if (i == axis) {
      for (const Dim& d : indices->dim()) *shape.add_dim() = d;
    } else {
      const bool packed = bytes && i == data->dim_size() - 1 && bits > 0;
      *shape.add_dim() = packed ? data->dim(i) * (8 / bits) : data->dim(i);
    }
  }
  SetShape(ctx, 0, shape);
}

// [M, D], [N, D] → [M, N].
void CDist(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), AxisOf(ctx, 1, 0)});
}

constexpr ShapeFunctionRow kRows[] = {
    {kMs, "FusedMatMul", FusedMatMul},
    {kMs, "FusedMatMulActivation", FusedMatMul},
    {kMs, "TransposeMatMul", FusedMatMul},
    {kMs, "SparseToDenseMatMul", FusedMatMul},
    {kMs, "FusedGemm", FusedGemm},
    {kMs, "GemmFastGelu", DynamicQuantizeMatMul},
    {kMs, "GemmFloat8", FusedGemm},
    {kMs, "QGemm", QGemm},
    {kMs, "MatMulInteger16", DynamicQuantizeMatMul},
    {kMs, "MatMulIntegerToFloat", MatMulIntegerToFloat},
    {kMs, "DynamicQuantizeMatMul", DynamicQuantizeMatMul},
    {kMs, "MatMulNBits", MatMulNBits},
    {kMs, "MatMulBnb4", MatMulNBits},
    {kMs, "GatherBlockQuantized", GatherBlockQuantized},
    {kMs, "CDist", CDist},
};

}  // namespace

absl::Span<const ShapeFunctionRow> MatrixShapeFunctions() { return kRows; }

}  // namespace opcost::internal
