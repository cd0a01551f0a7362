// Schemas of what a runtime that is installed executes and takes.
#include "cli/schema.h"

namespace opcost {

const char* const kExecutedSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "model", "executed", "predicted", "equal", "kinds", "lone", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "executed"},
"model": {"type": "string"},
"executed": {"type": "string"},
"predicted": {"type": "string"},
"equal": {"type": "boolean"},
"kinds": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["kernel",
  "predicted", "executed"], "properties": {"kernel": {"type": "string"}, "predicted": {"type": "integer", "minimum":
  0}, "executed": {"type": "integer", "minimum": 0}}}},
"lone": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["side", "kernel",
  "output", "node"], "properties": {"side": {"enum": ["predicted", "executed"]}, "kernel": {"type": "string"},
  "output": {"type": "string"}, "node": {"type": "string"}}}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kMeasurementSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "tool_version", "model", "path", "machine", "runtime_name", "runtime", "date",
  "mode", "precision", "threads", "batch", "profiled", "launches_only", "e2e", "prof", "onnx", "structure_sha256",
  "protocol", "rows", "run_notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "measurement"},
"tool_version": {"type": "string"},
"model": {"type": "string"},
"path": {"type": "string"},
"machine": {"type": "string"},
"runtime_name": {"type": "string"},
"runtime": {"type": "string"},
"date": {"type": "string"},
"mode": {"type": "string"},
"precision": {"type": "string"},
"threads": {"type": "integer", "minimum": 1},
"batch": {"type": "integer", "minimum": 0},
"profiled": {"type": "boolean"},
"launches_only": {"type": "boolean"},
"e2e": {"$ref": "#/$defs/best_run"},
"prof": {"$ref": "#/$defs/best_run"},
"onnx": {"type": "string"},
"structure_sha256": {"type": "string"},
"protocol": {"type": "object", "additionalProperties": false, "required": ["sessions", "repeated", "profiler_s",
  "profiler_operand_s", "noise", "seconds"], "properties": {"sessions": {"type": "integer", "minimum": 1}, "repeated": {"type": "integer",
  "minimum": 0}, "held_back_bytes": {"type": "integer", "minimum": 0}, "profiler_s": {"type": "number", "minimum": 0}, "profiler_operand_s": {"type": "number", "minimum": 0},
  "profiler_cold": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["kernel_bytes", "extra_s"],
  "properties": {"kernel_bytes": {"type": "number", "minimum": 0}, "extra_s": {"type": "number", "minimum": 0}}}}, "reference_s": {"type": "number", "minimum": 0},
  "memory_reference_s": {"type": "number", "minimum": 0}, "added_up": {"type": "number", "minimum": 0}, "noise": {"type": "number", "minimum": 0}, "seconds":
  {"type": "number", "minimum": 0}}},
"rows": {"type": "array", "minItems": 1, "items": {"type": "object", "additionalProperties": false, "required":
  ["name", "op", "domain", "conversion", "attrs", "ins", "inits", "outs", "p1", "spread", "joined_by", "nodes"],
  "properties": {"name": {"type": "string"}, "op": {"type": "string"}, "domain": {"type": "string"}, "conversion":
  {"type": "boolean"}, "attrs": {"type": "object"}, "ins": {"$ref": "#/$defs/operands"}, "inits": {"type": "array",
  "items": {"anyOf": [{"$ref": "#/$defs/extents"}, {"const": "input"}, {"type": "null"}]}}, "outs": {"$ref": "#/$defs/operands"},
  "counts": {"type": "object", "additionalProperties": false, "required": ["flops", "weight_bytes",
  "activation_bytes"], "properties": {"flops": {"type": "number"}, "weight_bytes": {"type": "number"},
  "activation_bytes": {"type": "number"}}}, "p1": {"type": "array", "items": {"type": "number", "minimum": 0},
  "minItems": 3, "maxItems": 3}, "spread": {"type": "number", "minimum": 0}, "joined_by": {"enum": ["name",
  "tensor", "index", "structure", "remainder", "conversion", "none"]}, "nodes": {"type": "array", "items": {"type":
  "string"}}}}},
"run_notes": {"type": "array", "items": {"type": "string"}}
})json";

}  // namespace opcost
