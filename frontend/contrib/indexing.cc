// Operators of com.microsoft that move, select, hash or split.
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

// The elements of an integer input, where they are known.
std::vector<int64_t> IntsOf(const InferenceContext& ctx, size_t input) {
  const onnx::TensorProto* data = input < ctx.getNumInputs() ? ctx.getInputData(input) : nullptr;
  if (data == nullptr) return {};
  if (data->data_type() == onnx::TensorProto::INT64) return onnx::ParseData<int64_t>(data);
  if (data->data_type() != onnx::TensorProto::INT32) return {};
  const std::vector<int32_t> narrow = onnx::ParseData<int32_t>(data);
  return {narrow.begin(), narrow.end()};
}

// data [..], indices [.., K]: K leading axes of the data are indexed.
void GatherND(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto *data = ShapeOf(ctx, 0), *indices = ShapeOf(ctx, 1);
  if (data == nullptr || indices == nullptr || indices->dim_size() == 0) return;
  const Dim& depth = indices->dim(indices->dim_size() - 1);
  if (!depth.has_dim_value() || depth.dim_value() > data->dim_size()) return;
  TensorShapeProto shape;
  for (int i = 0; i + 1 < indices->dim_size(); ++i) *shape.add_dim() = indices->dim(i);
  for (int i = static_cast<int>(depth.dim_value()); i < data->dim_size(); ++i) *shape.add_dim() = data->dim(i);
  SetShape(ctx, 0, shape);
}

// Whole numbers only: ceil((limit − start) / delta).
void Range(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const std::vector<int64_t> start = IntsOf(ctx, 0), limit = IntsOf(ctx, 1);
  std::vector<int64_t> delta = ctx.hasInput(2) ? IntsOf(ctx, 2) : std::vector<int64_t>{1};
  if (start.size() != 1 || limit.size() != 1 || delta.size() != 1 || delta[0] == 0) return SetShape(ctx, 0, {Dim()});
  const int64_t length = onnx::checkedAdd(limit[0], -start[0]);
  const int64_t steps = length / delta[0] + (length % delta[0] != 0 && (length < 0) == (delta[0] < 0) ? 1 : 0);
  SetShape(ctx, 0, {DimOf(std::max<int64_t>(0, steps))});
}

// [n] → the distinct values, where each of the n is among them, and how often each occurs.
void Unique(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  SetShape(ctx, 0, {Dim()});
  SetType(ctx, 1, onnx::TensorProto::INT64);
  SetShape(ctx, 1, {AxisOf(ctx, 0, 0)});
  SetType(ctx, 2, onnx::TensorProto::INT64);
  SetShape(ctx, 2, {Dim()});
}

// The axis is an input.
void ExpandDims(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  const std::vector<int64_t> axis = IntsOf(ctx, 1);
  if (x == nullptr || axis.size() != 1) return;
  const int64_t at = axis[0] < 0 ? axis[0] + x->dim_size() + 1 : axis[0];
  if (at < 0 || at > x->dim_size()) return;
  TensorShapeProto shape;
  for (int i = 0; i <= x->dim_size(); ++i) {
    if (i == at) *shape.add_dim() = DimOf(1);
    if (i < x->dim_size()) *shape.add_dim() = x->dim(i);
  }
  SetShape(ctx, 0, shape);
}

// Begins of all axes, then ends.
void Pad(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  const std::vector<int64_t> pads = IntsOf(ctx, 1);
  if (x == nullptr) return;
  const size_t n = static_cast<size_t>(x->dim_size());
  TensorShapeProto shape;
  for (size_t i = 0; i < n; ++i) {
    const Dim& d = x->dim(static_cast<int>(i));
    *shape.add_dim() = pads.size() == 2 * n && d.has_dim_value() ? d + onnx::checkedAdd(pads[i], pads[i + n]) : Dim();
  }
  SetShape(ctx, 0, shape);
}

// table [V, D], indices [..] → [.., D].
void TorchEmbedding(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* indices = ShapeOf(ctx, 1);
  if (indices == nullptr) return;
  TensorShapeProto shape = *indices;
  *shape.add_dim() = AxisOf(ctx, 0, 1);
  SetShape(ctx, 0, shape);
}

// All windows of `size` along one axis, as a new last axis.
void UnfoldTensor(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() == 0) return;
  const int64_t size = Int(ctx, "size", 0), step = Int(ctx, "step", 1);
  int64_t dim = Int(ctx, "dim", -1);
  if (dim < 0) dim += x->dim_size();
  if (dim < 0 || dim >= x->dim_size() || step <= 0) return;
  TensorShapeProto shape = *x;
  Dim* d = shape.mutable_dim(static_cast<int>(dim));
  *d = d->has_dim_value() && d->dim_value() >= size ? DimOf((d->dim_value() - size) / step + 1) : Dim();
  *shape.add_dim() = DimOf(size);
  SetShape(ctx, 0, shape);
}

// As many columns as the longest string has tokens.
void Tokenizer(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  TensorShapeProto shape = *x;
  shape.add_dim();
  SetShape(ctx, 0, shape);
}

