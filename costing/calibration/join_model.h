// Which nodes of a model each measured kernel carries out.
//
// Runtimes fold, fuse, rename and insert, so a profile's entries are not the file's nodes. Names tell most of it: the
// node's own, those of a list, the tensor in which a kernel ends. From there the nodes that vanished are handed out:
// what follows a convolution goes into it (a norm, an activation, a sum), what stands in front of a kernel and has no
// entry went into that one (views, casts, parts of a norm). Kernels without a name of the model's are found among the
// kernels that are predicted of the runtime, by operator, sizes and order. What cannot be found is counted, both ways.
#ifndef OPCOST_COSTING_CALIBRATION_JOIN_MODEL_H_
#define OPCOST_COSTING_CALIBRATION_JOIN_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

// How a kernel's nodes were found.
enum class JoinWay : uint8_t {
  kName,        // its name, or a name that it lists, is that of a node
  kTensor,      // it is named after a tensor, or says which it writes
  kIndex,       // nameless: its number is that of a node, as the named ones confirm
  kStructure,   // operator, sizes and order
  kRemainder,   // the one partition of another provider: whatever nobody else carries out
  kConversion,  // put in by the runtime: a change of layout or type, no node
  kNone,
};
inline constexpr size_t kJoinWays = 7;
absl::string_view Name(JoinWay way);

struct JoinedKernel {
  JoinWay way = JoinWay::kNone;
  NodeId anchor = kNone;      // the node with most of the work; kNone without nodes
  std::vector<NodeId> nodes;  // ascending
  int32_t serves = kNone;     // a conversion that was put in for this kernel, where that is known
};

// What became of a node.
enum class NodeFate : uint8_t {
  kCovered,   // some kernel carries it out
  kFolded,    // its values follow from the file: no runtime need run it
  kNotTaken,  // in a branch that no run took
  kMissing,   // no entry covers it
};
inline constexpr size_t kNodeFates = 4;
absl::string_view Name(NodeFate fate);

struct ModelJoin {
  std::vector<JoinedKernel> kernels;  // by kernel of the run
  std::vector<NodeFate> fates;        // by NodeId
  int64_t other_sizes = 0;            // matched kernels whose sizes are not the model's
  std::string first_other_size;       // "/conv1/Conv: measured [8, 64, 112, 112], the model has [1, 64, 112, 112]"
  double seconds = 0;                 // of all kernels
  double matched_s = 0;               // of those with nodes
  double conversion_s = 0;            // of those that the runtime put in
  double other_sizes_s = 0;
};

struct JoinOptions {
  const Graph* other_binding = nullptr;  // of frontend/runtime/executed.h; for models with symbols
};

ModelJoin JoinModel(const Graph& graph, const MeasuredRun& run, const JoinOptions& options = {});

// InvalidArgument when the profile is of another model (next to none of its time finds a node), or of other sizes of
// this one (most of its time does), naming the flag that binds them.
absl::Status CheckJoin(const Graph& graph, const MeasuredRun& run, const ModelJoin& join);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_JOIN_MODEL_H_
