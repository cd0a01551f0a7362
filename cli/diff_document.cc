#include "cli/diff_document.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

constexpr size_t kTermsShown = 12;
constexpr size_t kFlipsNamed = 10;

std::string Seconds(double value) { return Format(Measure::kSeconds, value); }

double Relative(double a, double b) { return a != 0 ? (b - a) / std::fabs(a) : NAN; }

const DiffTotal& Latency(const Diff& diff) { return diff.totals.front(); }

// Below this share of the total a difference is the rounding of sums, not a movement.
constexpr double kRounding = 1e-12;

bool IsRounding(const Diff& diff, double seconds) {
  return std::fabs(seconds) <= kRounding * std::max(Latency(diff).a, Latency(diff).b);
}

double Moved(const Diff& diff, const DiffGroup& group) {
  const double moved = group.b_s - group.a_s;
  return IsRounding(diff, moved) ? 0 : std::fabs(moved);
}

// "3 rows make 91.0 % of it": as few as make nine tenths of all movement.
std::string Concentration(const Diff& diff) {
  constexpr double kMost = 0.9;
  double all = 0;
  size_t changed = 0;
  for (const DiffGroup& group : diff.groups) {
    all += Moved(diff, group);
    changed += Moved(diff, group) > 0 ? 1 : 0;
  }
  if (!(all > 0)) return "no row moves";
  double sum = 0;
  size_t n = 0;
  while (n < diff.groups.size() && sum < kMost * all) sum += Moved(diff, diff.groups[n++]);
  return absl::StrCat(n, n == 1 ? " row makes " : " rows make ", Format(Measure::kShare, sum / all),
                      " of the movement (", changed, " move)");
}

std::string Verdict(const Diff& diff) {
  const DiffTotal& latency = Latency(diff);
  const std::string times = absl::StrCat(Seconds(latency.a), " → ", Seconds(latency.b));
  const bool same_model = diff.a.model.structure_sha256 == diff.b.model.structure_sha256;
  const bool same_hardware = diff.a.hardware.id == diff.b.hardware.id;
  if (latency.a == latency.b) {
    return absl::StrCat(diff.label_a, " and ", diff.label_b, " take the same time: ", Seconds(latency.a));
  }
  if (same_model && !same_hardware && latency.a > 0 && latency.b > 0) {
    const bool a_wins = latency.a < latency.b;
    const double ratio = a_wins ? latency.b / latency.a : latency.a / latency.b;
    return absl::StrCat(a_wins ? diff.label_a : diff.label_b, " is ", Significant(ratio, 3), " times faster than ",
                        a_wins ? diff.label_b : diff.label_a, " on ", ModelName(diff.a), " (", times, "); ",
                        Concentration(diff));
  }
  return absl::StrCat("latency", same_hardware ? absl::StrCat(" on ", diff.a.hardware.id) : "", " ",
                      FormatSigned(Measure::kShare, Relative(latency.a, latency.b)), " (", times, "); ",
                      Concentration(diff));
}

Measure MeasureOf(absl::string_view total) {
  if (absl::EndsWith(total, "_s")) return Measure::kSeconds;
  return absl::StrContains(total, "bytes") ? Measure::kBytes : Measure::kCount;
}

Sheet TotalSheet(const Diff& diff) {
  Sheet sheet;
  sheet.name = "totals";
  sheet.title = "totals";
  sheet.columns = {{.key = "total", .title = "total"},
                   {.key = "a", .title = diff.label_a, .measure = Measure::kNumber},
                   {.key = "b", .title = diff.label_b, .measure = Measure::kNumber},
                   {.key = "delta", .title = "Δ", .measure = Measure::kNumber},
                   {.key = "relative", .title = "Δ %", .measure = Measure::kShare, .is_signed = true}};
  for (const DiffTotal& total : diff.totals) {
    const Measure measure = MeasureOf(total.name);
    sheet.rows.push_back({{Cell::Text(total.name), Cell{.text = Format(measure, total.a), .value = total.a},
                           Cell{.text = Format(measure, total.b), .value = total.b},
                           Cell{.text = FormatSigned(measure, total.delta()), .value = total.delta()},
                           Cell::Number(Relative(total.a, total.b))}});
    // Totals that are equal are named in one line below.
    sheet.rows.back().hidden = total.a == total.b && total.name != Latency(diff).name;
  }
  return sheet;
}

