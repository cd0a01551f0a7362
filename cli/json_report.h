// Reports as JSON and back. `opcost schema report` publishes the form; the numbers are in base units and round-trip
// exactly.
#ifndef OPCOST_CLI_JSON_REPORT_H_
#define OPCOST_CLI_JSON_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/json_writer.h"
#include "costing/report.h"

namespace opcost {

std::string ReportToJson(const Report& report);
// One line, for jsonl.
std::string ReportToJsonLine(const Report& report);
// {"schema_version", "kind": "reports", "reports": […]}.
std::string ReportsToJson(const std::vector<Report>& reports);

// InvalidArgument: "`path`: where: what, what was expected". `Report::total` stays empty: the rows have their formulas.
absl::StatusOr<Report> ReportFromJson(absl::string_view json, const std::string& path);

// Parts that other documents of the program share.
void WriteReport(const Report& report, JsonWriter& json);
void WriteWork(const Work& work, JsonWriter& json);
// The member "bytes": read and written.
void WriteBytes(const Work& work, JsonWriter& json);
void WriteNode(const Report& report, const ReportNode& node, JsonWriter& json);
// Without its formula, whose coefficients are listed once a report.
void WriteRow(const Report& report, const ReportRow& row, JsonWriter& json);

// The JSON name of a kind of formula node: "work", "coefficient", "curve", "sum" …
absl::string_view Name(ExprKind kind);

}  // namespace opcost

#endif  // OPCOST_CLI_JSON_REPORT_H_
