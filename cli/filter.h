// --filter and --group-by: what a row is called under a key.
#ifndef OPCOST_CLI_FILTER_H_
#define OPCOST_CLI_FILTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "costing/report.h"

namespace opcost {

using RowKey = std::function<std::string(const Report&, const ReportRow&)>;
using RowFilter = std::function<bool(const Report&, const ReportRow&)>;

// pattern, op, block, scope, scope:DEPTH, dtype (precision), bound. A usage error names the nearest key.
absl::StatusOr<RowKey> ParseGroupBy(absl::string_view text);

// All of `expressions` hold. "pattern=conv2d" compares a key; anything else is a part of the name, or a regular
// expression found in it. Usage errors: unknown keys, patterns and bounds, malformed expressions.
absl::StatusOr<RowFilter> ParseFilters(const std::vector<std::string>& expressions);

}  // namespace opcost

#endif  // OPCOST_CLI_FILTER_H_
