// Scan: the body runs over an axis of its inputs.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/onnx_types.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

std::vector<int64_t> IntsOr(const onnx::NodeProto& proto, const char* name, size_t n) {
  std::vector<int64_t> v = AttributeInts(proto, name).value_or(std::vector<int64_t>());
  v.resize(n, 0);
  return v;
}

}  // namespace

absl::Status InferScan(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  const Node node = in.NodeAt(id);
  const onnx::NodeProto& proto = *in.protos[static_cast<size_t>(id)];
  const bool batched = node.opset != 0 && node.opset < 9;  // version 8 has sequence_lens first and a batch axis
  const size_t first = batched ? 1 : 0;
  const int64_t scans = AttributeInt(proto, "num_scan_inputs", 1);
  const int64_t declared_states = static_cast<int64_t>(inputs.size()) - scans;
  if (scans < 0 || declared_states < 0) {
    return absl::InvalidArgumentError(absl::StrCat("node '", Label(in, id), "' (Scan): num_scan_inputs is ", scans,
                                                   ", but the body has ", inputs.size(), " inputs"));
  }
  const size_t states = static_cast<size_t>(declared_states);
  const std::vector<int64_t> axes = IntsOr(proto, "scan_input_axes", static_cast<size_t>(scans));
  Dim length;
  Dim batch;
  std::vector<Inferred> carried;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorId outer = InputAt(node, first + i);
    Inferred type = outer == kNone ? Inferred{} : Describe(in, outer);
    const bool scanned = i >= states;
    if (batched && type.shape && !type.shape->empty()) {
      batch = type.shape->front();
      type.shape->erase(type.shape->begin());
    }
    if (scanned && type.shape) {
      const int64_t rank = static_cast<int64_t>(type.shape->size());
      int64_t axis = batched ? 0 : axes[i - states];
      if (axis < 0) axis += rank;
      if (axis >= 0 && axis < rank) {
        const Dim extent = (*type.shape)[static_cast<size_t>(axis)];
        if (!length.known() && (extent.known() || length.symbol == kNone)) length = extent;
        type.shape->erase(type.shape->begin() + axis);
      } else {
        type.shape.reset();
      }
    }
    if (scanned || batched) type.value = kNone;
    if (scanned) {
      Assign(in, inputs[i], type);
    } else {
      carried.push_back(std::move(type));
    }
  }
  if (absl::Status s = Settle(in, body, 0, 0, carried); !s.ok()) return s;
  Trips trips = TripsOf(in, length);
  if (const auto given = GivenTrips(in, id)) trips = {*given, false, false};
  SetTrips(in, id, trips);
  const std::vector<TensorId> results = RegionAt(in, body).outputs;
  const std::vector<int64_t> out_axes =
      IntsOr(proto, "scan_output_axes", results.size() >= states ? results.size() - states : 0);
  std::vector<Inferred> outputs;
  for (size_t i = 0; i < results.size(); ++i) {
    Inferred result = Describe(in, results[i]);
    result.value = kNone;
    if (i >= states) result = Stacked(result, batched ? 0 : out_axes[i - states], length);
    if (batched && result.shape) result.shape->insert(result.shape->begin(), batch);
    outputs.push_back(std::move(result));
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

}  // namespace opcost::internal
