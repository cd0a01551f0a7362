// Nodes with bodies: what If, Loop, Scan and the others share. A body's nodes are inferred in place with the types that
// its owner hands in.
#ifndef OPCOST_FRONTEND_REGIONS_H_
#define OPCOST_FRONTEND_REGIONS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "frontend/instantiate.h"

namespace opcost::internal {

inline Region& RegionAt(Instantiation& in, RegionId id) { return in.graph.regions[static_cast<size_t>(id)]; }
inline TensorId InputAt(const Node& node, size_t i) { return i < node.inputs.size() ? node.inputs[i] : kNone; }
// The single known element of an integer tensor.
std::optional<int64_t> IntScalarOf(Instantiation& in, TensorId id);
absl::Status InferRegion(Instantiation& in, RegionId id);

// How often a body runs.
struct Trips {
  int64_t count = 1;
  bool assumed = true;   // nothing determines it
  bool exact = false;    // extents may be derived from it
  bool entered = false;  // assumed is only that the loop is entered at all
};
// What --trip says of the node.
std::optional<int64_t> GivenTrips(Instantiation& in, NodeId id);
// Writes them into the regions of the node's bodies and notes what was assumed.
void SetTrips(Instantiation& in, NodeId id, const Trips& trips);

// What holds for either of two results.
Inferred Join(const Inferred& a, const Inferred& b);
// The results of many rounds along a new axis.
Inferred Stacked(const Inferred& element, int64_t axis, Dim length);
// Results of a body as the outputs of its owner.
void ApplyAll(Instantiation& in, NodeId id, std::vector<Inferred> outputs);

// The type of a body's input whose missing extents become symbols, so that the body can be typed with them.
void AssignCarried(Instantiation& in, TensorId id, Inferred inferred);
// Runs the body until the carried types hold. `fixed` inputs come first and never change; the first `skip_outputs` of
// the body's outputs are not carried.
absl::Status Iterate(Instantiation& in, RegionId body, size_t fixed, std::vector<Inferred> carried,
                     size_t skip_outputs);

absl::Status InferIf(Instantiation& in, NodeId id);
absl::Status InferLoop(Instantiation& in, NodeId id);
absl::Status InferScan(Instantiation& in, NodeId id);
absl::Status InferOtherBodies(Instantiation& in, NodeId id);
// BeamSearch and its kin.
bool IsSearch(const Operator& op);
absl::Status InferSearch(Instantiation& in, NodeId id);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_REGIONS_H_
