// Transforms and sampling of com.microsoft.
#include <string>
#include <vector>

#include "frontend/contrib/contrib.h"
#include "onnx/defs/tensor_proto_util.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

// [.., n] → [.., n/2 + 1, 2].
void Rfft(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() == 0) return;
  TensorShapeProto shape = *x;
  Dim* n = shape.mutable_dim(x->dim_size() - 1);
  *n = n->has_dim_value() ? DimOf(n->dim_value() / 2 + 1) : Dim();
  *shape.add_dim() = DimOf(2);
  SetShape(ctx, 0, shape);
}

// [.., n/2 + 1, 2] → [.., n].
void Irfft(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() < 2) return;
  TensorShapeProto shape;
  for (int i = 0; i + 1 < x->dim_size(); ++i) *shape.add_dim() = x->dim(i);
  Dim* n = shape.mutable_dim(x->dim_size() - 2);
  *n = n->has_dim_value() ? DimOf((n->dim_value() - 1) * 2) : Dim();
  SetShape(ctx, 0, shape);
}

// X [N, C, ..], grid [N, .., r] → [N, C, ..] with the grid's extents.
void GridSample(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* grid = ShapeOf(ctx, 1);
  if (grid == nullptr || grid->dim_size() < 3) return;
  TensorShapeProto shape;
  *shape.add_dim() = AxisOf(ctx, 0, 0);
  *shape.add_dim() = AxisOf(ctx, 0, 1);
  for (int i = 1; i + 1 < grid->dim_size(); ++i) *shape.add_dim() = grid->dim(i);
  SetShape(ctx, 0, shape);
}

// X [N, C, H, W], boxes [R, 4], their images, the size of a crop → [R, C, h, w].
void CropAndResize(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const onnx::TensorProto* size = ctx.getNumInputs() > 3 ? ctx.getInputData(3) : nullptr;
  const std::vector<int32_t> crop = size != nullptr ? onnx::ParseData<int32_t>(size) : std::vector<int32_t>();
  const bool known = crop.size() == 2;
  SetShape(ctx, 0,
           {AxisOf(ctx, 1, 0), AxisOf(ctx, 0, 1), known ? DimOf(crop[0]) : Dim(), known ? DimOf(crop[1]) : Dim()});
}

constexpr ContribOperator kRows[] = {
    {"Rfft", "X:T", "Y:T", "normalized:i onesided:i signal_ndim:i", Rfft},
    {"Irfft", "X:T", "Y:T", "normalized:i onesided:i signal_ndim:i", Irfft},
    {"GridSample", "X:T Grid:U", "Y:T", "mode:s padding_mode:s align_corners:i", GridSample},
    {"CropAndResize", "X:T rois:T batch_indices:int32 crop_size:int32", "Y:T", "mode:s extrapolation_value:f",
     CropAndResize},
};

}  // namespace

absl::Span<const ContribOperator> SignalOperators() { return kRows; }

}  // namespace opcost::internal
