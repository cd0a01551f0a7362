#include "costing/calibration/ort_events.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/calibration/json_fields.h"

namespace opcost {
namespace {

constexpr absl::string_view kKernelTime = "_kernel_time";
constexpr absl::string_view kNameStart = "\"name\" :\"";
constexpr absl::string_view kNameEnd = "\",\"args\" : {";
// The index of a node, newest spelling first.
constexpr std::array<absl::string_view, 3> kIndexKeys = {"node_index", "exec_plan_index", "graph_index"};

int64_t IntOr(const nlohmann::json& object, absl::string_view key, int64_t fallback) {
  const nlohmann::json* member = Member(object, key);
  if (member == nullptr) return fallback;
  if (member->is_number()) return member->get<int64_t>();
  int64_t value = 0;
  return member->is_string() && absl::SimpleAtoi(member->get<std::string>(), &value) ? value : fallback;
}

std::vector<MeasuredTensor> ReadShapes(const nlohmann::json& args, absl::string_view key) {
  std::vector<MeasuredTensor> tensors;
  const nlohmann::json* list = Member(args, key);
  if (list == nullptr || !list->is_array()) return tensors;
  for (const nlohmann::json& item : *list) tensors.push_back(ReadTypeShape(item));
  return tensors;
}

// "" with one thread, an object naming the others with more.
int Threads(const nlohmann::json& args) {
  const nlohmann::json* stats = Member(args, "thread_scheduling_stats");
  if (stats == nullptr) return 0;
  if (stats->is_string()) return 1;
  const nlohmann::json* others = Member(*stats, "sub_threads");
  return others != nullptr && others->is_object() ? static_cast<int>(others->size()) + 1 : 0;
}

OrtEvent ReadNode(const nlohmann::json& args, OrtEvent event) {
  event.op_type = TextOr(args, "op_name", "");
  event.provider = TextOr(args, "provider", "");
  for (absl::string_view key : kIndexKeys) {
    if (event.index.empty()) event.index = TextOr(args, key, "");
  }
  event.parameter_bytes = IntOr(args, "parameter_size", -1);
  event.threads = Threads(args);
  event.inputs = ReadShapes(args, "input_type_shape");
  event.outputs = ReadShapes(args, "output_type_shape");
  return event;
}

// nullopt for what is no complete event of interest: fences, other phases, objects of another form.
std::optional<OrtEvent> ReadEvent(const nlohmann::json& object) {
  const std::string category = TextOr(object, "cat", "");
  if (category.empty() || Member(object, "dur") == nullptr || Member(object, "ts") == nullptr) return std::nullopt;
  OrtEvent event;
  event.name = TextOr(object, "name", "");
  event.ts = IntOr(object, "ts", 0);
  event.dur = IntOr(object, "dur", 0);
  event.tid = IntOr(object, "tid", 0);
  const nlohmann::json empty = nlohmann::json::object();
  const nlohmann::json* found = Member(object, "args");
  const nlohmann::json& args = found != nullptr ? *found : empty;
  if (category == "Node") {
    absl::string_view name = event.name;
    if (!absl::ConsumeSuffix(&name, kKernelTime)) return std::nullopt;
    event.kind = OrtEvent::Kind::kNode;
    event.name = std::string(name);
    return ReadNode(args, std::move(event));
  }
  if (category == "Kernel") {
    event.kind = OrtEvent::Kind::kDeviceKernel;
    event.parent = std::string(absl::StripSuffix(TextOr(args, "parent_name", ""), kKernelTime));
  } else if (event.name == "model_run") {
    event.kind = OrtEvent::Kind::kRun;
  } else if (event.name == "session_initialization") {
    event.kind = OrtEvent::Kind::kSessionStart;
  }
  return event;
}

// One line as the runtime writes it, its name escaped.
std::optional<nlohmann::json> ParseLine(absl::string_view line) {
  const size_t start = line.find(kNameStart);
  if (start == absl::string_view::npos) return std::nullopt;
  const size_t name = start + kNameStart.size();
  const size_t end = line.find(kNameEnd, name);
  if (end == absl::string_view::npos) return std::nullopt;
  const std::string quoted = nlohmann::json(std::string(line.substr(name, end - name)))
                                 .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string repaired = absl::StrCat(line.substr(0, start), "\"name\" :", quoted, line.substr(end + 1));
  nlohmann::json object = nlohmann::json::parse(repaired, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return std::nullopt;
  return object;
}

void ReadLines(absl::string_view text, OrtEvents& result) {
  bool last_failed = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line == "[") continue;
    if (line == "]") return;
    if (last_failed) ++result.unreadable;
    absl::ConsumeSuffix(&line, ",");
    const std::optional<nlohmann::json> object = ParseLine(line);
    last_failed = !object;
    if (!object) continue;
    if (std::optional<OrtEvent> event = ReadEvent(*object)) result.events.push_back(*std::move(event));
  }
  result.truncated = true;
}

}  // namespace

absl::StatusOr<OrtEvents> ReadOrtEvents(absl::string_view path, absl::string_view text) {
  OrtEvents result;
  const nlohmann::json document = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    result.repaired = true;
    ReadLines(text, result);
  } else if (document.is_array()) {
    for (const nlohmann::json& object : document) {
      if (std::optional<OrtEvent> event = ReadEvent(object)) result.events.push_back(*std::move(event));
    }
  }
  if (result.events.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no profile event can be read, expected an ONNX Runtime profile"));
  }
  for (const OrtEvent& event : result.events) {
    if (event.dur < 0 || event.ts < 0) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": event '", event.name, "' has ts ", event.ts, " and dur ",
                                                     event.dur, ", expected both >= 0"));
    }
  }
  return result;
}

}  // namespace opcost
