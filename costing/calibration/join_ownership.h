// Who carries out which node, while it is being worked out.
#ifndef OPCOST_COSTING_CALIBRATION_JOIN_OWNERSHIP_H_
#define OPCOST_COSTING_CALIBRATION_JOIN_OWNERSHIP_H_

#include <cstdint>
#include <vector>

#include "costing/calibration/join_model.h"
#include "costing/calibration/join_names.h"
#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

struct Ownership {
  const Graph& graph;
  const MeasuredRun& run;
  std::vector<JoinedKernel> kernels;  // nodes in the order in which they were found
  std::vector<int32_t> owner;         // by NodeId: the first kernel; kNone
  std::vector<uint8_t> folded;        // by NodeId
  std::vector<RuntimeName> names;     // by kernel
  std::vector<uint8_t> is_form;       // by kernel: one operator of a decomposed form was found, not yet the rest
  std::vector<size_t> named;          // by kernel: how many nodes it names itself
  std::vector<std::vector<TensorId>>
      ends;  // by kernel: where its nodes begin (tensors that others hand to it), if told

  bool IsFree(NodeId node) const {
    return owner[static_cast<size_t>(node)] == kNone && folded[static_cast<size_t>(node)] == 0;
  }
  void Give(size_t kernel, NodeId node);
};

Ownership StartOwnership(const Graph& graph, const MeasuredRun& run);

// By name, tensor, index, list: the nodes that a kernel names itself.
void ClaimNamed(const NameIndex& index, Ownership& ownership);

// Nameless kernels of ONNX Runtime: among the kernels predicted of it.
void ClaimPredicted(const JoinOptions& options, Ownership& ownership);

// Those that the prediction lacks: by an operator that only their form has.
void ClaimLandmarks(Ownership& ownership);

// Nameless kernels of other runtimes: the n-th of a kind is the n-th free node of that kind, where the numbers agree.
void ClaimInOrder(Ownership& ownership);

// Nodes without an entry of their own: into the kernel before them, or the one behind.
void HandOutTheRest(Ownership& ownership);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_JOIN_OWNERSHIP_H_
