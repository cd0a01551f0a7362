#include "costing/calibration/trt_rows.h"

#include <cmath>
#include <optional>
#include <vector>

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

constexpr absl::string_view kLogTitle = "=== Profile (";
constexpr absl::string_view kNameStart = "\"name\" : \"";
constexpr absl::string_view kNameEnd = "\", \"timeMs\"";
constexpr size_t kHead = 4096;

absl::Status AddRow(const std::string& where, absl::string_view name, std::optional<double> average,
                    std::optional<double> median, TrtRows& result) {
  if (!average && !median) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": no time, expected medianMs or averageMs"));
  }
  const double ms = median ? *median : *average;
  if (!(ms >= 0) || !std::isfinite(ms)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": layer '", name, "' takes ", ms, " ms, expected a time >= 0"));
  }
  result.has_median |= median.has_value();
  result.rows.push_back({std::string(name), ms});
  return absl::OkStatus();
}

std::optional<double> Number(const nlohmann::json& object, absl::string_view key) {
  const nlohmann::json* member = Member(object, key);
  return member != nullptr && member->is_number() ? std::optional<double>(member->get<double>()) : std::nullopt;
}

// Each element stands on a line of its own. Names are not escaped.
nlohmann::json ParseByLine(absl::string_view text) {
  nlohmann::json document = nlohmann::json::array();
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    for (absl::string_view bracket : {"[", ","}) absl::ConsumePrefix(&line, bracket);
    for (absl::string_view bracket : {"]", ","}) absl::ConsumeSuffix(&line, bracket);
    std::string piece(absl::StripAsciiWhitespace(line));
    const size_t start = piece.find(std::string(kNameStart));
    const size_t end = piece.find(std::string(kNameEnd));
    if (start != std::string::npos && end != std::string::npos) {
      const size_t begin = start + kNameStart.size();
      const std::string escaped = nlohmann::json(piece.substr(begin, end - begin))
                                      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      piece.replace(begin, end - begin, escaped.substr(1, escaped.size() - 2));
    }
    nlohmann::json object = nlohmann::json::parse(piece, nullptr, /*allow_exceptions=*/false);
    if (!object.is_discarded()) document.push_back(std::move(object));
  }
  return document;
}

absl::StatusOr<TrtRows> ReadJson(const std::string& path, absl::string_view text) {
  TrtRows result;
  nlohmann::json document = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    if (!absl::EndsWith(absl::StripTrailingAsciiWhitespace(text), "]")) return ParseJson(path, text).status();
    document = ParseByLine(text);
    result.repaired = true;
  }
  for (size_t i = 0; i < document.size(); ++i) {
    if (std::optional<double> count = Number(document[i], "count")) result.iterations = static_cast<int64_t>(*count);
    if (Member(document[i], "name") == nullptr) continue;
    absl::Status status = AddRow(absl::StrCat(path, ": [", i, "]"), TextOr(document[i], "name", ""),
                                 Number(document[i], "averageMs"), Number(document[i], "medianMs"), result);
    if (!status.ok()) return status;
  }
  return result;
}

// The columns of a table's header: numbers before the name, or behind it.
struct LogColumns {
  size_t numbers = 0;
  bool name_first = false;
  std::optional<size_t> average, median;
};

std::optional<LogColumns> ReadLogHeader(absl::string_view line) {
  if (!absl::StrContains(line, "Layer") || !absl::StrContains(line, "Avg.")) return std::nullopt;
  LogColumns columns;
  columns.name_first = absl::StartsWith(line, "Layer");
  // "Avg.(ms)" or "Avg. Time (ms)"; the share stands last and has no "ms".
  for (size_t at = line.find("(ms)"), from = 0; at != absl::string_view::npos;
       from = at, at = line.find("(ms)", at + 1)) {
    const absl::string_view title = line.substr(from, at - from);
    if (absl::StrContains(title, "Avg.")) columns.average = columns.numbers;
    if (absl::StrContains(title, "Median")) columns.median = columns.numbers;
    ++columns.numbers;
  }
  columns.numbers += absl::StrContains(line, "%") ? 1 : 0;
  return columns;
}

// "=== Profile (2094 iterations ) ==="; 0 when it is another.
int64_t IterationsOf(absl::string_view title) {
  int64_t iterations = 0;
  const std::vector<absl::string_view> words = absl::StrSplit(title.substr(kLogTitle.size()), ' ');
  return absl::SimpleAtoi(words[0], &iterations) ? iterations : 0;
}

// One line of the table; false for the total, which ends it.
absl::StatusOr<bool> ReadLogRow(const std::string& where, const std::vector<absl::string_view>& words,
                                const LogColumns& columns, TrtRows& result) {
  const size_t names = words.size() - columns.numbers;
  const size_t first_number = columns.name_first ? names : 0, first_name = columns.name_first ? 0 : columns.numbers;
  const auto number = [&](std::optional<size_t> column) -> std::optional<double> {
    double value = 0;
    if (!column || !absl::SimpleAtod(words[first_number + *column], &value)) return std::nullopt;
    return value;
  };
  const auto begin = words.begin() + static_cast<std::ptrdiff_t>(first_name);
  const std::string name = absl::StrJoin(begin, begin + static_cast<std::ptrdiff_t>(names), " ");
  if (name == "Total") return false;
  absl::Status status = AddRow(where, name, number(columns.average), number(columns.median), result);
  if (!status.ok()) return status;
  return true;
}

// The last table of the log counts.
absl::StatusOr<TrtRows> ReadLog(const std::string& path, absl::string_view text) {
  TrtRows result;
  std::optional<LogColumns> columns;
  bool in_table = false;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    const size_t mark = line.find("[I] ");
    if (mark != absl::string_view::npos) line = line.substr(mark + 4);
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, kLogTitle)) {
      in_table = true;
      columns = std::nullopt;
      result = TrtRows{.iterations = IterationsOf(line)};
      continue;
    }
    if (!in_table) continue;
    if (!columns) {
      columns = ReadLogHeader(line);
      continue;
    }
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() <= columns->numbers) continue;
    absl::StatusOr<bool> more = ReadLogRow(absl::StrCat(path, ":", line_number), words, *columns, result);
    if (!more.ok()) return more.status();
    in_table = *more;
  }
  return result;
}

}  // namespace

bool IsTrtJson(absl::string_view text) {
  const absl::string_view head = absl::StripLeadingAsciiWhitespace(text.substr(0, kHead));
  return absl::StartsWith(head, "[") && absl::StrContains(head, "\"count\"") && absl::StrContains(head, "\"timeMs\"");
}

bool IsTrtLog(absl::string_view text) {
  return absl::StrContains(text, kLogTitle) && absl::StrContains(text, "Avg.") && absl::StrContains(text, "Layer");
}

absl::StatusOr<TrtRows> ReadTrtRows(const std::string& path, absl::string_view text) {
  absl::StatusOr<TrtRows> rows = IsTrtJson(text) ? ReadJson(path, text) : ReadLog(path, text);
  if (!rows.ok()) return rows.status();
  if (rows->rows.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no layer times, expected trtexec --exportProfile"));
  }
  return rows;
}

}  // namespace opcost