// words [.., characters], filters W [F, 1, window, C] → [.., F].
void WordConvEmbedding(InferenceContext& ctx) {
  TypeFrom(ctx, 1, 0);
  const TensorShapeProto* words = ShapeOf(ctx, 0);
  if (words == nullptr || words->dim_size() == 0) return;
  const int64_t given = Int(ctx, "embedding_size", 0);
  TensorShapeProto shape = *words;
  *shape.mutable_dim(words->dim_size() - 1) = given > 0 ? DimOf(given) : AxisOf(ctx, 1, 0);
  SetShape(ctx, 0, shape);
}

void MurmurHash3(InferenceContext& ctx) {
  SetType(ctx, 0, Int(ctx, "positive", 1) != 0 ? onnx::TensorProto::UINT32 : onnx::TensorProto::INT32);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

// ids [.., S] → [.., S, (n − 1) · heads] and the last n − 1 ids of each sequence, of which there are as many as `b`
// says.
void NGramHash(InferenceContext& ctx, const Dim& b) {
  const int64_t n = Int(ctx, "max_ngram_size", 2), heads = Int(ctx, "n_head_per_ngram", 1);
  TypeFrom(ctx, 0, 0);
  TypeFrom(ctx, 0, 1);
  const TensorShapeProto* ids = ShapeOf(ctx, 0);
  if (ids == nullptr) return;
  TensorShapeProto shape = *ids;
  *shape.add_dim() = DimOf(onnx::checkedMultiply(n - 1, heads));
  SetShape(ctx, 0, shape);
  SetShape(ctx, 1, {b, DimOf(n - 1)});
  SetType(ctx, 2, onnx::TensorProto::INT32);
  SetShape(ctx, 2, {b, DimOf(n - 1)});
}

void NGramHashMapping(InferenceContext& ctx) { NGramHash(ctx, AxisOf(ctx, 0, 0)); }

// Packed: the cumulated lengths have one entry more than there are sequences.
void VarlenNGramHashMapping(InferenceContext& ctx) {
  const Dim ends = AxisOf(ctx, 3, 0);
  NGramHash(ctx, ends.has_dim_value() ? DimOf(ends.dim_value() - 1) : Dim());
}

void NGramRepeatBlock(InferenceContext& ctx) { SameAs(ctx, 1, 0); }

// [1, M, N] → the path, two rows of as many steps as it takes.
void DynamicTimeWarping(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT32);
  SetShape(ctx, 0, {DimOf(2), Dim()});
}

// What a compiled partition gives out stands in the file or nowhere.
void Opaque(InferenceContext&) {}

constexpr ContribOperator kRows[] = {
    {"GatherND", "data:A indices:I", "output:A", "", GatherND},
    {"Range", "start:A limit:A delta?:A", "Y:A", "", Range},
    {"Trilu", "X:A k?:int64", "Y:A", "upper:i", SameAsFirst},
    {"Unique", "x:A", "y:A idx:int64 counts:int64", "", Unique},
    {"ExpandDims", "X:A axis:int32", "Y:A", "", ExpandDims},
    {"Pad", "data:A pads:int64 value?:A", "output:A", "mode:s", Pad},
    {"TorchEmbedding", "weight:T indices:int64 padding_idx?:int64 scale_grad_by_freq?:bool", "Y:T", "", TorchEmbedding},
    {"UnfoldTensor", "input:A", "output:A", "dim:i size:i! step:i", UnfoldTensor},
    {"Tokenizer", "X:string", "Y:string", "mark:i! mincharnum:i! pad_value:s! separators:S tokenexp:s", Tokenizer},
    {"WordConvEmbedding", "Sequence:int32 W:float B:float C:float", "Y:float",
     "char_embedding_size:i conv_window_size:i embedding_size:i", WordConvEmbedding},
    {"MurmurHash3", "X:A", "Y:V", "positive:i seed:i", MurmurHash3},
    {"NGramHashMapping",
     "input_ids:I multipliers:I vocab_sizes:I past_ids?:I head_offsets?:I eos_token_id?:I segment_ids?:int32",
     "hash_ids:I present_ids?:I", "max_ngram_size:i! n_head_per_ngram:i! pad_id:i! reset_on_eos:i", NGramHashMapping},
    {"VarlenNGramHashMapping",
     "input_ids:I multipliers:I vocab_sizes:I cumulative_sequence_length:int32 past_ids?:I head_offsets?:I "
     "eos_token_id?:I segment_ids?:int32 past_segment_ids?:int32",
     "hash_ids:I present_ids?:I present_segment_ids?:int32",
     "max_ngram_size:i! n_head_per_ngram:i! pad_id:i! reset_on_eos:i", VarlenNGramHashMapping},
    {"NGramRepeatBlock", "input_ids:int64 scores:float", "scores_out:float", "ngram_size:i!", NGramRepeatBlock},
    {"DynamicTimeWarping", "input:float", "output:int32", "", DynamicTimeWarping},
    {"EPContext", "inputs*:A", "outputs*:V",
     "main_context:i embed_mode:i ep_cache_context:s ep_sdk_version:s source:s partition_name:s", Opaque},
    {"Snpe", "inputs*:A", "outputs*:V", "DLC:s! notes:s snpe_version:s target_device:s", Opaque},
};

}  // namespace

absl::Span<const ContribOperator> IndexingOperators() { return kRows; }

}  // namespace opcost::internal
