#include "cli/report_columns.h"

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "cli/exit_code.h"

namespace opcost {
namespace {

double Amount(const Line& line, Resource resource) { return static_cast<double>(line.work.Get(resource)); }

// The one row behind a line; nullptr for lines of several.
const ReportRow* Single(const Report& report, const Line& line) {
  const bool single = line.kind == LineKind::kRow || line.kind == LineKind::kNotTaken;
  return single ? &report.rows[static_cast<size_t>(line.rows[0])] : nullptr;
}

// Overhead is time without work.
bool HasWork(const Line& line) { return line.kind != LineKind::kOverhead; }

Cell CellName(const Report&, const Line& line) { return Cell::Text(line.name); }

Cell CellShare(const Report& report, const Line& line) {
  if (line.kind == LineKind::kNotTaken) return Cell::Missing();
  return Cell::Number(report.totals.t_s > 0 ? line.t_s / report.totals.t_s : 0);
}

Cell CellLatency(const Report&, const Line& line) { return Cell::Number(line.t_s); }

Cell CellLimit(const Report&, const Line& line) {
  return HasWork(line) ? Cell::Number(line.limit_s, Tone::kFaint) : Cell::Missing();
}

Cell CellMacs(const Report&, const Line& line) {
  return HasWork(line) ? Cell::Number(Amount(line, Resource::kMatrixMacs)) : Cell::Missing();
}

Cell CellBytes(const Report&, const Line& line) {
  return HasWork(line) ? Cell::Number(static_cast<double>(TotalBytes(line.work))) : Cell::Missing();
}

// Operations of any type a byte: what a roofline is drawn over.
Cell CellIntensity(const Report&, const Line& line) {
  const int64_t bytes = TotalBytes(line.work);
  return bytes > 0 ? Cell::Number(static_cast<double>(AllOps(line.work)) / static_cast<double>(bytes))
                   : Cell::Missing();
}

Cell CellBound(const Report&, const Line& line) {
  const Tone tone = line.bound == Bound::kCompute  ? Tone::kCompute
                    : line.bound == Bound::kMemory ? Tone::kMemory
                                                   : Tone::kPlain;
  return HasWork(line) ? Cell::Text(std::string(Name(line.bound)), tone) : Cell::Text("");
}

Cell CellPattern(const Report&, const Line& line) { return Cell::Text(line.pattern); }
Cell CellBlock(const Report&, const Line& line) { return Cell::Text(line.block); }

Cell CellSource(const Report& report, const Line& line) {
  Cell cell = Cell::Text(line.source);
  if (const ReportRow* row = Single(report, line); row != nullptr && row->counted) {
    if (!row->in_range) cell.mark.push_back('1');
    if (row->step == LookupStep::kDefault) cell.mark.push_back('2');
  }
  return cell;
}

Cell CellInterval(const Report&, const Line& line) {
  if (!line.lo_s || !line.hi_s) return Cell::Missing();
  return Cell{.value = *line.lo_s, .upper = *line.hi_s};
}

Cell CellFlops(const Report&, const Line& line) { return Cell::Number(static_cast<double>(Flops(line.work))); }
Cell CellVectorOps(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kVectorOps)); }
Cell CellTranscendentals(const Report&, const Line& line) {
  return Cell::Number(Amount(line, Resource::kTranscendentals));
}
Cell CellIntOps(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kIntOps)); }
Cell CellActRead(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kActivationBytesRead)); }
Cell CellWeightRead(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kWeightBytesRead)); }
Cell CellWritten(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kBytesWritten)); }
Cell CellDispatches(const Report&, const Line& line) { return Cell::Number(Amount(line, Resource::kDispatches)); }
Cell CellOp(const Report&, const Line& line) { return Cell::Text(line.op); }
Cell CellPrecision(const Report&, const Line& line) { return Cell::Text(line.precision); }
Cell CellStep(const Report&, const Line& line) { return Cell::Text(line.step); }

Cell CellRate(const Report&, const Line& line) {
  const auto ops = static_cast<double>(AllOps(line.work));
  return line.t_s > 0 && ops > 0 ? Cell::Number(ops / line.t_s) : Cell::Missing();
}

Cell CellOfLimit(const Report&, const Line& line) {
  return line.t_s > 0 && HasWork(line) ? Cell::Number(line.limit_s / line.t_s) : Cell::Missing();
}

Cell CellRows(const Report&, const Line& line) { return Cell::Number(static_cast<double>(line.rows.size())); }

Cell CellNodes(const Report& report, const Line& line) {
  size_t nodes = 0;
  for (const int32_t row : line.rows) nodes += report.rows[static_cast<size_t>(row)].nodes.size();
  return Cell::Number(static_cast<double>(nodes));
}

Cell CellRepeats(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return row != nullptr ? Cell::Number(static_cast<double>(row->repeats)) : Cell::Missing();
}

