#include "costing/calibration/kernel_graph.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

// Any opset whose operators take what runtimes execute today.
constexpr int kOpset = 17;

TensorId AddTensor(const MeasuredTensor& measured, std::string name, TensorKind kind, Graph& graph) {
  if (!measured.is_present) return kNone;
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = measured.dtype;
  tensor.kind = kind;
  tensor.is_constant = kind == TensorKind::kInitializer;
  Shape shape;
  for (int64_t extent : measured.dims) shape.push_back({.extent = extent});
  tensor.shape = std::move(shape);
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size() - 1);
}

// An activation comes from a kernel before this one.
TensorKind KindOf(const MeasuredTensor& tensor) {
  if (tensor.is_constant) return TensorKind::kInitializer;
  return tensor.is_input ? TensorKind::kInput : TensorKind::kActivation;
}

}  // namespace

Graph KernelGraph(const MeasuredKernel& kernel) {
  Graph graph;
  graph.name = kernel.name;
  graph.opsets = {{"ai.onnx", kOpset}};
  graph.regions.emplace_back();
  Node node;
  node.name = node.id = kernel.name;
  node.op_type = kernel.op_type;
  node.domain = kernel.domain;
  node.opset = node.since_version = kernel.domain.empty() ? kOpset : 1;
  node.attributes = kernel.attributes;
  for (size_t i = 0; i < kernel.inputs.size(); ++i) {
    const TensorKind kind = KindOf(kernel.inputs[i]);
    const TensorId id = AddTensor(kernel.inputs[i], absl::StrCat("i", i), kind, graph);
    node.inputs.push_back(id);
    if (id == kNone) continue;
    graph.tensors[static_cast<size_t>(id)].consumers = {0};
    if (kind != TensorKind::kInitializer) graph.inputs.push_back(id);
  }
  for (size_t i = 0; i < kernel.outputs.size(); ++i) {
    const TensorId id = AddTensor(kernel.outputs[i], absl::StrCat("o", i), TensorKind::kActivation, graph);
    node.outputs.push_back(id);
    if (id == kNone) continue;
    graph.tensors[static_cast<size_t>(id)].producer = 0;
    graph.tensors[static_cast<size_t>(id)].is_graph_output = true;
    graph.outputs.push_back(id);
  }
  graph.nodes.push_back(std::move(node));
  return graph;
}

}  // namespace opcost
