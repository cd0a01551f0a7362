// Schema of imported runs.
#include "cli/schema.h"

namespace opcost {

const char* const kImportSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "model", "path", "machine", "runtime_name", "runtime", "date",
  "mode", "precision", "threads", "batch", "profiled", "launches_only", "e2e", "prof", "onnx", "structure_sha256",
  "hardware", "hardware_sha256", "evidence", "rule_set", "totals", "coverage", "rows", "groups", "run_notes", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "import"},
"tool_version": {"type": "string"},
"model": {"type": "string"},
"path": {"type": "string"},
"machine": {"type": "string"},
"runtime_name": {"type": "string"},
"runtime": {"type": "string"},
"date": {"type": "string"},
"mode": {"type": "string"},
"precision": {"type": "string"},
"threads": {"type": "integer", "minimum": 0},
"batch": {"type": "integer", "minimum": 0},
"profiled": {"type": "boolean"},
"launches_only": {"type": "boolean"},
"e2e": {"$ref": "#/$defs/best_run"},
"prof": {"$ref": "#/$defs/best_run"},
"onnx": {"type": "string"},
"structure_sha256": {"type": "string"},
"hardware": {"type": "string"},
"hardware_sha256": {"type": "string"},
"evidence": {"type": "string"},
"rule_set": {"type": "string"},
"totals": {"type": "object", "additionalProperties": false, "required": ["measured_s", "predicted_s", "latency_s",
  "absolute_error", "compared_share"], "properties": {"measured_s": {"type": "number"}, "predicted_s": {"type":
  "number"}, "latency_s": {"type": "number"}, "absolute_error": {"type": "number", "minimum": 0}, "compared_share":
  {"type": "number", "minimum": 0, "maximum": 1.000001}}},
"coverage": {"type": "object", "additionalProperties": false, "required": ["kernels", "nodes", "missing_macs",
  "missing_bytes", "unmeasured_s", "unpredicted_s", "missing_nodes"], "properties": {"kernels": {"type": "object",
  "additionalProperties": {"type": "object", "additionalProperties": false, "required": ["kernels", "seconds"],
  "properties": {"kernels": {"type": "integer", "minimum": 0}, "seconds": {"type": "number", "minimum": 0}}},
  "required": ["name", "tensor", "index", "structure", "remainder", "conversion", "none"]}, "nodes": {"type":
  "object", "additionalProperties": {"type": "integer", "minimum": 0}, "required": ["covered", "folded", "not_taken",
  "missing"]}, "missing_macs": {"type": "number"}, "missing_bytes": {"type": "number"}, "unmeasured_s": {"type":
  "number"}, "unpredicted_s": {"type": "number"}, "missing_nodes": {"type": "array", "items": {"type": "string"}}}},
"rows": {"type": "array", "minItems": 1, "items": {"type": "object", "additionalProperties": false, "required":
  ["name", "op", "domain", "conversion", "attrs", "ins", "inits", "outs", "p1", "spread", "joined_by", "nodes"],
  "properties": {"name": {"type": "string"}, "op": {"type": "string"}, "domain": {"type": "string"}, "conversion":
  {"type": "boolean"}, "attrs": {"type": "object"}, "ins": {"$ref": "#/$defs/operands"}, "inits": {"type": "array",
  "items": {"anyOf": [{"$ref": "#/$defs/extents"}, {"type": "null"}]}}, "outs": {"$ref": "#/$defs/operands"},
  "counts": {"type": "object", "additionalProperties": false, "required": ["flops", "weight_bytes",
  "activation_bytes"], "properties": {"flops": {"type": "number"}, "weight_bytes": {"type": "number"},
  "activation_bytes": {"type": "number"}}}, "p1": {"type": "array", "items": {"type": "number", "minimum": 0},
  "minItems": 3, "maxItems": 3}, "spread": {"type": "number", "minimum": 0}, "joined_by": {"enum": ["name",
  "tensor", "index", "structure", "remainder", "conversion", "none"]}, "nodes": {"type": "array", "items": {"type":
  "string"}}}}},
"groups": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name",
  "kernels", "rows", "conversions", "measured_s", "predicted_s"], "properties": {"name": {"type": "string"},
  "kernels": {"type": "array", "items": {"type": "integer", "minimum": 0}}, "rows": {"type": "array", "items":
  {"type": "string"}}, "conversions": {"type": "boolean"}, "measured_s": {"type": ["number", "null"]},
  "predicted_s": {"type": ["number", "null"]}}}},
"run_notes": {"type": "array", "items": {"type": "string"}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

}  // namespace opcost
