// Schemas of calibrations, validations, the history of a profile and its curves.
#include "cli/schema.h"

namespace opcost {

const char* const kCalibrationSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "path", "older", "networks", "kernels", "profiler_s",
  "profiler_removed_s", "noise_floor", "held_out", "classes", "refused", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "calibration"},
"path": {"type": "string"},
"older": {"type": "string"},
"networks": {"type": "integer", "minimum": 0},
"kernels": {"type": "integer", "minimum": 0},
"profiler_s": {"type": "number", "minimum": 0},
"profiler_removed_s": {"type": "number", "minimum": 0},
"noise_floor": {"type": "number", "minimum": 0},
"held_out": {"$ref": "#/$defs/errors"},
"classes": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["class",
  "kernels", "networks", "held_out", "held_out_time", "spread", "leans", "terms"], "properties": {"class": {"type":
  "string"}, "kernels": {"type": "integer", "minimum": 1}, "networks": {"type": "array", "items": {"type":
  "string"}}, "held_out": {"type": "number"}, "held_out_time": {"type": "number"}, "spread": {"type": "number"},
  "leans": {"type": "boolean"}, "terms": {"type": "array", "items": {"type": "object", "additionalProperties":
  false, "required": ["term", "seconds_per_unit", "std_dev"], "properties": {"term": {"type": "string"},
  "seconds_per_unit": {"type": "number", "minimum": 0}, "std_dev": {"type": "number", "minimum": 0}}}}}}},
"refused": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["what",
  "why"], "properties": {"what": {"type": "string"}, "why": {"type": "string"}}}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kValidationSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "target", "baseline", "headline", "fitted", "kernel_error", "inside_share",
  "models", "classes", "kernels", "gaps", "threshold", "changes", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "validation"},
"target": {"type": "string"},
"baseline": {"type": "string"},
"headline": {"$ref": "#/$defs/errors"},
"fitted": {"$ref": "#/$defs/errors"},
"kernel_error": {"type": "number", "minimum": 0},
"inside_share": {"type": "number", "minimum": 0, "maximum": 1},
"models": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["model",
  "measured_s", "predicted_s", "error", "interval_s", "inside", "noise", "unpriced_share", "in_fit", "end_to_end"],
  "properties": {"model": {"type": "string"}, "measured_s": {"type": "number"}, "predicted_s": {"type": "number"},
  "error": {"type": "number"}, "interval_s": {"type": "number"}, "inside": {"type": "boolean"}, "noise": {"type":
  "number"}, "unpriced_share": {"type": "number"}, "in_fit": {"type": "boolean"}, "end_to_end": {"type":
  "boolean"}}}},
"classes": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["class",
  "kernels", "measured_s", "share", "error", "signed", "outside_share"], "properties": {"class": {"type":
  "string"}, "kernels": {"type": "integer"}, "measured_s": {"type": "number"}, "share": {"type": "number"},
  "error": {"type": "number"}, "signed": {"type": "number"}, "outside_share": {"type": "number"}}}},
"kernels": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["model",
  "kernel", "op", "class", "entry", "measured_s", "predicted_s", "terms"], "properties": {"model": {"type":
  "string"}, "kernel": {"type": "string"}, "op": {"type": "string"}, "class": {"type": "string"}, "entry": {"type":
  "string"}, "measured_s": {"type": "number"}, "predicted_s": {"type": "number"}, "terms": {"type": "array",
  "items": {"type": "object", "additionalProperties": false, "required": ["name", "t_s"], "properties": {"name":
  {"type": "string"}, "t_s": {"type": "number"}}}}}}},
"gaps": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["what", "share"],
  "properties": {"what": {"type": "string"}, "share": {"type": "number"}}}},
"threshold": {"type": "number", "minimum": 0},
"changes": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["model",
  "before", "after", "regression", "improvement"], "properties": {"model": {"type": "string"}, "before": {"type":
  "number"}, "after": {"type": "number"}, "regression": {"type": "boolean"}, "improvement": {"type": "boolean"}}}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

const char* const kHistorySchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "versions"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "history"},
"versions": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["path",
  "date", "tool", "runtime_version", "threads", "networks", "protocol", "models_tested", "mean_absolute", "maximum",
  "within_10"], "properties": {"path": {"type": "string"}, "date": {"type": "string"}, "tool": {"type": "string"},
  "runtime_version": {"type": "string"}, "threads": {"type": "string"}, "networks": {"type": "integer"},
  "protocol": {"type": "string"}, "models_tested": {"type": "integer"}, "mean_absolute": {"type": "number"},
  "maximum": {"type": "number"}, "within_10": {"type": "number"}}}}
})json";

const char* const kCurvesSchema = R"json("type": "object",
"additionalProperties": false,
"required": ["schema_version", "kind", "target", "beside", "curves", "not_drawn", "notes"],
"properties": {
"schema_version": {"const": 1},
"kind": {"const": "curves"},
"target": {"type": "string"},
"beside": {"type": "string"},
"curves": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["entry", "form",
  "metric", "unit", "provenance", "beside_entry", "range", "relative_spread", "point_gap", "kernel_gap",
  "outside_share", "line", "beside", "points", "kernels"], "properties": {"entry": {"type": "string"}, "form":
  {"enum": ["efficiency", "time"]}, "metric": {"type": "string"}, "unit": {"type": "string"}, "provenance": {"type":
  "string"}, "beside_entry": {"type": "string"}, "range": {"type": ["array", "null"], "items": {"type": "number"}},
  "relative_spread": {"type": ["number", "null"]}, "point_gap": {"type": ["number", "null"]}, "kernel_gap": {"type":
  ["number", "null"]}, "outside_share": {"type": "number"}, "line": {"type": "array", "items": {"type": "array",
  "items": {"type": "number"}, "minItems": 2, "maxItems": 2}}, "beside": {"type": "array", "items": {"type": "array",
  "items": {"type": "number"}, "minItems": 2, "maxItems": 2}}, "points": {"type": "array", "items": {"type": "object",
  "additionalProperties": false, "required": ["x", "rate", "std_dev", "n", "evidence"], "properties": {"x": {"type":
  "number"}, "rate": {"type": "number"}, "std_dev": {"type": "number"}, "n": {"type": "integer"}, "evidence": {"type":
  "string"}}}}, "kernels": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required":
  ["network", "kernel", "x", "measured", "predicted"], "properties": {"network": {"type": "string"}, "kernel":
  {"type": "string"}, "x": {"type": "number"}, "measured": {"type": "number"}, "predicted": {"type":
  "number"}}}}}}},
"not_drawn": {"type": "array", "items": {"type": "string"}},
"notes": {"type": "array", "items": {"type": "string"}}
})json";

}  // namespace opcost
