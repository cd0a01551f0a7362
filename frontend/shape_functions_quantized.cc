// Shape functions of com.microsoft's quantised elementwise and structural operators.
#include <string>
#include <vector>

#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr const char* kMs = "com.microsoft";

// A, scale, zero point, B, scale, zero point, C scale, C zero point.
void QLinearBinary(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  BroadcastOf(ctx, 0, 3, 0);
}

// Output scale and zero point, then each input with its scale and zero point.
void QLinearConcat(InferenceContext& ctx) {
  TypeFrom(ctx, 1, 0);
  const TensorShapeProto* first = ShapeOf(ctx, 2);
  if (first == nullptr) return;
  int64_t axis = onnx::getAttribute(ctx, std::string("axis"), int64_t{0});
  if (axis < 0) axis += first->dim_size();
  if (axis < 0 || axis >= first->dim_size()) return;
  TensorShapeProto shape = *first;
  for (size_t i = 5; i < ctx.getNumInputs(); i += 3) {
    const TensorShapeProto* next = ShapeOf(ctx, i);
    if (next == nullptr || next->dim_size() != first->dim_size()) return;
    Dim* d = shape.mutable_dim(static_cast<int>(axis));
    *d = Sum(*d, next->dim(static_cast<int>(axis)));
  }
  SetShape(ctx, 0, shape);
}

void QLinearReduceMean(InferenceContext& ctx) {
  TypeFrom(ctx, 4, 0);
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  std::vector<int64_t> axes;
  onnx::getRepeatedAttribute(ctx, "axes", axes);
  const bool keep = onnx::getAttribute(ctx, std::string("keepdims"), int64_t{1}) != 0;
  std::vector<bool> reduced(static_cast<size_t>(x->dim_size()), axes.empty());
  for (int64_t a : axes) {
    if (a < 0) a += x->dim_size();
    if (a < 0 || a >= x->dim_size()) return;
    reduced[static_cast<size_t>(a)] = true;
  }
  TensorShapeProto shape;
  for (int i = 0; i < x->dim_size(); ++i) {
    if (!reduced[static_cast<size_t>(i)]) {
      *shape.add_dim() = x->dim(i);
    } else if (keep) {
      *shape.add_dim() = DimOf(1);
    }
  }
  SetShape(ctx, 0, shape);
}

// condition, X with scale and zero point, Y with scale and zero point, Z scale, Z zero point.
void QLinearWhere(InferenceContext& ctx) {
  TypeFrom(ctx, 1, 0);
  const TensorShapeProto *c = ShapeOf(ctx, 0), *x = ShapeOf(ctx, 1), *y = ShapeOf(ctx, 4);
  if (c == nullptr || x == nullptr || y == nullptr) return;
  TensorShapeProto shape;
  onnx::multidirectionalBroadcastShapeInference({c, x, y}, shape);
  SetShape(ctx, 0, shape);
}

// com.microsoft's own Q and DQ take types that ai.onnx took later.
void QuantizeLinear(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::UINT8);
  TypeFrom(ctx, 2, 0);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

void DequantizeLinear(InferenceContext& ctx) {
  TypeFrom(ctx, 1, 0);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

// As ONNX's LSTM, with the last two axes of the weights exchanged: X [S, B, I], R [directions, H, 4H].
void DynamicQuantizeLSTM(InferenceContext& ctx) {
  const Dim s = AxisOf(ctx, 0, 0), b = AxisOf(ctx, 0, 1), directions = AxisOf(ctx, 1, 0);
  const int64_t hidden_size = onnx::getAttribute(ctx, std::string("hidden_size"), int64_t{0});
  const Dim h = hidden_size > 0 ? DimOf(hidden_size) : AxisOf(ctx, 2, 1);
  for (size_t output = 0; output < 3; ++output) TypeFrom(ctx, 0, output);
  SetShape(ctx, 0, {s, directions, b, h});
  SetShape(ctx, 1, {directions, b, h});
  SetShape(ctx, 2, {directions, b, h});
}

constexpr ShapeFunctionRow kRows[] = {
    {kMs, "QLinearAdd", QLinearBinary},
    {kMs, "QLinearMul", QLinearBinary},
    {kMs, "QLinearLeakyRelu", SameAsFirst},
    {kMs, "QLinearSigmoid", SameAsFirst},
    {kMs, "QLinearSoftmax", SameAsFirst},
    {kMs, "QLinearConcat", QLinearConcat},
    {kMs, "QLinearReduceMean", QLinearReduceMean},
    {kMs, "QLinearWhere", QLinearWhere},
    {kMs, "QuantizeLinear", QuantizeLinear},
    {kMs, "DequantizeLinear", DequantizeLinear},
    {kMs, "DynamicQuantizeLSTM", DynamicQuantizeLSTM},
};

}  // namespace

absl::Span<const ShapeFunctionRow> QuantizedShapeFunctions() { return kRows; }

}  // namespace opcost::internal
