#include "cli/json_run.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "costing/calibration/type_names.h"

namespace opcost {
namespace {

constexpr double kMicrosPerSecond = 1e6;

void WriteBest(const char* key, const std::optional<double>& seconds, JsonWriter& json) {
  json.Key(key).BeginArray();
  if (seconds) json.BeginObject().DoubleField("min_us", *seconds * kMicrosPerSecond).EndObject();
  json.EndArray();
}

void WriteDims(const std::vector<int64_t>& dims, JsonWriter& json) {
  json.BeginArray();
  for (int64_t dim : dims) json.Int(dim);
  json.EndArray();
}

// What the runtime would show: operands that are there and whose extents are known.
void WriteShown(const char* key, const std::vector<MeasuredTensor>& tensors, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const MeasuredTensor& tensor : tensors) {
    if (!tensor.is_present) continue;
    json.BeginObject().Key(RuntimeTypeName(tensor.dtype));
    WriteDims(tensor.dims, json);
    json.EndObject();
  }
  json.EndArray();
}

// By slot: the extents of a stored weight, "input" for what the caller hands to the model, else null.
void WriteStored(const std::vector<MeasuredTensor>& inputs, JsonWriter& json) {
  json.Key("inits").BeginArray();
  for (const MeasuredTensor& input : inputs) {
    if (input.is_constant && input.is_present) {
      WriteDims(input.dims, json);
    } else if (input.is_input && input.is_present) {
      json.String("input");
    } else {
      json.Null();
    }
  }
  json.EndArray();
}

void WriteAttribute(const Attribute& attribute, JsonWriter& json) {
  using Kind = Attribute::Kind;
  json.Key(attribute.name);
  switch (attribute.kind) {
    case Kind::kInt:
      json.Int(attribute.i);
      return;
    case Kind::kFloat:
      json.BeginObject().DoubleField("float", attribute.f).EndObject();
      return;
    case Kind::kString:
      json.String(attribute.s);
      return;
    case Kind::kInts:
      WriteDims(attribute.ints, json);
      return;
    case Kind::kFloats:
      json.BeginObject().Key("floats").BeginArray();
      for (double f : attribute.floats) json.Double(f);
      json.EndArray().EndObject();
      return;
    case Kind::kStrings:
      json.BeginArray();
      for (const std::string& s : attribute.strings) json.String(s);
      json.EndArray();
      return;
    default:
      json.Null();
  }
}

void WriteKernel(const MeasuredKernel& kernel, JsonWriter& json) {
  json.Field("name", kernel.name).Field("op", kernel.op_type).Field("domain", kernel.domain);
  json.BoolField("conversion", kernel.is_conversion).Key("attrs").BeginObject();
  for (const Attribute& attribute : kernel.attributes) WriteAttribute(attribute, json);
  json.EndObject();
  WriteShown("ins", kernel.inputs, json);
  WriteStored(kernel.inputs, json);
  WriteShown("outs", kernel.outputs, json);
  if (kernel.counts) {
    json.Key("counts").BeginObject().DoubleField("flops", kernel.counts->flops);
    json.DoubleField("weight_bytes", kernel.counts->weight_bytes);
    json.DoubleField("activation_bytes", kernel.counts->activation_bytes).EndObject();
  }
  json.Key("p1").BeginArray().Double(kernel.seconds * kMicrosPerSecond);
  json.Double(std::max(kernel.seconds, kernel.median_seconds) * kMicrosPerSecond);
  json.Int(std::max<int64_t>(1, kernel.repeats)).EndArray().DoubleField("spread", kernel.spread);
}

}  // namespace

void WriteRunHead(const MeasuredRun& run, JsonWriter& json) {
  const RunFacts& facts = run.facts;
  json.Field("model", run.network).Field("path", run.path).Field("machine", facts.machine);
  json.Field("runtime_name", facts.runtime).Field("runtime", facts.runtime_version).Field("date", facts.date);
  json.Field("mode", facts.mode).Field("precision", facts.precision).IntField("threads", facts.threads);
  json.IntField("batch", facts.batch).BoolField("profiled", run.profiled);
  json.BoolField("launches_only", run.launches_only);
  WriteBest("e2e", run.end_to_end_s, json);
  WriteBest("prof", run.profiled_s, json);
}

void WriteRunRows(const MeasuredRun& run, const ModelJoin& join, const Graph& graph, JsonWriter& json) {
  json.Key("rows").BeginArray();
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    json.BeginObject();
    WriteKernel(run.kernels[k], json);
    json.Field("joined_by", Name(join.kernels[k].way));
    std::vector<std::string> nodes;
    for (NodeId node : join.kernels[k].nodes) nodes.push_back(graph.nodes[static_cast<size_t>(node)].id);
    json.StringsField("nodes", nodes).EndObject();
  }
  json.EndArray();
}

}  // namespace opcost