// Activations alive while the row runs.
Cell CellLive(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return row != nullptr && row->live_bytes ? Cell::Number(static_cast<double>(*row->live_bytes)) : Cell::Missing();
}

Cell CellScope(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row != nullptr ? row->scope : "");
}

Cell CellId(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row != nullptr ? row->id : "");
}

Cell CellEntry(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row != nullptr ? row->entry : "");
}

Cell CellKernel(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row != nullptr ? row->kernel : "");
}

Cell CellInRange(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row == nullptr ? "" : row->in_range ? "yes" : "no");
}

Cell CellExpression(const Report& report, const Line& line) {
  const ReportRow* row = Single(report, line);
  return Cell::Text(row != nullptr ? ToString(row->formula) : "");
}

constexpr std::array<ReportColumn, 35> kColumns = {{
    {"name", "name", Measure::kText, CellName, 0, true, true, true},
    {"share", "share", Measure::kShare, CellShare, 0, false, true, true},
    {"latency", "latency", Measure::kSeconds, CellLatency, 0, false, true, true},
    {"limit", "limit", Measure::kSeconds, CellLimit, 6, false, true, true},
    {"macs", "MACs", Measure::kCount, CellMacs, 9, false, true, true},
    {"bytes", "bytes", Measure::kBytes, CellBytes, 8, false, true, true},
    {"intensity", "op/B", Measure::kNumber, CellIntensity, 3, false, true, true},
    {"bound", "bound", Measure::kText, CellBound, 10, false, true, true},
    {"pattern", "pattern", Measure::kText, CellPattern, 7, false, true, false},
    {"block", "block", Measure::kText, CellBlock, 1, true, true, false},
    {"source", "source", Measure::kText, CellSource, 5, false, true, true},
    {"interval", "interval", Measure::kInterval, CellInterval, 2, false, true, false},
    {"flops", "FLOPs", Measure::kCount, CellFlops, 4},
    {"vector_ops", "vector ops", Measure::kCount, CellVectorOps, 4},
    {"transcendentals", "transcendentals", Measure::kCount, CellTranscendentals, 4},
    {"int_ops", "int ops", Measure::kCount, CellIntOps, 4},
    {"act_read", "act read", Measure::kBytes, CellActRead, 4},
    {"weight_read", "weight read", Measure::kBytes, CellWeightRead, 4},
    {"written", "written", Measure::kBytes, CellWritten, 4},
    {"live", "live", Measure::kBytes, CellLive, 4},
    {"dispatches", "dispatches", Measure::kInteger, CellDispatches, 4},
    {"rate", "rate", Measure::kPerSecond, CellRate, 4},
    {"of_limit", "limit/latency", Measure::kShare, CellOfLimit, 4},
    {"op", "op", Measure::kText, CellOp, 4, true},
    {"scope", "scope", Measure::kText, CellScope, 4, true},
    {"precision", "precision", Measure::kText, CellPrecision, 4},
    {"step", "look-up", Measure::kText, CellStep, 4},
    {"entry", "entry", Measure::kText, CellEntry, 4},
    {"kernel", "kernel", Measure::kText, CellKernel, 4, true},
    {"in_range", "in range", Measure::kText, CellInRange, 4},
    {"repeats", "repeats", Measure::kInteger, CellRepeats, 4},
    {"nodes", "nodes", Measure::kInteger, CellNodes, 4},
    {"rows", "rows", Measure::kInteger, CellRows, 4, false, false, true},
    {"id", "id", Measure::kText, CellId, 4, true},
    {"expression", "expression", Measure::kText, CellExpression, 4},
}};

}  // namespace

absl::Span<const ReportColumn> AllReportColumns() { return kColumns; }

absl::StatusOr<const ReportColumn*> FindReportColumn(absl::string_view flag, absl::string_view key) {
  std::vector<std::string> keys;
  for (const ReportColumn& column : AllReportColumns()) {
    if (key == column.key) return &column;
    keys.emplace_back(column.key);
  }
  return Usage(absl::InvalidArgumentError(absl::StrCat(flag, " ", key, ": no such column", DidYouMean(key, keys),
                                                       "; expected ", absl::StrJoin(keys, ", "))));
}

absl::StatusOr<std::vector<const ReportColumn*>> ChooseReportColumns(absl::string_view list, bool grouped) {
  std::vector<const ReportColumn*> columns;
  if (list.empty()) {
    for (const ReportColumn& column : AllReportColumns()) {
      if (grouped ? column.in_groups : column.in_rows) columns.push_back(&column);
    }
    return columns;
  }
  for (const absl::string_view key : absl::StrSplit(list, ',')) {
    auto column = FindReportColumn("--columns", key);
    if (!column.ok()) return column.status();
    columns.push_back(*column);
  }
  return columns;
}

}  // namespace opcost
