// Local functions calling local functions: no recursion, no explosion.
#ifndef OPCOST_FRONTEND_VALIDATE_CALLS_H_
#define OPCOST_FRONTEND_VALIDATE_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace opcost::internal {

// A function body, or the main graph.
struct Callable {
  std::string label;         // "function 'gelu'", "the graph"
  int64_t nodes = 0;         // of its own, bodies of control flow included
  std::vector<int> callees;  // index of the function each call goes to, one entry a call
};

// Functions inside functions, deepest call chain.
inline constexpr int kMaxCallDepth = 64;

// `functions` by index, `main` last to be expanded. InvalidArgument for a function that reaches itself and for an
// expansion above `max_nodes` or kMaxCallDepth.
absl::Status CheckCalls(const std::vector<Callable>& functions, const Callable& main, int64_t max_nodes);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_VALIDATE_CALLS_H_
