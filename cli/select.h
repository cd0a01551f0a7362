// Which lines of a report are shown, and in what order: filtered, grouped, sorted, and the rest in one line.
#ifndef OPCOST_CLI_SELECT_H_
#define OPCOST_CLI_SELECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/report.h"

namespace opcost {

struct ViewOptions {
  std::string sort;
  int64_t top = 20;
  std::string group_by;
  std::vector<std::string> filters;
  std::string columns;
  bool trace = false;
};

enum class LineKind : uint8_t { kRow, kGroup, kNotTaken, kOthers, kFiltered, kOverhead, kTotal };

// One line: a priced row, several of them, or the whole.
struct Line {
  LineKind kind = LineKind::kRow;
  std::string name;
  std::vector<int32_t> rows;  // indices into Report::rows
  Work work;
  double t_s = 0;
  double limit_s = 0;
  std::optional<double> lo_s, hi_s;
  Bound bound = Bound::kNone;
  std::string pattern, block, source, precision, op, step;
  // Shown only in formats that show everything.
  bool hidden = false;
};

struct Selection {
  std::vector<Line> lines;  // shown ones and hidden ones, then others, filtered, overhead, total
  bool outside_range = false, by_default = false, not_taken = false;
};

// Usage errors: an unknown key (with the nearest), a negative `top`, a malformed expression.
absl::StatusOr<Selection> SelectLines(const Report& report, const ViewOptions& options);

// The operators of a row's nodes: "Conv+Relu".
std::string OpsOf(const Report& report, const ReportRow& row);

}  // namespace opcost

#endif  // OPCOST_CLI_SELECT_H_
