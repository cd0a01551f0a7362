// Schemas of diff, comparison, explanation, sensitivity, targets and operators.
#include "cli/schema.h"

namespace opcost {

const char* const kSweepSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "symbols", "readings", "classifications", "points", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "sweep"},
"tool_version": {"type": "string"},
"symbols": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name",
  "values"], "properties": {"name": {"type": "string"}, "values": {"type": "array", "items": {"$ref":
  "#/$defs/natural"}}}}},
"readings": {"description": "files read", "$ref": "#/$defs/natural"},
"classifications": {"description": "times that nodes were grouped into rows, over all points", "$ref":
  "#/$defs/natural"},
"points": {"description": "models, then bindings (the last symbol changes fastest), then targets", "type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["model",
  "structure_sha256", "sweep", "bindings", "hardware", "evidence", "rule_set", "precision", "latency_s", "lo_s",
  "hi_s", "limit_s", "bound", "macs", "flops", "int_ops", "transcendentals", "bytes", "weight_bytes", "parameters",
  "peak_activation_bytes", "cache_bytes", "fits", "nodes", "costed", "incomplete"], "properties": {"model": {"type":
  "string"}, "structure_sha256": {"type": "string"}, "sweep": {"description": "the swept symbols alone", "$ref":
  "#/$defs/amount"}, "bindings": {"$ref": "#/$defs/amount"}, "hardware": {"type": "string"}, "evidence": {"type":
  "string"}, "rule_set": {"type": "string"}, "precision": {"type": ["string", "null"]}, "latency_s": {"type":
  ["number", "null"]}, "lo_s": {"type": ["number", "null"]}, "hi_s": {"type": ["number", "null"]}, "limit_s":
  {"type": ["number", "null"]}, "bound": {"$ref": "#/$defs/bound"}, "macs": {"$ref": "#/$defs/natural"}, "flops":
  {"$ref": "#/$defs/natural"}, "int_ops": {"$ref": "#/$defs/natural"}, "transcendentals": {"$ref":
  "#/$defs/natural"}, "bytes": {"$ref": "#/$defs/bytes"}, "weight_bytes": {"$ref": "#/$defs/natural"}, "parameters":
  {"$ref": "#/$defs/natural"}, "peak_activation_bytes": {"$ref": "#/$defs/natural"}, "cache_bytes": {"$ref":
  "#/$defs/natural"}, "fits": {"type": ["boolean", "null"]}, "nodes": {"$ref": "#/$defs/natural"}, "costed": {"$ref":
  "#/$defs/natural"}, "incomplete": {"$ref": "#/$defs/natural"}}}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kDiffSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "a", "b", "totals", "matched", "by_class", "terms",
  "groups"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "diff"},
"tool_version": {"type": "string"},
"a": {"$ref": "#/$defs/side"},
"b": {"$ref": "#/$defs/side"},
"totals": {"type": "object", "required": ["latency_s"], "additionalProperties": {"$ref": "#/$defs/delta"}},
"matched": {"type": "object", "additionalProperties": false, "required": ["by_name", "by_tensor", "by_structure",
  "only_a", "only_b", "share_of_time"], "properties": {"by_name": {"type": "integer", "minimum": 0}, "by_tensor":
  {"type": "integer", "minimum": 0}, "by_structure": {"type": "integer", "minimum": 0}, "only_a": {"type":
  "integer", "minimum": 0}, "only_b": {"type": "integer", "minimum": 0}, "share_of_time": {"type": ["number",
  "null"]}}},
