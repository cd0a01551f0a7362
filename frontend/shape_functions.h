// Shape functions where ONNX's definitions have none or one that says less, one table a family, and what all such
// functions share. Operators that ONNX does not define at all are in contrib/.
#ifndef OPCOST_FRONTEND_SHAPE_FUNCTIONS_H_
#define OPCOST_FRONTEND_SHAPE_FUNCTIONS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "frontend/schemas.h"
#include "onnx/defs/shape_inference.h"

namespace opcost::internal {

struct ShapeFunctionRow {
  const char* domain;
  const char* op_type;
  ShapeFunction infer;
  // True where ONNX has a function of its own that says less.
  bool replaces = false;
};

absl::Span<const ShapeFunctionRow> ClassicShapeFunctions();
absl::Span<const ShapeFunctionRow> FirstVersionShapeFunctions();

// nullptr when the input is omitted or has no known rank.
const onnx::TensorShapeProto* ShapeOf(const onnx::InferenceContext& ctx, size_t input);
onnx::Dim DimOf(int64_t extent);
// Axis `axis` (negative from the end) of input `input`; an unknown dimension when there is none.
onnx::Dim AxisOf(const onnx::InferenceContext& ctx, size_t input, int axis);
// a + b, a · k, a / k where known.
onnx::Dim Sum(const onnx::Dim& a, const onnx::Dim& b);

// Output `output` has the element type of input `input`, where both exist.
void TypeFrom(onnx::InferenceContext& ctx, size_t input, size_t output);
void SetType(onnx::InferenceContext& ctx, size_t output, int32_t elem_type);
void SetShape(onnx::InferenceContext& ctx, size_t output, const onnx::TensorShapeProto& shape);
void SetShape(onnx::InferenceContext& ctx, size_t output, std::initializer_list<onnx::Dim> dims);
// Type and shape of input 0 for output 0.
void SameAsFirst(onnx::InferenceContext& ctx);
void SameAs(onnx::InferenceContext& ctx, size_t input, size_t output);
// Numpy broadcasting of two inputs.
void BroadcastOf(onnx::InferenceContext& ctx, size_t a, size_t b, size_t output);
// a @ b with Numpy's rules; the last two axes swapped first where asked. False where ranks are not known.
bool ProductShape(const onnx::TensorShapeProto* a, const onnx::TensorShapeProto* b, onnx::TensorShapeProto& out);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_SHAPE_FUNCTIONS_H_
