// TensorFlow Lite: the operator times that benchmark_model prints, as CSV or as its text table with tabs.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/paths.h"

namespace opcost {
namespace {

constexpr double kMilli = 1e-3, kMicro = 1e-6;
constexpr std::array<absl::string_view, 5> kLosses = {
    "shapes, attributes and weights", "the best of the repeats (times are averages)",
    "activations that are fused into an operator", "the machine and the number of threads",
    "which nodes a delegate's kernel stands for"};
constexpr absl::string_view kRegularRuns = "Profiling Info for Regular Benchmark Runs";
constexpr absl::string_view kRunOrder = " Run Order ";
constexpr absl::string_view kThreads = "Num threads: [";

// Where the columns stand: releases differ in whether there is a "start".
struct Header {
  char separator = ',';
  size_t columns = 0;
  size_t average = 0, calls = 0;
};

std::string Title(absl::string_view field) {
  field = absl::StripAsciiWhitespace(field);
  if (absl::ConsumePrefix(&field, "[")) absl::ConsumeSuffix(&field, "]");
  return absl::AsciiStrToLower(field);
}

absl::StatusOr<Header> ReadHeader(const std::string& where, absl::string_view line) {
  Header header{.separator = absl::StrContains(line, '\t') ? '\t' : ','};
  const std::vector<absl::string_view> fields = absl::StrSplit(line, header.separator);
  header.columns = fields.size();
  std::optional<size_t> average, calls;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string title = Title(fields[i]);
    if (title == "avg_ms" || title == "avg ms") average = i;
    if (title == "times called") calls = i;
  }
  if (!average || !calls || Title(fields.back()) != "name") {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": header '", line, "', expected node type, …, avg_ms, …, times called, name"));
  }
  header.average = *average;
  header.calls = *calls;
  return header;
}

absl::StatusOr<double> Number(const std::string& where, absl::string_view field, absl::string_view column) {
  double value = 0;
  field = absl::StripAsciiWhitespace(field);
  if (!absl::SimpleAtod(field, &value) || !(value >= 0) || !std::isfinite(value)) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", column, " = '", field, "', expected a number >= 0"));
  }
  return value;
}

// "[a, b/Relu]:71": the tensors that the node writes, and its number. "Delegate/Convolution (NHWC, F32) IGEMM:0": a
// kernel inside a delegate.
void ReadName(absl::string_view text, MeasuredKernel& kernel) {
  kernel.name = std::string(text);
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && absl::SimpleAtoi(text.substr(colon + 1), &kernel.index)) {
    text = text.substr(0, colon);
  } else {
    kernel.index = -1;
  }
  if (absl::StartsWith(text, "Delegate/")) {
    kernel.provider = "Delegate";
    kernel.index = -1;  // of the delegate's own list
    return;
  }
  if (!absl::ConsumePrefix(&text, "[") || !absl::ConsumeSuffix(&text, "]")) return;
  kernel.output_names = absl::StrSplit(text, ", ");
}

// Only the name and, of delegates' kernels, the type hold separators: what is too much belongs to one of them.
absl::StatusOr<MeasuredKernel> ReadRow(const std::string& where, absl::string_view line, const Header& header) {
  std::vector<std::string> fields;
  for (absl::string_view field : absl::StrSplit(line, header.separator))
    fields.emplace_back(absl::StripAsciiWhitespace(field));
  if (fields.size() < header.columns) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": ", fields.size(), " fields, expected ", header.columns, " (is the file truncated?)"));
  }
  double probe = 0;
  while (fields.size() > header.columns && !absl::SimpleAtod(fields[1], &probe)) {
    fields[0] = absl::StrCat(fields[0], ", ", fields[1]);
    fields.erase(fields.begin() + 1);
  }
  const auto name = fields.begin() + static_cast<std::ptrdiff_t>(header.columns) - 1;
  MeasuredKernel kernel{.op_type = fields[0]};
  ReadName(absl::StrJoin(name, fields.end(), ", "), kernel);
  absl::StatusOr<double> average = Number(where, fields[header.average], "avg_ms");
  if (!average.ok()) return average.status();
  absl::StatusOr<double> calls = Number(where, fields[header.calls], "times called");
  if (!calls.ok()) return calls.status();
  // The average is that of one call; one run may call several times.
  kernel.seconds = kernel.median_seconds = *average * std::max(1.0, *calls) * kMilli;
  kernel.repeats = 1;
  return kernel;
}

