#include "costing/calibration/runtime/complete_from_node.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"

namespace opcost {
namespace {

// Nodes by the graph that they stand in, in the file's order, and by name.
class Places {
 public:
  explicit Places(const Graph& graph) : graph_(graph), by_region_(graph.regions.size()) {
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      const Node& node = graph.nodes[n];
      by_region_[static_cast<size_t>(node.region)].push_back(static_cast<NodeId>(n));
      if (!node.name.empty()) by_name_[node.name].push_back(static_cast<NodeId>(n));
    }
  }

  NodeId Find(const MeasuredKernel& kernel) const {
    for (RegionId region : RegionsOf(kernel)) {
      const std::vector<NodeId>& nodes = by_region_[static_cast<size_t>(region)];
      if (kernel.index < 0 || kernel.index >= static_cast<int64_t>(nodes.size())) continue;
      const NodeId node = nodes[static_cast<size_t>(kernel.index)];
      if (Fits(node, kernel)) return node;
    }
    const auto it = by_name_.find(kernel.name);
    if (it == by_name_.end()) return kNone;
    for (NodeId node : it->second) {
      if (graph_.nodes[static_cast<size_t>(node)].op_type == kernel.op_type) return node;
    }
    return kNone;
  }

 private:
  bool Fits(NodeId id, const MeasuredKernel& kernel) const {
    const Node& node = graph_.nodes[static_cast<size_t>(id)];
    return node.op_type == kernel.op_type && (node.name.empty() || node.name == kernel.name);
  }

  // The main graph, or the bodies of the node that the kernel ran inside.
  std::vector<RegionId> RegionsOf(const MeasuredKernel& kernel) const {
    if (kernel.inside.empty()) return {0};
    std::vector<RegionId> regions;
    const auto it = by_name_.find(kernel.inside);
    if (it == by_name_.end()) return regions;
    for (NodeId owner : it->second) {
      for (RegionId body : graph_.nodes[static_cast<size_t>(owner)].bodies) regions.push_back(body);
    }
    return regions;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> by_region_;
  std::map<std::string, std::vector<NodeId>> by_name_;
};

MeasuredTensor OperandOf(const Tensor& tensor) {
  MeasuredTensor operand{.dtype = tensor.dtype,
                         .is_constant = IsWeight(tensor),
                         .is_input = tensor.kind == TensorKind::kInput,
                         .is_present = tensor.shape.has_value()};
  if (!tensor.shape) return operand;
  for (const Dim& dim : *tensor.shape) {
    operand.is_present = operand.is_present && dim.known();
    operand.dims.push_back(dim.extent);
  }
  return operand;
}

// The profile shows operands in order, but neither omitted ones nor weights that were packed (or it shows those without
// extents).
std::vector<MeasuredTensor> AlignInputs(const Graph& graph, const Node& node, const MeasuredKernel& kernel) {
  std::vector<MeasuredTensor> shown;
  for (const MeasuredTensor& input : kernel.inputs) {
    if (input.is_present) shown.push_back(input);
  }
  std::vector<MeasuredTensor> slots;
  size_t next = 0;
  for (TensorId id : node.inputs) {
    if (id == kNone) {
      slots.push_back({.is_present = false});
      continue;
    }
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    MeasuredTensor operand = OperandOf(tensor);
    const bool left = next < shown.size() && tensor.type == TypeClass::kTensor;
    if (operand.is_constant) {
      if (left && (shown[next].dims == operand.dims || shown[next].dims.empty())) ++next;
    } else if (left) {
      operand.dims = shown[next].dims;
      operand.dtype = shown[next].dtype;
      operand.is_present = true;
      ++next;
    }
    slots.push_back(std::move(operand));
  }
  return slots;
}

void Complete(const Graph& graph, const Node& node, MeasuredKernel& kernel) {
  kernel.domain = node.domain;
  kernel.is_conversion = node.domain == "com.microsoft.nchwc" && absl::StartsWith(node.op_type, "Reorder");
  kernel.attributes.clear();
  for (const Attribute& attribute : node.attributes) {
    const bool plain = attribute.kind != Attribute::Kind::kTensor && attribute.kind != Attribute::Kind::kGraph &&
                       attribute.kind != Attribute::Kind::kOther;
    if (plain) kernel.attributes.push_back(attribute);
  }
  kernel.inputs = AlignInputs(graph, node, kernel);
  if (kernel.outputs.empty()) {
    for (TensorId id : node.outputs) {
      if (id != kNone) kernel.outputs.push_back(OperandOf(graph.tensors[static_cast<size_t>(id)]));
    }
  }
  // Names of kernels are joined by rules of their own; tensors of the optimised graph tell more only where there is
  // none.
  if (!node.name.empty()) return;
  const auto names = [&](const auto& ids, std::vector<std::string>& into) {
    into.clear();
    for (TensorId id : ids) into.push_back(id == kNone ? "" : graph.tensors[static_cast<size_t>(id)].name);
  };
  names(node.inputs, kernel.input_names);
  names(node.outputs, kernel.output_names);
}

}  // namespace

void CompleteFromNodes(const Graph& executed, MeasuredRun& run, std::vector<NodeId>& nodes) {
  const Places places(executed);
  nodes.clear();
  for (MeasuredKernel& kernel : run.kernels) {
    nodes.push_back(places.Find(kernel));
    if (nodes.back() != kNone) Complete(executed, executed.nodes[static_cast<size_t>(nodes.back())], kernel);
  }
}

}  // namespace opcost
