// Sentences that a report owes its reader: what was assumed, what the target lacks, what is below its limit.
#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "costing/formula.h"
#include "costing/report_parts.h"

namespace opcost {
namespace {

std::string Percent(double share) { return absl::StrFormat("%.3g %%", share * 100); }

std::string Plural(int64_t n, absl::string_view what) { return absl::StrCat(n, " ", what, n == 1 ? "" : "s"); }

void NoteBranches(const CountedModel& model, const Pricing& pricing, std::vector<Note>& notes) {
  for (const Branches& b : pricing.branches) {
    std::string text = "the dearer branch is counted:";
    for (size_t i = 0; i < b.regions.size(); ++i) {
      const bool then = model.graph.regions[static_cast<size_t>(b.regions[i])].kind == RegionKind::kThen;
      absl::StrAppend(&text, i == 0 ? " " : ", ", then ? "then_branch " : "else_branch ",
                      Quantity(pricing.At(b.seconds[i]), "s"));
    }
    notes.push_back({NoteKind::kAssumption, text, model.graph.nodes[static_cast<size_t>(b.owner)].id});
  }
}

void NotePrecisions(const Pricing& pricing, std::vector<Note>& notes) {
  const auto supports = [&](Precision p) { return pricing.target.Supports(p); };
  for (const auto& [precision, rows] : pricing.lacking) {
    Precision instead = Precision::kFp32;
    if (!supports(instead)) {
      const auto all = AllPrecisions();
      const auto first = std::find_if(all.begin(), all.end(), supports);
      if (first != all.end()) instead = *first;
    }
    notes.push_back({NoteKind::kPrecision,
                     absl::StrCat(pricing.target.FullName(), " has no peak for ", Name(precision), ": ",
                                  Plural(rows, "row"), " priced as ", Name(instead)),
                     ""});
  }
}

void NoteUnknown(const Report& report, std::vector<Note>& notes) {
  for (const Coverage::Unknown& u : report.coverage.unknown) {
    notes.push_back({NoteKind::kUnknownOperator,
                     absl::StrCat("no rule for ", u.op, ": ", Plural(u.nodes, "node"), " priced as memory traffic, ",
                                  Percent(u.share_of_bytes), " of all bytes"),
                     u.op});
  }
}

void NoteBelowLimit(const Pricing& pricing, const Report& report, std::vector<Note>& notes) {
  int64_t rows = 0;
  double worst = 1;
  const ReportRow* worst_row = nullptr;
  // A row may differ from its limit by the rounding of a few operations.
  const double exact = 1 + 16 * std::numeric_limits<double>::epsilon();
  for (size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    const RowPrice& price = pricing.PriceOf(i);
    if (!row.counted || price.entry == kNoId || !(row.t_s * exact < row.limit_s)) continue;
    if (!pricing.target.entries[static_cast<size_t>(price.entry)].may_beat_limit.empty()) continue;
    ++rows;
    if (worst_row != nullptr && row.limit_s / row.t_s <= worst) continue;
    worst = row.limit_s / row.t_s;
    worst_row = &row;
  }
  if (worst_row == nullptr) return;
  notes.push_back({NoteKind::kProfile,
                   absl::StrCat(Plural(rows, "row"), " below the limit of the machine's peak and bandwidth, ",
                                absl::StrFormat("%.3g", worst), " times as fast at worst, and the profile (",
                                worst_row->entry, ") gives no reason"),
                   worst_row->id});
}

void NoteCoverage(const CountedModel& model, const Report& report, std::vector<Note>& notes) {
  if (report.coverage.incomplete > 0) {
    notes.push_back({NoteKind::kCoverage,
                     absl::StrCat(Plural(report.coverage.incomplete, "node"),
                                  " with unknown shapes: their counts are lower bounds (",
                                  model.graph.symbols.empty() ? "" : "--assume, ", "--shape, --dim)"),
                     ""});
  }
  if (report.totals.lo_s && report.totals.interval_share < 1) {
    notes.push_back({NoteKind::kCoverage,
                     absl::StrCat("the interval covers rows with ", Percent(report.totals.interval_share),
                                  " of the time; the spread of the rest is unknown"),
                     ""});
  }
}

}  // namespace

std::vector<Note> MakeNotes(const CountedModel& model, const Pricing& pricing, const Report& report) {
  std::vector<Note> notes = model.graph.notes;
  NoteBranches(model, pricing, notes);
  NotePrecisions(pricing, notes);
  NoteUnknown(report, notes);
  NoteCoverage(model, report, notes);
  NoteBelowLimit(pricing, report, notes);
  for (const std::string& text : pricing.target.notes) notes.push_back({NoteKind::kProfile, text, ""});
  return notes;
}

}  // namespace opcost
