// What one operator is, by itself: a table from operator to pattern, and the few that need shapes.
#include <array>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_split.h"
#include "frontend/patterns/classify.h"
#include "frontend/patterns/predicates.h"

namespace opcost {
namespace {

struct PatternRow {
  Pattern pattern;
  const char* ops;
};

// ai.onnx, ai.onnx.preview and ai.onnx.preview.training. Operators that need a look at the node stand with what they
// are most often.
constexpr std::array<PatternRow, 25> kOnnx = {{
    {Pattern::kConv2d, "Conv ConvInteger QLinearConv DeformConv"},
    {Pattern::kDepthwise, "CausalConvWithState"},
    {Pattern::kTransposed, "ConvTranspose"},
    {Pattern::kMatmul, "MatMul MatMulInteger QLinearMatMul Einsum DFT STFT Det"},
    {Pattern::kGemm, "Gemm"},
    {Pattern::kAttention, "Attention FlexAttention LinearAttention"},
    {Pattern::kRecurrent, "LSTM GRU RNN"},
    {Pattern::kBatchnorm, "BatchNormalization"},
    {Pattern::kLayernorm,
     "LayerNormalization GroupNormalization InstanceNormalization MeanVarianceNormalization LRN LpNormalization"},
    {Pattern::kRmsnorm, "RMSNormalization SimplifiedLayerNormalization"},
    {Pattern::kGelu, "Gelu"},
    {Pattern::kSilu, "Swish SwiGLU"},
    {Pattern::kHardswish, "HardSwish"},
    {Pattern::kActivation,
     "Relu LeakyRelu PRelu Clip Sigmoid Tanh Elu Selu Celu HardSigmoid Mish Softplus Softsign Shrink ThresholdedRelu "
     "ParametricSoftplus ScaledTanh"},
    {Pattern::kSoftmax, "Softmax LogSoftmax Hardmax"},
    {Pattern::kElementwise,
     "Abs Acos Acosh Add And Asin Asinh Atan Atanh Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast "
     "CastLike Ceil Cos Cosh CumProd CumSum Div Equal Erf Erfc Exp Floor Greater GreaterOrEqual IsInf IsNaN Less "
     "LessOrEqual Log Max Mean Min Mod Mul Neg Not Or Pow Reciprocal Round Sign Sin Sinh Sqrt Sub Sum Tan Where Xor "
     "Affine Binarizer Adagrad Adam Momentum"},
    {Pattern::kRotary, "RotaryEmbedding"},
    {Pattern::kPixelShuffle, "DepthToSpace SpaceToDepth"},
    {Pattern::kPool,
     "AveragePool MaxPool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool MaxRoiPool RoiAlign MaxUnpool"},
    {Pattern::kReduce,
     "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
     "ReduceSumSquare ArgMax ArgMin TopK NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss"},
    {Pattern::kMove,
     "Concat Split Slice Gather GatherElements GatherND Scatter ScatterElements ScatterND TensorScatter Transpose Pad "
     "Tile Expand Resize Upsample GridSample AffineGrid Col2Im CenterCropPad ConstantOfShape "
     "EyeLike Range OneHot Compress ReverseSequence Trilu ConcatFromSequence SplitToSequence RandomNormal "
     "RandomNormalLike RandomUniform RandomUniformLike BlackmanWindow HannWindow HammingWindow MelWeightMatrix"},
    {Pattern::kQuantize, "QuantizeLinear DequantizeLinear DynamicQuantizeLinear"},
    {Pattern::kFree,
     "Constant Identity Reshape Flatten Squeeze Unsqueeze Shape Size Dropout BitCast Optional OptionalGetElement "
     "OptionalHasElement SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength"},
    {Pattern::kControl, "If Loop Scan SequenceMap"},
    // Kernels like no other: their time follows from data, text or trees.
    {Pattern::kOther,
     "NonMaxSuppression NonZero Unique TfIdfVectorizer StringNormalizer StringConcat StringSplit RegexFullMatch "
     "ImageDecoder Multinomial Gradient"},
}};

constexpr std::array<PatternRow, 23> kMicrosoft = {{
    {Pattern::kConv2d, "FusedConv NhwcConv NhwcFusedConv QLinearConv"},
    {Pattern::kDepthwise, "CausalConvWithState VarlenCausalConvWithState"},
    {Pattern::kTransposed, "ConvTransposeWithDynamicPads"},
    {Pattern::kMatmul,
     "MatMulBlockQuantizedFp4Weight MatMulBlockQuantizedFp8Weight MatMulNBitsMlp MatMulNBitsQkv QOrderedMatMul CDist "
     "FusedMatMul FusedMatMulActivation MatMulNBits MatMulBnb4 MatMulIntegerToFloat MatMulInteger16 "
     "DynamicQuantizeMatMul "
     "QLinearMatMul TransposeMatMul MatMulFpQ4 SparseToDenseMatMul Rfft Irfft Inverse "
     "GatedRelativePositionBias WordConvEmbedding"},
    {Pattern::kGemm, "FusedGemm QGemm GemmFloat8 GemmFastGelu"},
    {Pattern::kAttention,
     "LinearAttention GatedDeltaNet Attention MultiHeadAttention PackedAttention PackedMultiHeadAttention QAttention "
     "DecoderAttention DecoderMaskedSelfAttention DecoderMaskedMultiHeadAttention LongformerAttention "
     "QOrderedAttention QOrderedLongformerAttention"},
    {Pattern::kGroupedQueryAttention, "GroupQueryAttention SparseAttention PagedAttention"},
    {Pattern::kRotary, "RotaryEmbedding GemmaRotaryEmbedding MRotaryEmbedding"},
    {Pattern::kMoe, "MoE QMoE ShardedMoE"},
    {Pattern::kRecurrent, "DynamicQuantizeLSTM AttnLSTM"},
    {Pattern::kLayernorm,
     "LayerNormalization SkipLayerNormalization EmbedLayerNormalization QEmbedLayerNormalization GroupNorm "
     "SkipGroupNorm "
     "QOrderedLayerNormalization"},
    {Pattern::kRmsnorm,
     "SimplifiedLayerNormalization SkipSimplifiedLayerNormalization SkipRMSNormalization BranchwiseRMSNorm "
     "GatedRMSNorm EngramGate"},
    {Pattern::kSilu, "ScaledSiLU"},
    {Pattern::kGelu, "Gelu FastGelu BiasGelu QuickGelu BiasSplitGelu QOrderedGelu QLinearGelu"},
    {Pattern::kActivation, "QLinearSigmoid QLinearLeakyRelu"},
    {Pattern::kSoftmax, "BiasSoftmax QLinearSoftmax"},
    {Pattern::kElementwise,
     "ComplexMul ComplexMulConj GatedAdd HyperConnectionPreMix HyperConnectionPostMix LinearAttentionGate SampleOp "
     "MurmurHash3 NGramHashMapping VarlenNGramHashMapping NGramRepeatBlock "
     "BitmaskBiasDropout BiasAdd BiasDropout QLinearAdd QLinearMul QLinearWhere MulInteger BitmaskDropout"},
    {Pattern::kPool, "QLinearAveragePool QLinearGlobalAveragePool MaxpoolWithMask NhwcMaxPool"},
    {Pattern::kReduce, "QLinearReduceMean ReduceSumInteger IsAllFinite"},
    {Pattern::kEmbedding, "GatherBlockQuantized TorchEmbedding"},
    {Pattern::kMove,
     "QLinearConcat CropAndResize ExpandDims GatherND GridSample ImageScaler Crop Pad Range RelativePositionBias "
     "RemovePadding RestorePadding Tile Trilu UnfoldTensor"},
    {Pattern::kOther,
     "DynamicTimeWarping Tokenizer Unique BeamSearch GreedySearch Sampling WhisperBeamSearch BifurcationDetector "
     "EPContext "
     "Snpe"},
    {Pattern::kQuantize,
     "QuantizeLinear DequantizeLinear QuantizeBFP DequantizeBFP DequantizeWithOrder QuantizeWithOrder"},
}};

constexpr std::array<PatternRow, 3> kNchwc = {{
    {Pattern::kConv2d, "Conv"},
    {Pattern::kPool, "MaxPool AveragePool GlobalAveragePool GlobalMaxPool"},
    {Pattern::kMove, "ReorderInput ReorderOutput Upsample"},
}};

constexpr std::array<PatternRow, 2> kNhwc = {{
    {Pattern::kConv2d, "Conv"},
    {Pattern::kPool, "MaxPool AveragePool GlobalAveragePool GlobalMaxPool"},
}};

constexpr std::array<PatternRow, 5> kMl = {{
    {Pattern::kGemm, "LinearClassifier LinearRegressor SVMClassifier SVMRegressor"},
    {Pattern::kElementwise, "Binarizer Imputer Normalizer Scaler"},
    {Pattern::kMove,
     "ArrayFeatureExtractor CastMap CategoryMapper DictVectorizer FeatureVectorizer LabelEncoder OneHotEncoder"},
    {Pattern::kFree, "ZipMap"},
    {Pattern::kOther, "TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor"},
}};

using Table = absl::flat_hash_map<std::string, Pattern>;

void AddRows(absl::Span<const PatternRow> rows, const std::string& domain, Table& table) {
  for (const PatternRow& row : rows) {
    for (absl::string_view op : absl::StrSplit(row.ops, ' ')) table[domain + std::string(op)] = row.pattern;
  }
}

// "Conv" for ai.onnx, "com.microsoft:Gelu" for the others.
const Table& Patterns() {
  static const Table* const kTable = [] {
    auto* table = new Table;
    AddRows(kOnnx, "", *table);
    AddRows(kMicrosoft, "com.microsoft:", *table);
    AddRows(kNchwc, "com.microsoft.nchwc:", *table);
    AddRows(kNhwc, "com.ms.internal.nhwc:", *table);
    AddRows(kMl, "ai.onnx.ml:", *table);
    return table;
  }();
  return *kTable;
}

const Tensor* Operand(const Graph& graph, const std::vector<TensorId>& slots, size_t slot) {
  if (slot >= slots.size() || slots[slot] == kNone) return nullptr;
  return &graph.tensors[static_cast<size_t>(slots[slot])];
}

Pattern OfConvolution(const Graph& graph, const Node& node) {
  constexpr std::array<Pattern, 5> kByKind = {Pattern::kConv2d, Pattern::kPointwise, Pattern::kDepthwise,
                                              Pattern::kGrouped, Pattern::kTransposed};
  return kByKind[static_cast<size_t>(KindOfConvolution(graph, node))];
}

// Rows of a constant floating-point table are an embedding; anything else is a selection. A table of quantised weights
// is dequantised behind the look-up.
Pattern OfGather(const Graph& graph, const Node& node) {
  const Tensor* table = Operand(graph, node.inputs, 0);
  if (table == nullptr || !(IsWeight(*table) || table->is_constant)) return Pattern::kMove;
  const bool rows = table->shape && table->shape->size() >= 2 && IntAttribute(node, "axis", 0) == 0;
  const Tensor* indices = Operand(graph, node.inputs, 1);
  const bool looked_up = indices != nullptr && !indices->is_constant && !IsWeight(*indices);
  return rows && looked_up ? Pattern::kEmbedding : Pattern::kMove;
}

// One operand: a transposition, a diagonal or a sum. Without a summed index: a product by element.
Pattern OfEinsum(const Node& node) {
  if (node.inputs.size() < 2) return Pattern::kMove;
  const std::string equation(StringAttribute(node, "equation", ""));
  const size_t arrow = equation.find("->");
  if (arrow == std::string::npos) return Pattern::kMatmul;
  for (size_t i = 0; i < arrow; ++i) {
    const bool letter = (equation[i] | 0x20) >= 'a' && (equation[i] | 0x20) <= 'z';
    if (letter && equation.find(equation[i], arrow) == std::string::npos) return Pattern::kMatmul;
  }
  return Pattern::kElementwise;
}

// More heads of queries than of keys: by attribute for operands [batch, length, heads·size], else by shape.
Pattern OfAttention(const Graph& graph, const Node& node) {
  const auto heads = [&](size_t slot, const char* attribute) {
    const Tensor* t = Operand(graph, node.inputs, slot);
    const bool has_axis = t != nullptr && t->shape && t->shape->size() == 4 && (*t->shape)[1].known();
    return IntAttribute(node, attribute, has_axis ? (*t->shape)[1].extent : 0);
  };
  return heads(0, "q_num_heads") > heads(1, "kv_num_heads") ? Pattern::kGroupedQueryAttention : Pattern::kAttention;
}

Pattern OfCast(const Graph& graph, const Node& node) {
  const Tensor* in = Operand(graph, node.inputs, 0);
  const Tensor* out = Operand(graph, node.outputs, 0);
  const bool same = in != nullptr && out != nullptr && in->dtype == out->dtype && in->dtype != DType::kUnknown;
  return same ? Pattern::kFree : Pattern::kElementwise;
}

bool IsDefaultDomain(const std::string& domain) {
  return domain.empty() || domain == "ai.onnx" || domain == "ai.onnx.preview" || domain == "ai.onnx.preview.training";
}

}  // namespace

Pattern PatternOf(const Graph& graph, const Node& node) {
  const Table& table = Patterns();
  const auto found =
      IsDefaultDomain(node.domain) ? table.find(node.op_type) : table.find(node.domain + ":" + node.op_type);
  if (found == table.end()) return Pattern::kOther;
  if (IsConvolution(node)) return OfConvolution(graph, node);
  if (!IsDefaultDomain(node.domain)) return found->second;
  if (node.op_type == "Gather") return OfGather(graph, node);
  if (node.op_type == "Attention") return OfAttention(graph, node);
  if (node.op_type == "Einsum") return OfEinsum(node);
  if (node.op_type == "Cast" || node.op_type == "CastLike") return OfCast(graph, node);
  return found->second;
}

}  // namespace opcost
