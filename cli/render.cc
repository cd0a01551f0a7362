#include "cli/render.h"

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace opcost {
namespace {

struct FormatRow {
  const char* name;
  const char* suffix;
  OutputFormat format;
};
constexpr std::array<FormatRow, 6> kFormats = {{
    {"table", "", OutputFormat::kTable},
    {"json", ".json", OutputFormat::kJson},
    {"jsonl", ".jsonl", OutputFormat::kJsonl},
    {"csv", ".csv", OutputFormat::kCsv},
    {"tsv", ".tsv", OutputFormat::kTsv},
    {"md", ".md", OutputFormat::kMarkdown},
}};

}  // namespace

absl::StatusOr<OutputFormat> ParseFormat(absl::string_view name) {
  std::vector<std::string> names;
  for (const FormatRow& row : kFormats) {
    if (name == row.name) return row.format;
    names.push_back(row.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("--format ", name, ": no such format; expected ",
                                                 absl::StrJoin(names, ", "), DidYouMean(name, names)));
}

OutputFormat FormatOfPath(absl::string_view path, OutputFormat fallback) {
  for (const FormatRow& row : kFormats) {
    if (*row.suffix != '\0' && absl::EndsWith(path, row.suffix)) return row.format;
  }
  return fallback;
}

absl::Status CheckSuffix(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') == absl::string_view::npos ? 0 : path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos || dot == 0 || name.substr(dot) == ".txt") return absl::OkStatus();
  std::vector<std::string> suffixes;
  for (const FormatRow& row : kFormats) {
    if (name.substr(dot) == row.suffix) return absl::OkStatus();
    if (*row.suffix != '\0') suffixes.emplace_back(row.suffix);
  }
  return absl::InvalidArgumentError(absl::StrCat("-o ", path, ": no format has that suffix; expected ",
                                                 absl::StrJoin(suffixes, ", "), ", .txt for a table, or --format"));
}

std::string CellText(const Column& column, const Cell& cell, Units units) {
  if (column.measure == Measure::kText || !cell.text.empty()) return Sanitized(cell.text);
  if (cell.missing()) return "–";
  if (column.measure == Measure::kInterval) {
    return absl::StrCat(Format(Measure::kSeconds, cell.value, units), " … ",
                        Format(Measure::kSeconds, cell.upper, units));
  }
  return absl::StrCat(column.is_signed ? FormatSigned(column.measure, cell.value, units)
                                       : Format(column.measure, cell.value, units));
}

}  // namespace opcost
