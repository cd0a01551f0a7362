#include "costing/calibration/complete_kernels.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "costing/calibration/join_roles.h"

namespace opcost {
namespace {

constexpr size_t kWeightSlot = 1, kBiasSlot = 2;

const Node& NodeOf(const Graph& graph, NodeId node) { return graph.nodes[static_cast<size_t>(node)]; }

MeasuredTensor OperandOf(const Graph& graph, TensorId id) {
  MeasuredTensor operand{.is_present = false};
  if (id == kNone) return operand;
  const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
  operand.dtype = tensor.dtype;
  operand.is_constant = tensor.is_constant;
  if (!tensor.shape) return operand;
  for (const Dim& dim : *tensor.shape) {
    if (!dim.known()) return operand;
    operand.dims.push_back(dim.extent);
  }
  operand.is_present = true;
  return operand;
}

std::vector<MeasuredTensor> OperandsOf(const Graph& graph, const auto& ids) {
  std::vector<MeasuredTensor> operands;
  for (TensorId id : ids) operands.push_back(OperandOf(graph, id));
  return operands;
}

// The node whose results leave the kernel.
NodeId Last(const Graph& graph, const std::vector<NodeId>& nodes) {
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    for (TensorId output : NodeOf(graph, *it).outputs) {
      if (output == kNone) continue;
      const std::vector<NodeId>& readers = graph.tensors[static_cast<size_t>(output)].consumers;
      const bool inside = !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
        return std::binary_search(nodes.begin(), nodes.end(), reader);
      });
      if (!inside) return *it;
    }
  }
  return nodes.back();
}

bool SameKind(const MeasuredKernel& kernel, const Node& anchor) {
  if (kernel.op_type == anchor.op_type) return true;
  const JoinRole role = RoleOf(kernel.op_type);
  if (role == JoinRole::kConv) return RoleOf(anchor.op_type) == role;
  return absl::EndsWith(kernel.op_type, anchor.op_type);  // FusedGemm, FusedMatMul
}

// A Transpose that was moved works on other axes than its node.
bool IsMoved(const MeasuredKernel& kernel, const JoinedKernel& joined) {
  return joined.way == JoinWay::kStructure && kernel.op_type == "Transpose";
}

// An activation that was fused behind a convolution or a product is an attribute of the kernel.
void AddActivation(const Graph& graph, const JoinedKernel& joined, MeasuredKernel& kernel) {
  const bool fuses = kernel.domain == "com.microsoft.nchwc" || absl::StartsWith(kernel.op_type, "Fused");
  const JoinRole role = RoleOf(kernel.op_type);
  if (!fuses || (role != JoinRole::kConv && role != JoinRole::kProduct)) return;
  for (NodeId node : joined.nodes) {
    if (node <= joined.anchor || RoleOf(NodeOf(graph, node).op_type) != JoinRole::kActivation) continue;
    Attribute activation{.name = "activation", .kind = Attribute::Kind::kString};
    activation.s = NodeOf(graph, node).op_type;
    kernel.attributes.push_back(std::move(activation));
    return;
  }
}

void AddFlag(const char* name, MeasuredKernel& kernel) {
  Attribute flag{.name = name, .kind = Attribute::Kind::kInt};
  flag.i = 1;
  kernel.attributes.push_back(std::move(flag));
}

// A product that took a Transpose in reads an operand sideways: its extents say which.
void AddTransposes(MeasuredKernel& kernel) {
  if (kernel.op_type != "FusedMatMul" || kernel.inputs.size() < 2 || kernel.outputs.empty()) return;
  const std::vector<int64_t>&a = kernel.inputs[0].dims, &b = kernel.inputs[1].dims, &out = kernel.outputs[0].dims;
  if (a.size() < 2 || b.size() < 2 || out.size() < 2) return;
  const bool named = absl::StrContains(kernel.name, "TransposeFusion");
  const int64_t rows = out[out.size() - 2], columns = out[out.size() - 1];
  const bool a_fits = a[a.size() - 2] == rows, b_fits = b[b.size() - 1] == columns;
  if (!a_fits) AddFlag("transA", kernel);
  // Where both ways fit (square operands) the second one is the usual.
  const bool square = b[b.size() - 2] == b[b.size() - 1];
  if (!b_fits || (named && a_fits && square)) AddFlag("transB", kernel);
}

