// Runs that this program saved (`opcost import -o run.json`, `opcost measure -o run.json`): kernels with what was known
// of them, joined to their nodes.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/json_fields.h"
#include "costing/calibration/kernel_rows.h"

namespace opcost {
namespace {

int IntOr(const nlohmann::json& object, absl::string_view key, int fallback) {
  const nlohmann::json* member = Member(object, key);
  return member != nullptr && member->is_number_integer() ? member->get<int>() : fallback;
}

bool BoolOr(const nlohmann::json& object, absl::string_view key, bool fallback) {
  const nlohmann::json* member = Member(object, key);
  return member != nullptr && member->is_boolean() ? member->get<bool>() : fallback;
}

std::vector<std::string> Texts(const nlohmann::json& object, absl::string_view key) {
  std::vector<std::string> texts;
  const nlohmann::json* list = Member(object, key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const nlohmann::json& item : *list) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

// Seconds that `opcost measure` noted beside the run; nullopt where it did not, or was not what wrote the file.
std::optional<double> ProtocolTime(const nlohmann::json& document, absl::string_view key) {
  const nlohmann::json* protocol = Member(document, "protocol");
  const nlohmann::json* time = protocol == nullptr ? nullptr : Member(*protocol, key);
  if (time == nullptr || !time->is_number() || !(time->get<double>() > 0)) return std::nullopt;
  return time->get<double>();
}

MeasuredRun ReadHead(const nlohmann::json& document, const std::string& path) {
  MeasuredRun run{.network = TextOr(document, "model", ""), .path = path};
  run.facts = {.machine = TextOr(document, "machine", ""),
               .runtime = TextOr(document, "runtime_name", ""),
               .runtime_version = TextOr(document, "runtime", ""),
               .date = TextOr(document, "date", ""),
               .mode = TextOr(document, "mode", ""),
               .precision = TextOr(document, "precision", ""),
               .threads = IntOr(document, "threads", 0),
               .batch = IntOr(document, "batch", 0)};
  run.profiled = BoolOr(document, "profiled", true);
  run.launches_only = BoolOr(document, "launches_only", false);
  run.reference_s = ProtocolTime(document, "reference_s");
  run.memory_reference_s = ProtocolTime(document, "memory_reference_s");
  run.profiler_removed_s = ProtocolTime(document, "profiler_s");
  for (const std::string& note : Texts(document, "run_notes")) run.notes.push_back({NoteKind::kProfile, note, path});
  return run;
}

// Rows that neither shapes nor counts describe are what no node was found for: they say nothing about speeds.
absl::Status ReadRows(const nlohmann::json& rows, MeasuredRun& run) {
  int64_t left_out = 0;
  double left_out_s = 0, sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const nlohmann::json* outs = Member(rows[i], "outs");
    nlohmann::json row = rows[i];
    const bool described = (outs != nullptr && !outs->empty()) || Member(row, "counts") != nullptr;
    // The reader of rows refuses one without sizes: with some it tells the time of those, too.
    if (!described && row.is_object()) row["counts"] = nlohmann::json::object();
    absl::StatusOr<MeasuredKernel> kernel = ReadKernelRow(row, absl::StrCat(run.path, ": rows[", i, "]"));
    if (!kernel.ok()) return kernel.status();
    sum += kernel->seconds;
    if (!described) {
      ++left_out;
      left_out_s += kernel->seconds;
      continue;
    }
    kernel->is_conversion = BoolOr(row, "conversion", false);
    kernel->parts = Texts(row, "nodes");
    // Between sessions: one pass stands for all of them.
    const nlohmann::json* spread = Member(row, "spread");
    if (spread != nullptr && spread->is_number()) kernel->spread = spread->get<double>();
    run.kernels.push_back(*std::move(kernel));
  }
  if (run.kernels.empty() || !(sum > 0)) {
    return absl::InvalidArgumentError(absl::StrCat(run.path, ": no kernel with sizes and a time"));
  }
  if (left_out > 0) {
    run.notes.push_back({NoteKind::kProfile,
                         absl::StrFormat("%d kernels without sizes (%.1f %% of the time) are left out", left_out,
                                         100 * left_out_s / sum),
                         run.path});
  }
  return absl::OkStatus();
}

}  // namespace

bool RecognisesSavedRun(const ImportFile& file) {
  const absl::string_view head = absl::string_view(file.text).substr(0, 4096);
  return absl::StartsWith(head, "{") &&
         (absl::StrContains(head, "\"kind\": \"import\"") || absl::StrContains(head, "\"kind\": \"measurement\""));
}

absl::StatusOr<std::vector<MeasuredRun>> ImportSavedRun(const ImportFile& file) {
  absl::StatusOr<nlohmann::json> document = ParseJson(file.path, file.text);
  if (!document.ok()) return document.status();
  const nlohmann::json* rows = Member(*document, "rows");
  if (rows == nullptr || !rows->is_array() || rows->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": no kernels, expected \"rows\": [ … ]"));
  }
  MeasuredRun run = ReadHead(*document, file.path);
  if (absl::Status s = ReadBestRun(*document, "e2e", file.path, run.end_to_end_s); !s.ok()) return s;
  if (absl::Status s = ReadBestRun(*document, "prof", file.path, run.profiled_s); !s.ok()) return s;
  if (absl::Status s = ReadRows(*rows, run); !s.ok()) return s;
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
