#include "frontend/validate_calls.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace opcost::internal {
namespace {

// What a callable becomes when everything in it is expanded. Node counts stop growing just above the limit.
struct Expanded {
  int64_t nodes = 0;
  int depth = 0;
};

enum class Visit : uint8_t { kNever, kOpen, kDone };

Expanded Expand(const Callable& callable, const std::vector<Expanded>& functions, int64_t max_nodes) {
  Expanded sum{callable.nodes, 0};
  for (const int callee : callable.callees) {
    sum.nodes = std::min(sum.nodes + functions[callee].nodes, max_nodes + 1);
    sum.depth = std::max(sum.depth, functions[callee].depth + 1);
  }
  return sum;
}

absl::Status CheckLimits(const Callable& callable, const Expanded& expanded, int64_t max_nodes) {
  if (expanded.depth > kMaxCallDepth) {
    return absl::InvalidArgumentError(absl::StrCat(callable.label, ": calls of local functions nested ", expanded.depth,
                                                   " deep, expected at most ", kMaxCallDepth));
  }
  if (expanded.nodes > max_nodes) {
    return absl::InvalidArgumentError(absl::StrCat(callable.label, ": expands to more than ", max_nodes,
                                                   " nodes through local functions, expected fewer"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCalls(const std::vector<Callable>& functions, const Callable& main, int64_t max_nodes) {
  std::vector<Visit> visits(functions.size(), Visit::kNever);
  std::vector<Expanded> expanded(functions.size());
  struct Frame {
    int function;
    size_t next_callee = 0;
  };
  // Depth first with a stack of its own: a chain of calls may be as long as the file likes.
  std::vector<Frame> stack;
  for (size_t root = 0; root < functions.size(); ++root) {
    if (visits[root] == Visit::kNever) stack.push_back({static_cast<int>(root)});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const Callable& function = functions[frame.function];
      visits[frame.function] = Visit::kOpen;
      if (frame.next_callee == function.callees.size()) {
        expanded[frame.function] = Expand(function, expanded, max_nodes);
        absl::Status status = CheckLimits(function, expanded[frame.function], max_nodes);
        if (!status.ok()) return status;
        visits[frame.function] = Visit::kDone;
        stack.pop_back();
        continue;
      }
      const int callee = function.callees[frame.next_callee++];
      if (visits[callee] == Visit::kOpen) {
        return absl::InvalidArgumentError(
            absl::StrCat(functions[callee].label, ": calls itself",
                         callee == frame.function ? "" : absl::StrCat(" through ", function.label),
                         ", expected functions without recursion"));
      }
      if (visits[callee] == Visit::kNever) stack.push_back({callee});
    }
  }
  // A file may hold as many nodes as it likes; only what calls add is limited.
  if (main.callees.empty()) return absl::OkStatus();
  return CheckLimits(main, Expand(main, expanded, max_nodes), max_nodes);
}

}  // namespace opcost::internal