void Say(MeasuredRun& run, std::string text) { run.notes.push_back({NoteKind::kProfile, std::move(text), run.path}); }

// A delegate's own row holds the time of its kernels, where these have rows.
void DropDelegateSums(MeasuredRun& run) {
  const auto inner = [](const MeasuredKernel& kernel) { return kernel.provider == "Delegate"; };
  const auto sum = [](const MeasuredKernel& kernel) {
    return absl::StartsWith(kernel.op_type, "TfLite") && absl::EndsWith(kernel.op_type, "Delegate");
  };
  if (std::none_of(run.kernels.begin(), run.kernels.end(), inner)) return;
  const auto end = std::remove_if(run.kernels.begin(), run.kernels.end(), sum);
  if (end == run.kernels.end()) return;
  Say(run, absl::StrCat(run.kernels.end() - end, " delegates have rows for their kernels: their own are left out"));
  run.kernels.erase(end, run.kernels.end());
}

// "Timings (microseconds): count=50 first=… curr=… min=18801 …": the best whole run.
void ReadBestRun(absl::string_view line, MeasuredRun& run) {
  if (!absl::StartsWith(line, "Timings (microseconds):")) return;
  for (absl::string_view word : absl::StrSplit(line, ' ')) {
    double us = 0;
    if (absl::ConsumePrefix(&word, "min=") && absl::SimpleAtod(word, &us) && us > 0) run.profiled_s = us * kMicro;
  }
}

// The rows of "Run Order" in the section of the regular runs.
absl::Status ReadRows(const ImportFile& file, MeasuredRun& run) {
  enum class At { kBefore, kRegular, kHeader, kRows, kBehind } at = At::kBefore;
  Header header;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(file.text, '\n')) {
    const std::string where = absl::StrCat(file.path, ":", ++number);
    // The text table begins each line with a tab.
    line = absl::StripAsciiWhitespace(line);
    if (const size_t threads = line.find(kThreads); threads != absl::string_view::npos) {
      const absl::string_view digits = line.substr(threads + kThreads.size());
      if (!absl::SimpleAtoi(digits.substr(0, digits.find(']')), &run.facts.threads)) run.facts.threads = 0;
    }
    if (at == At::kBefore && absl::StrContains(line, kRegularRuns)) at = At::kRegular;
    if (at == At::kRegular && absl::StrContains(line, kRunOrder)) {
      at = At::kHeader;
    } else if (at == At::kHeader) {
      absl::StatusOr<Header> read = ReadHeader(where, line);
      if (!read.ok()) return read.status();
      header = *read;
      at = At::kRows;
    } else if (at == At::kRows) {
      if (line.empty() || absl::StartsWith(line, "====")) {
        at = At::kBehind;
        continue;
      }
      absl::StatusOr<MeasuredKernel> kernel = ReadRow(where, line, header);
      if (!kernel.ok()) return kernel.status();
      run.kernels.push_back(*std::move(kernel));
    } else if (at == At::kBehind) {
      ReadBestRun(line, run);
    }
  }
  if (at == At::kRows) Say(run, "the end of the file is missing: rows may be, too");
  return absl::OkStatus();
}

}  // namespace

bool RecognisesTfLite(const ImportFile& file) {
  return absl::StrContains(file.text, "==== Run Order ====") && absl::StrContains(file.text, "times called");
}

absl::Span<const absl::string_view> TfLiteLosses() { return kLosses; }

absl::StatusOr<std::vector<MeasuredRun>> ImportTfLite(const ImportFile& file) {
  MeasuredRun run{.network = StemOf(file.path), .path = file.path, .profiled = true};
  run.facts.runtime = "tflite";
  if (absl::Status status = ReadRows(file, run); !status.ok()) return status;
  if (run.kernels.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": no rows under 'Run Order' of the regular benchmark runs, expected one an operator"));
  }
  DropDelegateSums(run);
  int64_t zeros = 0;
  for (const MeasuredKernel& kernel : run.kernels) zeros += kernel.seconds == 0 ? 1 : 0;
  if (zeros == static_cast<int64_t>(run.kernels.size())) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": every time is 0, expected milliseconds"));
  }
  if (zeros > 0) Say(run, absl::StrCat(zeros, " operators read 0 ms: below what the tool prints"));
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
