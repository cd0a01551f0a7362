// ai.onnx operators whose first versions ONNX gives no shape function, those that ONNX types through a function body
// alone, and those of which it says less than is known.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.h"
#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// Before operator set 7 the second operand is broadcast to the first, never the other way round.
void FirstOperand(InferenceContext& ctx) { SameAs(ctx, 0, 0); }

void Comparison(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::BOOL);
  BroadcastOf(ctx, 0, 1, 0);
}

void Cast(InferenceContext& ctx) {
  const onnx::AttributeProto* to = ctx.getAttribute("to");
  onnx::TensorProto::DataType type = onnx::TensorProto::UNDEFINED;
  // Version 1 names the type by a string.
  if (to != nullptr && onnx::TensorProto::DataType_Parse(to->s(), &type)) SetType(ctx, 0, type);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

void Concat(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* first = ShapeOf(ctx, 0);
  if (first == nullptr) return;
  int64_t axis = onnx::getAttribute(ctx, std::string("axis"), int64_t{1});
  if (axis < 0) axis += first->dim_size();
  if (axis < 0 || axis >= first->dim_size()) return;
  TensorShapeProto shape = *first;
  for (size_t i = 1; i < ctx.getNumInputs(); ++i) {
    Dim* d = shape.mutable_dim(static_cast<int>(axis));
    *d = Sum(*d, AxisOf(ctx, i, static_cast<int>(axis)));
  }
  SetShape(ctx, 0, shape);
}

// Bound by a product overflow, as extents of a file are.
void Reshape(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  std::vector<int64_t> target;
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || !onnx::getRepeatedAttribute(ctx, "shape", target)) return;
  Dim all = DimOf(1);
  for (const Dim& d : x->dim()) all = all * d;
  Dim known = DimOf(1);
  TensorShapeProto shape;
  int open = -1;
  for (size_t i = 0; i < target.size(); ++i) {
    Dim* d = shape.add_dim();
    if (target[i] == -1) {
      open = static_cast<int>(i);
      continue;
    }
    *d = target[i] == 0 ? AxisOf(ctx, 0, static_cast<int>(i)) : DimOf(target[i]);
    known = known * *d;
  }
  if (open >= 0 && all.has_dim_value() && known.has_dim_value() && known.dim_value() > 0) {
    if (all.dim_value() % known.dim_value() != 0) throw onnx::InferenceError("the target does not divide the elements");
    *shape.mutable_dim(open) = DimOf(all.dim_value() / known.dim_value());
  }
  SetShape(ctx, 0, shape);
}

void Split(InferenceContext& ctx) {
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  std::vector<int64_t> sizes;
  const bool given = onnx::getRepeatedAttribute(ctx, "split", sizes);
  int64_t axis = onnx::getAttribute(ctx, std::string("axis"), int64_t{0});
  for (size_t i = 0; i < ctx.getNumOutputs(); ++i) {
    TypeFrom(ctx, 0, i);
    if (x == nullptr) continue;
    if (axis < 0) axis += x->dim_size();
    if (axis < 0 || axis >= x->dim_size()) return;
    TensorShapeProto shape = *x;
    Dim* d = shape.mutable_dim(static_cast<int>(axis));
    if (given && i < sizes.size()) {
      *d = DimOf(sizes[i]);
    } else {
      *d = d->has_dim_value() ? DimOf(d->dim_value() / static_cast<int64_t>(ctx.getNumOutputs())) : Dim();
    }
    SetShape(ctx, i, shape);
  }
}

void Pad(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  std::vector<int64_t> pads;
  if (x == nullptr || !onnx::getRepeatedAttribute(ctx, "paddings", pads)) return;
  const size_t n = static_cast<size_t>(x->dim_size());
  if (pads.size() != 2 * n) return;
  TensorShapeProto shape;
  for (size_t i = 0; i < n; ++i)
    *shape.add_dim() = Sum(x->dim(static_cast<int>(i)), DimOf(onnx::checkedAdd(pads[i], pads[i + n])));
  SetShape(ctx, 0, shape);
}

