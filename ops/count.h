// The operator registry: one rule an operator, giving the work of a node. Counts, never seconds.
#ifndef OPCOST_OPS_COUNT_H_
#define OPCOST_OPS_COUNT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontend/graph.h"
#include "ops/work.h"

namespace opcost {

enum class RuleStatus : uint8_t {
  kExact,       // the count follows from the operator's definition
  kConvention,  // the project's choice; other tools count otherwise
  kBound,       // an upper bound: the true count depends on data
  kFallback,    // no rule: priced as memory traffic
};
absl::string_view Name(RuleStatus status);

struct NodeCount {
  // Everything of one execution, bytes and dispatches included. A node in a loop is counted once here; costing
  // multiplies by Repeats().
  Work work;
  // By input slot: what is read through it (0 for omitted inputs, repeats of an earlier slot, and views).
  absl::InlinedVector<int64_t, 4> read_bytes;
  // By output slot.
  absl::InlinedVector<int64_t, 2> written_bytes;
  absl::string_view rule;  // "conv", "matmul", "view", "elementwise" … ; "unknown" on the fallback
  RuleStatus status = RuleStatus::kExact;
  // Of the score and value products of an attention operator, the MACs that its causal mask and window leave; -1 for
  // operators without one. `work` holds the full count, which is what papers and other counters print.
  int64_t masked_macs = -1;
  // The work is 0 because the rule says so (a view), not because nobody counted.
  bool zero_by_rule = false;
  // Some shape that the rule needs is unknown: the count is a lower bound.
  bool incomplete = false;
};

// Errors only for a count that overflows 64 bits (names the node). An operator without a rule, or with shapes that are
// not known, is not an error: see NodeCount.
absl::StatusOr<NodeCount> CountNode(const Graph& graph, const Node& node);

// The work of nodes that run as one kernel: arithmetic adds up, tensors that live only inside are neither read nor
// written, an external tensor is read once, and it is one dispatch (0 if every member has 0).
// `counts` is indexed by NodeId.
Work FuseCounts(const Graph& graph, absl::Span<const NodeId> nodes, absl::Span<const NodeCount> counts);

// One line of `opcost ops list`.
struct RuleInfo {
  std::string domain;  // "ai.onnx", "com.microsoft" …
  std::string op_type;
  int since_version = 0;  // first version the rule holds for
  absl::string_view rule;
  RuleStatus status = RuleStatus::kExact;
  absl::string_view formula;  // in words and symbols, as in the table beside the rule
};
// Sorted by domain, then operator.
std::vector<RuleInfo> AllRules();

}  // namespace opcost

#endif  // OPCOST_OPS_COUNT_H_
