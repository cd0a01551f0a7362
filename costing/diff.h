// Report × Report → what changed and why, split exactly over named terms.
#ifndef OPCOST_COSTING_DIFF_H_
#define OPCOST_COSTING_DIFF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/report.h"

namespace opcost {

// One named share of a difference: "efficiency", "conv2d.fp32.efficiency", +1.2 ms. Shares of a diff sum to its delta.
struct DiffTerm {
  TermClass term_class = TermClass::kStructure;
  std::string key;  // the coefficient, "work: bytes", or "structure"
  double delta_s = 0;
  // value in B / value in A, where both sides have one and it is the same in all rows.
  std::optional<double> ratio;
};

enum class DiffKind : uint8_t { kEqual, kChanged, kNew, kDeleted };

// A connected overlap of row sets: rows of A and B that share joined nodes. Mostly one of each.
struct DiffGroup {
  std::vector<int32_t> rows_a, rows_b;  // indices into the reports' rows
  std::string name;
  DiffKind kind = DiffKind::kChanged;
  double a_s = 0, b_s = 0;
  std::vector<DiffTerm> terms;
  bool within_interval = false;  // |Δ| is inside the intervals: benchstat's "~"
  Bound bound_a = Bound::kNone, bound_b = Bound::kNone;
  bool flipped = false;  // compute ↔ memory
};

struct Matched {
  int64_t by_name = 0, by_tensor = 0, by_structure = 0, only_a = 0, only_b = 0;
  double share_of_time = 0;  // of A + B that lies in groups with both sides
};

struct DiffTotal {
  std::string name;  // "latency_s", "macs", "flops", "weight_bytes", "peak_bytes", …
  double a = 0, b = 0;
  double delta() const { return b - a; }
};

struct Diff {
  Report a, b;
  std::string label_a, label_b;
  std::vector<DiffTotal> totals;   // latency_s first
  std::vector<DiffGroup> groups;   // by |Δ|, largest first
  std::vector<DiffTerm> terms;     // over the whole model, largest first; sums to the delta of latency_s
  std::vector<DiffTerm> by_class;  // the same by class
  Matched matched;
};

Diff MakeDiff(Report a, Report b, std::string label_a, std::string label_b);

// Groups' deltas and every list of terms sum to the total's delta (relative 1e-9). Internal on a breach.
absl::Status CheckConservation(const Diff& diff);

}  // namespace opcost

#endif  // OPCOST_COSTING_DIFF_H_