// "3.0x", "1.6x", "1.157x".
std::string RatioWords(double ratio) {
  std::string text = Significant(ratio);
  if (text.find('e') != std::string::npos) return text + "x";
  if (text.find('.') == std::string::npos) return text + ".0x";
  while (text.back() == '0' && text[text.size() - 2] != '.') text.pop_back();
  return text + "x";
}

Sheet TermSheet(const Diff& diff, const std::vector<DiffTerm>& terms, std::string title, size_t shown) {
  const double delta = Latency(diff).delta();
  Sheet sheet;
  sheet.name = "terms";
  sheet.title = std::move(title);
  sheet.columns = {{.key = "class", .title = "class"},
                   {.key = "key", .title = "term", .cut = true},
                   {.key = "delta", .title = "Δ", .measure = Measure::kSeconds, .is_signed = true},
                   {.key = "share", .title = "of Δ", .measure = Measure::kShare},
                   {.key = "ratio", .title = "B / A", .measure = Measure::kNumber}};
  double rest = 0;
  size_t left = 0;
  for (const DiffTerm& term : terms) {
    SheetRow row{{Cell::Text(std::string(Name(term.term_class))), Cell::Text(term.key), Cell::Number(term.delta_s),
                  delta != 0 ? Cell::Number(term.delta_s / delta) : Cell::Missing(),
                  term.ratio ? Cell::Number(*term.ratio) : Cell::Missing()}};
    if (term.ratio) row.cells[4].text = RatioWords(*term.ratio);
    row.hidden = sheet.rows.size() >= shown || IsRounding(diff, term.delta_s);
    if (row.hidden) {
      rest += term.delta_s;
      ++left;
    }
    sheet.rows.push_back(std::move(row));
  }
  if (left > 0 && !IsRounding(diff, rest)) {
    sheet.rows.push_back(
        {{Cell::Text(""), Cell::Text(absl::StrCat("[", left, left == 1 ? " other]" : " others]")), Cell::Number(rest),
          delta != 0 ? Cell::Number(rest / delta) : Cell::Missing(), Cell::Missing()},
         RowKind::kRest});
  }
  return sheet;
}

const char* KindMark(const DiffGroup& group) {
  switch (group.kind) {
    case DiffKind::kNew:
      return "[NEW]";
    case DiffKind::kDeleted:
      return "[DEL]";
    case DiffKind::kEqual:
      return "[ = ]";
    case DiffKind::kChanged:
      break;
  }
  if (group.within_interval) return "~";
  return group.b_s > group.a_s ? "▲" : "▼";
}

Tone ToneOf(double delta) { return delta > 0 ? Tone::kBad : delta < 0 ? Tone::kGood : Tone::kPlain; }

std::string BoundWords(const DiffGroup& group) {
  if (group.rows_a.empty()) return std::string(Name(group.bound_b));
  if (group.rows_b.empty() || group.bound_a == group.bound_b) return std::string(Name(group.bound_a));
  return absl::StrCat(Name(group.bound_a), " → ", Name(group.bound_b));
}

std::string MainTerm(const DiffGroup& group) {
  const auto most = std::max_element(group.terms.begin(), group.terms.end(), [](const DiffTerm& a, const DiffTerm& b) {
    return std::fabs(a.delta_s) < std::fabs(b.delta_s);
  });
  if (most == group.terms.end() || most->delta_s == 0) return "";
  // "structure" and "work: bytes" say their class themselves.
  const absl::string_view term_class = Name(most->term_class);
  return absl::StartsWith(most->key, term_class) ? most->key : absl::StrCat(term_class, ": ", most->key);
}

SheetRow GroupRow(const DiffGroup& group) {
  const double delta = group.b_s - group.a_s;
  return {{Cell::Text(KindMark(group), ToneOf(delta)), Cell::Text(group.name),
           group.rows_a.empty() && group.kind == DiffKind::kNew ? Cell::Missing() : Cell::Number(group.a_s),
           group.rows_b.empty() && group.kind == DiffKind::kDeleted ? Cell::Missing() : Cell::Number(group.b_s),
           Cell::Number(delta, ToneOf(delta)), Cell::Number(Relative(group.a_s, group.b_s)),
           Cell::Text(BoundWords(group)), Cell::Text(MainTerm(group))}};
}

