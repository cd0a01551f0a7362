#include "cli/explanation.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/json_report.h"
#include "cli/report_document.h"
#include "ops/count.h"

namespace opcost {
namespace {

std::string Seconds(double value) { return Format(Measure::kSeconds, value); }

std::string ShapeWords(const ReportTensor& tensor) {
  if (tensor.name.empty()) return "(omitted)";
  std::vector<std::string> extents;
  for (const ReportTensor::Extent& extent : tensor.shape) {
    extents.push_back(extent.value >= 0 ? absl::StrCat(extent.value) : extent.symbol.empty() ? "?" : extent.symbol);
  }
  return absl::StrCat(tensor.name, " ", Name(tensor.dtype),
                      tensor.ranked ? absl::StrCat("[", absl::StrJoin(extents, ", "), "]") : "");
}

std::string TensorWords(const std::vector<ReportTensor>& tensors) {
  std::vector<std::string> words;
  for (const ReportTensor& tensor : tensors) words.push_back(ShapeWords(tensor));
  return absl::StrJoin(words, "; ");
}

std::string WorkWords(const Work& work) {
  std::vector<std::string> words;
  for (const Work::Entry& entry : work.entries()) {
    words.push_back(absl::StrCat(WithThousands(entry.amount), " ", Name(entry.resource), " ", Name(entry.dtype)));
  }
  return words.empty() ? "no work" : absl::StrJoin(words, ", ");
}

SheetRow Pair(absl::string_view what, std::string text) {
  return {{Cell::Text(std::string(what), Tone::kFaint), Cell::Text(std::move(text))}};
}

Sheet NodeSheet(const Report& report, const ReportNode& node) {
  Sheet sheet;
  sheet.name = "node";
  sheet.title = "what it is";
  sheet.columns = {{.key = "what", .title = ""}, {.key = "value", .title = node.id}};
  const std::string domain = node.domain.empty() ? "ai.onnx" : node.domain;
  const auto opset = report.model.opsets.find(domain);
  sheet.rows.push_back(Pair(
      "operator", absl::StrCat(domain, "::", node.op,
                               opset == report.model.opsets.end() ? "" : absl::StrCat(", opset ", opset->second))));
  if (!node.scope.empty()) sheet.rows.push_back(Pair("scope", node.scope));
  if (!node.call_path.empty()) sheet.rows.push_back(Pair("called from", absl::StrJoin(node.call_path, " / ")));
  sheet.rows.push_back(Pair("inputs", TensorWords(node.inputs)));
  sheet.rows.push_back(Pair("outputs", TensorWords(node.outputs)));
  sheet.rows.push_back(Pair("counts", WorkWords(node.work)));
  const std::string formula = RuleFormula(node, report);
  sheet.rows.push_back(
      Pair("rule", absl::StrCat(node.rule, " (", Name(node.status), ")", formula.empty() ? "" : ": ", formula)));
  if (node.repeats != 1) sheet.rows.push_back(Pair("runs", absl::StrCat(WithThousands(node.repeats), " times")));
  if (node.incomplete) sheet.rows.push_back(Pair("incomplete", "a shape is unknown: the counts are a lower bound"));
  if (node.foldable) sheet.rows.push_back(Pair("foldable", "all inputs are constant"));
  for (const Note& note : report.notes) {
    if (note.where == node.id) sheet.rows.push_back(Pair("note", note.text));
  }
  return sheet;
}

std::string RangeWords(const ReportRow& row) {
  return row.in_range ? "inside the range of its curve" : "outside the range of its curve: clamped to its end";
}

Sheet PriceSheet(const Report& report, const ReportRow& row) {
  Sheet sheet;
  sheet.name = "price";
  sheet.title = "what it costs";
  sheet.columns = {{.key = "what", .title = ""}, {.key = "value", .title = row.name}};
  std::vector<std::string> members;
  for (const int32_t node : row.nodes) members.push_back(report.nodes[static_cast<size_t>(node)].id);
  sheet.rows.push_back(Pair("row of", absl::StrJoin(members, ", ")));
  sheet.rows.push_back(
      Pair("pattern", absl::StrCat(Name(row.pattern), row.block.empty() ? "" : ", in block ", row.block)));
  const double share = report.totals.t_s > 0 ? row.t_s / report.totals.t_s : 0;
  sheet.rows.push_back(
      Pair("latency", absl::StrCat(Seconds(row.t_s), ", ", Format(Measure::kShare, row.counted ? share : 0),
                                   " of the total", row.counted ? "" : " (a branch not taken)")));
  sheet.rows.push_back(Pair("limit", absl::StrCat(Seconds(row.limit_s), " by ", Name(row.limit_bound))));
  sheet.rows.push_back(Pair("interval", row.lo_s && row.hi_s
                                            ? absl::StrCat(Seconds(*row.lo_s), " … ", Seconds(*row.hi_s))
                                            : "– (no spread is known)"));
  std::vector<std::string> terms;
  for (const ReportRow::Term& term : row.terms) terms.push_back(absl::StrCat(term.name, " ", Seconds(term.t_s)));
  if (!terms.empty()) {
    sheet.rows.push_back(Pair("terms", absl::StrCat(absl::StrJoin(terms, ", "), "; ", BoundWords(row.bound))));
  }
  sheet.rows.push_back(Pair("counts", WorkWords(row.work)));
  if (row.step == LookupStep::kFree) {
    sheet.rows.push_back(Pair("priced by", "its rule: it is free"));
    return sheet;
  }
  const std::string how =
      absl::StrCat("look-up step: ", Name(row.step), "; ", Name(row.evidence), "; ", RangeWords(row));
  sheet.rows.push_back(Pair("priced by", absl::StrCat(row.entry, " (", how, ")")));
  sheet.rows.push_back(Pair("expression", absl::StrCat(Seconds(row.t_s), " = ", ToString(row.formula))));
  return sheet;
}

// "i7-12700k.toml:90 (0.75), --set (0.5)": what lies under the value that counts.
std::string LayerWords(const Target* target, const FormulaNode& node) {
  if (target == nullptr || node.kind != ExprKind::kCoefficient) return "";
  const CoefficientId id = target->Find(node.key);
  if (id == kNoId) return "";
  std::vector<std::string> words;
  const auto& layers = target->coefficients[static_cast<size_t>(id)].layers;
  for (size_t i = 0; i + 1 < layers.size(); ++i) {
    words.push_back(absl::StrCat(RoundTrip(layers[i].value), " at ", layers[i].source));
  }
  return absl::StrJoin(words, ", ");
}

bool IsLeaf(const FormulaNode& node) {
  return node.kind == ExprKind::kWork || node.kind == ExprKind::kCoefficient || node.kind == ExprKind::kCurve;
}

Sheet ValueSheet(const ReportRow& row, const Target* target) {
  Sheet sheet;
  sheet.name = "values";
  sheet.title = "where each value comes from";
  sheet.columns = {{.key = "key", .title = "value of"},
                   {.key = "value", .title = "value", .measure = Measure::kNumber},
                   {.key = "unit", .title = "unit"},
                   {.key = "class", .title = "class"},
                   {.key = "evidence", .title = "evidence"},
                   {.key = "source", .title = "source"},
                   {.key = "overridden", .title = "overridden"}};
  std::vector<std::string> seen;
  for (const FormulaNode& node : row.formula.nodes) {
    if (!IsLeaf(node)) continue;
    const std::string identity = absl::StrCat(static_cast<int>(node.kind), "\t", node.key, "\t", RoundTrip(node.value));
    if (std::find(seen.begin(), seen.end(), identity) != seen.end()) continue;
    seen.push_back(identity);
    const bool counted = node.kind == ExprKind::kWork;
    Cell value = Cell::Number(node.value);
    value.text = counted ? WithThousands(static_cast<int64_t>(node.value)) : RoundTrip(node.value);
    sheet.rows.push_back({{Cell::Text(absl::StrCat(node.key, node.clamped ? " (clamped)" : "")), value,
                           Cell::Text(node.unit), Cell::Text(std::string(Name(node.term_class))),
                           Cell::Text(counted ? "counted" : std::string(Name(node.evidence))),
                           Cell::Text(counted ? "the model" : node.source), Cell::Text(LayerWords(target, node))}});
  }
  return sheet;
}

// The row of the node that carries this index.
const ReportRow& RowOf(const Report& report, int32_t node) {
  return report.rows[static_cast<size_t>(report.nodes[static_cast<size_t>(node)].subgraph)];
}

void WriteValue(const FormulaNode& node, const Target* target, JsonWriter& json) {
  const bool counted = node.kind == ExprKind::kWork;
  json.BeginObject().Field("kind", Name(node.kind)).Field("key", node.key).DoubleField("value", node.value);
  json.Field("unit", node.unit).Field("class", Name(node.term_class));
  json.Field("evidence", counted ? "counted" : Name(node.evidence)).Field("source", node.source);
  json.BoolField("clamped", node.clamped).Key("layers").BeginArray();
  const CoefficientId id = target == nullptr || counted ? kNoId : target->Find(node.key);
  if (id != kNoId && node.kind == ExprKind::kCoefficient) {
    for (const Layer& layer : target->coefficients[static_cast<size_t>(id)].layers) {
      json.BeginObject().Field("source", layer.source).DoubleField("value", layer.value).EndObject();
    }
  }
  json.EndArray().EndObject();
}

// The nearest of all names a node can be asked by.
absl::Status NoSuchNode(const Report& report, absl::string_view name) {
  std::vector<std::string> names;
  for (const ReportNode& node : report.nodes) {
    names.push_back(node.id);
    for (const ReportTensor& output : node.outputs) names.push_back(output.name);
  }
  return Usage(absl::NotFoundError(
      absl::StrCat("--node ", name, ": no node, output tensor or row of that name", DidYouMean(name, names))));
}

}  // namespace

absl::StatusOr<int32_t> FindNode(const Report& report, absl::string_view name) {
  std::vector<int32_t> named;
  for (size_t i = 0; i < report.nodes.size(); ++i) {
    if (report.nodes[i].id == name) return static_cast<int32_t>(i);
    if (report.nodes[i].name == name) named.push_back(static_cast<int32_t>(i));
  }
  if (name.empty()) return NoSuchNode(report, name);
  if (named.size() > 1) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--node ", name, ": ", named.size(),
                                                         " nodes have that name; expected an id such as ",
                                                         report.nodes[static_cast<size_t>(named[0])].id)));
  }
  if (!named.empty()) return named[0];
  for (size_t i = 0; i < report.nodes.size(); ++i) {
    for (const ReportTensor& output : report.nodes[i].outputs) {
      if (output.name == name) return static_cast<int32_t>(i);
    }
  }
  for (const ReportRow& row : report.rows) {
    if ((row.id == name || row.name == name) && !row.nodes.empty()) return row.nodes[0];
  }
  return NoSuchNode(report, name);
}

