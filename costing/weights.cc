#include "costing/weights.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace opcost {
namespace {

struct Slot {
  absl::string_view op;
  size_t slot;
};

// Where an integer tensor is data: the quantised weights themselves, and the 32-bit bias of a quantised product.
constexpr std::array<Slot, 22> kQuantisedData = {{{"DequantizeLinear", 0},
                                                  {"QLinearConv", 3},
                                                  {"QLinearConv", 8},
                                                  {"QLinearMatMul", 0},
                                                  {"QLinearMatMul", 3},
                                                  {"ConvInteger", 0},
                                                  {"ConvInteger", 1},
                                                  {"MatMulInteger", 0},
                                                  {"MatMulInteger", 1},
                                                  {"QGemm", 3},
                                                  {"QGemm", 6},
                                                  {"MatMulNBits", 1},
                                                  {"MatMulBnb4", 1},
                                                  {"GatherBlockQuantized", 0},
                                                  {"DynamicQuantizeMatMul", 1},
                                                  {"MatMulIntegerToFloat", 1},
                                                  {"QAttention", 1},
                                                  {"DynamicQuantizeLSTM", 1},
                                                  {"DynamicQuantizeLSTM", 2},
                                                  {"QMoE", 2},
                                                  {"QMoE", 5},
                                                  {"QEmbedLayerNormalization", 2}}};

// Where a float tensor is a scale.
constexpr std::array<Slot, 20> kScales = {{{"DequantizeLinear", 1},
                                           {"QuantizeLinear", 1},
                                           {"QLinearConv", 1},
                                           {"QLinearConv", 4},
                                           {"QLinearConv", 6},
                                           {"QLinearMatMul", 1},
                                           {"QLinearMatMul", 4},
                                           {"QLinearMatMul", 6},
                                           {"QLinearAdd", 1},
                                           {"QLinearAdd", 4},
                                           {"QLinearAdd", 6},
                                           {"QGemm", 1},
                                           {"QGemm", 4},
                                           {"QGemm", 7},
                                           {"MatMulNBits", 2},
                                           {"MatMulBnb4", 2},
                                           {"GatherBlockQuantized", 2},
                                           {"DynamicQuantizeMatMul", 2},
                                           {"MatMulIntegerToFloat", 2},
                                           {"MatMulIntegerToFloat", 3}}};
// Narrow embedding tables are data in these too; wide ones are index tables.
constexpr absl::string_view kGather = "Gather";
constexpr int kNarrowBits = 8;

template <size_t N>
bool Has(const std::array<Slot, N>& table, absl::string_view op, size_t slot) {
  for (const Slot& s : table) {
    if (s.op == op && s.slot == slot) return true;
  }
  return false;
}

struct Use {
  bool any = false;
  bool scale = false;       // in a place for scales
  bool quantised = false;   // in a place for quantised data
  int64_t packed_bits = 0;  // elements narrower than the stored bytes
};

void NoteUse(const Graph& graph, const Node& node, TensorId id, Use& use) {
  const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
  for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
    if (node.inputs[slot] != id) continue;
    use.scale = use.scale || Has(kScales, node.op_type, slot);
    const bool narrow_table = node.op_type == kGather && slot == 0 && BitWidth(tensor.dtype) <= kNarrowBits;
    use.quantised = use.quantised || narrow_table || Has(kQuantisedData, node.op_type, slot);
    if (node.op_type == "MatMulNBits" && slot == 1) use.packed_bits = IntAttribute(node, "bits", 0);
  }
}

// Follows a stored tensor through Identity to what reads it.
Use FollowUses(const Graph& graph, TensorId weight) {
  Use use;
  std::vector<TensorId> open = {weight};
  while (!open.empty()) {
    const TensorId id = open.back();
    open.pop_back();
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    use.any = use.any || tensor.is_graph_output || !tensor.consumers.empty();
    for (NodeId n : tensor.consumers) {
      const Node& node = graph.nodes[static_cast<size_t>(n)];
      if (node.op_type == "Identity" && !node.outputs.empty() && node.outputs[0] != kNone) {
        open.push_back(node.outputs[0]);
      } else {
        NoteUse(graph, node, id, use);
      }
    }
  }
  return use;
}

bool IsParameter(const Tensor& tensor, const Use& use) {
  if (tensor.kind == TensorKind::kConstant) return false;
  if (IsFloat(tensor.dtype)) return !use.scale && tensor.shape && !tensor.shape->empty();
  return use.quantised && IsInteger(tensor.dtype) && tensor.dtype != DType::kBool;
}

}  // namespace

void CountWeights(const Graph& graph, MemoryUse& use) {
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (!IsWeight(tensor)) continue;
    const Use used = FollowUses(graph, static_cast<TensorId>(i));
    if (!used.any) continue;
    const std::optional<int64_t> bytes = ByteSize(tensor);
    const std::optional<int64_t> elements = tensor.shape ? NumElements(*tensor.shape) : std::nullopt;
    if (!bytes || !elements) {
      use.complete = false;
      continue;
    }
    use.weight_bytes += *bytes;
    const absl::string_view dtype = Name(tensor.dtype);
    use.weight_bytes_by_dtype[std::string(dtype.data(), dtype.size())] += *bytes;
    const bool packed = used.packed_bits > 0 && used.packed_bits < BitWidth(tensor.dtype);
    const int64_t held = packed ? *elements * (BitWidth(tensor.dtype) / used.packed_bits) : *elements;
    (IsParameter(tensor, used) ? use.parameters : use.constants) += held;
  }
}

}  // namespace opcost
