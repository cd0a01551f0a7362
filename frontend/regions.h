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
  // The number is this symbol's, so extents are the symbol; `count` is the most that it can be, or 1.
  SymbolId symbol = kNone;

  Dim length() const { return exact ? Dim{count, kNone} : Dim{-1, symbol}; }
};
// Those of an extent, or of an element that is one.
Trips TripsOf(Instantiation& in, const Dim& dim);
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

// Where the notes stood, so that a body that is inferred again starts from there.
class NoteMark {
 public:
  explicit NoteMark(const Instantiation& in)
      : notes_(static_cast<int64_t>(in.graph.notes.size())), downstream_(in.unresolved_downstream) {}
  void Restore(Instantiation& in) const;

 private:
  int64_t notes_;
  int64_t downstream_;
};

// carried.cc: the type of a body's input whose missing extents become symbols, so that the body can be typed with them.
void AssignCarried(Instantiation& in, TensorId id, Inferred inferred);
// Whether a body that deep may be inferred several times: every level multiplies.
bool MayRepeat(Instantiation& in, RegionId body);
// Runs the body until the types in `carried` hold in every round; extents that change become unknown. `fixed` inputs
// come first and never change; the first `skip_outputs` of the body's outputs are not carried.
absl::Status Settle(Instantiation& in, RegionId body, size_t fixed, size_t skip_outputs,
                    std::vector<Inferred>& carried);

// follow_rounds.cc: what running a loop's body round by round shows.
struct Rounds {
  // Types of the carried inputs at the start of each round, and after the last.
  std::vector<std::vector<Inferred>> entered;
  std::vector<Inferred> scanned;  // what all rounds agree on
  int64_t count() const { return static_cast<int64_t>(entered.size()) - 1; }
};
// At most `most` rounds, exactly so many if the condition is not asked. nullopt where data decides when it ends, or
// where that takes too long.
std::optional<Rounds> FollowRounds(Instantiation& in, RegionId body, const std::vector<Inferred>& initial, int64_t most,
                                   bool ask_condition);
// What a Loop's body is handed in a round (nullopt: any).
void AssignRound(Instantiation& in, RegionId body, std::optional<int64_t> round);
// What is not known of the region, dead branches aside: tensors without all extents, and how often inner bodies run.
int64_t OpenPlaces(Instantiation& in, RegionId body);

absl::Status InferIf(Instantiation& in, NodeId id);
absl::Status InferLoop(Instantiation& in, NodeId id);
absl::Status InferScan(Instantiation& in, NodeId id);
absl::Status InferSequenceMap(Instantiation& in, NodeId id);
absl::Status InferOtherBodies(Instantiation& in, NodeId id);
// BeamSearch and its kin.
bool IsSearch(const Operator& op);
absl::Status InferSearch(Instantiation& in, NodeId id);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_REGIONS_H_
