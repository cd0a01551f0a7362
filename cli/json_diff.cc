#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cli/diff_document.h"
#include "cli/json_writer.h"

namespace opcost {
namespace {

constexpr std::array<const char*, 4> kKinds = {"equal", "changed", "new", "deleted"};

void WriteTerms(const std::vector<DiffTerm>& terms, JsonWriter& json) {
  json.BeginArray();
  for (const DiffTerm& term : terms) {
    json.BeginObject()
        .Field("class", Name(term.term_class))
        .Field("key", term.key)
        .DoubleField("delta_s", term.delta_s);
    json.OptionalField("ratio", term.ratio).EndObject();
  }
  json.EndArray();
}

void WriteSide(const Report& report, const std::string& label, JsonWriter& json) {
  json.BeginObject().Field("label", label).Field("model", report.model.path);
  json.Field("structure_sha256", report.model.structure_sha256).Field("hardware", report.hardware.id);
  json.Field("hardware_sha256", report.hardware.sha256).Field("evidence", report.hardware.evidence);
  json.Field("rule_set", report.rule_set).EndObject();
}

void WriteIds(const Report& report, const std::vector<int32_t>& rows, JsonWriter& json) {
  json.BeginArray();
  for (const int32_t row : rows) json.String(report.rows[static_cast<size_t>(row)].id);
  json.EndArray();
}

void WriteGroup(const Diff& diff, const DiffGroup& group, JsonWriter& json) {
  json.BeginObject().Field("name", group.name).Field("kind", kKinds[static_cast<size_t>(group.kind)]);
  json.DoubleField("a", group.a_s).DoubleField("b", group.b_s).DoubleField("delta", group.b_s - group.a_s);
  json.BoolField("within_interval", group.within_interval);
  json.Field("bound_a", Name(group.bound_a)).Field("bound_b", Name(group.bound_b)).BoolField("flipped", group.flipped);
  WriteIds(diff.a, group.rows_a, json.Key("rows_a"));
  WriteIds(diff.b, group.rows_b, json.Key("rows_b"));
  WriteTerms(group.terms, json.Key("terms"));
  json.EndObject();
}

void WriteMatched(const Matched& matched, JsonWriter& json) {
  json.Key("matched").BeginObject().IntField("by_name", matched.by_name).IntField("by_tensor", matched.by_tensor);
  json.IntField("by_structure", matched.by_structure).IntField("only_a", matched.only_a);
  json.IntField("only_b", matched.only_b).DoubleField("share_of_time", matched.share_of_time).EndObject();
}

}  // namespace

std::string DiffJson(const Diff& diff) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "diff");
  json.Field("tool_version", diff.b.tool_version);
  WriteSide(diff.a, diff.label_a, json.Key("a"));
  WriteSide(diff.b, diff.label_b, json.Key("b"));
  json.Key("totals").BeginObject();
  for (const DiffTotal& total : diff.totals) {
    json.Key(total.name).BeginObject().DoubleField("a", total.a).DoubleField("b", total.b);
    json.DoubleField("delta", total.delta()).EndObject();
  }
  json.EndObject();
  WriteMatched(diff.matched, json);
  WriteTerms(diff.by_class, json.Key("by_class"));
  WriteTerms(diff.terms, json.Key("terms"));
  json.Key("groups").BeginArray();
  for (const DiffGroup& group : diff.groups) WriteGroup(diff, group, json);
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace opcost
