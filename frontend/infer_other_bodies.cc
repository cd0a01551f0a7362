// Attention with functions on its scores, and bodies of operators that nobody defines.
#include <utility>
#include <vector>

#include "frontend/node_context.h"
#include "frontend/onnx_types.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

// What such a body is handed.
std::vector<Inferred> BodyInputs(Instantiation& in, const Node& node, const Operator& op, size_t count) {
  std::vector<Inferred> types(count);
  if (op.op_type == "FlexAttention" && count == 1 && node.inputs.size() > 1) {
    // Scores or probabilities, [batch, heads, queries, keys], in the precision of the softmax.
    const Inferred q = Describe(in, node.inputs[0]), k = Describe(in, node.inputs[1]);
    const int64_t precision = IntAttribute(node, "softmax_precision", 0);
    types[0].dtype = precision != 0               ? FromElemType(static_cast<int32_t>(precision))
                     : q.dtype == DType::kFloat64 ? DType::kFloat64
                                                  : DType::kFloat32;
    if (q.shape && k.shape && q.shape->size() == 4 && k.shape->size() == 4) {
      types[0].shape = Shape{(*q.shape)[0], (*q.shape)[1], (*q.shape)[2], (*k.shape)[2]};
    }
  }
  return types;
}

// How often such a body runs: once, or nobody knows.
Trips BodyTrips(Instantiation& in, NodeId id) {
  if (const auto given = GivenTrips(in, id)) return {*given, false, true};
  const Node& node = in.NodeAt(id);
  if (node.op_type == "FlexAttention") return {1, false, true};
  return {1, true, false};
}

}  // namespace

absl::Status InferOtherBodies(Instantiation& in, NodeId id) {
  const Node node = in.NodeAt(id);
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  const Trips trips = BodyTrips(in, id);
  for (const RegionId body : node.bodies) {
    const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
    const std::vector<Inferred> types = BodyInputs(in, node, op, inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) Assign(in, inputs[i], types[i]);
    if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
  }
  SetTrips(in, id, trips);
  ApplyAll(in, id, InferFresh(in, id, true).outputs);
  return absl::OkStatus();
}

}  // namespace opcost::internal