void Upsample(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  const onnx::AttributeProto *h = ctx.getAttribute("height_scale"), *w = ctx.getAttribute("width_scale");
  if (x == nullptr || x->dim_size() != 4 || h == nullptr || w == nullptr) return;
  const auto scaled = [](const Dim& d, double by) {
    return d.has_dim_value() ? DimOf(static_cast<int64_t>(static_cast<double>(d.dim_value()) * by)) : Dim();
  };
  SetShape(ctx, 0,
           {x->dim(0), x->dim(1), scaled(x->dim(2), static_cast<double>(h->f())),
            scaled(x->dim(3), static_cast<double>(w->f()))});
}

void Gemm(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const int row = onnx::getAttribute(ctx, std::string("transA"), int64_t{0}) != 0 ? 1 : 0;
  const int column = onnx::getAttribute(ctx, std::string("transB"), int64_t{0}) != 0 ? 0 : 1;
  SetShape(ctx, 0, {AxisOf(ctx, 0, row), AxisOf(ctx, 1, column)});
}

void Pool(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  onnx::convPoolShapeInference(ctx, false, true, 0, 1);
}

void GlobalPool(InferenceContext& ctx) { onnx::globalPoolTypeShapeInference(ctx); }

// Extents that the condition picks are data; those of the other axes are not.
void Compress(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  const onnx::AttributeProto* axis = ctx.getAttribute("axis");
  if (x == nullptr) return;
  TensorShapeProto shape;
  if (axis == nullptr) {
    shape.add_dim();
  } else {
    const int64_t at = axis->i() < 0 ? axis->i() + x->dim_size() : axis->i();
    if (at < 0 || at >= x->dim_size()) return;
    shape = *x;
    *shape.mutable_dim(static_cast<int>(at)) = Dim();
  }
  SetShape(ctx, 0, shape);
}

// The extents that max pooling had before: stated by the third input, else the least that give X.
void MaxUnpool(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  std::vector<int64_t> kernel;
  if (x == nullptr || x->dim_size() < 2 || !onnx::getRepeatedAttribute(ctx, "kernel_shape", kernel)) return;
  const size_t spatial = static_cast<size_t>(x->dim_size()) - 2;
  std::vector<int64_t> strides(spatial, 1), pads(2 * spatial, 0);
  onnx::getRepeatedAttribute(ctx, "strides", strides);
  onnx::getRepeatedAttribute(ctx, "pads", pads);
  if (kernel.size() != spatial || strides.size() != spatial || pads.size() != 2 * spatial) {
    throw onnx::InferenceError("kernel_shape, strides and pads need an entry for each spatial axis");
  }
  TensorShapeProto shape;
  *shape.add_dim() = x->dim(0);
  *shape.add_dim() = x->dim(1);
  for (size_t i = 0; i < spatial; ++i) {
    Dim* out = shape.add_dim();
    const Dim& d = x->dim(static_cast<int>(i) + 2);
    if (!d.has_dim_value()) continue;
    const std::optional<int64_t> span = CheckedMul(d.dim_value() - 1, strides[i]);
    const std::optional<int64_t> extent =
        CheckedAdd(CheckedAdd(CheckedAdd(span, kernel[i]), -std::clamp<int64_t>(pads[i], 0, kMost)),
                   -std::clamp<int64_t>(pads[i + spatial], 0, kMost));
    if (extent && *extent >= 0) *out = DimOf(*extent);
  }
  if (ctx.hasInput(2)) {
    bool found = false;
    TensorShapeProto given = onnx::getShapeInput(ctx, 2, found);
    if (found && given.dim_size() == x->dim_size()) {
      shape = given;
    } else {
      for (int i = 0; i < shape.dim_size(); ++i) *shape.mutable_dim(i) = Dim();
    }
  }
  SetShape(ctx, 0, shape);
}

