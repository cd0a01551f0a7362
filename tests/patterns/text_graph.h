// Small graphs in ONNX's text form, with inputs and constants that all of them share.
#ifndef OPCOST_TESTS_PATTERNS_TEXT_GRAPH_H_
#define OPCOST_TESTS_PATTERNS_TEXT_GRAPH_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontend/graph.h"
#include "frontend/patterns/classify.h"

namespace opcost {

// `body` reads the inputs
//   x, z  [2, 11, 13, 17] images;  s, r [2, 7, 11] sequences;  q, k, v [2, 5, 7, 11] heads;  ids int64 [2, 7]
//   k1 [11, 11, 1, 1], k3 [11, 11, 3, 3], kd [11, 1, 3, 3] (group 11), up [33, 11, 1, 1], up3 [33, 11, 3, 3],
//   wide [33, 1, 3, 3] (group 33), down [11, 33, 1, 1], sq [3, 33, 1, 1], ex [33, 3, 1, 1],
//   square [33, 33, 1, 1],
//   g, b, m, d [11] and g3, b3, m3, d3 [33] for BatchNormalization
// and the constants half, one, two, three, six, root2 (1.41421…), eps, cubic (0.044715), root2pi (0.797885), sig
// (1.702), eighth, infinity (-1e9), the vectors w1, w2 [11], the matrix w [11, 11] and the axes last [-1], hw [2, 3].
// It writes the graph's only output y.
Graph LoadBody(absl::string_view body);

// The operators of some nodes, in order: "Conv Relu".
std::string Ops(const Graph& graph, const std::vector<NodeId>& nodes);

// The rows of more than one node as "pattern: operators", in order.
std::vector<std::string> FusedRows(const Graph& graph, absl::string_view rule_set);

}  // namespace opcost

#endif  // OPCOST_TESTS_PATTERNS_TEXT_GRAPH_H_
