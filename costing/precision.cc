#include "costing/precision.h"

#include <array>

#include "absl/strings/match.h"

namespace opcost {
namespace {

// Weight-only quantisation: the weights are unpacked, the product runs in the type of the first input.
constexpr std::array<absl::string_view, 3> kComputeInFirstInput = {"MatMulNBits", "MatMulBnb4", "MatMulFpQ4"};
// Eager PyTorch never runs what a file computes from constants either: those nodes are the exporter's spelling of views
// of parameters and of buffers made once.
constexpr std::array<absl::string_view, 4> kFoldingRuleSets = {"onnxruntime", "tensorrt", "openvino", "pytorch"};

// The element type with the largest amount of these resources; kUnknown when there is none.
DType Dominating(const Work& work, absl::Span<const Resource> resources, bool floats_only) {
  std::array<int64_t, static_cast<size_t>(DType::kCount)> amounts{};
  for (const Work::Entry& e : work.entries()) {
    for (Resource r : resources) {
      if (e.resource == r && (!floats_only || IsFloat(e.dtype))) amounts[static_cast<size_t>(e.dtype)] += e.amount;
    }
  }
  size_t best = 0;
  for (size_t i = 1; i < amounts.size(); ++i) {
    if (amounts[i] > amounts[best]) best = i;
  }
  return amounts[best] > 0 ? static_cast<DType>(best) : DType::kUnknown;
}

struct Step {
  std::array<Resource, 3> resources;
  bool floats_only;
};
// The first step that finds a type answers.
constexpr std::array<Step, 5> kSteps = {{
    {{Resource::kMatrixMacs, Resource::kMatrixMacs, Resource::kMatrixMacs}, false},
    {{Resource::kVectorOps, Resource::kTranscendentals, Resource::kTranscendentals}, true},
    {{Resource::kActivationBytesRead, Resource::kWeightBytesRead, Resource::kBytesWritten}, true},
    {{Resource::kIntOps, Resource::kIntOps, Resource::kIntOps}, false},
    {{Resource::kActivationBytesRead, Resource::kWeightBytesRead, Resource::kBytesWritten}, false},
}};

}  // namespace

bool RuntimeFolds(absl::string_view rule_set) {
  for (absl::string_view prefix : kFoldingRuleSets) {
    if (absl::StartsWith(rule_set, prefix)) return true;
  }
  return false;
}

Precision PrecisionOf(const Graph& graph, const Subgraph& subgraph, const Work& work) {
  for (NodeId id : subgraph.nodes) {
    const Node& node = graph.nodes[static_cast<size_t>(id)];
    for (absl::string_view op : kComputeInFirstInput) {
      if (node.op_type != op || node.inputs.empty() || node.inputs[0] == kNone) continue;
      return PrecisionOf(graph.tensors[static_cast<size_t>(node.inputs[0])].dtype);
    }
  }
  for (const Step& step : kSteps) {
    const DType dtype = Dominating(work, step.resources, step.floats_only);
    if (dtype != DType::kUnknown) return PrecisionOf(dtype);
  }
  return PrecisionOf(DType::kUnknown);
}

}  // namespace opcost
