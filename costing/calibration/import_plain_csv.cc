// The plain table: a line a kernel, from any source. Its columns are defined in csv_columns.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/pattern.h"
#include "costing/calibration/csv_columns.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/paths.h"

namespace opcost {
namespace {

using C = CsvColumn;
constexpr std::array<absl::string_view, 3> kLosses = {"what the table leaves out: each column says what it holds",
                                                      "whether times include a profiler's own",
                                                      "the order of execution, where lines are not in it"};
constexpr double kMaxNumber = 1e18;

struct Row {
  const CsvHeader& header;
  const std::vector<std::string>& fields;
  std::string where;

  // "" where the column is missing.
  absl::string_view Text(C column) const {
    return header.Has(column) ? absl::string_view(fields[header.position[static_cast<size_t>(column)]]) : "";
  }
  // In base units; `fallback` where the column is missing.
  absl::StatusOr<double> Number(C column, double fallback) const {
    if (!header.Has(column)) return fallback;
    double value = 0;
    if (!absl::SimpleAtod(Text(column), &value) || !(value >= 0) || value > kMaxNumber) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": ", Name(column), " = '", Text(column), "', expected a number >= 0"));
    }
    return value * header.unit[static_cast<size_t>(column)];
  }
};

// "w:64x3x7x7", "int8:1x64", "scalar", "-".
absl::StatusOr<MeasuredTensor> ReadOperand(const Row& row, C column, absl::string_view text, DType dtype) {
  const absl::string_view whole = text;
  MeasuredTensor tensor{.dtype = dtype};
  tensor.is_present = text != "-";
  if (!tensor.is_present) return tensor;
  for (size_t colon = text.find(':'); colon != absl::string_view::npos; colon = text.find(':')) {
    const absl::string_view mark = text.substr(0, colon);
    text = text.substr(colon + 1);
    if (mark == "w") {
      tensor.is_constant = true;
      continue;
    }
    absl::StatusOr<DType> own = ParseDType(mark);
    if (!own.ok()) return absl::InvalidArgumentError(absl::StrCat(row.where, ": ", own.status().message()));
    tensor.dtype = *own;
  }
  if (text == "scalar") return tensor;
  for (absl::string_view extent : absl::StrSplit(text, 'x')) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(extent, &value) || value < 0) {
      return absl::InvalidArgumentError(absl::StrCat(row.where, ": ", Name(column), ": '", whole,
                                                     "', expected extents such as 1x3x224x224, scalar or -"));
    }
    tensor.dims.push_back(value);
  }
  return tensor;
}

absl::Status ReadOperands(const Row& row, C column, DType dtype, std::vector<MeasuredTensor>& tensors) {
  for (absl::string_view text : absl::StrSplit(row.Text(column), ' ', absl::SkipEmpty())) {
    absl::StatusOr<MeasuredTensor> tensor = ReadOperand(row, column, text, dtype);
    if (!tensor.ok()) return tensor.status();
    tensors.push_back(*std::move(tensor));
  }
  return absl::OkStatus();
}

// "strides=2 2": whole numbers, else numbers, else text.
absl::StatusOr<Attribute> ReadAttribute(const Row& row, absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError(absl::StrCat(row.where, ": attribute '", text, "', expected name=value"));
  }
  Attribute attribute{.name = std::string(absl::StripAsciiWhitespace(text.substr(0, equals)))};
  const absl::string_view value = absl::StripAsciiWhitespace(text.substr(equals + 1));
  bool whole = true, numeric = true;
  for (absl::string_view word : absl::StrSplit(value, ' ', absl::SkipEmpty())) {
    int64_t i = 0;
    double f = 0;
    whole &= absl::SimpleAtoi(word, &i);
    numeric &= absl::SimpleAtod(word, &f);
    attribute.ints.push_back(i);
    attribute.floats.push_back(f);
  }
  const bool single = attribute.ints.size() == 1;
  using Kind = Attribute::Kind;
  if (!numeric || attribute.ints.empty()) {
    attribute.kind = Kind::kString;
    attribute.s = std::string(value);
  } else if (whole) {
    attribute.kind = single ? Kind::kInt : Kind::kInts;
    attribute.i = attribute.ints[0];
  } else {
    attribute.kind = single ? Kind::kFloat : Kind::kFloats;
    attribute.f = attribute.floats[0];
  }
  return attribute;
}

