#include "cli/import_document.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/number.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

constexpr size_t kNamed = 5;
constexpr std::array<absl::string_view, 5> kSorts = {"difference", "error", "measured", "predicted", "order"};

std::string Seconds(double value) { return Format(Measure::kSeconds, value); }
std::string Share(double value) { return Format(Measure::kShare, value); }

bool IsMeasured(const ComparedGroup& group) { return !group.kernels.empty(); }
bool IsPredicted(const ComparedGroup& group) { return !group.rows.empty(); }
double Delta(const ComparedGroup& group) { return group.predicted_s - group.measured_s; }
double Error(double predicted, double measured) { return measured > 0 ? predicted / measured - 1 : NAN; }

Tone ToneOf(double error) {
  constexpr double kGood = 0.1, kBad = 0.25;
  return std::abs(error) <= kGood ? Tone::kGood : std::abs(error) > kBad ? Tone::kBad : Tone::kPlain;
}

// "Conv", "Conv + 2": what the runtime ran.
std::string KernelsOf(const MeasuredRun& run, const ComparedGroup& group) {
  if (group.kernels.empty()) return "";
  const auto dearest = std::max_element(group.kernels.begin(), group.kernels.end(), [&](int32_t a, int32_t b) {
    return run.kernels[static_cast<size_t>(a)].seconds < run.kernels[static_cast<size_t>(b)].seconds;
  });
  const std::string& op_type = run.kernels[static_cast<size_t>(*dearest)].op_type;
  return group.kernels.size() == 1 ? op_type : absl::StrCat(op_type, " + ", group.kernels.size() - 1);
}

std::string PatternsOf(const Report& report, const ComparedGroup& group) {
  if (group.rows.empty()) return "";
  const auto dearest = std::max_element(group.rows.begin(), group.rows.end(), [&](int32_t a, int32_t b) {
    return report.rows[static_cast<size_t>(a)].t_s < report.rows[static_cast<size_t>(b)].t_s;
  });
  const std::string pattern(Name(report.rows[static_cast<size_t>(*dearest)].pattern));
  return group.rows.size() == 1 ? pattern : absl::StrCat(pattern, " + ", group.rows.size() - 1);
}

std::vector<size_t> Order(const ImportView& view) {
  const std::vector<ComparedGroup>& groups = view.comparison.groups;
  std::vector<size_t> order(groups.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (view.sort == "order") return order;
  const auto key = [&](size_t i) {
    const ComparedGroup& group = groups[i];
    if (view.sort == "measured") return group.measured_s;
    if (view.sort == "predicted") return group.predicted_s;
    if (view.sort != "error") return std::abs(Delta(group));
    return IsMeasured(group) && IsPredicted(group) ? std::abs(Error(group.predicted_s, group.measured_s)) : 0;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) > key(b); });
  return order;
}

SheetRow Line(std::string name, double share, double measured, double predicted, RowKind kind) {
  const double error = Error(predicted, measured);
  return {{Cell::Number(share), Cell::Text(std::move(name)), Cell::Number(measured), Cell::Number(predicted),
           Cell::Number(predicted - measured), Cell::Number(error, ToneOf(error)), Cell::Text(""), Cell::Text("")},
          kind};
}

SheetRow GroupLine(const ImportView& view, const ComparedGroup& group) {
  SheetRow row = Line(group.name, group.measured_s / view.comparison.measured_s, group.measured_s, group.predicted_s,
                      RowKind::kData);
  if (!IsMeasured(group)) row.cells[0] = row.cells[2] = row.cells[5] = Cell::Missing();
  if (!IsPredicted(group)) row.cells[3] = row.cells[5] = Cell::Missing();
  row.cells[6] = Cell::Text(KernelsOf(view.run, group));
  row.cells[7] = Cell::Text(PatternsOf(view.report, group));
  return row;
}

