#include "cli/compare_document.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/json_writer.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 3> kEvidences = {"calibrated", "seeded", "default"};

size_t EvidenceOrder(const std::string& evidence) {
  return static_cast<size_t>(std::find(kEvidences.begin(), kEvidences.end(), evidence) - kEvidences.begin());
}

bool HasInterval(const Report& report) { return report.totals.lo_s.has_value() && report.totals.hi_s.has_value(); }

bool Apart(const Report& a, const Report& b) {
  return HasInterval(a) && HasInterval(b) && (*a.totals.hi_s < *b.totals.lo_s || *b.totals.hi_s < *a.totals.lo_s);
}

// Places within [begin, end), which share model and evidence and are sorted by time. A place is claimed only by who
// is apart from everybody else.
void SetRanks(const std::vector<Report>& reports, size_t begin, size_t end, std::vector<Standing>& standings) {
  for (size_t i = begin; i < end; ++i) {
    bool apart = end - begin > 1;
    for (size_t j = begin; j < end && apart; ++j) {
      apart = i == j || Apart(reports[standings[i].report], reports[standings[j].report]);
    }
    standings[i].rank = apart ? static_cast<int>(i - begin) + 1 : 0;
  }
}

SheetRow LineOf(const Report& report, const Standing& standing) {
  Cell interval = Cell::Missing();
  if (HasInterval(report)) interval = Cell{.value = *report.totals.lo_s, .upper = *report.totals.hi_s};
  Cell rank = standing.rank > 0 ? Cell::Number(standing.rank) : Cell::Missing();
  const double t = report.totals.t_s;
  return {{Cell::Text(ModelName(report)), Cell::Text(standing.evidence), rank, Cell::Text(report.hardware.id),
           Cell::Number(t), interval, Cell::Number(report.totals.limit_s, Tone::kFaint),
           t > 0 ? Cell::Number(report.totals.limit_s / t) : Cell::Missing(),
           Cell::Text(std::string(Name(report.totals.bound))),
           Cell::Text(FitWords(report), report.memory.fits.value_or(true) ? Tone::kPlain : Tone::kBad),
           Cell::Text(absl::StrCat(report.coverage.costed, "/", report.coverage.nodes)),
           Cell::Text(report.hardware.name)}};
}

std::string Verdict(const std::vector<Report>& reports, const std::vector<Standing>& standings) {
  if (reports.empty()) return "no target can price this";
  double least = reports[0].totals.t_s, most = least;
  std::array<size_t, kEvidences.size() + 1> counts{};
  for (const Standing& standing : standings) {
    const double t = reports[standing.report].totals.t_s;
    least = std::min(least, t);
    most = std::max(most, t);
    ++counts[EvidenceOrder(standing.evidence)];
  }
  std::string line = absl::StrCat(reports.size(), reports.size() == 1 ? " line, " : " lines, ",
                                  Format(Measure::kSeconds, least), " to ", Format(Measure::kSeconds, most), ":");
  for (size_t i = 0; i < kEvidences.size(); ++i) {
    absl::StrAppend(&line, i == 0 ? " " : ", ", counts[i], " ", kEvidences[i]);
  }
  return line;
}

}  // namespace

std::vector<Standing> Stand(const std::vector<Report>& reports) {
  std::vector<std::string> models;
  std::vector<Standing> standings;
  const auto model_order = [&](const Report& report) {
    return std::find(models.begin(), models.end(), report.model.path) - models.begin();
  };
  for (size_t i = 0; i < reports.size(); ++i) {
    if (model_order(reports[i]) == static_cast<std::ptrdiff_t>(models.size())) models.push_back(reports[i].model.path);
    standings.push_back({.report = i, .evidence = reports[i].hardware.evidence});
  }
  const auto group = [&](const Standing& s) {
    return std::make_pair(model_order(reports[s.report]), EvidenceOrder(s.evidence));
  };
  std::stable_sort(standings.begin(), standings.end(), [&](const Standing& a, const Standing& b) {
    const auto group_a = group(a), group_b = group(b);
    if (group_a != group_b) return group_a < group_b;
    return reports[a.report].totals.t_s < reports[b.report].totals.t_s;
  });
  for (size_t begin = 0, end = 0; begin < standings.size(); begin = end) {
    while (end < standings.size() && group(standings[begin]) == group(standings[end])) ++end;
    SetRanks(reports, begin, end, standings);
  }
  return standings;
}