// Attributes that are lists, even of one.
bool IsAlwaysList(absl::string_view name) {
  constexpr std::array<absl::string_view, 6> kLists = {"strides", "pads", "dilations", "kernel_shape", "axes", "perm"};
  return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

absl::Status ReadOperator(const Row& row, DType dtype, MeasuredKernel& kernel) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(row.Text(C::kOp), absl::MaxSplits("::", 1));
  kernel.op_type = std::string(parts.second.empty() ? parts.first : parts.second);
  kernel.domain = std::string(parts.second.empty() ? "" : parts.first);
  if (kernel.op_type.empty()) return absl::InvalidArgumentError(absl::StrCat(row.where, ": op is empty"));
  if (absl::Status status = ReadOperands(row, C::kInputs, dtype, kernel.inputs); !status.ok()) return status;
  if (absl::Status status = ReadOperands(row, C::kOutputs, dtype, kernel.outputs); !status.ok()) return status;
  if (kernel.outputs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(row.where, ": outputs is empty, expected the shape of one at least"));
  }
  for (absl::string_view text : absl::StrSplit(row.Text(C::kAttributes), ';', absl::SkipWhitespace())) {
    absl::StatusOr<Attribute> attribute = ReadAttribute(row, text);
    if (!attribute.ok()) return attribute.status();
    if (attribute->kind == Attribute::Kind::kInt && IsAlwaysList(attribute->name))
      attribute->kind = Attribute::Kind::kInts;
    kernel.attributes.push_back(*std::move(attribute));
  }
  return absl::OkStatus();
}

absl::Status ReadCounts(const Row& row, MeasuredKernel& kernel) {
  absl::StatusOr<Pattern> pattern = ParsePattern(row.Text(C::kPattern));
  if (!pattern.ok()) return absl::InvalidArgumentError(absl::StrCat(row.where, ": ", pattern.status().message()));
  kernel.op_type = std::string(Name(*pattern));
  absl::StatusOr<double> flops = row.Number(C::kFlops, 0), bytes = row.Number(C::kBytes, 0);
  absl::StatusOr<double> weights = row.Number(C::kWeightBytes, 0);
  for (const absl::StatusOr<double>* number : {&flops, &bytes, &weights}) {
    if (!number->ok()) return number->status();
  }
  if (*weights > *bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(row.where, ": weight_bytes ", *weights, " is more than bytes ", *bytes));
  }
  kernel.counts = SourceCounts{*flops, *weights, *bytes - *weights};
  return absl::OkStatus();
}

absl::Status ReadTimes(const Row& row, MeasuredKernel& kernel) {
  absl::StatusOr<double> time = row.Number(C::kTime, 0);
  if (!time.ok()) return time.status();
  absl::StatusOr<double> median = row.Number(C::kMedian, *time);
  if (!median.ok()) return median.status();
  absl::StatusOr<double> repeats = row.Number(C::kRepeats, 1);
  if (!repeats.ok()) return repeats.status();
  if (!(*time > 0) || *median < *time || *repeats < 1) {
    return absl::InvalidArgumentError(absl::StrCat(row.where, ": time ", row.Text(C::kTime), ", median ",
                                                   row.Text(C::kMedian), ", repeats ", row.Text(C::kRepeats),
                                                   ", expected 0 < time <= median and at least one repeat"));
  }
  kernel.seconds = *time;
  kernel.median_seconds = *median;
  kernel.repeats = static_cast<int64_t>(*repeats);
  return absl::OkStatus();
}

