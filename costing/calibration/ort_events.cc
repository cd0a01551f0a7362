#include "costing/calibration/ort_events.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/json_fields.h"

namespace opcost {
namespace {

constexpr absl::string_view kKernelTime = "_kernel_time";
constexpr absl::string_view kEventStart = "{\"cat\" :";
constexpr absl::string_view kNameStart = "\"name\" :\"";
constexpr absl::string_view kNameEnd = "\",\"args\" : {";
// The index of a node, newest spelling first.
constexpr std::array<absl::string_view, 3> kIndexKeys = {"node_index", "exec_plan_index", "graph_index"};
// Names of nodes that stand inside `args`, unescaped like all others.
constexpr std::array<absl::string_view, 2> kParentStarts = {"\"parent_name\" : \"", "\"parent_ort_event_name\" : \""};
// A time beyond this (31 years) is no time.
constexpr double kMaxMicros = 1e15;

// Numbers may come as strings, and newer writers may print fractions of a microsecond.
std::optional<int64_t> Integer(const nlohmann::json& object, absl::string_view key) {
  const nlohmann::json* member = Member(object, key);
  if (member == nullptr) return std::nullopt;
  if (member->is_number_float()) {
    const double value = member->get<double>();
    if (!(std::abs(value) < kMaxMicros)) return std::nullopt;
    return static_cast<int64_t>(std::floor(value));
  }
  if (member->is_number()) return member->get<int64_t>();
  int64_t value = 0;
  if (!member->is_string() || !absl::SimpleAtoi(member->get<std::string>(), &value)) return std::nullopt;
  return value;
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
  event.parameter_bytes = Integer(args, "parameter_size").value_or(-1);
  event.threads = Threads(args);
  event.inputs = ReadShapes(args, "input_type_shape");
  event.outputs = ReadShapes(args, "output_type_shape");
  return event;
}

// `Kernel` events: of a device, or of a plug-in that ran a whole partition (their times overlap, so they do not add
// up).
OrtEvent ReadKernel(const nlohmann::json& args, OrtEvent event) {
  const bool of_provider = Member(args, "parent_ort_event_name") != nullptr;
  event.kind = of_provider ? OrtEvent::Kind::kProviderKernel : OrtEvent::Kind::kDeviceKernel;
  event.parent = std::string(absl::StripSuffix(TextOr(args, "parent_name", ""), kKernelTime));
  return event;
}

void AddEvent(const nlohmann::json& object, OrtEvents& result) {
  const std::string category = TextOr(object, "cat", "");
  if (category.empty()) return;
  ++result.total;
  const std::optional<int64_t> ts = Integer(object, "ts"), dur = Integer(object, "dur");
  if (!ts || !dur) {
    ++result.unreadable;
    return;
  }
  OrtEvent event{.name = TextOr(object, "name", ""), .ts = *ts, .dur = *dur, .tid = Integer(object, "tid").value_or(0)};
  const nlohmann::json empty = nlohmann::json::object();
  const nlohmann::json* found = Member(object, "args");
  const nlohmann::json& args = found != nullptr ? *found : empty;
  if (category == "Node") {
    absl::string_view name = event.name;
    if (!absl::ConsumeSuffix(&name, kKernelTime)) return;  // a fence
    event.kind = OrtEvent::Kind::kNode;
    event.name = std::string(name);
    event = ReadNode(args, std::move(event));
  } else if (category == "Kernel") {
    event = ReadKernel(args, std::move(event));
  } else if (event.name == "model_run") {
    event.kind = OrtEvent::Kind::kRun;
  } else if (event.name == "session_initialization") {
    event.kind = OrtEvent::Kind::kSessionStart;
  }
  result.events.push_back(std::move(event));
}

// The text of each event: from `{"cat" :` at the start of a line to the next one, without what separates them.
std::vector<absl::string_view> SplitEvents(absl::string_view text) {
  std::vector<absl::string_view> pieces;
  const auto next = [&](size_t from) {
    for (size_t at = text.find(kEventStart, from); at != absl::string_view::npos; at = text.find(kEventStart, at + 1)) {
      if (at == 0 || absl::StrContains("\n[,", text[at - 1])) return at;
    }
    return text.size();
  };
  for (size_t start = next(0), end = 0; start < text.size(); start = end) {
    end = next(start + 1);
    absl::string_view piece = absl::StripAsciiWhitespace(text.substr(start, end - start));
    if (end == text.size()) piece = absl::StripAsciiWhitespace(absl::StripSuffix(piece, "]"));
    absl::ConsumeSuffix(&piece, ",");
    pieces.push_back(piece);
  }
  return pieces;
}

// Where the name of an event begins and ends; npos where there is none.
std::pair<size_t, size_t> NameBounds(absl::string_view piece) {
  const size_t start = piece.find(kNameStart);
  if (start == absl::string_view::npos) return {start, start};
  return {start + kNameStart.size(), piece.find(kNameEnd, start + kNameStart.size())};
}

std::string Escaped(absl::string_view raw) {
  return nlohmann::json(std::string(raw)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsValidString(absl::string_view body) {
  const std::string quoted = absl::StrCat("\"", body, "\"");
  return nlohmann::json::accept(quoted.begin(), quoted.end());
}

// Whether the writer escaped names: all of them are valid as they stand, and a backslash or a quote occurs as only an
// escaping writer writes it.
bool NamesAreEscaped(const std::vector<absl::string_view>& pieces) {
  bool found = false;
  for (absl::string_view piece : pieces) {
    const auto [begin, end] = NameBounds(piece);
    if (end == absl::string_view::npos) continue;
    const absl::string_view name = piece.substr(begin, end - begin);
    if (!absl::StrContains(name, '\\') && !absl::StrContains(name, '"')) continue;
    if (!IsValidString(name)) return false;
    found |= absl::StrContains(name, "\\\\") || absl::StrContains(name, "\\\"");
  }
  return found;
}

// The names of other nodes among the arguments, escaped.
std::string WithParentsEscaped(std::string piece) {
  for (absl::string_view key : kParentStarts) {
    const size_t start = piece.find(std::string(key));
    if (start == std::string::npos) continue;
    const size_t begin = start + key.size(), end = piece.find(std::string(kKernelTime) + "\"", begin);
    if (end == std::string::npos) continue;
    const std::string escaped = Escaped(absl::string_view(piece).substr(begin, end - begin));
    piece.replace(begin, end - begin, escaped.substr(1, escaped.size() - 2));
  }
  return piece;
}

// One event as the runtime writes it. `escaped`: it escapes names.
std::optional<nlohmann::json> ParsePiece(absl::string_view piece, bool escaped) {
  const auto [begin, end] = NameBounds(piece);
  if (end == absl::string_view::npos) return std::nullopt;
  std::string text(piece);
  if (!escaped) {
    text = WithParentsEscaped(
        absl::StrCat(piece.substr(0, begin - 1), Escaped(piece.substr(begin, end - begin)), piece.substr(end + 1)));
  }
  nlohmann::json object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return std::nullopt;
  return object;
}

void ReadPieces(absl::string_view text, OrtEvents& result) {
  const std::vector<absl::string_view> pieces = SplitEvents(text);
  const bool escaped = NamesAreEscaped(pieces);
  result.truncated = !absl::EndsWith(absl::StripTrailingAsciiWhitespace(text), "]");
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::optional<nlohmann::json> object = ParsePiece(pieces[i], escaped);
    if (object) {
      AddEvent(*object, result);
      if (!escaped) result.repaired |= !nlohmann::json::accept(pieces[i].begin(), pieces[i].end());
    } else if (i + 1 < pieces.size() || !result.truncated) {
      ++result.unreadable;
    }
  }
}

}  // namespace

absl::StatusOr<OrtEvents> ReadOrtEvents(absl::string_view path, absl::string_view text) {
  OrtEvents result;
  if (absl::StrContains(text, kNameStart)) {
    ReadPieces(text, result);
  } else {  // written again by another program
    absl::StatusOr<nlohmann::json> document = ParseJson(path, text);
    if (!document.ok()) return document.status();
    if (document->is_array()) {
      for (const nlohmann::json& object : *document) AddEvent(object, result);
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
