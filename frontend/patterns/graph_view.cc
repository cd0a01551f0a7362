#include "frontend/patterns/graph_view.h"

#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

// Every operator that a form may name. Order is of no importance; a form that names another does not compile.
constexpr char kVocabulary[] =
    "Abs Add And Attention AveragePool BatchNormalization Cast Ceil Celu Clip Concat Conv ConvInteger ConvTranspose "
    "DepthToSpace DequantizeLinear Div Dropout Einsum Elu Equal Erf Exp Expand Flatten Floor Gather Gelu Gemm "
    "GlobalAveragePool Greater GreaterOrEqual HardSigmoid HardSwish Identity InstanceNormalization IsNaN "
    "LayerNormalization LeakyRelu Less LessOrEqual Log MatMul MatMulInteger Max MaxPool Min Mish Mul Neg Not Or PRelu "
    "Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization Reciprocal ReduceMax ReduceMean ReduceSum Relu "
    "Reshape Resize Round Selu Shrink Sigmoid Sign Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Swish "
    "Tanh ThresholdedRelu Transpose Unsqueeze Where Xor SimplifiedLayerNormalization GlobalMaxPool Sin Cos Mod "
    "ms.Attention ms.BiasGelu ms.DecoderMaskedMultiHeadAttention ms.DecoderMaskedSelfAttention ms.FastGelu "
    "ms.FusedConv ms.FusedGemm ms.FusedMatMul ms.Gelu ms.GroupQueryAttention ms.MatMulNBits ms.MultiHeadAttention "
    "ms.NhwcFusedConv ms.PackedAttention ms.PackedMultiHeadAttention ms.QAttention ms.QLinearAdd ms.QLinearConv "
    "ms.QuickGelu ms.SimplifiedLayerNormalization ms.SkipLayerNormalization ms.SkipSimplifiedLayerNormalization "
    "ms.SparseAttention ms.PagedAttention ms.LongformerAttention ms.QGemm ms.MatMulIntegerToFloat "
    "ms.DynamicQuantizeMatMul ms.BiasSoftmax ms.EmbedLayerNormalization ms.QLinearGlobalAveragePool ms.QLinearMul "
    "ms.QLinearSigmoid SpaceToDepth TopK com.microsoft.nchwc.Conv com.microsoft.nchwc.GlobalAveragePool";

using OpTable = absl::flat_hash_map<std::string, OpId>;

const OpTable& Table() {
  static const OpTable* const kTable = [] {
    auto* table = new OpTable;
    OpId next = 1;
    for (absl::string_view name : absl::StrSplit(kVocabulary, ' ')) (*table)[std::string(name)] = next++;
    return table;
  }();
  return *kTable;
}

bool AllOutputsKnown(const Graph& graph, const Node& node) {
  bool any = false;
  for (TensorId t : node.outputs) {
    if (t == kNone) continue;
    const Tensor& tensor = graph.tensors[static_cast<size_t>(t)];
    if (!tensor.is_constant && tensor.value == kNone) return false;
    any = true;
  }
  return any;
}

}  // namespace

OpId OpByName(absl::string_view name) {
  const auto it = Table().find(name);
  return it == Table().end() ? OpId{0} : it->second;
}

OpId OpOf(const Node& node) {
  if (node.domain.empty() || node.domain == "ai.onnx") return OpByName(node.op_type);
  if (node.domain == "com.microsoft") return OpByName(absl::StrCat("ms.", node.op_type));
  return OpByName(absl::StrCat(node.domain, ".", node.op_type));
}

GraphView::GraphView(const Graph& g)
    : graph(g),
      op(g.nodes.size(), 0),
      is_static(g.nodes.size(), 0),
      live_readers(g.tensors.size(), 0),
      live_producer(g.tensors.size(), kNone),
      producer_op(g.tensors.size(), 0),
      identity(OpByName("Identity")),
      dropout(OpByName("Dropout")),
      quantize(OpByName("QuantizeLinear")),
      dequantize(OpByName("DequantizeLinear")),
      nodes_of(kMaxOps) {
  inputs_begin.push_back(0);
  for (size_t i = 0; i < g.nodes.size(); ++i) {
    const Node& n = g.nodes[i];
    first_output.push_back(n.outputs.empty() ? kNone : n.outputs[0]);
    region.push_back(n.region);
    inputs.insert(inputs.end(), n.inputs.begin(), n.inputs.end());
    inputs_begin.push_back(static_cast<uint32_t>(inputs.size()));
    op[i] = OpOf(n);
    is_static[i] = n.foldable || AllOutputsKnown(g, n) ? 1 : 0;
    if (is_static[i]) continue;
    if (op[i] != 0) nodes_of[op[i]].push_back(static_cast<NodeId>(i));
  }
  for (size_t t = 0; t < g.tensors.size(); ++t) {
    const NodeId producer = g.tensors[t].producer;
    if (producer != kNone && !IsStatic(producer)) {
      live_producer[t] = producer;
      producer_op[t] = op[static_cast<size_t>(producer)];
    }
    for (NodeId reader : g.tensors[t].consumers) live_readers[t] += is_static[static_cast<size_t>(reader)] ? 0 : 1;
  }
}

bool GraphView::IsConstant(TensorId id) const {
  if (id == kNone) return false;
  const Tensor& t = tensor(id);
  return t.is_constant || IsWeight(t) || t.value != kNone || (t.producer != kNone && IsStatic(t.producer));
}

bool UniformValue(const Graph& graph, TensorId id, double* value) {
  if (id == kNone) return false;
  const int32_t index = graph.tensors[static_cast<size_t>(id)].value;
  if (index == kNone) return false;
  const TensorValue& v = graph.values[static_cast<size_t>(index)];
  if (!v.floats.empty()) {
    *value = v.floats[0];
    return std::all_of(v.floats.begin(), v.floats.end(), [&](double x) { return x == v.floats[0]; });
  }
  if (v.ints.empty()) return false;
  *value = static_cast<double>(v.ints[0]);
  return std::all_of(v.ints.begin(), v.ints.end(), [&](int64_t x) { return x == v.ints[0]; });
}

}  // namespace opcost
