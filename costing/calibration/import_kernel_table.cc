// Tables of executed kernels: one JSON object a network, with a row per kernel of ONNX Runtime's optimised graph and
// the minimum, median and count of two profiled passes in microseconds.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/json_fields.h"
#include "costing/calibration/kernel_rows.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 2> kLosses = {"the names of the original nodes", "machine and date"};

}  // namespace

bool RecognisesKernelTable(const ImportFile& file) {
  const absl::string_view head = absl::string_view(file.text).substr(0, 4096);
  return absl::StartsWith(head, "{") && !absl::StrContains(head, "\"kind\"") && absl::StrContains(head, "\"model\"") &&
         (absl::StrContains(head, "\"rows\"") || absl::StrContains(head, "\"e2e\""));
}

absl::Span<const absl::string_view> KernelTableLosses() { return kLosses; }

absl::StatusOr<std::vector<MeasuredRun>> ImportKernelTable(const ImportFile& file) {
  absl::StatusOr<nlohmann::json> document = ParseJson(file.path, file.text);
  if (!document.ok()) return document.status();
  const nlohmann::json* rows = Member(*document, "rows");
  if (rows == nullptr || !rows->is_array() || rows->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": no kernels, expected \"rows\": [ … ]"));
  }
  MeasuredRun run{.network = TextOr(*document, "model", ""), .path = file.path, .profiled = true};
  run.facts.runtime = "onnxruntime";
  run.facts.runtime_version = TextOr(*document, "runtime", "");
  run.facts.precision = "fp32";
  if (const nlohmann::json* threads = Member(*document, "threads");
      threads != nullptr && threads->is_number_integer()) {
    run.facts.threads = threads->get<int>();
  }
  if (absl::Status s = ReadBestRun(*document, "e2e", file.path, run.end_to_end_s); !s.ok()) return s;
  if (absl::Status s = ReadBestRun(*document, "prof", file.path, run.profiled_s); !s.ok()) return s;
  int64_t zeros = 0;
  for (size_t i = 0; i < rows->size(); ++i) {
    absl::StatusOr<MeasuredKernel> kernel = ReadKernelRow((*rows)[i], absl::StrCat(file.path, ": rows[", i, "]"));
    if (!kernel.ok()) return kernel.status();
    if (kernel->seconds == 0) ++zeros;
    run.kernels.push_back(*std::move(kernel));
  }
  if (zeros == static_cast<int64_t>(rows->size())) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": every time is 0, expected microseconds"));
  }
  if (zeros > 0) {
    run.notes.push_back(
        {NoteKind::kProfile, absl::StrCat(zeros, " kernels read 0 µs: below the clock's step"), file.path});
  }
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
