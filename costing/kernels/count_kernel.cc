#include "costing/kernels/count_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "costing/kernels/kernel_rules.h"
#include "ops/work.h"

namespace opcost {
namespace {

constexpr absl::string_view kBlockedDomain = "com.microsoft.nchwc";

using Rule = void (*)(const KernelContext&);

// A rule, or a class that needs nothing beyond bytes.
struct OperatorRow {
  absl::string_view op_type;
  Rule rule = nullptr;
  std::optional<KernelClass> kernel_class;
};

constexpr OperatorRow Is(absl::string_view op_type, KernelClass kernel_class) {
  return {op_type, nullptr, kernel_class};
}

constexpr std::array kOperators = {
    OperatorRow{"Conv", PlainConvKernel},
    OperatorRow{"FusedConv", PlainConvKernel},
    Is("ConvTranspose", KernelClass::kConvTranspose),
    OperatorRow{"MatMul", MatmulKernel},
    OperatorRow{"Gemm", MatmulKernel},
    OperatorRow{"FusedMatMul", MatmulKernel},
    OperatorRow{"FusedGemm", MatmulKernel},
    OperatorRow{"Einsum", EinsumKernel},
    OperatorRow{"QLinearConv", QuantizedConvKernel},
    OperatorRow{"ConvInteger", QuantizedConvKernel},
    OperatorRow{"QLinearMatMul", QuantizedMatmulKernel},
    OperatorRow{"QGemm", QuantizedMatmulKernel},
    OperatorRow{"MatMulInteger", QuantizedMatmulKernel},
    OperatorRow{"MatMulIntegerToFloat", QuantizedMatmulKernel},
    OperatorRow{"DynamicQuantizeMatMul", QuantizedMatmulKernel},
    OperatorRow{"MatMulNBits", NbitsMatmulKernel},
    Is("Attention", KernelClass::kAttention),
    Is("MultiHeadAttention", KernelClass::kAttention),
    Is("GroupQueryAttention", KernelClass::kAttention),
    Is("QAttention", KernelClass::kAttention),
    OperatorRow{"DynamicQuantizeLSTM", RecurrentKernel},
    OperatorRow{"LSTM", RecurrentKernel},
    OperatorRow{"GRU", RecurrentKernel},
    OperatorRow{"RNN", RecurrentKernel},
    OperatorRow{"Add", ElementwiseKernel},
    OperatorRow{"Sub", ElementwiseKernel},
    OperatorRow{"Mul", ElementwiseKernel},
    OperatorRow{"Div", ElementwiseKernel},
    OperatorRow{"Max", ElementwiseKernel},
    OperatorRow{"Min", ElementwiseKernel},
    OperatorRow{"Pow", ElementwiseKernel},
    OperatorRow{"Where", ElementwiseKernel},
    OperatorRow{"Equal", ElementwiseKernel},
    OperatorRow{"Less", ElementwiseKernel},
    OperatorRow{"LessOrEqual", ElementwiseKernel},
    OperatorRow{"Greater", ElementwiseKernel},
    OperatorRow{"GreaterOrEqual", ElementwiseKernel},
    OperatorRow{"And", ElementwiseKernel},
    OperatorRow{"Or", ElementwiseKernel},
    OperatorRow{"Mod", ElementwiseKernel},
    OperatorRow{"PRelu", ElementwiseKernel},
    OperatorRow{"BitwiseAnd", ElementwiseKernel},
    OperatorRow{"Xor", ElementwiseKernel},
    Is("QLinearAdd", KernelClass::kElementwiseQuantized),
    Is("QLinearMul", KernelClass::kElementwiseQuantized),
    Is("QLinearSigmoid", KernelClass::kElementwiseQuantized),
    Is("QLinearLeakyRelu", KernelClass::kElementwiseQuantized),
    Is("QLinearSoftmax", KernelClass::kSoftmaxQuantized),
    OperatorRow{"QuantizeLinear", QuantizeKernel},
    OperatorRow{"DequantizeLinear", QuantizeKernel},
    Is("DynamicQuantizeLinear", KernelClass::kQuantize),
    OperatorRow{"Softmax", SoftmaxKernel},
    OperatorRow{"LogSoftmax", SoftmaxKernel},
    OperatorRow{"BiasSoftmax", SoftmaxKernel},
    OperatorRow{"LayerNormalization", NormKernel},
    OperatorRow{"SkipLayerNormalization", NormKernel},
    OperatorRow{"SimplifiedLayerNormalization", NormKernel},
    OperatorRow{"SkipSimplifiedLayerNormalization", NormKernel},
    OperatorRow{"RMSNormalization", NormKernel},
    OperatorRow{"EmbedLayerNormalization", NormKernel},
    Is("GroupNormalization", KernelClass::kInstancenorm),
    Is("GroupNorm", KernelClass::kInstancenorm),
    Is("LpNormalization", KernelClass::kInstancenorm),
    Is("InstanceNormalization", KernelClass::kInstancenorm),
    Is("BatchNormalization", KernelClass::kBatchnorm),
    OperatorRow{"MaxPool", PoolKernel},
    OperatorRow{"AveragePool", PoolKernel},
    OperatorRow{"GlobalMaxPool", PoolKernel},
    OperatorRow{"GlobalAveragePool", PoolKernel},
    Is("NhwcMaxPool", KernelClass::kPoolQuantized),
    Is("QLinearAveragePool", KernelClass::kPoolAverageQuantized),
    Is("QLinearGlobalAveragePool", KernelClass::kPoolQuantized),
    Is("LpPool", KernelClass::kPoolAverage),
    OperatorRow{"ReorderInput", ReorderKernel},
    OperatorRow{"ReorderOutput", ReorderKernel},
    OperatorRow{"Transpose", TransposeKernel},
    OperatorRow{"Concat", CopyKernel},
    OperatorRow{"Split", CopyKernel},
    OperatorRow{"Slice", CopyKernel},
    Is("Gelu", KernelClass::kGelu),
    Is("BiasGelu", KernelClass::kBiasGelu),
    Is("FastGelu", KernelClass::kFastGelu),
    Is("QuickGelu", KernelClass::kSigmoid),
    Is("Sigmoid", KernelClass::kSigmoid),
    Is("Tanh", KernelClass::kTanh),
    Is("Erf", KernelClass::kErf),
    Is("Exp", KernelClass::kExponential),
    Is("Log", KernelClass::kTranscendental),
    Is("Sin", KernelClass::kTranscendental),
    Is("Cos", KernelClass::kTranscendental),
    Is("Softplus", KernelClass::kSoftplus),
    Is("Elu", KernelClass::kTranscendental),
    Is("Celu", KernelClass::kTranscendental),
    Is("Selu", KernelClass::kTranscendental),
    Is("Mish", KernelClass::kSoftplus),
    Is("Relu", KernelClass::kActivation),
    Is("Sqrt", KernelClass::kUnary),
    Is("Reciprocal", KernelClass::kUnary),
    Is("Floor", KernelClass::kRounding),
    Is("Ceil", KernelClass::kRounding),
    Is("Round", KernelClass::kRounding),
    Is("Sign", KernelClass::kRounding),
    Is("ThresholdedRelu", KernelClass::kUnary),
    Is("Clip", KernelClass::kActivation),
    Is("LeakyRelu", KernelClass::kUnary),
    Is("HardSigmoid", KernelClass::kActivation),
    Is("HardSwish", KernelClass::kActivation),
    Is("Neg", KernelClass::kUnary),
    Is("Abs", KernelClass::kUnary),
    OperatorRow{"ReduceMean", ReduceKernel},
    OperatorRow{"ReduceSum", ReduceKernel},
    OperatorRow{"ReduceMax", ReduceKernel},
    OperatorRow{"ReduceMin", ReduceKernel},
    Is("ReduceL2", KernelClass::kReduceOther),
    Is("ReduceProd", KernelClass::kReduceOther),
    Is("ReduceSumSquare", KernelClass::kReduceOther),
    Is("ReduceLogSumExp", KernelClass::kReduceOther),
    Is("ReduceL1", KernelClass::kReduceOther),
    Is("ReduceLogSum", KernelClass::kReduceOther),
    Is("LRN", KernelClass::kLocalNorm),
    OperatorRow{"Expand", ExpandKernel},
    OperatorRow{"Tile", TileKernel},
    OperatorRow{"Gather", GatherKernel},
    OperatorRow{"GatherND", BlocksByCoordinatesKernel},
    Is("GatherElements", KernelClass::kScatterElements),
    OperatorRow{"ScatterND", BlocksByCoordinatesKernel},
    Is("ScatterElements", KernelClass::kScatterElements),
    Is("TopK", KernelClass::kTopK),
    Is("ArgMax", KernelClass::kSelect),
    Is("ArgMin", KernelClass::kSelect),
    Is("CumSum", KernelClass::kSelect),
    Is("NonZero", KernelClass::kNonZero),
    Is("NonMaxSuppression", KernelClass::kSuppression),
    OperatorRow{"Pad", PadKernel},
    Is("RotaryEmbedding", KernelClass::kRotary),
    Is("GridSample", KernelClass::kGridSample),
    OperatorRow{"DFT", FourierKernel},
    OperatorRow{"STFT", FourierKernel},
    Is("QLinearConcat", KernelClass::kConcat),
    OperatorRow{"Resize", ResizeKernel},
    OperatorRow{"Upsample", ResizeKernel},
    Is("DepthToSpace", KernelClass::kDepthToSpace),
    Is("SpaceToDepth", KernelClass::kDepthToSpace),
    Is("Cast", KernelClass::kCast),
    Is("Reshape", KernelClass::kView),
    Is("Flatten", KernelClass::kView),
    Is("Squeeze", KernelClass::kView),
    Is("Unsqueeze", KernelClass::kView),
    Is("Identity", KernelClass::kView),
    Is("Shape", KernelClass::kView),
};

// A kernel reads at most what it says it reads: of an embedding, a few rows.
int64_t InputBytes(const Graph& graph, const Node& node, const Work& work) {
  int64_t bytes = 0;
  for (TensorId id : node.inputs) {
    if (id == kNone) continue;
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    if (tensor.kind == TensorKind::kInput) bytes += ByteSize(tensor).value_or(0);
  }
  return std::min(bytes, work.Get(Resource::kActivationBytesRead));
}

}  // namespace

bool IsBlocked(const Node& node) { return node.domain == kBlockedDomain; }

int64_t ToCount(double amount) {
  constexpr double kMost = 9.2e18;
  return amount > 0 ? std::llround(std::min(amount, kMost)) : 0;
}

Amounts AmountsOf(const Work& work) {
  Amounts amounts{};
  At(amounts, Metric::kMatrixFlops) = MatrixOps(work);
  At(amounts, Metric::kFlops) = AllOps(work);
  At(amounts, Metric::kTranscendentals) = work.Get(Resource::kTranscendentals);
  At(amounts, Metric::kBytes) = TotalBytes(work);
  At(amounts, Metric::kActivationBytes) = work.Get(Resource::kActivationBytesRead) + work.Get(Resource::kBytesWritten);
  At(amounts, Metric::kWeightBytes) = work.Get(Resource::kWeightBytesRead);
  At(amounts, Metric::kDispatches) = work.Get(Resource::kDispatches);
  return amounts;
}

int64_t FootprintBytes(const Work& work) {
  return work.Get(Resource::kWeightBytesRead) + work.Get(Resource::kBytesWritten);
}

void SetRunAmounts(int64_t footprint_bytes, int64_t kernels, Amounts& amounts) {
  At(amounts, Metric::kFootprintBytes) = footprint_bytes;
  At(amounts, Metric::kKernelBytes) = footprint_bytes / std::max<int64_t>(1, kernels);
}

KernelCount CountKernel(const Graph& graph, const Node& node, const NodeCount& count, const KernelMachine& machine) {
  KernelCount result{.amounts = AmountsOf(count.work)};
  // A runtime calls a kernel for what is a mere view, too.
  At(result.amounts, Metric::kDispatches) = 1;
  At(result.amounts, Metric::kTiledMacs) = count.work.Get(Resource::kMatrixMacs);
  At(result.amounts, Metric::kInputBytes) = InputBytes(graph, node, count.work);
  const KernelContext context{graph, node, machine, result};
  if (IsBlocked(node) && node.op_type == "Conv") {
    BlockedConvKernel(context);
    return result;
  }
  for (const OperatorRow& row : kOperators) {
    if (row.op_type != node.op_type) continue;
    if (row.rule != nullptr) {
      row.rule(context);
    } else {
      result.kernel_class = row.kernel_class;
    }
    return result;
  }
  // Whatever only moves its operands moves them once; a product of a kind that is not known is no such thing.
  if (At(result.amounts, Metric::kMatrixFlops) == 0) result.kernel_class = KernelClass::kOther;
  return result;
}

}  // namespace opcost