SheetRow SumRow(std::string name, double a, double b, RowKind kind) {
  return {{Cell::Text(""), Cell::Text(std::move(name)), Cell::Number(a), Cell::Number(b), Cell::Number(b - a),
           Cell::Number(Relative(a, b)), Cell::Text(""), Cell::Text("")},
          kind};
}

bool IsNoise(const Diff& diff, const DiffGroup& group, double threshold) {
  if (Moved(diff, group) == 0) return true;
  if (group.kind == DiffKind::kNew || group.kind == DiffKind::kDeleted) return false;
  return (group.a_s != 0 && Moved(diff, group) / std::fabs(group.a_s) < threshold);
}

Sheet RowSheet(const Diff& diff, const DiffView& view) {
  Sheet sheet;
  sheet.name = "rows";
  sheet.title = "rows by |Δ|";
  sheet.folded = true;
  sheet.columns = {{.key = "change", .title = ""},
                   {.key = "name", .title = "name", .cut = true},
                   {.key = "a", .title = diff.label_a, .measure = Measure::kSeconds},
                   {.key = "b", .title = diff.label_b, .measure = Measure::kSeconds},
                   {.key = "delta", .title = "Δ", .measure = Measure::kSeconds, .is_signed = true},
                   {.key = "relative", .title = "Δ %", .measure = Measure::kShare, .is_signed = true, .keep = 3},
                   {.key = "bound", .title = "bound", .keep = 2},
                   {.key = "term", .title = "most by", .cut = true, .keep = 1}};
  double rest_a = 0, rest_b = 0;
  size_t left = 0, shown = 0;
  for (const DiffGroup& group : diff.groups) {
    SheetRow row = GroupRow(group);
    row.hidden = IsNoise(diff, group, view.threshold) || (view.top > 0 && shown >= static_cast<size_t>(view.top));
    if (row.hidden) {
      rest_a += group.a_s;
      rest_b += group.b_s;
      ++left;
    } else {
      ++shown;
    }
    sheet.rows.push_back(std::move(row));
  }
  // Equal rows were summed in two orders.
  if (IsRounding(diff, rest_b - rest_a)) rest_b = rest_a;
  if (left > 0) {
    const std::string name = absl::StrCat("[", left, left == 1 ? " other]" : " others]");
    sheet.rows.push_back(SumRow(name, rest_a, rest_b, RowKind::kRest));
  }
  sheet.rows.push_back(SumRow("TOTAL", Latency(diff).a, Latency(diff).b, RowKind::kTotal));
  return sheet;
}

std::string MatchedLine(const Diff& diff) {
  const Matched& m = diff.matched;
  return absl::StrCat("nodes matched: ", m.by_name, " by name, ", m.by_tensor, " by output tensor, ", m.by_structure,
                      " by structure; ", m.only_a, " only in ", diff.label_a, ", ", m.only_b, " only in ", diff.label_b,
                      "; ", Format(Measure::kShare, m.share_of_time), " of the time is matched");
}

std::string FlipLine(const Diff& diff) {
  std::vector<std::string> names;
  size_t flips = 0;
  for (const DiffGroup& group : diff.groups) {
    if (!group.flipped) continue;
    ++flips;
    if (names.size() < kFlipsNamed) {
      names.push_back(absl::StrCat(group.name, " (", Name(group.bound_a), " → ", Name(group.bound_b), ")"));
    }
  }
  if (flips == 0) return "no row changes between compute-bound and memory-bound";
  std::string line = absl::StrCat(flips, flips == 1 ? " row flips" : " rows flip",
                                  " between compute and memory: ", absl::StrJoin(names, ", "));
  if (flips > names.size()) absl::StrAppend(&line, ", and ", flips - names.size(), " more");
  return line;
}

std::string EqualLine(const Diff& diff) {
  std::vector<std::string> names;
  for (const DiffTotal& total : diff.totals) {
    if (total.a == total.b && total.name != Latency(diff).name) names.push_back(total.name);
  }
  return names.empty() ? "" : absl::StrCat("equal totals: ", absl::StrJoin(names, ", "));
}

