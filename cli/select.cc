#include "cli/select.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/exit_code.h"
#include "cli/filter.h"
#include "cli/report_columns.h"

namespace opcost {
namespace {

// What all rows agree on, else "mixed".
void Merge(std::string& all, const std::string& one, bool first) {
  if (first) {
    all = one;
  } else if (all != one) {
    all = "mixed";
  }
}

std::string SourceOf(const ReportRow& row) {
  return row.step == LookupStep::kFree ? std::string(Name(row.step)) : std::string(Name(row.evidence));
}

// Adds one row to a line of several.
class Merger {
 public:
  explicit Merger(const Report& report) : report_(report) {}

  void Add(int32_t index, Line& line) const {
    const ReportRow& row = report_.rows[static_cast<size_t>(index)];
    const bool first = line.rows.empty();
    line.rows.push_back(index);
    line.work += row.work;
    line.t_s += row.t_s;
    line.limit_s += row.limit_s;
    Merge(line.pattern, std::string(Name(row.pattern)), first);
    Merge(line.block, row.block, first);
    Merge(line.source, SourceOf(row), first);
    Merge(line.precision, std::string(Name(row.precision)), first);
    Merge(line.step, std::string(Name(row.step)), first);
  }

  // The bound that most of the time is under.
  void SetBound(Line& line) const {
    std::array<double, static_cast<size_t>(Bound::kNone) + 1> seconds{};
    for (const int32_t row : line.rows) {
      const ReportRow& r = report_.rows[static_cast<size_t>(row)];
      seconds[static_cast<size_t>(r.bound)] += r.t_s;
    }
    const auto* most = std::max_element(seconds.begin(), seconds.end());
    line.bound = *most > 0 ? static_cast<Bound>(most - seconds.begin()) : Bound::kNone;
  }

  Line Single(int32_t index) const {
    const ReportRow& row = report_.rows[static_cast<size_t>(index)];
    Line line;
    line.kind = row.counted ? LineKind::kRow : LineKind::kNotTaken;
    line.name = row.name;
    Add(index, line);
    line.op = OpsOf(report_, row);
    line.bound = row.bound;
    line.lo_s = row.lo_s;
    line.hi_s = row.hi_s;
    return line;
  }

 private:
  const Report& report_;
};

std::vector<Line> GroupRows(const Report& report, const std::vector<int32_t>& rows, const RowKey& key) {
  const Merger merger(report);
  std::vector<Line> lines;
  absl::flat_hash_map<std::string, size_t> index;
  for (const int32_t row : rows) {
    const std::string name = key(report, report.rows[static_cast<size_t>(row)]);
    const auto [at, inserted] = index.try_emplace(name, lines.size());
    if (inserted) {
      Line line;
      line.kind = LineKind::kGroup;
      line.name = name;
      lines.push_back(std::move(line));
    }
    merger.Add(row, lines[at->second]);
  }
  for (Line& line : lines) merger.SetBound(line);
  return lines;
}

// Largest first for numbers, A to Z for texts; equal ones stay in execution order.
absl::Status SortLines(const Report& report, const std::string& by, std::vector<Line>& lines) {
  if (by == "order") return absl::OkStatus();
  auto column = FindReportColumn("--sort", by.empty() ? "latency" : by);
  if (!column.ok()) return column.status();
  const ReportColumn& chosen = **column;
  std::vector<std::pair<Cell, size_t>> keyed;
  for (size_t i = 0; i < lines.size(); ++i) keyed.emplace_back(chosen.cell(report, lines[i]), i);
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    // Branches not taken come last: their time is no part of the total.
    const bool a_out = lines[a.second].kind == LineKind::kNotTaken, b_out = lines[b.second].kind == LineKind::kNotTaken;
    if (a_out != b_out) return b_out;
    if (chosen.measure == Measure::kText) return a.first.text < b.first.text;
    if (std::isnan(a.first.value) || std::isnan(b.first.value))
      return !std::isnan(a.first.value) && std::isnan(b.first.value);
    return a.first.value > b.first.value;
  });
  std::vector<Line> sorted;
  sorted.reserve(lines.size());
  for (const auto& [unused, i] : keyed) sorted.push_back(std::move(lines[i]));
  lines = std::move(sorted);
  return absl::OkStatus();
}

