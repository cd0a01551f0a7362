// Comma- or tab-separated values for scripts: one header line, every row, raw numbers.
#include <array>
#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/render.h"

namespace opcost {
namespace {

// How a measure is written in a chosen unit: the header's suffix and what the base value is divided by. `share` stays
// a share.
struct CsvUnit {
  const char* suffix;
  double divisor;
};

CsvUnit UnitOf(Measure measure, Units units) {
  constexpr double kMega = 1e6, kGiga = 1e9, kMilli = 1e-3, kMebi = 1048576;
  const bool scaled = units == Units::kSi || units == Units::kIec;
  switch (measure) {
    case Measure::kSeconds:
    case Measure::kInterval:
      return scaled ? CsvUnit{"_ms", kMilli} : CsvUnit{"_s", 1};
    case Measure::kCount:
      return scaled ? CsvUnit{"_M", kMega} : CsvUnit{"", 1};
    case Measure::kBytes:
      if (units == Units::kSi) return {"_MB", kMega};
      return units == Units::kIec ? CsvUnit{"_MiB", kMebi} : CsvUnit{"_bytes", 1};
    case Measure::kPerSecond:
      return scaled ? CsvUnit{"_gflop_per_s", kGiga} : CsvUnit{"_flop_per_s", 1};
    case Measure::kBytesPerSecond:
      return scaled ? CsvUnit{"_gb_per_s", kGiga} : CsvUnit{"_bytes_per_s", 1};
    default:
      return {"", 1};
  }
}

std::string Quoted(absl::string_view text, char separator) {
  if (separator == '\t') return absl::StrReplaceAll(text, {{"\t", " "}, {"\n", " "}, {"\r", " "}});
  if (text.find_first_of(",\"\n\r") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string Number(double value, double divisor) {
  if (!std::isfinite(value)) return "";
  constexpr double kExact = 9e15;
  // Whole numbers without an exponent.
  if (divisor == 1 && value == std::floor(value) && std::fabs(value) < kExact) {
    return absl::StrCat(static_cast<int64_t>(value));
  }
  return RoundTrip(value / divisor);
}

// "latency" in seconds is "latency_s"; "bytes" in bytes stays "bytes".
std::string HeaderOf(const std::string& key, const CsvUnit& unit) {
  if (absl::string_view(unit.suffix) == "_bytes" && absl::EndsWith(key, "bytes")) return key;
  return absl::StrCat(key, unit.suffix);
}

}  // namespace

std::string RenderCsv(const Document& document, char separator, Units units) {
  std::string out;
  if (document.main_sheet >= document.sheets.size()) return out;
  const Sheet& sheet = document.sheets[document.main_sheet];
  std::vector<std::string> fields;
  const auto flush = [&] {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) out += separator;
      out += fields[i];
    }
    out += '\n';
    fields.clear();
  };
  for (const Column& column : sheet.columns) {
    const CsvUnit unit = UnitOf(column.measure, units);
    if (column.measure == Measure::kInterval) {
      fields.push_back(absl::StrCat("lo", unit.suffix));
      fields.push_back(absl::StrCat("hi", unit.suffix));
    } else {
      fields.push_back(Quoted(HeaderOf(column.key, unit), separator));
    }
  }
  flush();
  for (const SheetRow& row : sheet.rows) {
    if (row.kind != RowKind::kData) continue;
    for (size_t c = 0; c < sheet.columns.size(); ++c) {
      const Cell& cell = row.cells[c];
      const CsvUnit unit = UnitOf(sheet.columns[c].measure, units);
      if (sheet.columns[c].measure == Measure::kText) {
        fields.push_back(Quoted(Sanitized(cell.text), separator));
        continue;
      }
      fields.push_back(Number(cell.value, unit.divisor));
      if (sheet.columns[c].measure == Measure::kInterval) fields.push_back(Number(cell.upper, unit.divisor));
    }
    flush();
  }
  return out;
}

}  // namespace opcost
