// Named conditions on one node, for use in forms: Transpose{swaps_last}(_).
#ifndef OPCOST_FRONTEND_PATTERNS_PREDICATES_H_
#define OPCOST_FRONTEND_PATTERNS_PREDICATES_H_

#include "absl/strings/string_view.h"
#include "frontend/graph.h"

namespace opcost {

using Predicate = bool (*)(const Graph& graph, const Node& node);

// nullptr when there is none of that name.
Predicate FindPredicate(absl::string_view name);

// Whether its answer can change with the extents of activations.
bool ReadsExtents(Predicate predicate);

// What a convolution's kernel is. Where neither shapes nor attributes tell, it is taken for a dense one.
enum class ConvKind : uint8_t { kDense, kPointwise, kDepthwise, kGrouped, kTransposed };

// `node` is a convolution of any domain (Conv, ConvTranspose, ConvInteger, QLinearConv, FusedConv, NhwcConv, …).
bool IsConvolution(const Node& node);
ConvKind KindOfConvolution(const Graph& graph, const Node& node);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_PREDICATES_H_