"by_class": {"type": "array", "items": {"$ref": "#/$defs/term"}},
"terms": {"type": "array", "items": {"$ref": "#/$defs/term"}},
"groups": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name", "kind",
  "a", "b", "delta", "within_interval", "bound_a", "bound_b", "flipped", "rows_a", "rows_b", "terms"], "properties":
  {"name": {"type": "string"}, "kind": {"enum": ["equal", "changed", "new", "deleted"]}, "a": {"type": ["number",
  "null"]}, "b": {"type": ["number", "null"]}, "delta": {"type": ["number", "null"]}, "within_interval": {"type":
  "boolean"}, "bound_a": {"$ref": "#/$defs/bound"}, "bound_b": {"$ref": "#/$defs/bound"}, "flipped": {"type":
  "boolean"}, "rows_a": {"type": "array", "items": {"type": "string"}}, "rows_b": {"type": "array", "items":
  {"type": "string"}}, "terms": {"type": "array", "items": {"$ref": "#/$defs/term"}}}}}
})json";

const char* const kComparisonSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "targets", "skipped"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "comparison"},
"tool_version": {"type": "string"},
"targets": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["model",
  "evidence", "rank", "hardware", "name", "latency_s", "lo_s", "hi_s", "limit_s", "bound", "fits", "macs", "nodes",
  "costed"], "properties": {"model": {"type": "string"}, "evidence": {"type": "string"}, "rank": {"type":
  ["integer", "null"]}, "hardware": {"type": "string"}, "name": {"type": "string"}, "latency_s": {"type": ["number",
  "null"]}, "lo_s": {"type": ["number", "null"]}, "hi_s": {"type": ["number", "null"]}, "limit_s": {"type":
  ["number", "null"]}, "bound": {"$ref": "#/$defs/bound"}, "fits": {"type": ["boolean", "null"]}, "macs": {"type":
  "integer", "minimum": 0}, "nodes": {"type": "integer", "minimum": 0}, "costed": {"type": "integer", "minimum":
  0}}}},
"skipped": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kExplanationSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "model", "hardware", "total_s", "node", "formula",
  "subgraph", "expression", "values"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "explanation"},
"tool_version": {"type": "string"},
"model": {"type": "string"},
"hardware": {"type": "string"},
"total_s": {"type": ["number", "null"]},
"node": {"$ref": "#/$defs/node"},
"formula": {"type": "string"},
"subgraph": {"anyOf": [{"$ref": "#/$defs/priced_row"}, {"type": "null"}]},
"expression": {"type": "string"},
"values": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["kind", "key",
  "value", "unit", "class", "evidence", "source", "clamped", "layers"], "properties": {"kind": {"enum": ["work",
  "coefficient", "curve"]}, "key": {"type": "string"}, "value": {"type": ["number", "null"]}, "unit": {"type":
  "string"}, "class": {"type": "string"}, "evidence": {"type": "string"}, "source": {"type": "string"}, "clamped":
  {"type": "boolean"}, "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}}}}}
})json";

const char* const kSensitivitySchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "model", "hardware", "latency_s", "coefficients"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "sensitivity"},
"tool_version": {"type": "string"},
"model": {"type": "string"},
"hardware": {"type": "string"},
"latency_s": {"type": ["number", "null"]},
"coefficients": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["key",
  "value", "source", "elasticity_up", "elasticity_down", "seconds_per_percent", "hidden_under", "margin", "used"],
  "properties": {"key": {"type": "string"}, "value": {"type": ["number", "null"]}, "source": {"type": "string"},
  "elasticity_up": {"type": ["number", "null"]}, "elasticity_down": {"type": ["number", "null"]},
  "seconds_per_percent": {"type": ["number", "null"]}, "hidden_under": {"type": "string"}, "margin": {"type":
  ["number", "null"]}, "used": {"type": "boolean"}}}}
})json";

const char* const kTargetsSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "targets", "broken"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "targets"},
"targets": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["id", "name",
  "device_class", "runtime", "modes", "evidence", "path", "sha256", "peaks", "bandwidth_bytes_per_s",
  "capacity_bytes"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "device_class": {"type":
  "string"}, "runtime": {"type": "string"}, "modes": {"type": "array", "items": {"type": "string"}}, "evidence":
  {"type": "string"}, "path": {"type": "string"}, "sha256": {"type": "string"}, "peaks": {"type": "object",
  "additionalProperties": {"type": "number"}}, "bandwidth_bytes_per_s": {"type": ["number", "null"]},
  "capacity_bytes": {"type": ["number", "null"]}}}},