Sheet GroupSheet(const ImportView& view) {
  Sheet sheet;
  sheet.name = "rows";
  sheet.columns = {{.key = "share", .title = "share", .measure = Measure::kShare},
                   {.key = "name", .title = "name", .cut = true},
                   {.key = "measured", .title = "measured", .measure = Measure::kSeconds},
                   {.key = "predicted", .title = "predicted", .measure = Measure::kSeconds},
                   {.key = "delta", .title = "Δ", .measure = Measure::kSeconds, .is_signed = true},
                   {.key = "error", .title = "error", .measure = Measure::kShare, .is_signed = true},
                   {.key = "kernel", .title = "kernel", .keep = 2},
                   {.key = "pattern", .title = "pattern", .keep = 3}};
  double measured = 0, predicted = 0;
  size_t others = 0;
  for (size_t i : Order(view)) {
    const ComparedGroup& group = view.comparison.groups[i];
    if (!IsMeasured(group) && group.predicted_s == 0) continue;  // what costs nothing and has no kernel
    SheetRow row = GroupLine(view, group);
    row.hidden = view.top > 0 && sheet.rows.size() >= static_cast<size_t>(view.top);
    if (row.hidden) {
      measured += group.measured_s;
      predicted += group.predicted_s;
      ++others;
    }
    sheet.rows.push_back(std::move(row));
  }
  const double all = view.comparison.measured_s;
  if (others > 0) {
    sheet.rows.push_back(Line(absl::StrCat("[", others, others == 1 ? " other]" : " others]"), measured / all, measured,
                              predicted, RowKind::kRest));
  }
  sheet.rows.push_back(Line("TOTAL", 1, all, view.comparison.predicted_s, RowKind::kTotal));
  return sheet;
}

std::string Verdict(const ImportView& view) {
  const RunComparison& c = view.comparison;
  return absl::StrCat(view.run.network, " on ", view.report.hardware.id, ": measured ", Seconds(c.measured_s), " in ",
                      view.run.kernels.size(), " kernels, predicted ", Seconds(c.predicted_s), ": ",
                      FormatSigned(Measure::kShare, Error(c.predicted_s, c.measured_s)), "; line by line ",
                      Share(c.absolute_error), " off");
}

// "onnxruntime 1.26.0, 1 thread, EPYC, 2026-11-26".
std::string Facts(const ImportView& view) {
  const RunFacts& facts = view.run.facts;
  std::vector<std::string> words;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) words.push_back(text);
  };
  add(facts.runtime_version.empty() ? facts.runtime : absl::StrCat(facts.runtime, " ", facts.runtime_version));
  if (facts.threads > 0) add(absl::StrCat(facts.threads, facts.threads == 1 ? " thread" : " threads"));
  add(facts.machine);
  add(facts.mode);
  add(facts.precision);
  add(facts.date);
  std::string line = absl::StrCat("measured with ", words.empty() ? "unknown facts" : absl::StrJoin(words, ", "));
  if (view.run.profiled_s) absl::StrAppend(&line, "; whole run ", Seconds(*view.run.profiled_s), " under the profiler");
  if (view.run.end_to_end_s) absl::StrAppend(&line, "; ", Seconds(*view.run.end_to_end_s), " without it");
  return line;
}

std::string Joined(const ImportView& view) {
  const JoinCoverage& coverage = view.comparison.coverage;
  const double all = view.comparison.measured_s;
  std::vector<std::string> ways;
  int64_t found = 0;
  double found_s = 0;
  for (size_t way = 0; way < kJoinWays; ++way) {
    const JoinCoverage::Ways& of = coverage.ways[way];
    const JoinWay which = static_cast<JoinWay>(way);
    if (of.kernels == 0 || which == JoinWay::kConversion || which == JoinWay::kNone) continue;
    found += of.kernels;
    found_s += of.seconds;
    ways.push_back(absl::StrCat(of.kernels, " by ", Name(which)));
  }
  const JoinCoverage::Ways& conversions = coverage.ways[static_cast<size_t>(JoinWay::kConversion)];
  const JoinCoverage::Ways& none = coverage.ways[static_cast<size_t>(JoinWay::kNone)];
  return absl::StrCat("kernels: ", found, " of ", view.run.kernels.size(), " are nodes of the model, ",
                      Share(found_s / all), " of the time",
                      ways.empty() ? "" : absl::StrCat(" (", absl::StrJoin(ways, ", "), ")"), "; ", conversions.kernels,
                      " changes of layout or type, ", Share(conversions.seconds / all), "; ", none.kernels,
                      " without a node, ", Share(none.seconds / all));
}

