// The report's schema, and the parts that the others share.
#include "cli/schema.h"

namespace opcost {

const char* const kSharedDefs =
    R"json("natural": {"type": "integer", "minimum": 0, "description": "exact, also above 2^53: read it as an integer of 64 bits"},
"amount": {"type": "object", "description": "exact integers, also above 2^53", "additionalProperties": {"type": "integer", "minimum": 0}},
"errors": {"type": "object", "additionalProperties": false, "required": ["models", "mean_absolute", "signed_mean",
  "maximum", "within_5", "within_10", "excellent", "good", "fair", "poor"], "properties": {"models": {"$ref":
  "#/$defs/natural"}, "mean_absolute": {"type": "number", "minimum": 0}, "signed_mean": {"type": "number"},
  "maximum": {"type": "number", "minimum": 0}, "within_5": {"type": "number", "minimum": 0, "maximum": 1},
  "within_10": {"type": "number", "minimum": 0, "maximum": 1}, "excellent": {"$ref": "#/$defs/natural"}, "good":
  {"$ref": "#/$defs/natural"}, "fair": {"$ref": "#/$defs/natural"}, "poor": {"$ref": "#/$defs/natural"}}},
"best_run": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["min_us"],
  "properties": {"min_us": {"type": "number", "exclusiveMinimum": 0}}}},
"extents": {"type": "array", "items": {"$ref": "#/$defs/natural"}},
"operands": {"type": "array", "items": {"type": "object", "minProperties": 1, "maxProperties": 1,
  "additionalProperties": {"$ref": "#/$defs/extents"}}},
"evidence": {"enum": ["measured", "fitted", "specified", "extrapolated", "assumed"]},
"bound": {"enum": ["compute", "memory", "dispatch", "none"]},
"step": {"enum": ["exact", "pattern", "parent", "default", "free"]},
"status": {"enum": ["exact", "convention", "bound", "fallback"]},
"bytes": {"type": "object", "additionalProperties": false, "required": ["act_read", "weight_read", "write"],
  "properties": {"act_read": {"type": "integer", "minimum": 0}, "weight_read": {"type": "integer", "minimum": 0},
  "write": {"type": "integer", "minimum": 0}}},
"work": {"type": "object", "additionalProperties": false, "description": "amounts by element type", "properties":
  {"macs": {"$ref": "#/$defs/amount"}, "vector_ops": {"$ref": "#/$defs/amount"}, "transcendentals": {"$ref":
  "#/$defs/amount"}, "int_ops": {"$ref": "#/$defs/amount"}, "act_read_bytes": {"$ref": "#/$defs/amount"},
  "weight_read_bytes": {"$ref": "#/$defs/amount"}, "written_bytes": {"$ref": "#/$defs/amount"}, "dispatches":
  {"$ref": "#/$defs/amount"}}},
"tensor": {"type": "object", "additionalProperties": false, "required": ["name", "dtype", "shape"], "properties":
  {"name": {"type": "string"}, "dtype": {"type": "string"}, "shape": {"description": "null: not even the rank is known; an extent is a number, the name of a symbol, or null", "anyOf": [{"type": "null"}, {"type": "array",
  "items": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}, {"type": "null"}]}}]}}},
"node": {"type": "object", "additionalProperties": false, "required": ["id", "name", "domain", "op", "scope",
  "call_path", "subgraph", "inputs", "outputs", "macs", "flops", "transcendentals", "bytes", "work", "repeats",
  "rule", "status", "zero_by_rule", "incomplete", "foldable"], "properties": {"id": {"type": "string"}, "name":
  {"type": "string"}, "domain": {"type": "string"}, "op": {"type": "string"}, "scope": {"type": "string"},
  "call_path": {"type": "array", "items": {"type": "string"}}, "subgraph": {"type": ["string", "null"]}, "inputs":
  {"type": "array", "items": {"$ref": "#/$defs/tensor"}}, "outputs": {"type": "array", "items": {"$ref":
  "#/$defs/tensor"}}, "macs": {"type": "integer", "minimum": 0}, "flops": {"type": "integer", "minimum": 0},
  "transcendentals": {"type": "integer", "minimum": 0}, "bytes": {"$ref": "#/$defs/bytes"}, "work": {"$ref":
  "#/$defs/work"}, "repeats": {"type": "integer", "minimum": 0}, "rule": {"type": "string"}, "status": {"$ref":
  "#/$defs/status"}, "zero_by_rule": {"type": "boolean"}, "incomplete": {"type": "boolean"}, "foldable": {"type":
  "boolean"}}},