absl::StatusOr<MeasuredKernel> ReadKernel(const Row& row, const std::string& precision) {
  absl::StatusOr<Precision> parsed = ParsePrecision(precision);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(row.where, ": precision '", precision,
                                                   "', expected a column precision or a line '# precision: fp32'"));
  }
  MeasuredKernel kernel;
  kernel.name = std::string(row.Text(C::kName));
  kernel.parts = absl::StrSplit(kernel.name, " + ", absl::SkipEmpty());
  absl::Status status =
      row.header.Has(C::kOp) ? ReadOperator(row, StorageOf(*parsed), kernel) : ReadCounts(row, kernel);
  if (!status.ok()) return status;
  if (status = ReadTimes(row, kernel); !status.ok()) return status;
  return kernel;
}

// "# threads: 2" into the facts; other comments are comments.
absl::Status ReadComment(const std::string& where, absl::string_view line, std::string& network, RunFacts& facts) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return absl::OkStatus();
  const std::string key = absl::AsciiStrToLower(absl::StripAsciiWhitespace(line.substr(1, colon - 1)));
  const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  const std::map<std::string, std::string*> texts = {
      {"machine", &facts.machine}, {"runtime", &facts.runtime}, {"runtime_version", &facts.runtime_version},
      {"date", &facts.date},       {"mode", &facts.mode},       {"precision", &facts.precision},
      {"network", &network}};
  const std::map<std::string, int*> numbers = {{"threads", &facts.threads}, {"batch", &facts.batch}};
  if (const auto text = texts.find(key); text != texts.end()) *text->second = std::string(value);
  const auto number = numbers.find(key);
  if (number == numbers.end()) return absl::OkStatus();
  if (absl::SimpleAtoi(value, number->second) && *number->second >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", key, " '", value, "', expected a whole number >= 1"));
}

// The first line that is no comment, for recognising.
absl::string_view FirstLine(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text.substr(0, 65536), '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty() && line[0] != '#') return line;
  }
  return "";
}

struct Table {
  std::vector<MeasuredRun> runs;
  std::map<std::pair<std::string, std::string>, size_t> index;  // by network and precision
};

absl::Status AddRow(const Row& row, const std::string& path, const std::string& network, const RunFacts& facts,
                    Table& table) {
  if (row.fields.size() != row.header.columns) {
    return absl::InvalidArgumentError(
        absl::StrCat(row.where, ": ", row.fields.size(), " fields, expected ", row.header.columns));
  }
  const std::string precision(row.Text(C::kPrecision).empty() ? absl::string_view(facts.precision)
                                                              : row.Text(C::kPrecision));
  absl::StatusOr<MeasuredKernel> kernel = ReadKernel(row, precision);
  if (!kernel.ok()) return kernel.status();
  const std::string own(row.Text(C::kNetwork).empty() ? absl::string_view(network) : row.Text(C::kNetwork));
  const auto [it, inserted] = table.index.try_emplace({own, precision}, table.runs.size());
  if (inserted) {
    table.runs.push_back({.network = own, .path = path, .facts = facts});
    table.runs.back().facts.precision = precision;
  }
  table.runs[it->second].kernels.push_back(*std::move(kernel));
  return absl::OkStatus();
}

}  // namespace

bool RecognisesPlainCsv(const ImportFile& file) { return IsCsvHeader(FirstLine(file.text)); }

absl::Span<const absl::string_view> PlainCsvLosses() { return kLosses; }

absl::StatusOr<std::vector<MeasuredRun>> ImportPlainCsv(const ImportFile& file) {
  Table table;
  RunFacts facts;
  std::string network = StemOf(file.path);
  CsvHeader header;
  bool has_header = false;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(file.text, '\n')) {
    const std::string where = absl::StrCat(file.path, ":", ++number);
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (line[0] == '#') {
      if (absl::Status status = ReadComment(where, line, network, facts); !status.ok()) return status;
    } else if (!has_header) {
      absl::StatusOr<CsvHeader> read = ReadCsvHeader(where, line);
      if (!read.ok()) return read.status();
      header = *read;
      has_header = true;
    } else {
      const std::vector<std::string> fields = SplitCsv(line);
      absl::Status status = AddRow({header, fields, where}, file.path, network, facts, table);
      if (!status.ok()) return status;
    }
  }
  if (table.runs.empty()) return absl::InvalidArgumentError(absl::StrCat(file.path, ": no rows below the header"));
  return std::move(table.runs);
}

}  // namespace opcost
