#include "costing/calibration/csv_columns.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/text.h"

namespace opcost {
namespace {

struct UnitRow {
  absl::string_view name;
  double value;
};
constexpr std::array<UnitRow, 5> kTimes = {{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}, {"us", 1e-6}, {"ns", 1e-9}}};
constexpr std::array<UnitRow, 4> kFlops = {{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}};
constexpr std::array<UnitRow, 8> kBytes = {
    {{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}};
constexpr std::array<UnitRow, 1> kPlain = {{{"", 1}}};

struct ColumnRow {
  absl::string_view name;
  absl::Span<const UnitRow> units;
};
// In the order of the enum.
constexpr std::array<ColumnRow, static_cast<size_t>(CsvColumn::kCount)> kColumns = {{
    {"op", kPlain},
    {"pattern", kPlain},
    {"inputs", kPlain},
    {"outputs", kPlain},
    {"attributes", kPlain},
    {"flops", kFlops},
    {"bytes", kBytes},
    {"weight_bytes", kBytes},
    {"time", kTimes},
    {"median", kTimes},
    {"repeats", kPlain},
    {"precision", kPlain},
    {"name", kPlain},
    {"network", kPlain},
}};

struct Title {
  std::string name, unit;
};
// "bytes (MiB)"; "seconds" is short for "time (s)".
Title ReadTitle(absl::string_view field) {
  field = absl::StripAsciiWhitespace(field);
  if (absl::EqualsIgnoreCase(field, "seconds")) return {"time", "s"};
  const size_t open = field.find('(');
  Title title{absl::AsciiStrToLower(absl::StripAsciiWhitespace(field.substr(0, open))), ""};
  if (open == absl::string_view::npos || field.back() != ')') return title;
  title.unit = std::string(absl::StripAsciiWhitespace(field.substr(open + 1, field.size() - open - 2)));
  return title;
}

std::vector<std::string> ColumnNames() {
  std::vector<std::string> names;
  for (const ColumnRow& row : kColumns) names.emplace_back(row.name);
  return names;
}

absl::Status AddColumn(const std::string& where, absl::string_view field, size_t position, CsvHeader& header) {
  const Title title = ReadTitle(field);
  const auto row =
      std::find_if(kColumns.begin(), kColumns.end(), [&](const ColumnRow& r) { return r.name == title.name; });
  if (row == kColumns.end()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": column '", field, "' is not known",
                                                   DidYouMean(title.name, ColumnNames()), "; expected ",
                                                   absl::StrJoin(ColumnNames(), ", ")));
  }
  const size_t index = static_cast<size_t>(row - kColumns.begin());
  if (header.position[index] != CsvHeader::kMissing) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": column '", row->name, "' is there twice"));
  }
  for (const UnitRow& unit : row->units) {
    if (unit.name != title.unit) continue;
    header.position[index] = position;
    header.unit[index] = unit.value;
    return absl::OkStatus();
  }
  std::vector<absl::string_view> units;
  for (const UnitRow& unit : row->units) units.push_back(unit.name);
  return absl::InvalidArgumentError(absl::StrCat(where, ": column '", field, "' has no unit that fits, expected ",
                                                 row->name, " (", absl::StrJoin(units, "), ("), ")"));
}

absl::Status CheckColumns(const std::string& where, const CsvHeader& header) {
  using C = CsvColumn;
  if (header.Has(C::kOp) == header.Has(C::kPattern)) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": expected a column op or a column pattern, and not both"));
  }
  std::vector<C> needed = {C::kTime};
  for (C column : header.Has(C::kOp) ? std::vector<C>{C::kInputs, C::kOutputs} : std::vector<C>{C::kFlops, C::kBytes}) {
    needed.push_back(column);
  }
  for (C column : needed) {
    if (header.Has(column)) continue;
    return absl::InvalidArgumentError(absl::StrCat(where, ": no column '", Name(column), "', expected ",
                                                   header.Has(C::kOp) ? "op, inputs, outputs" : "pattern, flops, bytes",
                                                   " and a time: seconds, or time (ms)"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view Name(CsvColumn column) { return kColumns[static_cast<size_t>(column)].name; }

std::vector<std::string> SplitCsv(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  for (std::string& field : fields) field = std::string(absl::StripAsciiWhitespace(field));
  return fields;
}

absl::StatusOr<CsvHeader> ReadCsvHeader(const std::string& where, absl::string_view line) {
  CsvHeader header;
  header.position.fill(CsvHeader::kMissing);
  header.unit.fill(1);
  const std::vector<std::string> fields = SplitCsv(line);
  header.columns = fields.size();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (absl::Status status = AddColumn(where, fields[i], i, header); !status.ok()) return status;
  }
  if (absl::Status status = CheckColumns(where, header); !status.ok()) return status;
  return header;
}

bool IsCsvHeader(absl::string_view line) {
  bool time = false, kind = false;
  for (const std::string& field : SplitCsv(line)) {
    const Title title = ReadTitle(field);
    time |= title.name == "time";
    kind |= title.name == "op" || title.name == "pattern";
  }
  return time && kind;
}

}  // namespace opcost
