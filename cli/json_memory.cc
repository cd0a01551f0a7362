#include "cli/json_memory.h"

#include <string>

#include "absl/container/flat_hash_map.h"

namespace opcost {
namespace {

void WriteLists(const Report& report, JsonWriter& json) {
  const MemoryUse& memory = report.memory;
  json.Key("at_peak").BeginArray();
  for (const MemoryUse::Live& live : memory.at_peak) {
    json.BeginObject().Field("tensor", live.tensor).IntField("bytes", live.bytes).EndObject();
  }
  json.EndArray().Key("timeline").BeginArray();
  for (const MemoryUse::Step& step : memory.timeline) {
    json.BeginObject().Field("subgraph", report.rows[static_cast<size_t>(step.row)].id);
    json.IntField("live_bytes", step.live_bytes).IntField("after_bytes", step.after_bytes).EndObject();
  }
  json.EndArray().Key("caches").BeginArray();
  for (const CacheUse& cache : memory.caches) {
    json.BeginObject().Field("past", cache.past).Field("present", cache.present);
    json.IntField("past_bytes", cache.past_bytes).IntField("present_bytes", cache.present_bytes);
    json.BoolField("shared", cache.shared).EndObject();
  }
  json.EndArray();
}

void ReadTimeline(const JsonValue& json, Report& report) {
  absl::flat_hash_map<std::string, int32_t> rows;
  for (size_t i = 0; i < report.rows.size(); ++i) rows.emplace(report.rows[i].id, static_cast<int32_t>(i));
  for (size_t i = 0; i < json.Size() && json.ok(); ++i) {
    const JsonValue at = json.Element(i);
    at.Only({"subgraph", "live_bytes", "after_bytes"});
    const auto row = rows.find(at["subgraph"].String());
    if (row == rows.end()) {
      if (json.ok()) at["subgraph"].Fail("the id of a subgraph");
      return;
    }
    report.memory.timeline.push_back({row->second, at["live_bytes"].Int(), at["after_bytes"].Int()});
    report.rows[static_cast<size_t>(row->second)].live_bytes = report.memory.timeline.back().live_bytes;
  }
}

}  // namespace

void WriteMemory(const Report& report, JsonWriter& json) {
  const MemoryUse& memory = report.memory;
  json.Key("memory").BeginObject().IntField("weight_bytes", memory.weight_bytes);
  json.Key("weight_bytes_by_dtype").BeginObject();
  for (const auto& [dtype, bytes] : memory.weight_bytes_by_dtype) json.IntField(dtype, bytes);
  json.EndObject();
  json.IntField("parameters", memory.parameters).IntField("constants", memory.constants);
  json.IntField("peak_activation_bytes", memory.peak_activation_bytes).Field("peak_node", memory.peak_node);
  json.StringsField("peak_nodes", memory.peak_nodes).IntField("input_bytes", memory.input_bytes);
  json.IntField("cache_bytes", memory.cache_bytes);
  json.Key("capacity_bytes");
  memory.capacity_bytes ? json.Int(*memory.capacity_bytes) : json.Null();
  json.Key("fits");
  memory.fits ? json.Bool(*memory.fits) : json.Null();
  json.BoolField("complete", memory.complete);
  WriteLists(report, json);
  json.EndObject();
}

void ReadMemory(const JsonValue& json, Report& report) {
  json.Only({"weight_bytes", "weight_bytes_by_dtype", "parameters", "constants", "peak_activation_bytes", "peak_node",
             "peak_nodes", "input_bytes", "cache_bytes", "capacity_bytes", "fits", "complete", "at_peak", "timeline",
             "caches"});
  MemoryUse& memory = report.memory;
  memory.weight_bytes = json["weight_bytes"].Int();
  memory.weight_bytes_by_dtype = json["weight_bytes_by_dtype"].Ints();
  memory.parameters = json["parameters"].Int();
  memory.constants = json["constants"].Int();
  memory.peak_activation_bytes = json["peak_activation_bytes"].Int();
  memory.peak_node = json["peak_node"].String();
  memory.peak_nodes = json["peak_nodes"].Strings();
  memory.input_bytes = json["input_bytes"].Int();
  memory.cache_bytes = json["cache_bytes"].Int();
  memory.capacity_bytes = json["capacity_bytes"].OptionalInt();
  if (!json["fits"].is_null()) memory.fits = json["fits"].Bool();
  memory.complete = json["complete"].Bool();
  const JsonValue alive = json["at_peak"], caches = json["caches"];
  for (size_t i = 0; i < alive.Size() && json.ok(); ++i) {
    const JsonValue at = alive.Element(i);
    at.Only({"tensor", "bytes"});
    memory.at_peak.push_back({at["tensor"].String(), at["bytes"].Int()});
  }
  ReadTimeline(json["timeline"], report);
  for (size_t i = 0; i < caches.Size() && json.ok(); ++i) {
    const JsonValue at = caches.Element(i);
    at.Only({"past", "present", "past_bytes", "present_bytes", "shared"});
    memory.caches.push_back({at["past"].String(), at["present"].String(), at["past_bytes"].Int(),
                             at["present_bytes"].Int(), at["shared"].Bool()});
  }
}

}  // namespace opcost