"latency": {"type": "object", "additionalProperties": false, "required": ["t_s", "lo_s", "hi_s", "limit_s", "bound",
  "limit_bound"], "properties": {"t_s": {"type": ["number", "null"]}, "lo_s": {"type": ["number", "null"]}, "hi_s":
  {"type": ["number", "null"]}, "limit_s": {"type": ["number", "null"]}, "bound": {"$ref": "#/$defs/bound"},
  "limit_bound": {"$ref": "#/$defs/bound"}}},
"formula_node": {"type": "object", "additionalProperties": false, "required": ["kind"], "description": "children (of) come before parents, the last node is the root; coefficient is an index into coefficients", "properties":
  {"kind": {"enum": ["work", "coefficient", "curve", "sum", "max", "overlap", "mul", "div", "hinge"]}, "of":
  {"type": "array", "items": {"type": "integer", "minimum": 0}}, "coefficient": {"type": "integer", "minimum": 0},
  "key": {"type": "string"}, "value": {"type": ["number", "null"]}, "unit": {"type": "string"}, "class": {"type":
  "string"}, "source": {"type": "string"}, "evidence": {"$ref": "#/$defs/evidence"}, "clamped": {"type":
  "boolean"}}},
"priced_row": {"type": "object", "additionalProperties": false, "required": ["id", "name", "pattern", "block",
  "block_pattern", "kernel", "scope", "nodes", "inserted", "precision", "repeats", "counted", "macs", "flops",
  "transcendentals", "bytes", "work", "latency", "source", "step", "entry", "in_range", "terms"], "properties":
  {"id": {"type": "string"}, "name": {"type": "string"}, "pattern": {"type": "string"}, "block": {"type": "string"},
  "block_pattern": {"type": ["string", "null"]}, "kernel": {"type": "string"}, "scope": {"type": "string"}, "nodes":
  {"type": "array", "items": {"type": "string"}}, "inserted": {"type": "boolean"}, "precision": {"type": "string"},
  "repeats": {"type": "integer", "minimum": 0}, "counted": {"type": "boolean"}, "macs": {"type": "integer",
  "minimum": 0}, "flops": {"type": "integer", "minimum": 0}, "transcendentals": {"type": "integer", "minimum": 0},
  "bytes": {"$ref": "#/$defs/bytes"}, "work": {"$ref": "#/$defs/work"}, "latency": {"$ref": "#/$defs/latency"},
  "source": {"$ref": "#/$defs/evidence"}, "step": {"$ref": "#/$defs/step"}, "entry": {"type": "string"}, "in_range":
  {"type": "boolean"}, "terms": {"type": "array", "items": {"type": "object", "additionalProperties": false,
  "required": ["name", "t_s"], "properties": {"name": {"type": "string"}, "t_s": {"type": ["number", "null"]}}}}}},
"layer": {"type": "object", "additionalProperties": false, "required": ["source", "value"], "properties": {"source":
  {"type": "string"}, "value": {"type": ["number", "null"]}}},
"term": {"type": "object", "additionalProperties": false, "required": ["class", "key", "delta_s", "ratio"],
  "properties": {"class": {"type": "string"}, "key": {"type": "string"}, "delta_s": {"type": ["number", "null"]},
  "ratio": {"type": ["number", "null"]}}},
"subgraph": {"type": "object", "additionalProperties": false, "required": ["id", "name", "pattern", "block",
  "block_pattern", "kernel", "scope", "nodes", "inserted", "precision", "repeats", "counted", "macs", "flops",
  "transcendentals", "bytes", "work", "latency", "source", "step", "entry", "in_range", "terms", "formula"],
  "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "pattern": {"type": "string"}, "block":
  {"type": "string"}, "block_pattern": {"type": ["string", "null"]}, "kernel": {"type": "string"}, "scope": {"type":
  "string"}, "nodes": {"type": "array", "items": {"type": "string"}}, "inserted": {"type": "boolean"}, "precision":
  {"type": "string"}, "repeats": {"type": "integer", "minimum": 0}, "counted": {"type": "boolean"}, "macs": {"type":
  "integer", "minimum": 0}, "flops": {"type": "integer", "minimum": 0}, "transcendentals": {"type": "integer",
  "minimum": 0}, "bytes": {"$ref": "#/$defs/bytes"}, "work": {"$ref": "#/$defs/work"}, "latency": {"$ref":
  "#/$defs/latency"}, "source": {"$ref": "#/$defs/evidence"}, "step": {"$ref": "#/$defs/step"}, "entry": {"type":
  "string"}, "in_range": {"type": "boolean"}, "terms": {"type": "array", "items": {"type": "object",
  "additionalProperties": false, "required": ["name", "t_s"], "properties": {"name": {"type": "string"}, "t_s":
  {"type": ["number", "null"]}}}}, "formula": {"type": "array", "items": {"$ref": "#/$defs/formula_node"}}}},
