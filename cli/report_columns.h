// The columns that a table of rows can have: one table, read by --columns, --sort and every renderer.
#ifndef OPCOST_CLI_REPORT_COLUMNS_H_
#define OPCOST_CLI_REPORT_COLUMNS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/document.h"
#include "cli/select.h"
#include "costing/report.h"

namespace opcost {

struct ReportColumn {
  const char* key;
  const char* title;
  Measure measure;
  Cell (*cell)(const Report& report, const Line& line);
  int keep = 0;  // see Column
  bool cut = false;
  bool in_rows = false;    // shown by default for rows
  bool in_groups = false;  // shown by default for groups
};

absl::Span<const ReportColumn> AllReportColumns();
// InvalidArgument (usage) names the nearest column. `flag` is for the message.
absl::StatusOr<const ReportColumn*> FindReportColumn(absl::string_view flag, absl::string_view key);
// "latency,macs" or "" for the defaults.
absl::StatusOr<std::vector<const ReportColumn*>> ChooseReportColumns(absl::string_view list, bool grouped);

}  // namespace opcost

#endif  // OPCOST_CLI_REPORT_COLUMNS_H_
