#include "cli/report_document.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/memory_lines.h"
#include "cli/report_columns.h"

namespace opcost {
namespace {

std::string Seconds(double value) { return Format(Measure::kSeconds, value); }
std::string Share(double value) { return Format(Measure::kShare, value); }

// "100.0 % fitted", largest first.
std::string Shares(const std::map<std::string, double>& shares) {
  std::vector<std::pair<std::string, double>> sorted(shares.begin(), shares.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<double> weights;
  for (const auto& [unused, share] : sorted) weights.push_back(share);
  const std::vector<int> tenths = TenthsOfPercent(weights);
  std::vector<std::string> words;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].second <= 0) continue;
    words.push_back(absl::StrCat(tenths[i] / 10, ".", tenths[i] % 10, " % ", sorted[i].first));
  }
  return absl::StrJoin(words, ", ");
}

std::string Verdict(const Report& report) {
  std::string line = absl::StrCat(ModelName(report), " on ", report.hardware.id);
  if (!report.precision.empty()) absl::StrAppend(&line, " as ", report.precision);
  absl::StrAppend(&line, ": ", Seconds(report.totals.t_s));
  if (report.totals.lo_s && report.totals.hi_s) {
    absl::StrAppend(&line, " [", Seconds(*report.totals.lo_s), " … ", Seconds(*report.totals.hi_s), "]");
  }
  absl::StrAppend(&line, ", ", BoundWords(report.totals.bound), ", ", CoverageWords(report));
  const std::string shares = Shares(report.coverage.time_share_by_source);
  if (!shares.empty()) absl::StrAppend(&line, "; time ", shares);
  return line;
}

std::string Context(const Report& report) {
  std::string line = absl::StrCat(
      report.hardware.name, ", ", report.hardware.evidence, " profile, rule set ", report.rule_set,
      report.executed.empty() ? "" : absl::StrCat(" (", report.executed, ")"), "; limit ",
      Seconds(report.totals.limit_s), "; ", Format(Measure::kCount, static_cast<double>(report.totals.macs)), " MACs, ",
      Format(Measure::kCount, static_cast<double>(report.totals.flops)), " FLOPs, ",
      Format(Measure::kBytes, static_cast<double>(TotalBytes(report.totals.work))), " moved");
  std::vector<std::string> bindings;
  for (const auto& [name, value] : report.bindings) bindings.push_back(absl::StrCat(name, "=", value));
  if (!bindings.empty()) absl::StrAppend(&line, "; ", absl::StrJoin(bindings, ", "));
  if (!report.hardware.overrides.empty()) {
    absl::StrAppend(&line, "; --set ", absl::StrJoin(report.hardware.overrides, ", "));
  }
  return line;
}

RowKind KindOf(LineKind kind) {
  if (kind == LineKind::kTotal) return RowKind::kTotal;
  const bool rest = kind == LineKind::kOthers || kind == LineKind::kFiltered || kind == LineKind::kOverhead;
  return rest ? RowKind::kRest : RowKind::kData;
}

// Shares of the lines that people see add up to 100.0.
void SetShares(const Selection& selection, size_t column, Sheet& sheet) {
  std::vector<double> weights;
  for (const Line& line : selection.lines) {
    const bool counts = !line.hidden && line.kind != LineKind::kTotal && line.kind != LineKind::kNotTaken;
    weights.push_back(counts ? line.t_s : 0);
  }
  const std::vector<int> tenths = TenthsOfPercent(weights);
  for (size_t i = 0; i < selection.lines.size(); ++i) {
    const Line& line = selection.lines[i];
    if (line.kind == LineKind::kNotTaken) continue;
    const int shown = line.kind == LineKind::kTotal ? (line.t_s > 0 ? 1000 : 0) : tenths[i];
    sheet.rows[i].cells[column].text = absl::StrCat(shown / 10, ".", shown % 10, " %");
  }
}

Sheet RowSheet(const Report& report, const Selection& selection, const std::vector<const ReportColumn*>& columns) {
  Sheet sheet;
  sheet.name = "rows";
  for (const ReportColumn* column : columns) {
    sheet.columns.push_back({.key = column->key,
                             .title = column->title,
                             .measure = column->measure,
                             .cut = column->cut,
                             .keep = column->keep});
  }
  for (const Line& line : selection.lines) {
    SheetRow row;
    row.kind = KindOf(line.kind);
    row.hidden = line.hidden;
    for (const ReportColumn* column : columns) {
      row.cells.push_back(column->cell(report, line));
      if (row.kind == RowKind::kRest && row.cells.back().tone == Tone::kPlain) row.cells.back().tone = Tone::kFaint;
    }
    if (line.kind == LineKind::kNotTaken) row.cells[0].mark = "3";
    sheet.rows.push_back(std::move(row));
  }
  for (size_t c = 0; c < columns.size(); ++c) {
    if (columns[c]->measure == Measure::kShare && absl::string_view(columns[c]->key) == "share") {
      SetShares(selection, c, sheet);
    }
  }
  return sheet;
}

