// A graph prepared for matching: operators as small numbers, and which nodes really run.
#ifndef OPCOST_FRONTEND_PATTERNS_GRAPH_VIEW_H_
#define OPCOST_FRONTEND_PATTERNS_GRAPH_VIEW_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontend/graph.h"

namespace opcost {

using OpId = uint16_t;
// Operators that forms may name; 0 stands for every other one.
inline constexpr int kMaxOps = 256;

// The number of an operator that forms may name: "Conv", "ms.Gelu". 0 when it is none.
OpId OpByName(absl::string_view name);
OpId OpOf(const Node& node);

struct GraphView {
  explicit GraphView(const Graph& graph);

  const Graph& graph;
  std::vector<OpId> op;               // by NodeId
  std::vector<uint8_t> is_static;     // by NodeId: all outputs are known without running it
  std::vector<int32_t> live_readers;  // by TensorId: nodes that read it when the model runs
  std::vector<NodeId> live_producer;  // by TensorId: its producer when that runs, else kNone
  std::vector<OpId> producer_op;      // by TensorId: the operator of that, 0 when there is none
  // What matching reads of nodes, side by side in memory: by NodeId the first output, the region, and
  // where in `inputs` its inputs begin (one entry more than nodes).
  std::vector<TensorId> first_output;
  std::vector<RegionId> region;
  std::vector<uint32_t> inputs_begin;
  std::vector<TensorId> inputs;
  OpId identity = 0, dropout = 0, quantize = 0, dequantize = 0;
  std::vector<std::vector<NodeId>> nodes_of;  // by OpId, ascending; static nodes left out

  const Node& node(NodeId id) const { return graph.nodes[static_cast<size_t>(id)]; }
  const Tensor& tensor(TensorId id) const { return graph.tensors[static_cast<size_t>(id)]; }
  absl::Span<const TensorId> Inputs(NodeId id) const {
    const uint32_t begin = inputs_begin[static_cast<size_t>(id)], end = inputs_begin[static_cast<size_t>(id) + 1];
    return absl::MakeConstSpan(inputs).subspan(begin, end - begin);
  }
  // Identity and Dropout, which do nothing in inference.
  bool IsPassive(OpId o) const { return o != 0 && (o == identity || o == dropout); }
  bool IsQuantization(OpId o) const { return o != 0 && (o == quantize || o == dequantize); }
  bool IsStatic(NodeId id) const { return is_static[static_cast<size_t>(id)] != 0; }
  bool IsConstant(TensorId id) const;
  NodeId LiveProducer(TensorId id) const { return id == kNone ? kNone : live_producer[static_cast<size_t>(id)]; }
};

// The value that all elements of a constant have; false when it is not known or they differ.
bool UniformValue(const Graph& graph, TensorId id, double* value);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_GRAPH_VIEW_H_
