#include "cli/sensitivity_document.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/json_report.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

bool Moves(const Estimate::Effect& effect) { return effect.elasticity_up != 0 || effect.elasticity_down != 0; }

SheetRow EffectRow(const Estimate::Effect& effect) {
  return {{Cell::Text(effect.key), Cell{.text = RoundTrip(effect.value), .value = effect.value},
           Cell::Number(effect.elasticity_up), Cell::Number(effect.elasticity_down),
           Cell::Number(effect.seconds_per_percent), Cell::Text(effect.hidden_under),
           effect.hidden_under.empty() ? Cell::Missing() : Cell::Number(effect.margin), Cell::Text(effect.source)}};
}

}  // namespace

Document SensitivityDocument(const Report& report, const std::vector<Estimate::Effect>& effects, int64_t top) {
  Sheet sheet;
  sheet.name = "coefficients";
  sheet.columns = {
      {.key = "key", .title = "coefficient", .cut = true},
      {.key = "value", .title = "value", .measure = Measure::kNumber, .keep = 5},
      {.key = "elasticity_up", .title = "elasticity", .measure = Measure::kNumber},
      {.key = "elasticity_down", .title = "downwards", .measure = Measure::kNumber, .keep = 2},
      {.key = "per_percent", .title = "total per +1 %", .measure = Measure::kSeconds, .is_signed = true, .keep = 4},
      {.key = "hidden_under", .title = "hidden under", .cut = true},
      {.key = "margin", .title = "by a factor of", .measure = Measure::kNumber, .keep = 6},
      {.key = "source", .title = "source", .cut = true, .keep = 3}};
  size_t moving = 0, hidden = 0, unused = 0, cut = 0;
  for (const Estimate::Effect& effect : effects) {
    moving += Moves(effect) ? 1 : 0;
    hidden += !Moves(effect) && effect.used ? 1 : 0;
    unused += !effect.used && !Moves(effect) ? 1 : 0;
    SheetRow row = EffectRow(effect);
    if (!effect.used && !Moves(effect)) {
      row.hidden = true;
    } else if (top > 0 && moving + hidden > static_cast<size_t>(top)) {
      row.hidden = true;
      ++cut;
    }
    sheet.rows.push_back(std::move(row));
  }
  Document document;
  document.verdict = {absl::StrCat(ModelName(report), " on ", report.hardware.id, ": ",
                                   Format(Measure::kSeconds, report.totals.t_s), "; ", moving, " of ", effects.size(),
                                   " coefficients move it, ", hidden, " hidden, ", unused, " not used")};
  document.header = {
      "elasticity = per cent of the total for one per cent more of the coefficient; downwards: for one per cent less",
      "hidden under = what is larger wherever it occurs, and by how much that would have to shrink"};
  document.sheets.push_back(std::move(sheet));
  if (cut > 0)
    document.summary.push_back(
        absl::StrCat("[", cut, cut == 1 ? " other is" : " others are", " used: --top 0 shows all]"));
  document.summary.push_back(
      absl::StrCat("not used by any row of this model: ", unused, " coefficients (JSON lists them)"));
  return document;
}

std::string SensitivityJson(const Report& report, const std::vector<Estimate::Effect>& effects) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "sensitivity");
  json.Field("tool_version", report.tool_version)
      .Field("model", report.model.path)
      .Field("hardware", report.hardware.id);
  json.DoubleField("latency_s", report.totals.t_s).Key("coefficients").BeginArray();
  for (const Estimate::Effect& effect : effects) {
    json.BeginObject().Field("key", effect.key).DoubleField("value", effect.value).Field("source", effect.source);
    json.DoubleField("elasticity_up", effect.elasticity_up).DoubleField("elasticity_down", effect.elasticity_down);
    json.DoubleField("seconds_per_percent", effect.seconds_per_percent).Field("hidden_under", effect.hidden_under);
    json.Key("margin");
    effect.hidden_under.empty() ? json.Null() : json.Double(effect.margin);
    json.BoolField("used", effect.used).EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace opcost
