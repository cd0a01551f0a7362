// What moving a Transpose through a node is made of.
#ifndef OPCOST_FRONTEND_RUNTIME_MOVE_TRANSPOSES_H_
#define OPCOST_FRONTEND_RUNTIME_MOVE_TRANSPOSES_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontend/runtime/permute.h"
#include "frontend/runtime/rewrite.h"

namespace opcost::internal {

// A Transpose in front of a node that is to stand behind it.
struct Move {
  Rewrite& rewrite;
  NodeId transpose = kNone;
  NodeId node = kNone;
  Perm perm;
  std::vector<size_t> slots;  // the node's inputs that change along
  int opset = 0;              // of ai.onnx
  bool assigned = false;      // kernels are chosen already: level extended and later
  int minor_version = 0;      // of the runtime
};

// The permutation of a living Transpose.
std::optional<Perm> PermOf(Rewrite& rewrite, NodeId n);

// The inputs `move.slots` are read before the Transpose, each at the price of what has to be inserted; constants change
// their shape.
void UntransposeInputs(Move& move);
void UntransposeInput(Move& move, size_t slot);
// Inputs of a smaller rank get axes of extent 1 in front; false when a rank is not known or larger.
bool EqualiseRanks(Move& move);
// Every output is made untransposed, with a Transpose behind it.
void TransposeOutputs(Move& move, const Perm& perm);
// The vector of integers in `slot` (one element an axis, or two) follows the axes: permuted when it is constant, by a
// Gather when it is not.
void PermuteVector(Move& move, size_t slot, const Perm& perm);

// One step with the Transpose (or what amounts to one) behind: `second` over what `move.transpose` reads.
bool MergeTransposes(Move& move, const Perm& second);
// reshape_handler.cc
bool MoveReshape(Move& move);

struct Handler {
  absl::string_view op;  // as in Rewrite::Is
  enum class Inputs : uint8_t { kFirst, kAll, kNotScalar, kPairs, kTriples } inputs;
  bool transposes_outputs;
  bool (*move)(Move& move);  // false when nothing was changed
};

// nullptr when nothing moves through such a node.
const Handler* FindHandler(const Node& node);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_RUNTIME_MOVE_TRANSPOSES_H_
