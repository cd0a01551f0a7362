#include <cmath>
#include <string>
#include <vector>

#include "cli/import_document.h"
#include "cli/json_run.h"
#include "cli/json_writer.h"
#include "cli/report_document.h"

namespace opcost {
namespace {

void WriteGroup(const ImportView& view, const ComparedGroup& group, JsonWriter& json) {
  json.BeginObject().Field("name", group.name).Key("kernels").BeginArray();
  for (int32_t kernel : group.kernels) json.Int(kernel);
  json.EndArray();
  std::vector<std::string> rows;
  for (int32_t row : group.rows) rows.push_back(view.report.rows[static_cast<size_t>(row)].id);
  json.StringsField("rows", rows).BoolField("conversions", group.conversions).Key("measured_s");
  group.kernels.empty() ? json.Null() : json.Double(group.measured_s);
  json.Key("predicted_s");
  group.rows.empty() ? json.Null() : json.Double(group.predicted_s);
  json.EndObject();
}

void WriteCoverage(const ImportView& view, JsonWriter& json) {
  const JoinCoverage& coverage = view.comparison.coverage;
  json.Key("coverage").BeginObject().Key("kernels").BeginObject();
  for (size_t way = 0; way < kJoinWays; ++way) {
    json.Key(Name(static_cast<JoinWay>(way))).BeginObject().IntField("kernels", coverage.ways[way].kernels);
    json.DoubleField("seconds", coverage.ways[way].seconds).EndObject();
  }
  json.EndObject().Key("nodes").BeginObject();
  for (size_t fate = 0; fate < kNodeFates; ++fate) {
    json.IntField(Name(static_cast<NodeFate>(fate)), coverage.fates[fate]);
  }
  json.EndObject().DoubleField("missing_macs", coverage.missing_macs);
  json.DoubleField("missing_bytes", coverage.missing_bytes).DoubleField("unmeasured_s", coverage.unmeasured_s);
  json.DoubleField("unpredicted_s", coverage.unpredicted_s);
  std::vector<std::string> missing;
  for (size_t n = 0; n < view.join.fates.size(); ++n) {
    if (view.join.fates[n] == NodeFate::kMissing) missing.push_back(view.graph.nodes[n].id);
  }
  json.StringsField("missing_nodes", missing).EndObject();
}

}  // namespace

std::string ImportJson(const ImportView& view) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "import");
  json.Field("tool_version", view.report.tool_version);
  WriteRunHead(view.run, json);
  json.Field("onnx", view.report.model.path).Field("structure_sha256", view.report.model.structure_sha256);
  json.Field("hardware", view.report.hardware.id).Field("hardware_sha256", view.report.hardware.sha256);
  json.Field("evidence", view.report.hardware.evidence).Field("rule_set", view.report.rule_set);
  const RunComparison& comparison = view.comparison;
  json.Key("totals").BeginObject().DoubleField("measured_s", comparison.measured_s);
  json.DoubleField("predicted_s", comparison.predicted_s).DoubleField("latency_s", view.report.totals.t_s);
  json.DoubleField("absolute_error", comparison.absolute_error);
  json.DoubleField("compared_share", comparison.compared_share).EndObject();
  WriteCoverage(view, json);
  WriteRunRows(view.run, view.join, view.graph, json);
  json.Key("groups").BeginArray();
  for (const ComparedGroup& group : comparison.groups) WriteGroup(view, group, json);
  json.EndArray();
  std::vector<std::string> own;
  for (const Note& note : view.run.notes) own.push_back(note.text);
  json.StringsField("run_notes", own).StringsField("notes", view.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
