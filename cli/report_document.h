// A report as people read it.
#ifndef OPCOST_CLI_REPORT_DOCUMENT_H_
#define OPCOST_CLI_REPORT_DOCUMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/document.h"
#include "cli/select.h"
#include "costing/report.h"

namespace opcost {

// Verdict, rows, TOTAL, coverage, notes. Usage errors of the view's flags.
absl::StatusOr<Document> ReportDocument(const Report& report, const ViewOptions& view);
// Several models, or one on several targets: a line each.
absl::StatusOr<Document> SummaryDocument(const std::vector<Report>& reports, const ViewOptions& view);

// "resnet50.onnx" of "models/resnet50.onnx".
std::string ModelName(const Report& report);
// "compute-bound", "no work".
std::string BoundWords(Bound bound);
// "yes", "no", or "?" where the capacity is not known.
std::string FitWords(const Report& report);
// "89 of 90 nodes costed": the first thing to know about a total.
std::string CoverageWords(const Report& report);
// "coverage: …", "memory: …": the lines below a table.
std::vector<std::string> SummaryLines(const Report& report);
std::vector<std::string> NoteLines(const Report& report);
// What MAC, FLOP, limit and the prefixes mean.
std::vector<std::string> Definitions();

}  // namespace opcost

#endif  // OPCOST_CLI_REPORT_DOCUMENT_H_
