#include "cli/json_report.h"

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/json_memory.h"

namespace opcost {
namespace {

constexpr std::array<const char*, 9> kExprKinds = {"work",    "coefficient", "curve", "sum",  "max",
                                                   "overlap", "mul",         "div",   "hinge"};

// Coefficients are the same few in thousands of formulas: the report lists each once and formulas refer to it.
class CoefficientTable {
 public:
  int Index(const FormulaNode& node) {
    const auto [at, inserted] =
        index_.try_emplace(Identity{node.key, node.source, node.value}, static_cast<int>(nodes_.size()));
    if (inserted) nodes_.push_back(&node);
    return at->second;
  }
  const std::vector<const FormulaNode*>& nodes() const { return nodes_; }

 private:
  using Identity = std::tuple<absl::string_view, absl::string_view, double>;
  std::map<Identity, int> index_;
  std::vector<const FormulaNode*> nodes_;
};

void WriteFormula(const Formula& formula, CoefficientTable& coefficients, JsonWriter& json) {
  json.BeginArray();
  for (const FormulaNode& node : formula.nodes) {
    json.BeginObject().Field("kind", Name(node.kind));
    if (!node.children.empty()) {
      json.Key("of").BeginArray();
      for (const int32_t child : node.children) json.Int(child);
      json.EndArray();
    }
    if (node.kind == ExprKind::kCoefficient) {
      json.IntField("coefficient", coefficients.Index(node));
    } else if (node.kind == ExprKind::kWork) {
      json.Field("key", node.key).DoubleField("value", node.value).Field("unit", node.unit);
    } else if (node.kind == ExprKind::kCurve) {
      json.Field("key", node.key).DoubleField("value", node.value).Field("unit", node.unit);
      json.Field("class", Name(node.term_class)).Field("source", node.source);
      json.Field("evidence", Name(node.evidence)).BoolField("clamped", node.clamped);
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteTensors(const std::vector<ReportTensor>& tensors, JsonWriter& json) {
  json.BeginArray();
  for (const ReportTensor& tensor : tensors) {
    json.BeginObject().Field("name", tensor.name).Field("dtype", Name(tensor.dtype)).Key("shape");
    if (!tensor.ranked) {
      json.Null();
    } else {
      json.BeginArray();
      for (const ReportTensor::Extent& extent : tensor.shape) {
        if (extent.value >= 0) {
          json.Int(extent.value);
        } else if (!extent.symbol.empty()) {
          json.String(extent.symbol);
        } else {
          json.Null();
        }
      }
      json.EndArray();
    }
    json.EndObject();
  }
  json.EndArray();
}

// All members but the formula; the object stays open.
void BeginRow(const Report& report, const ReportRow& row, JsonWriter& json) {
  json.BeginObject().Field("id", row.id).Field("name", row.name).Field("pattern", Name(row.pattern));
  json.Field("block", row.block).Key("block_pattern");
  row.block_pattern == Pattern::kCount ? json.Null() : json.String(Name(row.block_pattern));
  json.Field("kernel", row.kernel).Field("scope", row.scope).Key("nodes").BeginArray();
  for (const int32_t node : row.nodes) json.String(report.nodes[static_cast<size_t>(node)].id);
  json.EndArray().BoolField("inserted", row.inserted).Field("precision", Name(row.precision));
  json.IntField("repeats", row.repeats).BoolField("counted", row.counted);
  json.IntField("macs", row.work.Get(Resource::kMatrixMacs)).IntField("flops", Flops(row.work));
  json.IntField("transcendentals", row.work.Get(Resource::kTranscendentals));
  WriteBytes(row.work, json);
  WriteWork(row.work, json.Key("work"));
  json.Key("latency").BeginObject().DoubleField("t_s", row.t_s).OptionalField("lo_s", row.lo_s);
  json.OptionalField("hi_s", row.hi_s).DoubleField("limit_s", row.limit_s).Field("bound", Name(row.bound));
  json.Field("limit_bound", Name(row.limit_bound)).EndObject();
  json.Field("source", Name(row.evidence)).Field("step", Name(row.step)).Field("entry", row.entry);
  json.BoolField("in_range", row.in_range).Key("terms").BeginArray();
  for (const ReportRow::Term& term : row.terms) {
    json.BeginObject().Field("name", term.name).DoubleField("t_s", term.t_s).EndObject();
  }
  json.EndArray();
}

template <typename Map, typename Write>
void WriteMap(absl::string_view key, const Map& map, JsonWriter& json, Write write) {
  json.Key(key).BeginObject();
  for (const auto& [name, value] : map) write(name, value);
  json.EndObject();
}

void WriteModel(const Report& report, JsonWriter& json) {
  json.Key("model").BeginObject().Field("path", report.model.path);
  json.Field("structure_sha256", report.model.structure_sha256).Field("producer", report.model.producer);
  json.IntField("ir", report.model.ir);
  WriteMap("opsets", report.model.opsets, json, [&](const auto& name, int version) { json.IntField(name, version); });
  json.EndObject();
  WriteMap("bindings", report.bindings, json, [&](const auto& name, int64_t value) { json.IntField(name, value); });
}

void WriteHardware(const Report& report, JsonWriter& json) {
  const auto& hardware = report.hardware;
  json.Key("hardware").BeginObject().Field("id", hardware.id).Field("name", hardware.name);
  json.Field("mode", hardware.mode).Field("device_class", hardware.device_class).Field("sha256", hardware.sha256);
  json.Field("runtime", hardware.runtime).Field("path", hardware.path).BoolField("calibrated", hardware.calibrated);
  json.Field("evidence", hardware.evidence).StringsField("overrides", hardware.overrides).EndObject();
  json.Key("precision");
  report.precision.empty() ? json.Null() : json.String(report.precision);
  json.Field("rule_set", report.rule_set).Field("executed", report.executed);
}

void WriteCoverage(const Coverage& coverage, JsonWriter& json) {
  json.Key("coverage").BeginObject().IntField("nodes", coverage.nodes).IntField("costed", coverage.costed);
  json.IntField("zero_by_rule", coverage.zero_by_rule).IntField("incomplete", coverage.incomplete);
  json.IntField("foldable", coverage.foldable).Key("unknown").BeginArray();
  for (const Coverage::Unknown& unknown : coverage.unknown) {
    json.BeginObject().Field("op", unknown.op).IntField("nodes", unknown.nodes);
    json.DoubleField("share_of_bytes", unknown.share_of_bytes).EndObject();
  }
  json.EndArray();
  const auto share = [&](const auto& name, double value) { json.DoubleField(name, value); };
  WriteMap("time_share_by_source", coverage.time_share_by_source, json, share);
  WriteMap("time_share_by_step", coverage.time_share_by_step, json, share);
  json.DoubleField("time_share_outside_range", coverage.time_share_outside_range).EndObject();
}

void WriteTotals(const Report& report, JsonWriter& json) {
  const Totals& totals = report.totals;
  json.Key("totals").BeginObject().IntField("macs", totals.macs).IntField("flops", totals.flops);
  json.IntField("int_ops", totals.int_ops).IntField("transcendentals", totals.transcendentals);
  json.IntField("weight_bytes", report.memory.weight_bytes).IntField("peak_bytes", report.memory.peak_activation_bytes);
  WriteBytes(totals.work, json);
  WriteWork(totals.work, json.Key("work"));
  json.DoubleField("latency_s", totals.t_s).OptionalField("lo_s", totals.lo_s).OptionalField("hi_s", totals.hi_s);
  json.DoubleField("limit_s", totals.limit_s).Field("bound", Name(totals.bound));
  json.DoubleField("row_sum_s", totals.row_sum_s).DoubleField("overhead_s", totals.overhead_s).EndObject();
}

void WriteCoefficients(const CoefficientTable& coefficients, JsonWriter& json) {
  json.Key("coefficients").BeginArray();
  for (const FormulaNode* node : coefficients.nodes()) {
    json.BeginObject().Field("key", node->key).DoubleField("value", node->value).Field("unit", node->unit);
    json.Field("class", Name(node->term_class)).Field("source", node->source);
    json.Field("evidence", Name(node->evidence)).EndObject();
  }
  json.EndArray();
}

}  // namespace

absl::string_view Name(ExprKind kind) { return kExprKinds[static_cast<size_t>(kind)]; }

void WriteWork(const Work& work, JsonWriter& json) {
  json.BeginObject();
  // Entries are sorted by resource, then type.
  const auto entries = work.entries();
  for (size_t i = 0; i < entries.size();) {
    const Resource resource = entries[i].resource;
    json.Key(Name(resource)).BeginObject();
    for (; i < entries.size() && entries[i].resource == resource; ++i) {
      json.IntField(Name(entries[i].dtype), entries[i].amount);
    }
    json.EndObject();
  }
  json.EndObject();
}

void WriteBytes(const Work& work, JsonWriter& json) {
  json.Key("bytes").BeginObject();
  json.IntField("act_read", work.Get(Resource::kActivationBytesRead));
  json.IntField("weight_read", work.Get(Resource::kWeightBytesRead));
  json.IntField("write", work.Get(Resource::kBytesWritten)).EndObject();
}

void WriteNode(const Report& report, const ReportNode& node, JsonWriter& json) {
  json.BeginObject().Field("id", node.id).Field("name", node.name).Field("domain", node.domain).Field("op", node.op);
  json.Field("scope", node.scope).StringsField("call_path", node.call_path).Key("subgraph");
  if (node.subgraph >= 0 && node.subgraph < static_cast<int32_t>(report.rows.size())) {
    json.String(report.rows[static_cast<size_t>(node.subgraph)].id);
  } else {
    json.Null();
  }
  WriteTensors(node.inputs, json.Key("inputs"));
  WriteTensors(node.outputs, json.Key("outputs"));
  json.IntField("macs", node.work.Get(Resource::kMatrixMacs)).IntField("flops", Flops(node.work));
  json.IntField("transcendentals", node.work.Get(Resource::kTranscendentals));
  WriteBytes(node.work, json);
  WriteWork(node.work, json.Key("work"));
  json.IntField("repeats", node.repeats).Field("rule", node.rule).Field("status", Name(node.status));
  json.BoolField("zero_by_rule", node.zero_by_rule).BoolField("incomplete", node.incomplete);
  json.BoolField("foldable", node.foldable).EndObject();
}

void WriteRow(const Report& report, const ReportRow& row, JsonWriter& json) {
  BeginRow(report, row, json);
  json.EndObject();
}

void WriteReport(const Report& report, JsonWriter& json) {
  json.BeginObject().IntField("schema_version", report.schema_version).Field("kind", "report");
  json.Field("tool_version", report.tool_version);
  json.Key("convention").BeginObject().Field("macs", "conv+matmul").Field("flops", "2*macs+vector").EndObject();
  WriteModel(report, json);
  WriteHardware(report, json);
  WriteCoverage(report.coverage, json);
  WriteTotals(report, json);
  WriteMemory(report, json);
  json.Key("nodes").BeginArray();
  for (const ReportNode& node : report.nodes) WriteNode(report, node, json);
  json.EndArray().Key("subgraphs").BeginArray();
  CoefficientTable coefficients;
  for (const ReportRow& row : report.rows) {
    BeginRow(report, row, json);
    WriteFormula(row.formula, coefficients, json.Key("formula"));
    json.EndObject();
  }
  json.EndArray();
  WriteCoefficients(coefficients, json);
  json.Key("notes").BeginArray();
  for (const Note& note : report.notes) {
    json.BeginObject().Field("kind", Name(note.kind)).Field("text", note.text).Field("where", note.where).EndObject();
  }
  json.EndArray().EndObject();
}

std::string ReportToJson(const Report& report) {
  std::string out;
  JsonWriter json(&out);
  WriteReport(report, json);
  return out + "\n";
}

std::string ReportToJsonLine(const Report& report) {
  std::string out;
  JsonWriter json(&out, 0);
  WriteReport(report, json);
  return out + "\n";
}

std::string ReportsToJson(const std::vector<Report>& reports) {
  std::string out;
  JsonWriter json(&out, 4);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "reports");
  json.Key("reports").BeginArray();
  for (const Report& report : reports) WriteReport(report, json);
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace opcost