"memory": {"type": "object", "additionalProperties": false, "required": ["weight_bytes", "weight_bytes_by_dtype",
  "parameters", "constants", "peak_activation_bytes", "peak_node", "peak_nodes", "input_bytes", "cache_bytes",
  "capacity_bytes", "fits", "complete", "at_peak", "timeline", "caches"], "properties": {"weight_bytes": {"$ref":
  "#/$defs/natural"}, "weight_bytes_by_dtype": {"$ref": "#/$defs/amount"}, "parameters": {"$ref": "#/$defs/natural"},
  "constants": {"$ref": "#/$defs/natural"}, "peak_activation_bytes": {"$ref": "#/$defs/natural"}, "peak_node": {"type":
  "string"}, "peak_nodes": {"description": "of every row that needs as much", "type": "array", "items": {"type":
  "string"}}, "input_bytes": {"description": "alive before the first row", "$ref": "#/$defs/natural"}, "cache_bytes":
  {"description": "of the presents of key-value caches", "$ref": "#/$defs/natural"}, "capacity_bytes": {"anyOf":
  [{"$ref": "#/$defs/natural"}, {"type": "null"}]}, "fits": {"description": "weights and activations at the peak are at most the capacity; null: not known", "type": ["boolean", "null"]}, "complete":
  {"description": "every tensor's size was known", "type": "boolean"}, "at_peak": {"description": "what lives at peak_node; adds up to the peak", "type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["tensor", "bytes"], "properties": {"tensor": {"type":
  "string"}, "bytes": {"$ref": "#/$defs/natural"}}}}, "timeline": {"description": "the rows of the main graph as they run: activations during and after each", "type": "array", "items": {"type": "object",
  "additionalProperties": false, "required": ["subgraph", "live_bytes", "after_bytes"], "properties": {"subgraph":
  {"type": "string"}, "live_bytes": {"$ref": "#/$defs/natural"}, "after_bytes": {"$ref": "#/$defs/natural"}}}},
  "caches": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["past",
  "present", "past_bytes", "present_bytes", "shared"], "properties": {"past": {"type": "string"}, "present": {"type":
  "string"}, "past_bytes": {"$ref": "#/$defs/natural"}, "present_bytes": {"$ref": "#/$defs/natural"}, "shared":
  {"description": "one buffer, which new tokens are written into", "type": "boolean"}}}}}},
