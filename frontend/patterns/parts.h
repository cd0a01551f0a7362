// The attention cores and norms of a graph, which several kinds of blocks are made of.
#ifndef OPCOST_FRONTEND_PATTERNS_PARTS_H_
#define OPCOST_FRONTEND_PATTERNS_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "frontend/patterns/graph_view.h"

namespace opcost {

struct Norm {
  std::vector<NodeId> nodes;
  TensorId input = kNone;
};

// Whole or written out.
struct Parts {
  explicit Parts(const GraphView& v);

  const GraphView& view;
  std::vector<uint8_t> is_attention;            // by NodeId: the last node of one
  std::vector<std::vector<NodeId>> attentions;  // of each its nodes, ascending
  std::vector<Norm> norms;
  absl::flat_hash_map<NodeId, size_t> norm_ending;  // by last node
  absl::flat_hash_map<TensorId, size_t> norm_of;    // by input

 private:
  void AddAttention(std::vector<NodeId> nodes);
  void AddNorm(std::vector<NodeId> nodes);
};

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_PARTS_H_