// A blocked depthwise convolution has as many groups as channels, rounded up to whole blocks.
void PadGroups(MeasuredKernel& kernel) {
  if (kernel.domain != "com.microsoft.nchwc" || kernel.inputs.size() <= kWeightSlot) return;
  const std::vector<int64_t>& weight = kernel.inputs[kWeightSlot].dims;
  const bool depthwise = weight.size() > 1 && weight[1] == 1;
  for (Attribute& attribute : kernel.attributes) {
    if (attribute.name == "group" && attribute.i > 1 && depthwise) attribute.i = weight[0];
  }
}

void AddAttributes(const Graph& graph, const JoinedKernel& joined, MeasuredKernel& kernel) {
  if (!kernel.attributes.empty()) return;
  const Node& anchor = NodeOf(graph, joined.anchor);
  if (SameKind(kernel, anchor) && !IsMoved(kernel, joined)) {
    for (const Attribute& attribute : anchor.attributes) {
      const bool plain = attribute.kind != Attribute::Kind::kTensor && attribute.kind != Attribute::Kind::kGraph &&
                         attribute.kind != Attribute::Kind::kOther;
      if (plain) kernel.attributes.push_back(attribute);
    }
  }
  PadGroups(kernel);
  AddActivation(graph, joined, kernel);
  AddTransposes(kernel);
}

// Packed and omitted operands are not shown: the node's own list says where the shown ones belong.
void AlignInputs(const Graph& graph, const Node& anchor, MeasuredKernel& kernel) {
  std::vector<MeasuredTensor> slots = OperandsOf(graph, anchor.inputs);
  size_t next = 0;
  for (MeasuredTensor& slot : slots) {
    const bool shown = next < kernel.inputs.size() && kernel.inputs[next].dims == slot.dims && slot.is_present;
    const bool packed = slot.is_constant && slot.is_present && !shown;
    if (!slot.is_present || packed || next >= kernel.inputs.size()) continue;
    const bool constant = slot.is_constant;
    slot = kernel.inputs[next++];
    slot.is_constant = constant;
  }
  if (next == kernel.inputs.size()) kernel.inputs = std::move(slots);
}

// Which of the shown operands are stored, and the extents of the one that is packed.
void MarkStored(const Graph& graph, const Node& anchor, MeasuredKernel& kernel) {
  const bool is_conv = RoleOf(kernel.op_type) == JoinRole::kConv;
  for (size_t slot = 0; slot < kernel.inputs.size() && slot < anchor.inputs.size(); ++slot) {
    const MeasuredTensor operand = OperandOf(graph, anchor.inputs[slot]);
    MeasuredTensor& shown = kernel.inputs[slot];
    if (!operand.is_constant) continue;
    if (!shown.is_present && shown.is_constant) shown = operand;  // packed
    // Channels of a blocked convolution may be rounded up.
    if (shown.dims == operand.dims || (is_conv && slot == kWeightSlot)) shown.is_constant = true;
  }
  // A bias that came out of a norm is as stored as the weight.
  if (is_conv && kernel.inputs.size() > kBiasSlot && kernel.inputs[kWeightSlot].is_constant) {
    kernel.inputs[kBiasSlot].is_constant = true;
  }
}

void CompleteOne(const Graph& graph, const JoinedKernel& joined, bool own_operators, MeasuredKernel& kernel) {
  const Node& anchor = NodeOf(graph, joined.anchor);
  if (!own_operators) {
    kernel.op_type = anchor.op_type;
    kernel.domain = anchor.domain;
  }
  if (!own_operators || kernel.outputs.empty()) {
    kernel.inputs = OperandsOf(graph, anchor.inputs);
    kernel.outputs = OperandsOf(graph, NodeOf(graph, Last(graph, joined.nodes)).outputs);
  } else if (SameKind(kernel, anchor)) {
    if (kernel.inputs.size() < anchor.inputs.size()) AlignInputs(graph, anchor, kernel);
    MarkStored(graph, anchor, kernel);
  }
  AddAttributes(graph, joined, kernel);
}

}  // namespace

void CompleteKernels(const Graph& graph, const ModelJoin& join, MeasuredRun& run) {
  // Other runtimes name classes of kernels, not operators.
  const bool own_operators = run.facts.runtime == "onnxruntime";
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    const JoinedKernel& joined = join.kernels[k];
    MeasuredKernel& kernel = run.kernels[k];
    if (joined.nodes.empty() || kernel.counts) continue;
    const bool is_operator = !kernel.domain.empty() || kernel.op_type == NodeOf(graph, joined.anchor).op_type;
    CompleteOne(graph, joined, own_operators || is_operator, kernel);
  }
}

}  // namespace opcost
