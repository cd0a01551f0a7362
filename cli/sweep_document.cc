#include "cli/sweep_document.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/json_report.h"
#include "cli/json_writer.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

template <typename Of>
bool Differ(const std::vector<Report>& reports, Of of) {
  return std::any_of(reports.begin(), reports.end(), [&](const Report& r) { return of(r) != of(reports.front()); });
}

// Which columns say something that the first line does not.
struct Varying {
  explicit Varying(const std::vector<Report>& reports)
      : models(Differ(reports, [](const Report& r) { return r.model.path; })),
        targets(Differ(reports, [](const Report& r) { return r.hardware.id; })),
        caches(std::any_of(reports.begin(), reports.end(), [](const Report& r) { return !r.memory.caches.empty(); })) {}
  bool models, targets, caches;
};

std::vector<Column> Columns(const SweepResult& result, const Varying& varying) {
  std::vector<Column> columns;
  if (varying.models) columns.push_back({.key = "model", .title = "model", .cut = true});
  for (const SweptSymbol& symbol : result.sweep.symbols) {
    columns.push_back({.key = symbol.name, .title = symbol.name, .measure = Measure::kInteger});
  }
  if (varying.targets) columns.push_back({.key = "target", .title = "target"});
  columns.push_back({.key = "latency", .title = "latency", .measure = Measure::kSeconds});
  columns.push_back({.key = "interval", .title = "interval", .measure = Measure::kInterval, .keep = 1});
  columns.push_back({.key = "limit", .title = "limit", .measure = Measure::kSeconds, .keep = 5});
  columns.push_back({.key = "macs", .title = "MACs", .measure = Measure::kCount, .keep = 9});
  columns.push_back({.key = "bytes", .title = "bytes", .measure = Measure::kBytes, .keep = 7});
  columns.push_back({.key = "bound", .title = "bound", .keep = 8});
  columns.push_back({.key = "activations", .title = "activations", .measure = Measure::kBytes, .keep = 6});
  if (varying.caches) columns.push_back({.key = "caches", .title = "caches", .measure = Measure::kBytes, .keep = 5});
  columns.push_back({.key = "fits", .title = "fits", .keep = 4});
  columns.push_back({.key = "evidence", .title = "evidence", .keep = 3});
  columns.push_back({.key = "costed", .title = "costed", .keep = 2});
  return columns;
}

SheetRow LineOf(const SweepResult& result, const Varying& varying, const Report& report) {
  SheetRow row;
  const auto number = [&](int64_t value) { row.cells.push_back(Cell::Number(static_cast<double>(value))); };
  if (varying.models) row.cells.push_back(Cell::Text(ModelName(report)));
  for (const SweptSymbol& symbol : result.sweep.symbols) number(report.bindings.at(symbol.name));
  if (varying.targets) row.cells.push_back(Cell::Text(report.hardware.id));
  row.cells.push_back(Cell::Number(report.totals.t_s));
  const bool known = report.totals.lo_s && report.totals.hi_s;
  row.cells.push_back(known ? Cell{.value = *report.totals.lo_s, .upper = *report.totals.hi_s} : Cell::Missing());
  row.cells.push_back(Cell::Number(report.totals.limit_s, Tone::kFaint));
  number(report.totals.macs);
  number(TotalBytes(report.totals.work));
  row.cells.push_back(Cell::Text(std::string(Name(report.totals.bound))));
  number(report.memory.peak_activation_bytes);
  if (varying.caches) number(report.memory.cache_bytes);
  row.cells.push_back(Cell::Text(FitWords(report), report.memory.fits.value_or(true) ? Tone::kPlain : Tone::kBad));
  row.cells.push_back(Cell::Text(report.hardware.evidence));
  const bool incomplete = report.coverage.incomplete > 0 || !report.coverage.unknown.empty();
  row.cells.push_back(Cell::Text(absl::StrCat(report.coverage.costed, "/", report.coverage.nodes),
                                 incomplete ? Tone::kBad : Tone::kPlain));
  return row;
}

std::string Verdict(const SweepResult& result, const Varying& varying) {
  const std::vector<Report>& reports = result.reports;
  const auto [least, most] = std::minmax_element(
      reports.begin(), reports.end(), [](const Report& a, const Report& b) { return a.totals.t_s < b.totals.t_s; });
  const std::string symbols = absl::StrJoin(
      result.sweep.symbols, " x ", [](std::string* out, const SweptSymbol& s) { absl::StrAppend(out, s.name); });
  return absl::StrCat(varying.models ? "" : absl::StrCat(ModelName(reports[0]), ": "), Bindings(result.sweep),
                      Bindings(result.sweep) == 1 ? " binding of " : " bindings of ", symbols,
                      varying.targets ? "" : absl::StrCat(" on ", reports[0].hardware.id), ", ",
                      Format(Measure::kSeconds, least->totals.t_s), " to ",
                      Format(Measure::kSeconds, most->totals.t_s));
}

