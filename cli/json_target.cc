#include <string>
#include <vector>

#include "cli/json_writer.h"
#include "cli/target_document.h"
#include "costing/report.h"

namespace opcost {
namespace {

void WriteId(const char* key, const Target& target, CoefficientId id, JsonWriter& json) {
  json.Key(key);
  id == kNoId ? json.Null() : json.String(target.coefficients[static_cast<size_t>(id)].key);
}

void WriteValue(const char* key, const Target& target, CoefficientId id, JsonWriter& json) {
  json.Key(key);
  id == kNoId ? json.Null() : json.Double(target.coefficients[static_cast<size_t>(id)].value());
}

void WriteHead(const Target& target, JsonWriter& json) {
  json.Field("id", target.id).Field("name", target.name).Field("device_class", target.device_class);
  json.Field("runtime", target.runtime.rule_set)
      .StringsField("modes", target.modes)
      .Field("evidence", EvidenceOf(target));
  json.Field("path", target.path).Field("sha256", target.sha256).Key("peaks").BeginObject();
  for (const Precision precision : AllPrecisions()) {
    const CoefficientId id = target.peak[static_cast<size_t>(precision)];
    if (id != kNoId) json.DoubleField(Name(precision), target.coefficients[static_cast<size_t>(id)].value());
  }
  json.EndObject();
  WriteValue("bandwidth_bytes_per_s", target, target.bandwidth, json);
  WriteValue("capacity_bytes", target, target.capacity, json);
}

void WriteCoefficient(const Coefficient& coefficient, JsonWriter& json) {
  json.BeginObject().Field("key", coefficient.key).DoubleField("value", coefficient.value());
  json.Field("dimension", Name(coefficient.dimension)).Field("class", Name(coefficient.term_class));
  json.Field("evidence", Name(coefficient.evidence))
      .Field("provenance", coefficient.provenance)
      .Key("layers")
      .BeginArray();
  for (const Layer& layer : coefficient.layers) {
    json.BeginObject().Field("source", layer.source).DoubleField("value", layer.value).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteCurve(const Target& target, const Curve& curve, JsonWriter& json) {
  json.BeginObject().Field("key", curve.key).Field("x", Name(curve.x));
  json.Field("interpolation", Name(curve.interpolation)).Key("points").BeginArray();
  for (const CurvePoint& point : curve.points) {
    json.BeginObject();
    WriteValue("x", target, point.x, json);
    WriteValue("y", target, point.y, json);
    json.DoubleField("std_dev", point.std_dev)
        .IntField("n", point.n)
        .Field("evidence", Name(point.evidence))
        .EndObject();
  }
  json.EndArray().EndObject();
}

void WriteEntry(const Target& target, const Entry& entry, JsonWriter& json) {
  json.BeginObject().Field("key", entry.key).Field("pattern", Name(entry.pattern)).Key("precision");
  entry.precision ? json.String(Name(*entry.precision)) : json.Null();
  json.BoolField("is_default", entry.is_default).Field("form", entry.efficiency ? "efficiency" : "time");
  json.Key("coefficients").BeginArray();
  const auto add = [&](CoefficientId id) {
    if (id != kNoId) json.String(target.coefficients[static_cast<size_t>(id)].key);
  };
  if (entry.efficiency) {
    add(entry.efficiency->rate);
    for (const CoefficientId factor : entry.efficiency->factors) add(factor);
    for (const CoefficientId id : {entry.efficiency->bandwidth, entry.efficiency->memory_fraction,
                                   entry.efficiency->overlap, entry.efficiency->dispatch})
      add(id);
  } else if (entry.time) {
    add(entry.time->launch);
    for (const TimeTerm& term : entry.time->terms) {
      add(term.seconds_per_unit);
      add(term.threshold);
    }
  }
  json.EndArray().Key("curve");
  const bool curved = entry.efficiency && entry.efficiency->curve != kNoId;
  curved ? json.String(target.curves[static_cast<size_t>(entry.efficiency->curve)].key) : json.Null();
  json.Key("range");
  if (entry.range) {
    json.BeginArray().Double(entry.range->first).Double(entry.range->second).EndArray();
  } else {
    json.Null();
  }
  json.OptionalField("relative_spread", entry.relative_spread).Field("evidence", Name(entry.evidence));
  json.Field("provenance", entry.provenance).Field("declared_at", entry.declared_at);
  json.Field("may_beat_limit", entry.may_beat_limit).EndObject();
}

}  // namespace

std::string TargetListJson(const std::vector<Target>& targets, const std::vector<BrokenTarget>& broken) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject()
      .IntField("schema_version", kReportSchemaVersion)
      .Field("kind", "targets")
      .Key("targets")
      .BeginArray();
  for (const Target& target : targets) {
    json.BeginObject();
    WriteHead(target, json);
    json.EndObject();
  }
  json.EndArray().Key("broken").BeginArray();
  for (const BrokenTarget& one : broken) json.BeginObject().Field("id", one.id).Field("error", one.error).EndObject();
  json.EndArray().EndObject();
  return out + "\n";
}

std::string TargetJson(const Target& target) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "target");
  WriteHead(target, json);
  json.Field("mode", target.mode);
  WriteId("run_constant", target, target.run_constant, json);
  WriteId("host_enqueue", target, target.host_enqueue, json);
  json.Key("coefficients").BeginArray();
  for (const Coefficient& coefficient : target.coefficients) WriteCoefficient(coefficient, json);
  json.EndArray().Key("curves").BeginArray();
  for (const Curve& curve : target.curves) WriteCurve(target, curve, json);
  json.EndArray().Key("entries").BeginArray();
  for (const Entry& entry : target.entries) WriteEntry(target, entry, json);
  json.EndArray().Key("sources").BeginObject();
  for (const auto& [name, text] : target.sources) json.Field(name, text);
  json.EndObject().StringsField("notes", target.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