// The product of the named ratios when they are all there is to the difference; 0 when they are not.
double NamedRatio(const Diff& diff) {
  double product = 1;
  for (const DiffTerm& term : diff.terms) {
    if (term.delta_s == 0) continue;
    if (!term.ratio) return 0;
    product *= *term.ratio;
  }
  return product;
}

// Where named coefficients are the whole difference: what keeps the total's ratio from their product.
std::string KeptFromLine(const Diff& diff) {
  constexpr double kSame = 1e-3;
  const double named = NamedRatio(diff);
  const double total = Latency(diff).b > 0 ? Latency(diff).a / Latency(diff).b : 0;
  if (named <= 0 || named == 1 || total <= 0 || std::fabs(total / named - 1) < kSame) return "";
  double seconds = 0;
  size_t rows = 0, memory = 0;
  std::vector<std::string> names;
  for (const DiffGroup& group : diff.groups) {
    if (group.b_s == 0 || std::fabs(group.a_s / group.b_s / named - 1) < kSame) continue;
    seconds += group.b_s;
    ++rows;
    if (group.bound_a != Bound::kMemory && group.bound_b != Bound::kMemory) continue;
    ++memory;
    if (names.size() < kTermsShown / 4) names.push_back(group.name);
  }
  return absl::StrCat(
      "the named ratios multiply to ", RatioWords(named), ", the total changes by ", RatioWords(total), ": ", rows,
      rows == 1 ? " row does" : " rows do", " not follow (", Format(Measure::kShare, seconds / Latency(diff).b),
      " of the time of ", diff.label_b, "), ", memory, " of them memory-bound",
      names.empty() ? "" : absl::StrCat(" (", absl::StrJoin(names, ", "), memory > names.size() ? " …)" : ")"));
}

std::string ReasonLine(const Diff& diff) {
  const double delta = Latency(diff).delta();
  if (delta == 0) return "";
  std::vector<std::string> words;
  for (const DiffTerm& term : diff.by_class) {
    if (term.delta_s == 0) continue;
    words.push_back(absl::StrCat(Name(term.term_class), " ", Format(Measure::kShare, term.delta_s / delta)));
  }
  return absl::StrCat("because of ", absl::StrJoin(words, ", "));
}

}  // namespace

std::string MovedTotal(const Diff& diff, double threshold) {
  for (const DiffTotal& total : diff.totals) {
    const double relative = total.a != 0 ? std::fabs(total.delta() / total.a) : total.delta() != 0 ? INFINITY : 0;
    // A total that is no number on either side has moved as well.
    if (relative > std::max(threshold, kRounding) || std::isnan(relative)) {
      return absl::StrCat(total.name, " moves by ", FormatSigned(Measure::kShare, Relative(total.a, total.b)), " (",
                          RoundTrip(total.a), " → ", RoundTrip(total.b), ")");
    }
  }
  return "";
}

Document DiffDocument(const Diff& diff, const DiffView& view) {
  Document document;
  document.verdict = {Verdict(diff)};
  if (const std::string reason = ReasonLine(diff); !reason.empty()) document.verdict.push_back(reason);
  if (const std::string kept = KeptFromLine(diff); !kept.empty()) document.verdict.push_back(kept);
  document.header = {absl::StrCat("A = ", diff.label_a, " (", diff.a.model.path, " on ", diff.a.hardware.id, ", ",
                                  diff.a.hardware.evidence, "), B = ", diff.label_b, " (", diff.b.model.path, " on ",
                                  diff.b.hardware.id, ", ", diff.b.hardware.evidence,
                                  "); Δ = B - A; ~ = inside the interval")};
  document.sheets.push_back(TotalSheet(diff));
  if (!diff.terms.empty()) {
    document.sheets.push_back(TermSheet(diff, diff.terms, "where the difference comes from", kTermsShown));
    document.sheets.back().folded = true;
  }
  document.sheets.push_back(RowSheet(diff, view));
  document.main_sheet = document.sheets.size() - 1;
  document.summary = {MatchedLine(diff), FlipLine(diff)};
  if (const std::string equal = EqualLine(diff); !equal.empty()) document.summary.push_back(equal);
  return document;
}

}  // namespace opcost
