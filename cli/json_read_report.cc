// JSON → Report. Everything that other code relies on is checked: indices, order of formula nodes, types.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/json_memory.h"
#include "cli/json_reader.h"
#include "cli/json_report.h"

namespace opcost {
namespace {

// Numbers of values of the enums that have no kCount.
constexpr int kTermClasses = static_cast<int>(TermClass::kStructure) + 1;
constexpr int kEvidences = static_cast<int>(Evidence::kAssumed) + 1;
constexpr int kBounds = static_cast<int>(Bound::kNone) + 1;
constexpr int kSteps = static_cast<int>(LookupStep::kFree) + 1;
constexpr int kStatuses = static_cast<int>(RuleStatus::kFallback) + 1;
constexpr int kNoteKinds = static_cast<int>(NoteKind::kCoverage) + 1;
constexpr int kExprKinds = static_cast<int>(ExprKind::kHinge) + 1;
constexpr int kPatterns = static_cast<int>(Pattern::kCount);
constexpr int kPrecisions = static_cast<int>(Precision::kCount);
constexpr int kDTypes = static_cast<int>(DType::kCount);

using IdIndex = absl::flat_hash_map<std::string, int32_t>;

Work ReadWork(const JsonValue& json) {
  Work work;
  std::map<std::string, std::map<std::string, int64_t>> amounts;
  for (int r = 0; r < static_cast<int>(Resource::kCount); ++r) {
    const std::string key(Name(static_cast<Resource>(r)));
    if (!json.Has(key.c_str())) continue;
    for (const auto& [dtype, amount] : json[key.c_str()].Ints()) {
      const auto parsed = ParseDType(dtype);
      if (!parsed.ok() || amount < 0) {
        json[key.c_str()].Fail("amounts >= 0 by element type");
        return work;
      }
      work.Add(static_cast<Resource>(r), *parsed, amount);
    }
  }
  json.Only({"macs", "vector_ops", "transcendentals", "int_ops", "act_read_bytes", "weight_read_bytes", "written_bytes",
             "dispatches"});
  return work;
}

std::vector<ReportTensor> ReadTensors(const JsonValue& json) {
  std::vector<ReportTensor> tensors(json.Size());
  for (size_t i = 0; i < tensors.size() && json.ok(); ++i) {
    const JsonValue at = json.Element(i);
    at.Only({"name", "dtype", "shape"});
    tensors[i].name = at["name"].String();
    tensors[i].dtype = at["dtype"].Enum<DType>(kDTypes);
    const JsonValue shape = at["shape"];
    tensors[i].ranked = !shape.is_null();
    const size_t rank = tensors[i].ranked ? shape.Size() : 0;
    for (size_t d = 0; d < rank; ++d) {
      const JsonValue extent = shape.Element(d);
      ReportTensor::Extent read;
      if (extent.is_string()) {
        read.symbol = extent.String();
      } else if (!extent.is_null()) {
        read.value = extent.Int();
      }
      tensors[i].shape.push_back(std::move(read));
    }
  }
  return tensors;
}

ReportNode ReadNode(const JsonValue& json, const IdIndex& rows) {
  json.Only({"id",      "name",    "domain", "op",           "scope",           "call_path", "subgraph",
             "inputs",  "outputs", "macs",   "flops",        "transcendentals", "bytes",     "work",
             "repeats", "rule",    "status", "zero_by_rule", "incomplete",      "foldable"});
  ReportNode node;
  node.id = json["id"].String();
  node.name = json["name"].String();
  node.domain = json["domain"].String();
  node.op = json["op"].String();
  node.scope = json["scope"].String();
  node.call_path = json["call_path"].Strings();
  if (!json["subgraph"].is_null()) {
    const auto at = rows.find(json["subgraph"].String());
    if (at == rows.end()) {
      json["subgraph"].Fail("the id of a subgraph");
    } else {
      node.subgraph = at->second;
    }
  }
  node.inputs = ReadTensors(json["inputs"]);
  node.outputs = ReadTensors(json["outputs"]);
  node.work = ReadWork(json["work"]);
  node.repeats = json["repeats"].Int();
  node.rule = json["rule"].String();
  node.status = json["status"].Enum<RuleStatus>(kStatuses);
  node.zero_by_rule = json["zero_by_rule"].Bool();
  node.incomplete = json["incomplete"].Bool();
  node.foldable = json["foldable"].Bool();
  return node;
}

Formula ReadFormula(const JsonValue& json, const std::vector<FormulaNode>& coefficients) {
  Formula formula;
  formula.nodes.resize(json.Size());
  for (size_t i = 0; i < formula.nodes.size() && json.ok(); ++i) {
    const JsonValue at = json.Element(i);
    at.Only({"kind", "of", "coefficient", "key", "value", "unit", "class", "source", "evidence", "clamped"});
    FormulaNode& node = formula.nodes[i];
    const auto kind = at["kind"].Enum<ExprKind>(kExprKinds);
    if (kind == ExprKind::kCoefficient) {
      const int64_t index = at["coefficient"].Int();
      if (index < 0 || index >= static_cast<int64_t>(coefficients.size())) {
        at["coefficient"].Fail("an index into 'coefficients'");
        break;
      }
      node = coefficients[static_cast<size_t>(index)];
    } else if (kind == ExprKind::kWork || kind == ExprKind::kCurve) {
      node.key = at["key"].String();
      node.value = at["value"].Double();
      node.unit = at["unit"].String();
    }
    node.kind = kind;
    if (kind == ExprKind::kCurve) {
      node.term_class = at["class"].Enum<TermClass>(kTermClasses);
      node.source = at["source"].String();
      node.evidence = at["evidence"].Enum<Evidence>(kEvidences);
      node.clamped = at["clamped"].Bool();
    }
    if (!at.Has("of")) continue;
    const JsonValue children = at["of"];
    for (size_t c = 0; c < children.Size() && json.ok(); ++c) {
      const int64_t child = children.Element(c).Int();
      if (child < 0 || child >= static_cast<int64_t>(i))
        children.Element(c).Fail("the index of an earlier formula node");
      node.children.push_back(static_cast<int32_t>(child));
    }
  }
  return formula;
}

void CheckArity(const JsonValue& json, const Formula& formula) {
  for (const FormulaNode& node : formula.nodes) {
    const size_t n = node.children.size();
    bool fits = true;
    switch (node.kind) {
      case ExprKind::kWork:
      case ExprKind::kCoefficient:
        fits = n == 0;
        break;
      case ExprKind::kCurve:
        fits = n <= 1;
        break;
      case ExprKind::kDiv:
      case ExprKind::kHinge:
        fits = n == 2;
        break;
      case ExprKind::kOverlap:
        fits = n == 3;
        break;
      case ExprKind::kSum:
      case ExprKind::kMax:
      case ExprKind::kMul:
        fits = n >= 1;
        break;
    }
    if (!fits) json.Fail(absl::StrCat("another number of operands for '", Name(node.kind), "'"));
  }
}

ReportRow ReadRow(const JsonValue& json, const IdIndex& nodes, const std::vector<FormulaNode>& coefficients) {
  json.Only({"id",       "name",      "pattern", "block",   "block_pattern", "kernel",   "scope",           "nodes",
             "inserted", "precision", "repeats", "counted", "macs",          "flops",    "transcendentals", "bytes",
             "work",     "latency",   "source",  "step",    "entry",         "in_range", "terms",           "formula"});
  ReportRow row;
  row.id = json["id"].String();
  row.name = json["name"].String();
  row.pattern = json["pattern"].Enum<Pattern>(kPatterns);
  row.block = json["block"].String();
  if (!json["block_pattern"].is_null()) row.block_pattern = json["block_pattern"].Enum<Pattern>(kPatterns);
  row.kernel = json["kernel"].String();
  row.scope = json["scope"].String();
  for (const std::string& id : json["nodes"].Strings()) {
    const auto at = nodes.find(id);
    if (at == nodes.end()) {
      json["nodes"].Fail("ids of nodes");
      break;
    }
    row.nodes.push_back(at->second);
  }
  row.inserted = json["inserted"].Bool();
  row.precision = json["precision"].Enum<Precision>(kPrecisions);
  row.repeats = json["repeats"].Int();
  row.counted = json["counted"].Bool();
  row.work = ReadWork(json["work"]);
  const JsonValue latency = json["latency"];
  latency.Only({"t_s", "lo_s", "hi_s", "limit_s", "bound", "limit_bound"});
  row.t_s = latency["t_s"].Double();
  row.lo_s = latency["lo_s"].OptionalDouble();
  row.hi_s = latency["hi_s"].OptionalDouble();
  row.limit_s = latency["limit_s"].Double();
  row.bound = latency["bound"].Enum<Bound>(kBounds);
  row.limit_bound = latency["limit_bound"].Enum<Bound>(kBounds);
  row.evidence = json["source"].Enum<Evidence>(kEvidences);
  row.step = json["step"].Enum<LookupStep>(kSteps);
  row.entry = json["entry"].String();
  row.in_range = json["in_range"].Bool();
  const JsonValue terms = json["terms"];
  for (size_t i = 0; i < terms.Size() && json.ok(); ++i) {
    const JsonValue term = terms.Element(i);
    term.Only({"name", "t_s"});
    row.terms.push_back({term["name"].String(), term["t_s"].Double()});
  }
  row.formula = ReadFormula(json["formula"], coefficients);
  CheckArity(json["formula"], row.formula);
  return row;
}

void ReadModel(const JsonValue& json, Report& report) {
  const JsonValue model = json["model"];
  model.Only({"path", "structure_sha256", "producer", "ir", "opsets"});
  report.model.path = model["path"].String();
  report.model.structure_sha256 = model["structure_sha256"].String();
  report.model.producer = model["producer"].String();
  report.model.ir = model["ir"].Int();
  for (const auto& [domain, version] : model["opsets"].Ints()) {
    report.model.opsets[domain] = static_cast<int>(version);
  }
  report.bindings = json["bindings"].Ints();
}

void ReadHardware(const JsonValue& json, Report& report) {
  const JsonValue hardware = json["hardware"];
  hardware.Only(
      {"id", "name", "mode", "device_class", "sha256", "runtime", "path", "calibrated", "evidence", "overrides"});
  report.hardware.id = hardware["id"].String();
  report.hardware.name = hardware["name"].String();
  report.hardware.mode = hardware["mode"].String();
  report.hardware.device_class = hardware["device_class"].String();
  report.hardware.sha256 = hardware["sha256"].String();
  report.hardware.runtime = hardware["runtime"].String();
  report.hardware.path = hardware["path"].String();
  report.hardware.calibrated = hardware["calibrated"].Bool();
  report.hardware.evidence = hardware["evidence"].String();
  report.hardware.overrides = hardware["overrides"].Strings();
  if (!json["precision"].is_null())
    report.precision = std::string(Name(json["precision"].Enum<Precision>(kPrecisions)));
  report.rule_set = json["rule_set"].String();
  report.executed = json["executed"].String();
}

void ReadCoverage(const JsonValue& json, Coverage& coverage) {
  json.Only({"nodes", "costed", "zero_by_rule", "incomplete", "foldable", "unknown", "time_share_by_source",
             "time_share_by_step", "time_share_outside_range"});
  coverage.nodes = json["nodes"].Int();
  coverage.costed = json["costed"].Int();
  coverage.zero_by_rule = json["zero_by_rule"].Int();
  coverage.incomplete = json["incomplete"].Int();
  coverage.foldable = json["foldable"].Int();
  const JsonValue unknown = json["unknown"];
  for (size_t i = 0; i < unknown.Size() && json.ok(); ++i) {
    const JsonValue at = unknown.Element(i);
    at.Only({"op", "nodes", "share_of_bytes"});
    coverage.unknown.push_back({at["op"].String(), at["nodes"].Int(), at["share_of_bytes"].Double()});
  }
  coverage.time_share_by_source = json["time_share_by_source"].Doubles();
  coverage.time_share_by_step = json["time_share_by_step"].Doubles();
  coverage.time_share_outside_range = json["time_share_outside_range"].Double();
}

void ReadTotals(const JsonValue& json, Totals& totals) {
  json.Only({"macs", "flops", "int_ops", "transcendentals", "weight_bytes", "peak_bytes", "bytes", "work", "latency_s",
             "lo_s", "hi_s", "limit_s", "bound", "row_sum_s", "overhead_s"});
  totals.macs = json["macs"].Int();
  totals.flops = json["flops"].Int();
  totals.int_ops = json["int_ops"].Int();
  totals.transcendentals = json["transcendentals"].Int();
  totals.work = ReadWork(json["work"]);
  totals.t_s = json["latency_s"].Double();
  totals.lo_s = json["lo_s"].OptionalDouble();
  totals.hi_s = json["hi_s"].OptionalDouble();
  totals.limit_s = json["limit_s"].Double();
  totals.bound = json["bound"].Enum<Bound>(kBounds);
  totals.row_sum_s = json["row_sum_s"].Double();
  totals.overhead_s = json["overhead_s"].Double();
}

std::vector<FormulaNode> ReadCoefficients(const JsonValue& json) {
  std::vector<FormulaNode> coefficients(json.Size());
  for (size_t i = 0; i < coefficients.size() && json.ok(); ++i) {
    const JsonValue at = json.Element(i);
    at.Only({"key", "value", "unit", "class", "source", "evidence"});
    coefficients[i].kind = ExprKind::kCoefficient;
    coefficients[i].key = at["key"].String();
    coefficients[i].value = at["value"].Double();
    coefficients[i].unit = at["unit"].String();
    coefficients[i].term_class = at["class"].Enum<TermClass>(kTermClasses);
    coefficients[i].source = at["source"].String();
    coefficients[i].evidence = at["evidence"].Enum<Evidence>(kEvidences);
  }
  return coefficients;
}

IdIndex IndexIds(const JsonValue& json) {
  IdIndex index;
  const size_t size = json.Size();
  for (size_t i = 0; i < size && json.ok(); ++i) index[json.Element(i)["id"].String()] = static_cast<int32_t>(i);
  return index;
}

void ReadRows(const JsonValue& json, Report& report) {
  const std::vector<FormulaNode> coefficients = ReadCoefficients(json["coefficients"]);
  const JsonValue nodes = json["nodes"], rows = json["subgraphs"], notes = json["notes"];
  const IdIndex node_index = IndexIds(nodes), row_index = IndexIds(rows);
  for (size_t i = 0; i < nodes.Size() && json.ok(); ++i) {
    report.nodes.push_back(ReadNode(nodes.Element(i), row_index));
  }
  for (size_t i = 0; i < rows.Size() && json.ok(); ++i) {
    report.rows.push_back(ReadRow(rows.Element(i), node_index, coefficients));
  }
  for (size_t i = 0; i < notes.Size() && json.ok(); ++i) {
    const JsonValue note = notes.Element(i);
    note.Only({"kind", "text", "where"});
    report.notes.push_back({note["kind"].Enum<NoteKind>(kNoteKinds), note["text"].String(), note["where"].String()});
  }
}

// What the file must be before anything in it is looked at.
absl::Status CheckVersion(const JsonValue& root) {
  if (!root.Has("schema_version") || !root.Has("kind")) {
    return absl::InvalidArgumentError("not a report of this program: 'schema_version' or 'kind' is missing");
  }
  const int64_t version = root["schema_version"].Int();
  const std::string kind = root["kind"].String();
  if (!root.ok()) return absl::OkStatus();
  if (kind != "report") {
    return absl::InvalidArgumentError(absl::StrCat("kind: found '", kind, "', expected 'report'"));
  }
  if (version != kReportSchemaVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("schema_version: found ", version, ", expected ", kReportSchemaVersion));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> ReportFromJson(absl::string_view text, const std::string& path) {
  Json json;
  try {
    json = Json::parse(text.begin(), text.end());
  } catch (const Json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": not valid JSON: ", e.what()));
  }
  absl::Status error;
  const JsonValue root(&json, "", &error);
  if (!json.is_object())
    return absl::InvalidArgumentError(absl::StrCat(path, ": found ", json.type_name(), ", expected a report"));
  absl::Status version = CheckVersion(root);
  if (!version.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", version.message()));
  root.Only({"schema_version", "kind", "tool_version", "convention", "model", "bindings", "hardware", "precision",
             "rule_set", "executed", "coverage", "totals", "memory", "nodes", "subgraphs", "coefficients", "notes"});
  Report report;
  report.tool_version = root["tool_version"].String();
  ReadModel(root, report);
  ReadHardware(root, report);
  ReadCoverage(root["coverage"], report.coverage);
  ReadTotals(root["totals"], report.totals);
  ReadRows(root, report);
  ReadMemory(root["memory"], report);
  if (!error.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.message()));
  return report;
}

}  // namespace opcost