"report": {"type": "object", "additionalProperties": false, "required": ["schema_version", "kind", "tool_version",
  "convention", "model", "bindings", "hardware", "precision", "rule_set", "executed", "coverage", "totals", "memory", "nodes",
  "subgraphs", "coefficients", "notes"], "properties": {"schema_version": {"const": 1}, "kind": {"const": "report"},
  "tool_version": {"type": "string"}, "convention": {"type": "object", "additionalProperties": false, "required":
  ["macs", "flops"], "properties": {"macs": {"const": "conv+matmul"}, "flops": {"const": "2*macs+vector"}}},
  "model": {"type": "object", "additionalProperties": false, "required": ["path", "structure_sha256", "producer",
  "ir", "opsets"], "properties": {"path": {"type": "string"}, "structure_sha256": {"type": "string"}, "producer":
  {"type": "string"}, "ir": {"type": "integer"}, "opsets": {"type": "object", "additionalProperties": {"type":
  "integer"}}}}, "bindings": {"type": "object", "additionalProperties": {"type": "integer"}}, "hardware": {"type":
  "object", "additionalProperties": false, "required": ["id", "name", "mode", "device_class", "sha256", "runtime",
  "path", "calibrated", "evidence", "overrides"], "properties": {"id": {"type": "string"}, "name": {"type":
  "string"}, "mode": {"type": "string"}, "device_class": {"type": "string"}, "sha256": {"type": "string"},
  "runtime": {"type": "string"}, "path": {"type": "string"}, "calibrated": {"type": "boolean"}, "evidence": {"type":
  "string"}, "overrides": {"type": "array", "items": {"type": "string"}}}}, "precision": {"type": ["string",
  "null"]}, "rule_set": {"type": "string"}, "executed": {"type": "string"}, "coverage": {"type": "object", "additionalProperties": false,
  "required": ["nodes", "costed", "zero_by_rule", "incomplete", "foldable", "unknown", "time_share_by_source",
  "time_share_by_step", "time_share_outside_range"], "properties": {"nodes": {"type": "integer", "minimum": 0},
  "costed": {"type": "integer", "minimum": 0}, "zero_by_rule": {"type": "integer", "minimum": 0}, "incomplete":
  {"type": "integer", "minimum": 0}, "foldable": {"type": "integer", "minimum": 0}, "unknown": {"type": "array",
  "items": {"type": "object", "additionalProperties": false, "required": ["op", "nodes", "share_of_bytes"],
  "properties": {"op": {"type": "string"}, "nodes": {"type": "integer", "minimum": 0}, "share_of_bytes": {"type":
  ["number", "null"]}}}}, "time_share_by_source": {"type": "object", "additionalProperties": {"type": ["number",
  "null"]}}, "time_share_by_step": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
  "time_share_outside_range": {"type": ["number", "null"]}}}, "totals": {"type": "object", "additionalProperties":
  false, "required": ["macs", "flops", "int_ops", "transcendentals", "weight_bytes", "peak_bytes", "bytes", "work",
  "latency_s", "lo_s", "hi_s", "limit_s", "bound", "row_sum_s", "overhead_s"], "properties": {"macs": {"type":
  "integer", "minimum": 0}, "flops": {"type": "integer", "minimum": 0}, "int_ops": {"type": "integer", "minimum":
  0}, "transcendentals": {"type": "integer", "minimum": 0}, "weight_bytes": {"type": "integer", "minimum": 0},
  "peak_bytes": {"type": "integer", "minimum": 0}, "bytes": {"$ref": "#/$defs/bytes"}, "work": {"$ref":
  "#/$defs/work"}, "latency_s": {"type": ["number", "null"]}, "lo_s": {"type": ["number", "null"]}, "hi_s": {"type":
  ["number", "null"]}, "limit_s": {"type": ["number", "null"]}, "bound": {"$ref": "#/$defs/bound"}, "row_sum_s":
  {"type": ["number", "null"]}, "overhead_s": {"type": ["number", "null"]}}}, "memory": {"$ref": "#/$defs/memory"}, "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
  "subgraphs": {"type": "array", "items": {"$ref": "#/$defs/subgraph"}}, "coefficients": {"type": "array", "items":
  {"type": "object", "additionalProperties": false, "required": ["key", "value", "unit", "class", "source",
  "evidence"], "properties": {"key": {"type": "string"}, "value": {"type": ["number", "null"]}, "unit": {"type":
  "string"}, "class": {"type": "string"}, "source": {"type": "string"}, "evidence": {"$ref": "#/$defs/evidence"}}}},
  "notes": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["kind", "text",
  "where"], "properties": {"kind": {"type": "string"}, "text": {"type": "string"}, "where": {"type": "string"}}}}}},
"side": {"type": "object", "additionalProperties": false, "required": ["label", "model", "structure_sha256",
  "hardware", "hardware_sha256", "evidence", "rule_set"], "properties": {"label": {"type": "string"}, "model":
  {"type": "string"}, "structure_sha256": {"type": "string"}, "hardware": {"type": "string"}, "hardware_sha256":
  {"type": "string"}, "evidence": {"type": "string"}, "rule_set": {"type": "string"}}},
"delta": {"type": "object", "additionalProperties": false, "required": ["a", "b", "delta"], "properties": {"a":
  {"type": ["number", "null"]}, "b": {"type": ["number", "null"]}, "delta": {"type": ["number", "null"]}}})json";

const char* const kReportSchema = R"json("$ref": "#/$defs/report")json";

const char* const kReportsSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "reports"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "reports"},
"reports": {"type": "array", "items": {"$ref": "#/$defs/report"}}
})json";

}  // namespace opcost
