#include "costing/calibration/ov_counters.h"

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/calibration/json_fields.h"

namespace opcost {
namespace {

constexpr absl::string_view kHeader = "layerName;execStatus;layerType;execType;";
constexpr absl::string_view kTimeColumn = "realTime";
constexpr double kMilli = 1e-3;

struct UnitRow {
  absl::string_view name;
  double seconds;
};
// Old releases print whole microseconds under the same column.
constexpr std::array<UnitRow, 5> kUnits = {{{"ms", kMilli}, {"mcs", 1e-6}, {"us", 1e-6}, {"µs", 1e-6}, {"s", 1}}};

// The columns behind the four that always stand first.
struct Header {
  size_t columns = 0;
  size_t time = 0;
  double unit = 0;  // seconds
};

absl::StatusOr<Header> ReadHeader(const std::string& where, absl::string_view line) {
  const std::vector<absl::string_view> titles = absl::StrSplit(absl::StripSuffix(line, ";"), ';');
  for (size_t i = 0; i < titles.size(); ++i) {
    absl::string_view title = titles[i];
    if (!absl::ConsumePrefix(&title, kTimeColumn)) continue;
    title = absl::StripAsciiWhitespace(title);
    if (absl::ConsumePrefix(&title, "(")) absl::ConsumeSuffix(&title, ")");
    for (const UnitRow& unit : kUnits) {
      if (unit.name == title) return Header{titles.size(), i, unit.seconds};
    }
    return absl::InvalidArgumentError(absl::StrCat(where, ": column '", titles[i], "' names no unit that is known, ",
                                                   "expected realTime (ms) or realTime (mcs)"));
  }
  return absl::InvalidArgumentError(absl::StrCat(where, ": no column realTime"));
}

absl::StatusOr<double> Seconds(const std::string& where, absl::string_view text, double unit) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0) || !std::isfinite(value)) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": realTime = '", text, "', expected a number >= 0"));
  }
  return value * unit;
}

// "EXECUTED" of the Python tool's "Status.EXECUTED".
std::string StatusOf(absl::string_view text) { return std::string(absl::StripPrefix(text, "Status.")); }

// One line; a name may hold semicolons, the columns behind it do not.
absl::StatusOr<OvCounter> ReadLine(const std::string& where, absl::string_view line, const Header& header) {
  std::vector<absl::string_view> fields = absl::StrSplit(line, ';');
  if (fields.size() > header.columns && fields.back().empty()) fields.pop_back();
  if (fields.size() < header.columns) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", fields.size(), " fields, expected ", header.columns));
  }
  const size_t extra = fields.size() - header.columns;
  const auto field = [&](size_t column) { return fields[column + extra]; };
  absl::StatusOr<double> seconds = Seconds(where, field(header.time), header.unit);
  if (!seconds.ok()) return seconds.status();
  return OvCounter{.name = absl::StrJoin(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(extra) + 1, ";"),
                   .status = StatusOf(field(1)),
                   .node_type = std::string(field(2)),
                   .exec_type = std::string(field(3)),
                   .seconds = *seconds};
}

absl::StatusOr<OvCounters> ReadCsv(const std::string& path, absl::string_view text) {
  OvCounters result;
  std::optional<Header> header;
  bool open = false;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string where = absl::StrCat(path, ":", ++number);
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (absl::StartsWith(line, kHeader)) {
      absl::StatusOr<Header> read = ReadHeader(where, line);
      if (!read.ok()) return read.status();
      header = *read;
      result.requests.emplace_back();
      open = true;
    } else if (absl::StartsWith(line, "Total;")) {
      open = false;
    } else if (header && open) {
      absl::StatusOr<OvCounter> counter = ReadLine(where, line, *header);
      if (!counter.ok()) {
        // The line on which the file breaks off.
        if (absl::StrContains(counter.status().message(), " fields, ")) break;
        return counter.status();
      }
      result.requests.back().push_back(*std::move(counter));
    }
  }
  result.truncated = open;
  return result;
}

absl::StatusOr<std::vector<OvCounter>> ReadNodes(const std::string& where, const nlohmann::json& block) {
  std::vector<OvCounter> counters;
  const nlohmann::json* nodes = Member(block, "nodes");
  if (nodes == nullptr || !nodes->is_array()) return absl::InvalidArgumentError(absl::StrCat(where, ": no nodes"));
  for (size_t i = 0; i < nodes->size(); ++i) {
    const nlohmann::json& node = (*nodes)[i];
    const nlohmann::json* time = Member(node, "real_time");
    // The Python tool writes numbers as strings.
    const std::string shown = time == nullptr ? "" : time->is_string() ? time->get<std::string>() : time->dump();
    absl::StatusOr<double> seconds = Seconds(absl::StrCat(where, ".nodes[", i, "]"), shown, kMilli);
    if (!seconds.ok()) return seconds.status();
    counters.push_back({.name = TextOr(node, "name", ""),
                        .status = StatusOf(TextOr(node, "status", "")),
                        .node_type = TextOr(node, "node_type", ""),
                        .exec_type = TextOr(node, "exec_type", ""),
                        .seconds = *seconds});
  }
  return counters;
}

absl::StatusOr<OvCounters> ReadJson(const std::string& path, absl::string_view text) {
  absl::StatusOr<nlohmann::json> document = ParseJson(path, text);
  if (!document.ok()) return document.status();
  OvCounters result;
  if (const nlohmann::json* average = Member(*document, "avg_performance"); average != nullptr) {
    result.is_average = true;
    absl::StatusOr<std::vector<OvCounter>> counters = ReadNodes(absl::StrCat(path, ": avg_performance"), *average);
    if (!counters.ok()) return counters.status();
    result.requests.push_back(*std::move(counters));
  }
  const nlohmann::json* detailed = Member(*document, "detailed_performance");
  for (size_t i = 0; detailed != nullptr && i < detailed->size(); ++i) {
    absl::StatusOr<std::vector<OvCounter>> counters =
        ReadNodes(absl::StrCat(path, ": detailed_performance[", i, "]"), (*detailed)[i]);
    if (!counters.ok()) return counters.status();
    result.requests.push_back(*std::move(counters));
  }
  return result;
}

}  // namespace

bool IsOvCsv(absl::string_view text) { return absl::StartsWith(text, kHeader); }

bool IsOvJson(absl::string_view text) {
  const absl::string_view head = absl::StripLeadingAsciiWhitespace(text.substr(0, 4096));
  return absl::StartsWith(head, "{") &&
         (absl::StrContains(head, "\"detailed_performance\"") || absl::StrContains(head, "\"avg_performance\""));
}

absl::StatusOr<OvCounters> ReadOvCounters(const std::string& path, absl::string_view text) {
  absl::StatusOr<OvCounters> counters = IsOvCsv(text) ? ReadCsv(path, text) : ReadJson(path, text);
  if (!counters.ok()) return counters.status();
  // A cut-off request is no repeat of the whole ones.
  if (counters->truncated && counters->requests.size() > 1) counters->requests.pop_back();
  if (counters->requests.empty() || counters->requests[0].empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no layers, expected performance counters of a request"));
  }
  return counters;
}

}  // namespace opcost
