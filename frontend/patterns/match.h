// Finds forms in a graph.
#ifndef OPCOST_FRONTEND_PATTERNS_MATCH_H_
#define OPCOST_FRONTEND_PATTERNS_MATCH_H_

#include <cstdint>
#include <vector>

#include "frontend/patterns/form.h"
#include "frontend/patterns/graph_view.h"

namespace opcost {

// Whether a constant is what a form writes as #literal; false for NaN.
bool NearLiteral(double value, double literal);

struct Match {
  std::vector<NodeId> nodes;  // ascending
  NodeId anchor = kNone;
};

// One matcher serves any number of attempts; its scratch space grows with the graph once.
//
// A match consists of nodes that run, of one region, none of them taken; only the last one's outputs (and those of
// nodes marked ^) are read outside it. So nothing outside can lie on a path between two of its nodes, and it can run
// as one. The search is bounded: an attempt that needs too many steps counts as none.
class Matcher {
 public:
  // `through_quantization`: QuantizeLinear and DequantizeLinear between two terms are passed through as Identity is.
  Matcher(const GraphView& view, const std::vector<uint8_t>& taken, bool through_quantization = false);

  // Matches `form` with `root` as its last node.
  bool Find(const Form& form, NodeId root, Match* match);

 private:
  class Search;
  const GraphView& view_;
  const std::vector<uint8_t>& taken_;  // by NodeId
  const bool through_quantization_;
  std::vector<NodeId> nodes_;    // of the attempt in progress
  std::vector<uint8_t> inside_;  // by NodeId: 1 matched, 2 matched and free to escape
};

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_MATCH_H_
