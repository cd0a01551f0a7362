// com.microsoft's quantised element-wise and structural operators.
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

void Reduced(InferenceContext& ctx) {
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

void QLinearReduceMean(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  Reduced(ctx);
}

// Sums of bytes are words of the same sign.
void ReduceSumInteger(InferenceContext& ctx) {
  const onnx::TypeProto* type = ctx.getInputType(0);
  const bool is_signed = type != nullptr && type->tensor_type().elem_type() == onnx::TensorProto::INT8;
  SetType(ctx, 0, is_signed ? onnx::TensorProto::INT32 : onnx::TensorProto::UINT32);
  Reduced(ctx);
}

// A, its zero point, B, its zero point.
void MulInteger(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT32);
  BroadcastOf(ctx, 0, 2, 0);
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

// As ONNX's LSTM with attention to a memory: X [S, B, I], W [directions, 4H, I], R [directions, 4H, H].
void AttnLstm(InferenceContext& ctx) {
  const Dim s = AxisOf(ctx, 0, 0), b = AxisOf(ctx, 0, 1), directions = AxisOf(ctx, 1, 0), h = AxisOf(ctx, 2, 2);
  for (size_t output = 0; output < 3; ++output) TypeFrom(ctx, 0, output);
  SetShape(ctx, 0, {s, directions, b, h});
  SetShape(ctx, 1, {directions, b, h});
  SetShape(ctx, 2, {directions, b, h});
}

void QuantizeWithOrder(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT8);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

void DequantizeWithOrder(InferenceContext& ctx) {
  SetType(ctx, 0, static_cast<int32_t>(onnx::getAttribute(ctx, std::string("to"), int64_t{onnx::TensorProto::FLOAT})));
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

// Packed bytes, whose number the format decides, with shape and strides beside them.
void QuantizeBfp(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::UINT8);
  SetShape(ctx, 0, {Dim()});
  for (const size_t output : {size_t{1}, size_t{2}}) {
    SetType(ctx, output, onnx::TensorProto::INT64);
    if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, output, {DimOf(x->dim_size())});
  }
}

void DequantizeBfp(InferenceContext& ctx) {
  SetType(ctx, 0,
          static_cast<int32_t>(onnx::getAttribute(ctx, std::string("dtype"), int64_t{onnx::TensorProto::FLOAT})));
  const onnx::TensorProto* given = ctx.getNumInputs() > 1 ? ctx.getInputData(1) : nullptr;
  if (given == nullptr) return;
  TensorShapeProto shape;
  for (const int64_t d : onnx::ParseData<int64_t>(given)) *shape.add_dim() = DimOf(d);
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

constexpr const char* kScaled = "X:Q X_scale:float X_zero_point?:Q Y_scale:float Y_zero_point?:Q";
constexpr const char* kTwoScaled =
    "A:Q A_scale:float A_zero_point?:Q B:Q B_scale:float B_zero_point?:Q C_scale:float C_zero_point?:Q";

constexpr ContribOperator kRows[] = {
    {"QLinearAdd", kTwoScaled, "C:Q", "", QLinearBinary},
    {"QLinearMul", kTwoScaled, "C:Q", "", QLinearBinary},
    {"QLinearLeakyRelu", kScaled, "Y:Q", "alpha:f", SameAsFirst},
    {"QLinearSigmoid", kScaled, "Y:Q", "", SameAsFirst},
    {"QLinearSoftmax", kScaled, "Y:Q", "axis:i opset:i!", SameAsFirst},
    {"QLinearConcat", "Y_scale:float Y_zero_point:Q inputs*:A", "Y:Q", "axis:i!", QLinearConcat},
    {"QLinearReduceMean", "data:Q data_scale:float data_zero_point?:Q reduced_scale:float reduced_zero_point?:Q",
     "reduced:Q", "axes:I keepdims:i", QLinearReduceMean},
    {"QLinearWhere",
     "condition:bool X:Q x_scale:float x_zero_point:Q Y:Q y_scale:float y_zero_point:Q z_scale:float z_zero_point:Q",
     "Z:Q", "", QLinearWhere},
    {"ReduceSumInteger", "data:Q", "reduced:V", "axes:I keepdims:i", ReduceSumInteger},
    {"MulInteger", "A:Q A_zero_point?:Q B:R B_zero_point?:R", "C:int32", "", MulInteger},
    {"QuantizeLinear", "x:T y_scale:T y_zero_point?:A", "y:A", "axis:i", QuantizeLinear},
    {"DequantizeLinear", "x:A x_scale:T x_zero_point?:A", "y:T", "axis:i", DequantizeLinear},
    {"QuantizeWithOrder", "input:T scale_input:float", "output:int8", "order_input:i! order_output:i!",
     QuantizeWithOrder},
    {"DequantizeWithOrder", "input:int8 scale_input:float", "output:T", "order_input:i! order_output:i! to:i",
     DequantizeWithOrder},
    {"QuantizeBFP", "x:T", "y:uint8 shape:int64 strides:int64", "bfp_type:i! block_dim:i", QuantizeBfp},
    {"DequantizeBFP", "x:uint8 shape:int64 strides:int64", "y:T", "bfp_type:i! block_dim:i dtype:i", DequantizeBfp},
    {"QOrderedGelu", "X:int8 scale_X:float scale_Y:float", "Y:int8", "order_X:i order_Y:i", SameAsFirst},
    {"GatherBlockQuantized", "data:W indices:I scales:T zero_points?:W", "output:T",
     "gather_axis:i quantize_axis:i block_size:i bits:i", GatherBlockQuantized},
    {"DynamicQuantizeLSTM",
     "X:T W:Q R:Q B?:T sequence_lens?:int32 initial_h?:T initial_c?:T P?:T W_scale:float W_zero_point:Q R_scale:float "
     "R_zero_point:Q",
     "Y?:T Y_h?:T Y_c?:T",
     "hidden_size:i direction:s activations:S activation_alpha:F activation_beta:F clip:f input_forget:i",
     DynamicQuantizeLSTM},
    {"AttnLSTM",
     "X:T W:T R:T B?:T sequence_lens?:int32 initial_h?:T initial_c?:T P?:T QW?:T MW?:T V?:T M?:T "
     "memory_seq_lens?:int32 AW?:T",
     "Y?:T Y_h?:T Y_c?:T",
     "hidden_size:i direction:s activations:S activation_alpha:F activation_beta:F clip:f input_forget:i", AttnLstm},
};

}  // namespace

absl::Span<const ContribOperator> QuantizedOperators() { return kRows; }

}  // namespace opcost::internal
