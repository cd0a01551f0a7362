// Nameless kernels of ONNX Runtime that a prediction does not have: each stands for a form that has one operator which
// nothing else has, and the n-th kernel is the n-th of these.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "costing/calibration/join_ownership.h"

namespace opcost {
namespace {

struct LandmarkRow {
  absl::string_view kernel;
  absl::string_view op_type;
};
constexpr std::array kLandmarks = std::to_array<LandmarkRow>({
    {"Gelu", "Erf"},
    {"BiasGelu", "Erf"},
    {"FastGelu", "Tanh"},
    {"QuickGelu", "Sigmoid"},
    {"SkipLayerNormalization", "LayerNormalization"},
    {"SkipLayerNormalization", "Sqrt"},
    {"SkipSimplifiedLayerNormalization", "Sqrt"},
    {"LayerNormalization", "Sqrt"},
    {"SimplifiedLayerNormalization", "Sqrt"},
    {"HardSigmoid", "HardSwish"},
    {"Attention", "Softmax"},
    {"MultiHeadAttention", "Softmax"},
});

int64_t Elements(const std::vector<int64_t>& dims) {
  int64_t elements = 1;
  for (int64_t d : dims) elements *= d;
  return elements;
}

// A kernel writes as many elements as its form's landmark, except where that is a statistic of rows.
bool Fits(const Ownership& o, size_t k, NodeId node) {
  const MeasuredKernel& kernel = o.run.kernels[k];
  const Node& landmark = o.graph.nodes[static_cast<size_t>(node)];
  if (landmark.op_type == "Sqrt" || landmark.op_type == "Softmax") return true;  // of another size than the result
  if (kernel.outputs.empty() || !kernel.outputs[0].is_present || landmark.outputs.empty()) return true;
  const Tensor& tensor = o.graph.tensors[static_cast<size_t>(landmark.outputs[0])];
  const std::optional<int64_t> elements = tensor.shape ? NumElements(*tensor.shape) : std::nullopt;
  return !elements || *elements == Elements(kernel.outputs[0].dims);
}

}  // namespace

void ClaimLandmarks(Ownership& o) {
  if (o.run.facts.runtime != "onnxruntime") return;
  for (const LandmarkRow& row : kLandmarks) {
    size_t next = 0;
    for (size_t k = 0; k < o.kernels.size(); ++k) {
      if (o.kernels[k].way != JoinWay::kNone || o.run.kernels[k].op_type != row.kernel) continue;
      const auto found = [&] {
        for (size_t n = next; n < o.graph.nodes.size(); ++n) {
          const NodeId node = static_cast<NodeId>(n);
          if (o.IsFree(node) && o.graph.nodes[n].op_type == row.op_type && Fits(o, k, node)) return n;
        }
        return o.graph.nodes.size();
      }();
      if (found == o.graph.nodes.size()) continue;
      o.kernels[k].way = JoinWay::kStructure;
      o.is_form[k] = 1;
      o.Give(k, static_cast<NodeId>(found));
      next = found + 1;
    }
  }
}

}  // namespace opcost