Sheet TraceSheet(const Report& report, const Selection& selection) {
  Sheet sheet;
  sheet.name = "trace";
  sheet.title = "expressions";
  sheet.columns = {{.key = "name", .title = "name"},
                   {.key = "latency", .title = "latency", .measure = Measure::kSeconds},
                   {.key = "expression", .title = "expression"}};
  for (const Line& line : selection.lines) {
    if (line.kind != LineKind::kRow && line.kind != LineKind::kNotTaken) continue;
    const ReportRow& row = report.rows[static_cast<size_t>(line.rows[0])];
    sheet.rows.push_back({{Cell::Text(row.name), Cell::Number(row.t_s), Cell::Text(ToString(row.formula))}});
  }
  return sheet;
}

}  // namespace

std::string BoundWords(Bound bound) { return bound == Bound::kNone ? "no work" : absl::StrCat(Name(bound), "-bound"); }

std::string ModelName(const Report& report) {
  const std::string& path = report.model.path;
  const size_t slash = path.find_last_of('/');
  return path == "-" ? "standard input" : slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string CoverageWords(const Report& report) {
  const Coverage& coverage = report.coverage;
  std::string words = absl::StrCat(coverage.costed, " of ", coverage.nodes, " nodes costed");
  if (coverage.incomplete > 0) absl::StrAppend(&words, " (", coverage.incomplete, " incomplete)");
  return words;
}

std::string FitWords(const Report& report) {
  if (!report.memory.fits) return "?";
  return *report.memory.fits ? "yes" : "no";
}

std::vector<std::string> Definitions() {
  return {
      "1 MAC = one multiply-accumulate of a convolution or matrix product; FLOPs = 2 x MACs + vector ops; bytes = read "
      "+ "
      "written; op/B = operations a byte",
      "limit = what peak and bandwidth allow at best; k, M, G = powers of 1000; KiB, MiB, GiB = powers of 1024; time "
      "is "
      "predicted, not measured",
  };
}

std::vector<std::string> SummaryLines(const Report& report) {
  const Coverage& coverage = report.coverage;
  std::string line = absl::StrCat("coverage: ", CoverageWords(report), ", ", coverage.zero_by_rule, " free by rule, ",
                                  coverage.foldable, " foldable");
  if (const std::string by_source = Shares(coverage.time_share_by_source); !by_source.empty()) {
    absl::StrAppend(&line, "; time by source ", by_source);
  }
  if (const std::string by_step = Shares(coverage.time_share_by_step); !by_step.empty()) {
    absl::StrAppend(&line, "; by look-up ", by_step);
  }
  absl::StrAppend(&line, "; ", Share(coverage.time_share_outside_range), " outside the calibrated range");
  std::vector<std::string> lines = {line};
  std::vector<std::string> unknown;
  for (const Coverage::Unknown& one : coverage.unknown) {
    unknown.push_back(absl::StrCat(one.op, " in ", one.nodes, one.nodes == 1 ? " node (" : " nodes (",
                                   Share(one.share_of_bytes), " of bytes)"));
  }
  if (!unknown.empty())
    lines.push_back(absl::StrCat("no rule, priced as memory traffic: ", absl::StrJoin(unknown, ", ")));
  for (std::string& one : MemoryLines(report)) lines.push_back(std::move(one));
  return lines;
}

std::vector<std::string> NoteLines(const Report& report) {
  std::vector<std::string> lines;
  for (const Note& note : report.notes) {
    lines.push_back(note.where.empty() || note.text.find(note.where) != std::string::npos
                        ? note.text
                        : absl::StrCat(note.where, ": ", note.text));
  }
  return lines;
}

absl::StatusOr<Document> ReportDocument(const Report& report, const ViewOptions& view) {
  auto selection = SelectLines(report, view);
  if (!selection.ok()) return selection.status();
  auto columns = ChooseReportColumns(view.columns, !view.group_by.empty());
  if (!columns.ok()) return columns.status();
  Document document;
  document.verdict = {Verdict(report), Context(report)};
  document.header = Definitions();
  document.sheets.push_back(RowSheet(report, *selection, *columns));
  if (view.trace) document.sheets.push_back(TraceSheet(report, *selection));
  if (selection->outside_range) {
    document.footnotes.emplace_back("1", "outside the range of its curve: the end point holds");
  }
  if (selection->by_default)
    document.footnotes.emplace_back("2", "by the target's conservative default, not calibrated");
  if (selection->not_taken) document.footnotes.emplace_back("3", "a branch not taken: no part of the total");
  document.summary = SummaryLines(report);
  document.notes = NoteLines(report);
  return document;
}

}  // namespace opcost