std::string Nodes(const ImportView& view) {
  const JoinCoverage& coverage = view.comparison.coverage;
  const auto fate = [&](NodeFate which) { return coverage.fates[static_cast<size_t>(which)]; };
  std::string line = absl::StrCat("nodes: ", fate(NodeFate::kCovered), " of ", view.graph.nodes.size(),
                                  " have a kernel, ", fate(NodeFate::kFolded), " follow from the file");
  if (fate(NodeFate::kNotTaken) > 0) absl::StrAppend(&line, ", ", fate(NodeFate::kNotTaken), " in branches not taken");
  absl::StrAppend(&line, "; ", fate(NodeFate::kMissing), " without an entry, ", Share(coverage.missing_macs),
                  " of the MACs and ", Share(coverage.missing_bytes), " of the bytes");
  if (coverage.unmeasured_s > 0) {
    absl::StrAppend(&line, "; predicted but not measured: ", Seconds(coverage.unmeasured_s));
  }
  return line;
}

std::string Named(std::vector<std::string> names) {
  const size_t more = names.size() > kNamed ? names.size() - kNamed : 0;
  if (more > 0) names.resize(kNamed);
  return absl::StrCat(absl::StrJoin(names, ", "), more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

// The entries without a node, dearest first.
std::string Unmatched(const ImportView& view) {
  std::vector<size_t> kernels;
  for (size_t k = 0; k < view.join.kernels.size(); ++k) {
    if (view.join.kernels[k].way == JoinWay::kNone) kernels.push_back(k);
  }
  std::stable_sort(kernels.begin(), kernels.end(),
                   [&](size_t a, size_t b) { return view.run.kernels[a].seconds > view.run.kernels[b].seconds; });
  std::vector<std::string> names;
  for (size_t k : kernels) {
    const MeasuredKernel& kernel = view.run.kernels[k];
    names.push_back(
        absl::StrCat(kernel.name.empty() ? kernel.op_type : kernel.name, " (", Seconds(kernel.seconds), ")"));
  }
  return names.empty() ? "" : absl::StrCat("entries without a node: ", Named(std::move(names)));
}

std::string MissingNodes(const ImportView& view) {
  std::vector<std::string> names;
  for (size_t n = 0; n < view.join.fates.size(); ++n) {
    if (view.join.fates[n] == NodeFate::kMissing) names.push_back(view.graph.nodes[n].id);
  }
  return names.empty() ? "" : absl::StrCat("nodes without an entry: ", Named(std::move(names)));
}

}  // namespace

absl::Status CheckSort(absl::string_view sort) {
  if (sort.empty() || std::find(kSorts.begin(), kSorts.end(), sort) != kSorts.end()) return absl::OkStatus();
  const std::vector<std::string> names(kSorts.begin(), kSorts.end());
  return Usage(absl::InvalidArgumentError(
      absl::StrCat("--sort ", sort, ": expected ", absl::StrJoin(names, ", "), DidYouMean(sort, names))));
}

Document ImportDocument(const ImportView& view) {
  Document document;
  document.verdict = {Verdict(view), Facts(view)};
  document.header = {
      "measured = best of the repeats, with what the profiler adds to each kernel; Δ = predicted - measured, error = Δ "
      "/ "
      "measured; kernels and predicted rows that share nodes are one line"};
  document.sheets.push_back(GroupSheet(view));
  for (std::string line : {Joined(view), Unmatched(view), Nodes(view), MissingNodes(view)}) {
    if (!line.empty()) document.summary.push_back(std::move(line));
  }
  document.notes = view.notes;
  return document;
}

}  // namespace opcost