"broken": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["id", "error"],
  "properties": {"id": {"type": "string"}, "error": {"type": "string"}}}}
})json";

const char* const kTargetSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "id", "name", "device_class", "runtime", "modes", "evidence", "path",
  "sha256", "peaks", "bandwidth_bytes_per_s", "capacity_bytes", "mode", "run_constant", "host_enqueue",
  "coefficients", "curves", "entries", "sources", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "target"},
"id": {"type": "string"},
"name": {"type": "string"},
"device_class": {"type": "string"},
"runtime": {"type": "string"},
"modes": {"type": "array", "items": {"type": "string"}},
"evidence": {"type": "string"},
"path": {"type": "string"},
"sha256": {"type": "string"},
"peaks": {"type": "object", "additionalProperties": {"type": "number"}},
"bandwidth_bytes_per_s": {"type": ["number", "null"]},
"capacity_bytes": {"type": ["number", "null"]},
"mode": {"type": "string"},
"run_constant": {"type": ["string", "null"]},
"host_enqueue": {"type": ["string", "null"]},
"coefficients": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["key",
  "value", "dimension", "class", "evidence", "provenance", "layers"], "properties": {"key": {"type": "string"},
  "value": {"type": ["number", "null"]}, "dimension": {"enum": ["rate", "time", "size", "ratio"]}, "class": {"type":
  "string"}, "evidence": {"$ref": "#/$defs/evidence"}, "provenance": {"type": "string"}, "layers": {"type": "array",
  "items": {"$ref": "#/$defs/layer"}}}}},
"curves": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["key", "x",
  "interpolation", "points"], "properties": {"key": {"type": "string"}, "x": {"type": "string"}, "interpolation":
  {"enum": ["linear", "log_linear", "time_linear"]}, "points": {"type": "array", "items": {"type": "object",
  "additionalProperties": false, "required": ["x", "y", "std_dev", "n", "evidence"], "properties": {"x": {"type":
  ["number", "null"]}, "y": {"type": ["number", "null"]}, "std_dev": {"type": ["number", "null"]}, "n": {"type":
  "integer", "minimum": 0}, "evidence": {"$ref": "#/$defs/evidence"}}}}}}},
"entries": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["key",
  "pattern", "precision", "is_default", "form", "coefficients", "curve", "range", "relative_spread", "evidence",
  "provenance", "declared_at", "may_beat_limit"], "properties": {"key": {"type": "string"}, "pattern": {"type":
  "string"}, "precision": {"type": ["string", "null"]}, "is_default": {"type": "boolean"}, "form": {"enum":
  ["efficiency", "time"]}, "coefficients": {"type": "array", "items": {"type": "string"}}, "curve": {"type":
  ["string", "null"]}, "range": {"anyOf": [{"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems":
  2}, {"type": "null"}]}, "relative_spread": {"type": ["number", "null"]}, "evidence": {"$ref": "#/$defs/evidence"},
  "provenance": {"type": "string"}, "declared_at": {"type": "string"}, "may_beat_limit": {"type": "string"}}}},
"sources": {"type": "object", "additionalProperties": {"type": "string"}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kCheckSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "profiles"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "check"},
"profiles": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["path", "ok",
  "modes", "errors"], "properties": {"path": {"type": "string"}, "ok": {"type": "boolean"}, "modes": {"type":
  "array", "items": {"type": "string"}}, "errors": {"type": "array", "items": {"type": "string"}}}}}
})json";

const char* const kOperatorsSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "operators"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "operators"},
"operators": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["domain",
  "op", "since", "rule", "status", "formula"], "properties": {"domain": {"type": "string"}, "op": {"type":
  "string"}, "since": {"type": "integer", "minimum": 0}, "rule": {"type": "string"}, "status": {"$ref":
  "#/$defs/status"}, "formula": {"type": "string"}}}}
})json";

}  // namespace opcost