std::string Shared(const SweepResult& result) {
  return absl::StrCat(
      "shared by all lines: ", result.readings, result.readings == 1 ? " reading" : " readings", " of the file and ",
      result.classifications, result.classifications == 1 ? " grouping" : " groupings",
      " of its nodes into rows (again only where extents could change it); shapes and counts are of each "
      "binding");
}

// Each once: of notes that differ in numbers alone the first, and none on how much of the time has an interval, which
// is a column of its own.
std::vector<std::string> Notes(const std::vector<Report>& reports) {
  std::vector<std::string> notes, known;
  for (const Report& report : reports) {
    const std::vector<std::string> lines = NoteLines(report);
    for (size_t i = 0; i < lines.size(); ++i) {
      if (report.notes[i].kind == NoteKind::kCoverage) continue;
      std::string words = lines[i];
      std::erase_if(words, [](char c) { return c >= '0' && c <= '9'; });
      if (std::find(known.begin(), known.end(), words) != known.end()) continue;
      known.push_back(std::move(words));
      notes.push_back(lines[i]);
    }
  }
  return notes;
}

void WritePoint(const SweepResult& result, const Report& report, JsonWriter& json) {
  json.BeginObject().Field("model", report.model.path).Field("structure_sha256", report.model.structure_sha256);
  json.Key("sweep").BeginObject();
  for (const SweptSymbol& symbol : result.sweep.symbols) json.IntField(symbol.name, report.bindings.at(symbol.name));
  json.EndObject().Key("bindings").BeginObject();
  for (const auto& [name, value] : report.bindings) json.IntField(name, value);
  json.EndObject().Field("hardware", report.hardware.id).Field("evidence", report.hardware.evidence);
  json.Field("rule_set", report.rule_set).Key("precision");
  report.precision.empty() ? json.Null() : json.String(report.precision);
  json.DoubleField("latency_s", report.totals.t_s).OptionalField("lo_s", report.totals.lo_s);
  json.OptionalField("hi_s", report.totals.hi_s).DoubleField("limit_s", report.totals.limit_s);
  json.Field("bound", Name(report.totals.bound)).IntField("macs", report.totals.macs);
  json.IntField("flops", report.totals.flops).IntField("int_ops", report.totals.int_ops);
  json.IntField("transcendentals", report.totals.transcendentals);
  WriteBytes(report.totals.work, json);
  json.IntField("weight_bytes", report.memory.weight_bytes).IntField("parameters", report.memory.parameters);
  json.IntField("peak_activation_bytes", report.memory.peak_activation_bytes);
  json.IntField("cache_bytes", report.memory.cache_bytes).Key("fits");
  report.memory.fits ? json.Bool(*report.memory.fits) : json.Null();
  json.IntField("nodes", report.coverage.nodes).IntField("costed", report.coverage.costed);
  json.IntField("incomplete", report.coverage.incomplete).EndObject();
}

}  // namespace

Document SweepDocument(const SweepResult& result) {
  Document document;
  const Varying varying(result.reports);
  document.verdict = {Verdict(result, varying)};
  document.header = Definitions();
  Sheet sheet;
  sheet.name = "sweep";
  sheet.columns = Columns(result, varying);
  for (const Report& report : result.reports) sheet.rows.push_back(LineOf(result, varying, report));
  document.sheets.push_back(std::move(sheet));
  document.summary = {Shared(result)};
  document.notes = Notes(result.reports);
  return document;
}

std::string SweepJson(const SweepResult& result) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "sweep");
  json.Field("tool_version", result.reports[0].tool_version).Key("symbols").BeginArray();
  for (const SweptSymbol& symbol : result.sweep.symbols) {
    json.BeginObject().Field("name", symbol.name).Key("values").BeginArray();
    for (const int64_t value : symbol.values) json.Int(value);
    json.EndArray().EndObject();
  }
  json.EndArray().IntField("readings", result.readings).IntField("classifications", result.classifications);
  json.Key("points").BeginArray();
  for (const Report& report : result.reports) WritePoint(result, report, json);
  json.EndArray().StringsField("notes", Notes(result.reports)).EndObject();
  return out + "\n";
}

}  // namespace opcost