Line TotalLine(const Report& report) {
  Line line;
  line.kind = LineKind::kTotal;
  line.name = "TOTAL";
  line.work = report.totals.work;
  line.t_s = report.totals.t_s;
  line.limit_s = report.totals.limit_s;
  line.lo_s = report.totals.lo_s;
  line.hi_s = report.totals.hi_s;
  line.bound = report.totals.bound;
  for (size_t i = 0; i < report.rows.size(); ++i) {
    if (report.rows[i].counted) line.rows.push_back(static_cast<int32_t>(i));
  }
  return line;
}

// One line for many rows: "[31 others]". Nothing when there are none.
void AddRest(const Report& report, const std::vector<int32_t>& rows, LineKind kind, absl::string_view what,
             size_t count, std::vector<Line>& lines) {
  if (count == 0) return;
  const Merger merger(report);
  Line line;
  line.kind = kind;
  line.name = absl::StrCat("[", count, " ", count == 1 && what == "others" ? "other" : what, "]");
  for (const int32_t row : rows) {
    if (report.rows[static_cast<size_t>(row)].counted) merger.Add(row, line);
  }
  merger.SetBound(line);
  line.pattern.clear();
  line.block.clear();
  lines.push_back(std::move(line));
}

// Hides the lines behind the first `top` and says what they add up to.
void CutLines(const Report& report, int64_t top, std::vector<Line>& lines) {
  if (top <= 0 || lines.size() <= static_cast<size_t>(top) + 1) return;
  std::vector<int32_t> rest;
  const size_t hidden = lines.size() - static_cast<size_t>(top);
  for (size_t i = static_cast<size_t>(top); i < lines.size(); ++i) {
    lines[i].hidden = true;
    rest.insert(rest.end(), lines[i].rows.begin(), lines[i].rows.end());
  }
  AddRest(report, rest, LineKind::kOthers, "others", hidden, lines);
}

}  // namespace

std::string OpsOf(const Report& report, const ReportRow& row) {
  std::vector<absl::string_view> ops;
  for (const int32_t node : row.nodes) {
    const absl::string_view op = report.nodes[static_cast<size_t>(node)].op;
    if (std::find(ops.begin(), ops.end(), op) == ops.end()) ops.push_back(op);
  }
  return ops.empty() && row.inserted ? "(inserted)" : absl::StrJoin(ops, "+");
}

absl::StatusOr<Selection> SelectLines(const Report& report, const ViewOptions& options) {
  if (options.top < 0) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--top ", options.top, ": expected 0 (all) or more")));
  }
  auto filter = ParseFilters(options.filters);
  if (!filter.ok()) return filter.status();
  std::vector<int32_t> kept, filtered;
  Selection selection;
  for (size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    const bool keep = (*filter)(report, row);
    // Groups are sums, so branches not taken stay outside.
    if (keep && (row.counted || options.group_by.empty())) kept.push_back(static_cast<int32_t>(i));
    if (!keep) filtered.push_back(static_cast<int32_t>(i));
    selection.not_taken |= !row.counted;
    selection.outside_range |= row.counted && !row.in_range;
    selection.by_default |= row.counted && row.step == LookupStep::kDefault;
  }
  std::vector<Line>& lines = selection.lines;
  if (options.group_by.empty()) {
    const Merger merger(report);
    for (const int32_t row : kept) lines.push_back(merger.Single(row));
  } else {
    auto key = ParseGroupBy(options.group_by);
    if (!key.ok()) return key.status();
    lines = GroupRows(report, kept, *key);
  }
  if (absl::Status status = SortLines(report, options.sort, lines); !status.ok()) return status;
  CutLines(report, options.top, lines);
  AddRest(report, filtered, LineKind::kFiltered, "filtered out", filtered.size(), lines);
  if (report.totals.overhead_s != 0) {
    Line line;
    line.kind = LineKind::kOverhead;
    line.name = "[run constant and host]";
    line.t_s = report.totals.overhead_s;
    lines.push_back(std::move(line));
  }
  lines.push_back(TotalLine(report));
  return selection;
}

}  // namespace opcost
