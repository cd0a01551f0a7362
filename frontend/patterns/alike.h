// Whether a classification holds for the same file under other bindings.
#ifndef OPCOST_FRONTEND_PATTERNS_ALIKE_H_
#define OPCOST_FRONTEND_PATTERNS_ALIKE_H_

#include "frontend/graph.h"

namespace opcost {

// `a` and `b` are one file, bound differently. True when classifying them by any rule set of fusions must come out the
// same: everything that rules can see of extents is the same (which operands are as long as each other, which have one
// element, what the channels of a convolution are), and so are ranks, types and the constants that rules compare with
// numbers. False claims nothing.
bool ClassifyAlike(const Graph& a, const Graph& b);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_ALIKE_H_