Document CompareDocument(const std::vector<Report>& reports, const std::vector<std::string>& skipped) {
  const std::vector<Standing> standings = Stand(reports);
  Document document;
  std::string name = reports.empty() ? "" : absl::StrCat(ModelName(reports[0]), ": ");
  for (const Report& report : reports) {
    if (report.model.path != reports[0].model.path) name = "";
  }
  document.verdict = {absl::StrCat(name, Verdict(reports, standings))};
  document.header = {
      "within a kind of evidence the order is by predicted time; a rank stands only where the interval is known and "
      "apart from all "
      "others of its kind",
      "limit = what peak and bandwidth allow at best; fits = weights and activations in the device's memory (? = "
      "capacity unknown)"};
  Sheet sheet;
  sheet.name = "targets";
  sheet.columns = {{.key = "model", .title = "model", .cut = true, .keep = 6},
                   {.key = "evidence", .title = "evidence"},
                   {.key = "rank", .title = "rank", .measure = Measure::kInteger, .keep = 9},
                   {.key = "target", .title = "target"},
                   {.key = "latency", .title = "latency", .measure = Measure::kSeconds},
                   {.key = "interval", .title = "interval", .measure = Measure::kInterval, .keep = 8},
                   {.key = "limit", .title = "limit", .measure = Measure::kSeconds, .keep = 7},
                   {.key = "of_limit", .title = "limit/latency", .measure = Measure::kShare, .keep = 3},
                   {.key = "bound", .title = "bound", .keep = 5},
                   {.key = "fits", .title = "fits", .keep = 4},
                   {.key = "costed", .title = "costed", .keep = 2},
                   {.key = "name", .title = "name", .cut = true, .keep = 1}};
  bool unranked = false;
  for (const Standing& standing : standings) {
    sheet.rows.push_back(LineOf(reports[standing.report], standing));
    unranked |= standing.rank == 0;
  }
  document.sheets.push_back(std::move(sheet));
  if (unranked) {
    document.summary.emplace_back(
        "lines without a rank: their intervals overlap or are not known, so which of them is faster is not claimed");
  }
  document.notes = skipped;
  return document;
}

std::string CompareJson(const std::vector<Report>& reports, const std::vector<std::string>& skipped) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "comparison");
  json.Field("tool_version", reports.empty() ? "" : reports[0].tool_version).Key("targets").BeginArray();
  for (const Standing& standing : Stand(reports)) {
    const Report& report = reports[standing.report];
    json.BeginObject().Field("model", report.model.path).Field("evidence", standing.evidence).Key("rank");
    standing.rank > 0 ? json.Int(standing.rank) : json.Null();
    json.Field("hardware", report.hardware.id).Field("name", report.hardware.name);
    json.DoubleField("latency_s", report.totals.t_s).OptionalField("lo_s", report.totals.lo_s);
    json.OptionalField("hi_s", report.totals.hi_s).DoubleField("limit_s", report.totals.limit_s);
    json.Field("bound", Name(report.totals.bound)).Key("fits");
    report.memory.fits ? json.Bool(*report.memory.fits) : json.Null();
    json.IntField("macs", report.totals.macs).IntField("nodes", report.coverage.nodes);
    json.IntField("costed", report.coverage.costed).EndObject();
  }
  json.EndArray().StringsField("skipped", skipped).EndObject();
  return out + "\n";
}

}  // namespace opcost