// [batch, frames, frequencies, 2] of a signal [batch, length, 1 or 2]. One-sided unless the node says otherwise: ONNX's
// function forgets that default.
void Stft(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const auto scalar = [&](size_t input) -> std::optional<int64_t> {
    const onnx::TensorProto* data = ctx.hasInput(input) ? ctx.getInputData(input) : nullptr;
    if (data == nullptr) return std::nullopt;
    if (data->int64_data_size() == 1) return data->int64_data(0);
    if (data->int32_data_size() == 1) return data->int32_data(0);
    return std::nullopt;
  };
  const Dim length = AxisOf(ctx, 0, 1), window = AxisOf(ctx, 2, 0);
  const std::optional<int64_t> step = scalar(1);
  std::optional<int64_t> frame = scalar(3);
  if (!ctx.hasInput(3) && window.has_dim_value()) frame = window.dim_value();
  Dim frames, frequencies;
  if (frame && *frame > 0) {
    const bool onesided = onnx::getAttribute(ctx, std::string("onesided"), int64_t{1}) != 0;
    frequencies = DimOf(onesided ? *frame / 2 + 1 : *frame);
    if (step && *step > 0 && length.has_dim_value() && length.dim_value() >= *frame) {
      frames = DimOf((length.dim_value() - *frame) / *step + 1);
    }
  }
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), frames, frequencies, DimOf(2)});
}

// Output i is the derivative by input i. Further inputs are values that the derivative is taken at.
void Gradient(InferenceContext& ctx) {
  for (size_t i = 0; i < ctx.getNumOutputs(); ++i) SameAs(ctx, i, i);
}

constexpr ShapeFunctionRow kRows[] = {
    {"", "Abs", FirstOperand},
    {"", "Add", FirstOperand},
    {"", "BatchNormalization", FirstOperand},
    {"", "Cast", Cast},
    {"", "Ceil", FirstOperand},
    {"", "Clip", FirstOperand},
    {"", "Compress", Compress},
    {"", "Concat", Concat},
    {"", "Div", FirstOperand},
    {"", "Dropout", FirstOperand},
    {"", "Elu", FirstOperand},
    {"", "Exp", FirstOperand},
    {"", "Floor", FirstOperand},
    {"", "GRU", onnx::RNNShapeInference},
    {"", "Gemm", Gemm},
    {"", "GlobalLpPool", GlobalPool},
    {"", "GreaterOrEqual", Comparison},
    {"", "GroupNormalization", FirstOperand},
    {"", "HardSigmoid", FirstOperand},
    {"", "InstanceNormalization", FirstOperand},
    {"", "LeakyRelu", FirstOperand},
    {"", "LessOrEqual", Comparison},
    {"", "Log", FirstOperand},
    {"", "LpPool", Pool},
    {"", "Max", FirstOperand},
    {"", "MaxUnpool", MaxUnpool, true},
    {"", "Mean", FirstOperand},
    {"", "MeanVarianceNormalization", FirstOperand},
    {"", "Min", FirstOperand},
    {"", "Mul", FirstOperand},
    {"", "Neg", FirstOperand},
    {"", "PRelu", FirstOperand},
    {"", "Pad", Pad},
    {"", "Reciprocal", FirstOperand},
    {"", "Relu", FirstOperand},
    {"", "Reshape", Reshape},
    {"", "Selu", FirstOperand},
    {"", "Sigmoid", FirstOperand},
    {"", "Split", Split},
    {"", "Sqrt", FirstOperand},
    {"", "STFT", Stft, true},
    {"", "Sub", FirstOperand},
    {"", "Sum", FirstOperand},
    {"", "Tanh", FirstOperand},
    {"", "Upsample", Upsample},
    {"ai.onnx.preview.training", "Gradient", Gradient},
};

}  // namespace

absl::Span<const ShapeFunctionRow> FirstVersionShapeFunctions() { return kRows; }

}  // namespace opcost::internal
