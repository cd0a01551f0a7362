#include "frontend/shape_functions.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace opcost::internal {

const onnx::TensorShapeProto* ShapeOf(const onnx::InferenceContext& ctx, size_t input) {
  if (input >= ctx.getNumInputs()) return nullptr;
  const onnx::TypeProto* type = ctx.getInputType(input);
  if (type == nullptr || !type->has_tensor_type() || !type->tensor_type().has_shape()) return nullptr;
  return &type->tensor_type().shape();
}

onnx::Dim DimOf(int64_t extent) {
  onnx::Dim d;
  d.set_dim_value(extent);
  return d;
}

onnx::Dim AxisOf(const onnx::InferenceContext& ctx, size_t input, int axis) {
  const onnx::TensorShapeProto* shape = ShapeOf(ctx, input);
  if (shape == nullptr) return {};
  const int at = axis < 0 ? axis + shape->dim_size() : axis;
  return at < 0 || at >= shape->dim_size() ? onnx::Dim() : shape->dim(at);
}

onnx::Dim Sum(const onnx::Dim& a, const onnx::Dim& b) {
  if (a.has_dim_value() && b.has_dim_value()) return a + b.dim_value();
  return {};
}

void TypeFrom(onnx::InferenceContext& ctx, size_t input, size_t output) {
  if (input >= ctx.getNumInputs() || output >= ctx.getNumOutputs()) return;
  const onnx::TypeProto* type = ctx.getInputType(input);
  if (type == nullptr || !type->has_tensor_type()) return;
  SetType(ctx, output, type->tensor_type().elem_type());
}

void SetType(onnx::InferenceContext& ctx, size_t output, int32_t elem_type) {
  if (output < ctx.getNumOutputs() && elem_type != 0) onnx::updateOutputElemType(ctx, output, elem_type);
}

void SetShape(onnx::InferenceContext& ctx, size_t output, const onnx::TensorShapeProto& shape) {
  if (output < ctx.getNumOutputs()) *ctx.getOutputType(output)->mutable_tensor_type()->mutable_shape() = shape;
}

void SetShape(onnx::InferenceContext& ctx, size_t output, std::initializer_list<onnx::Dim> dims) {
  onnx::TensorShapeProto shape;
  for (const onnx::Dim& d : dims) *shape.add_dim() = d;
  SetShape(ctx, output, shape);
}

void SameAs(onnx::InferenceContext& ctx, size_t input, size_t output) {
  TypeFrom(ctx, input, output);
  if (const onnx::TensorShapeProto* shape = ShapeOf(ctx, input)) SetShape(ctx, output, *shape);
}

void SameAsFirst(onnx::InferenceContext& ctx) { SameAs(ctx, 0, 0); }

void BroadcastOf(onnx::InferenceContext& ctx, size_t a, size_t b, size_t output) {
  const onnx::TensorShapeProto *x = ShapeOf(ctx, a), *y = ShapeOf(ctx, b);
  if (x == nullptr || y == nullptr) return;
  onnx::TensorShapeProto shape;
  onnx::bidirectionalBroadcastShapeInference(*x, *y, shape);
  SetShape(ctx, output, shape);
}

bool ProductShape(const onnx::TensorShapeProto* a, const onnx::TensorShapeProto* b, onnx::TensorShapeProto& out) {
  if (a == nullptr || b == nullptr || a->dim_size() == 0 || b->dim_size() == 0) return false;
  onnx::TensorShapeProto x = *a, y = *b;
  const bool row = x.dim_size() == 1, column = y.dim_size() == 1;
  if (row) {
    const onnx::Dim d = x.dim(0);
    x.clear_dim();
    x.add_dim()->set_dim_value(1);
    *x.add_dim() = d;
  }
  if (column) y.add_dim()->set_dim_value(1);
  const onnx::Dim& inner = x.dim(x.dim_size() - 1);
  const onnx::Dim& outer = y.dim(y.dim_size() - 2);
  if (inner.has_dim_value() && outer.has_dim_value() && inner.dim_value() != outer.dim_value()) {
    throw onnx::InferenceError(
        absl::StrCat("the inner extents ", inner.dim_value(), " and ", outer.dim_value(), " of a product differ"));
  }
  onnx::TensorShapeProto batch_a, batch_b;
  for (int i = 0; i + 2 < x.dim_size(); ++i) *batch_a.add_dim() = x.dim(i);
  for (int i = 0; i + 2 < y.dim_size(); ++i) *batch_b.add_dim() = y.dim(i);
  out.clear_dim();
  onnx::bidirectionalBroadcastShapeInference(batch_a, batch_b, out);
  if (!row) *out.add_dim() = x.dim(x.dim_size() - 2);
  if (!column) *out.add_dim() = y.dim(y.dim_size() - 1);
  return true;
}

namespace {

using Table = absl::flat_hash_map<std::string, const ShapeFunctionRow*>;

const Table& AllRows() {
  static const Table* const table = [] {
    auto* t = new Table();
    for (const auto family : {ClassicShapeFunctions(), FirstVersionShapeFunctions()}) {
      for (const ShapeFunctionRow& row : family) t->emplace(absl::StrCat(row.domain, "\n", row.op_type), &row);
    }
    return t;
  }();
  return *table;
}

}  // namespace

ShapeFunction FindShapeFunction(absl::string_view op_type, absl::string_view domain, bool onnx_has_one) {
  const auto it = AllRows().find(absl::StrCat(domain, "\n", op_type));
  if (it == AllRows().end() || (onnx_has_one && !it->second->replaces)) return nullptr;
  return it->second->infer;
}

}  // namespace opcost::internal
