// Several reports in one table, a line each.
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

std::vector<SheetRow> SummaryRows(const std::vector<Report>& reports) {
  std::vector<SheetRow> rows;
  for (const Report& report : reports) {
    Cell interval = Cell::Missing();
    if (report.totals.lo_s && report.totals.hi_s)
      interval = Cell{.value = *report.totals.lo_s, .upper = *report.totals.hi_s};
    const bool incomplete = report.coverage.incomplete > 0 || !report.coverage.unknown.empty();
    rows.push_back(
        {{Cell::Text(ModelName(report)), Cell::Text(report.hardware.id), Cell::Number(report.totals.t_s),
          Cell::Number(report.totals.limit_s, Tone::kFaint), Cell::Number(static_cast<double>(report.totals.macs)),
          Cell::Number(static_cast<double>(TotalBytes(report.totals.work))),
          Cell::Number(static_cast<double>(report.memory.parameters)),
          Cell::Text(std::string(Name(report.totals.bound))), Cell::Text(report.hardware.evidence), interval,
          Cell::Text(absl::StrCat(report.coverage.costed, "/", report.coverage.nodes),
                     incomplete ? Tone::kBad : Tone::kPlain)}});
  }
  return rows;
}

// exp(mean(log t)); NaN unless all are positive.
double GeometricMean(const std::vector<Report>& reports) {
  double sum = 0;
  for (const Report& report : reports) sum += std::log(report.totals.t_s);
  return std::exp(sum / static_cast<double>(reports.size()));
}

}  // namespace

absl::StatusOr<Document> SummaryDocument(const std::vector<Report>& reports, const ViewOptions&) {
  Document document;
  const double mean = GeometricMean(reports);
  document.verdict = {absl::StrCat(reports.size(), " analyses, geometric mean ", Format(Measure::kSeconds, mean))};
  document.header = Definitions();
  Sheet sheet;
  sheet.name = "reports";
  sheet.columns = {{.key = "model", .title = "model", .cut = true},
                   {.key = "target", .title = "target"},
                   {.key = "latency", .title = "latency", .measure = Measure::kSeconds},
                   {.key = "limit", .title = "limit", .measure = Measure::kSeconds, .keep = 3},
                   {.key = "macs", .title = "MACs", .measure = Measure::kCount, .keep = 7},
                   {.key = "bytes", .title = "bytes", .measure = Measure::kBytes, .keep = 6},
                   {.key = "parameters", .title = "parameters", .measure = Measure::kCount, .keep = 5},
                   {.key = "bound", .title = "bound", .keep = 8},
                   {.key = "evidence", .title = "evidence", .keep = 4},
                   {.key = "interval", .title = "interval", .measure = Measure::kInterval, .keep = 1},
                   {.key = "costed", .title = "costed", .keep = 2}};
  sheet.rows = SummaryRows(reports);
  document.sheets.push_back(std::move(sheet));
  for (const Report& report : reports) {
    for (std::string& note : NoteLines(report)) {
      document.notes.push_back(absl::StrCat(ModelName(report), " on ", report.hardware.id, ": ", note));
    }
  }
  return document;
}

}  // namespace opcost