std::string RuleFormula(const ReportNode& node, const Report& report) {
  const std::string domain = node.domain.empty() ? "ai.onnx" : node.domain;
  const auto opset = report.model.opsets.find(domain);
  std::string formula;
  int best = -1;
  for (const RuleInfo& rule : AllRules()) {
    if (rule.op_type != node.op || rule.domain != domain) continue;
    const bool in_force = opset == report.model.opsets.end() || rule.since_version <= opset->second;
    if (in_force && rule.since_version > best) {
      best = rule.since_version;
      formula = std::string(rule.formula);
    }
  }
  return formula;
}

Document ExplainDocument(const Report& report, int32_t node, const Target* target) {
  const ReportNode& chosen = report.nodes[static_cast<size_t>(node)];
  Document document;
  const bool priced = chosen.subgraph >= 0;
  std::string verdict = absl::StrCat(chosen.id, " (", chosen.op, ") on ", report.hardware.id, ": ");
  if (priced) {
    const ReportRow& row = RowOf(report, node);
    absl::StrAppend(&verdict, Seconds(row.t_s), ", ", BoundWords(row.bound));
    if (row.nodes.size() > 1) {
      const size_t others = row.nodes.size() - 1;
      absl::StrAppend(&verdict, ", in ", row.name, " with ", others, others == 1 ? " other node" : " other nodes");
    }
  } else {
    absl::StrAppend(&verdict, "in no priced row");
  }
  document.verdict = {verdict, absl::StrCat(ModelName(report), ": ", Seconds(report.totals.t_s), " in all")};
  document.sheets.push_back(NodeSheet(report, chosen));
  if (priced) {
    document.sheets.push_back(PriceSheet(report, RowOf(report, node)));
    document.sheets.push_back(ValueSheet(RowOf(report, node), target));
  }
  return document;
}

std::string ExplainJson(const Report& report, int32_t node, const Target* target) {
  const ReportNode& chosen = report.nodes[static_cast<size_t>(node)];
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "explanation");
  json.Field("tool_version", report.tool_version)
      .Field("model", report.model.path)
      .Field("hardware", report.hardware.id);
  json.DoubleField("total_s", report.totals.t_s);
  WriteNode(report, chosen, json.Key("node"));
  json.Field("formula", RuleFormula(chosen, report)).Key("subgraph");
  if (chosen.subgraph < 0) {
    json.Null().Field("expression", "").Key("values").BeginArray().EndArray();
  } else {
    const ReportRow& row = RowOf(report, node);
    WriteRow(report, row, json);
    json.Field("expression", ToString(row.formula)).Key("values").BeginArray();
    for (const FormulaNode& leaf : row.formula.nodes) {
      if (IsLeaf(leaf)) WriteValue(leaf, target, json);
    }
    json.EndArray();
  }
  json.EndObject();
  return out + "\n";
}

}  // namespace opcost
