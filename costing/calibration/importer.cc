#include "costing/calibration/importer.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "costing/calibration/gzip.h"
#include "costing/calibration/importers.h"

namespace opcost {
namespace {

// Far above any profile, far below what would hurt.
constexpr size_t kMaxBytes = size_t{1} << 31;

const std::array<Importer, 8>& Table() {
  static const std::array<Importer, 8> table = {{
      {"kernel-table", "executed kernels with two passes (JSON: model, rows, p1, p2)", KernelTableLosses(),
       RecognisesKernelTable, ImportKernelTable},
      {"onnxruntime-profile", "ONNX Runtime profiles, 0.4 to 1.32 (JSON array of trace events)", OrtProfileLosses(),
       RecognisesOrtProfile, ImportOrtProfile},
      {"openvino-counters", "OpenVINO benchmark_app's performance counters (CSV or JSON)", OpenVinoLosses(),
       RecognisesOpenVino, ImportOpenVino, OpenVinoBeside},
      {"plain-csv", "a comma-separated table with op or pattern, and seconds", PlainCsvLosses(), RecognisesPlainCsv,
       ImportPlainCsv},
      {"saved-run",
       "runs that opcost saved (JSON, kind import or measurement)",
       {},
       RecognisesSavedRun,
       ImportSavedRun},
      {"subgraph-table", "per-subgraph times of eager PyTorch (tab-separated, lat_min_ms)", SubgraphTableLosses(),
       RecognisesSubgraphTable, ImportSubgraphTable},
      {"tensorrt-profile", "TensorRT layer times (trtexec --exportProfile)", TensorRtLosses(), RecognisesTensorRt,
       ImportTensorRt, TensorRtBeside},
      {"tflite-csv", "TensorFlow Lite operator times (benchmark_model, CSV)", TfLiteLosses(), RecognisesTfLite,
       ImportTfLite},
  }};
  return table;
}

// Fills one fact, or refuses the one that differs.
absl::Status Fill(const std::string& path, absl::string_view flag, const std::string& wanted, std::string& fact) {
  if (wanted.empty() || fact == wanted) return absl::OkStatus();
  if (!fact.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the file says ", flag.substr(2), " '", fact, "', ", flag, " says '", wanted, "'"));
  }
  fact = wanted;
  return absl::OkStatus();
}

// The first fact in which two runs differ, in words; "" when they agree. An unknown fact agrees with any.
std::string Difference(const RunFacts& a, const RunFacts& b) {
  struct Row {
    absl::string_view name;
    const std::string* a;
    const std::string* b;
  };
  const std::array<Row, 4> rows = {{{"machine", &a.machine, &b.machine},
                                    {"runtime", &a.runtime, &b.runtime},
                                    {"runtime version", &a.runtime_version, &b.runtime_version},
                                    {"mode", &a.mode, &b.mode}}};
  for (const Row& row : rows) {
    if (!row.a->empty() && !row.b->empty() && *row.a != *row.b) {
      return absl::StrCat(row.name, " '", *row.a, "' and '", *row.b, "'");
    }
  }
  if (a.threads != 0 && b.threads != 0 && a.threads != b.threads) {
    return absl::StrCat(a.threads, " and ", b.threads, " threads");
  }
  return "";
}

bool SameTimes(const MeasuredRun& a, const MeasuredRun& b) {
  if (a.kernels.size() != b.kernels.size()) return false;
  for (size_t i = 0; i < a.kernels.size(); ++i) {
    if (a.kernels[i].name != b.kernels[i].name || a.kernels[i].seconds != b.kernels[i].seconds) return false;
  }
  return true;
}

bool SameKernels(const MeasuredRun& a, const MeasuredRun& b) {
  if (a.kernels.size() != b.kernels.size()) return false;
  for (size_t i = 0; i < a.kernels.size(); ++i) {
    if (a.kernels[i].name != b.kernels[i].name || a.kernels[i].op_type != b.kernels[i].op_type) return false;
  }
  return true;
}

// `more` measured the same network again.
absl::Status Join(const MeasuredRun& more, MeasuredRun& run) {
  if (SameTimes(run, more)) {
    run.notes.push_back(
        {NoteKind::kProfile, absl::StrCat("the same measurement again, left out: ", more.path), run.path});
    return absl::OkStatus();
  }
  if (!SameKernels(run, more)) {
    return absl::InvalidArgumentError(absl::StrCat(more.path, ": network '", more.network, "' has ",
                                                   more.kernels.size(), " kernels here and others in ", run.path,
                                                   ", expected two runs of one model; rename or leave one out"));
  }
  for (size_t i = 0; i < run.kernels.size(); ++i) {
    MeasuredKernel& kernel = run.kernels[i];
    const double low = std::min(kernel.seconds, more.kernels[i].seconds);
    const double high = std::max(kernel.seconds, more.kernels[i].seconds);
    kernel.spread = std::max(kernel.spread, high / low - 1);
    kernel.seconds = low;
    kernel.median_seconds = std::min(kernel.median_seconds, more.kernels[i].median_seconds);
    kernel.repeats += more.kernels[i].repeats;
  }
  if (more.end_to_end_s) {
    run.end_to_end_s = run.end_to_end_s ? std::min(*run.end_to_end_s, *more.end_to_end_s) : *more.end_to_end_s;
  }
  return absl::OkStatus();
}

absl::Status ReadBeside(const Importer& importer, const std::vector<std::string>& more, ImportFile& file) {
  for (const std::string& path : more) {
    absl::StatusOr<ImportFile> read = ReadImportFile(path);
    if (!read.ok()) return read.status();
    file.beside.push_back(*std::move(read));
  }
  if (importer.beside == nullptr) return absl::OkStatus();
  for (const std::string& path : importer.beside(file.path)) {
    if (absl::StatusOr<ImportFile> read = ReadImportFile(path); read.ok()) file.beside.push_back(*std::move(read));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const Importer> Importers() { return Table(); }

absl::StatusOr<ImportFile> ReadImportFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened"));
  ImportFile file{path, std::string(std::istreambuf_iterator<char>(in), {})};
  if (in.bad()) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  if (!IsGzip(file.text)) return file;
  absl::StatusOr<std::string> plain = Gunzip(file.text, kMaxBytes);
  if (!plain.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", plain.status().message()));
  file.text = *std::move(plain);
  return file;
}

absl::StatusOr<const Importer*> FindImporter(const ImportFile& file) {
  std::vector<std::string> formats;
  for (const Importer& importer : Importers()) {
    if (importer.recognises(file)) return &importer;
    formats.push_back(std::string(importer.formats));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(file.path, ": no measurements in a known format, expected one of ", absl::StrJoin(formats, "; ")));
}

absl::StatusOr<std::vector<MeasuredRun>> Import(const std::string& path, const std::vector<std::string>& more) {
  absl::StatusOr<ImportFile> file = ReadImportFile(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<const Importer*> importer = FindImporter(*file);
  if (!importer.ok()) return importer.status();
  if (absl::Status status = ReadBeside(**importer, more, *file); !status.ok()) return status;
  absl::StatusOr<std::vector<MeasuredRun>> runs = (*importer)->import(*file);
  if (!runs.ok()) return runs.status();
  if ((*importer)->lost.empty()) return runs;
  for (MeasuredRun& run : *runs) {
    run.notes.push_back({NoteKind::kProfile,
                         absl::StrCat((*importer)->name, " cannot tell: ", absl::StrJoin((*importer)->lost, "; ")),
                         path});
  }
  return runs;
}

bool IsBeside(const std::string& path, const std::vector<std::string>& others) {
  return std::any_of(others.begin(), others.end(), [&](const std::string& other) {
    if (other == path) return false;
    const absl::StatusOr<ImportFile> file = ReadImportFile(other);
    if (!file.ok()) return false;
    const absl::StatusOr<const Importer*> importer = FindImporter(*file);
    if (!importer.ok() || (*importer)->beside == nullptr) return false;
    const std::vector<std::string> beside = (*importer)->beside(other);
    return std::find(beside.begin(), beside.end(), path) != beside.end();
  });
}

absl::Status ApplyFacts(const RunFacts& facts, std::vector<MeasuredRun>& runs) {
  for (MeasuredRun& run : runs) {
    RunFacts& own = run.facts;
    for (const absl::Status& status :
         {Fill(run.path, "--machine", facts.machine, own.machine),
          Fill(run.path, "--runtime", facts.runtime, own.runtime),
          Fill(run.path, "--runtime-version", facts.runtime_version, own.runtime_version),
          Fill(run.path, "--date", facts.date, own.date), Fill(run.path, "--power-mode", facts.mode, own.mode),
          Fill(run.path, "--measured-precision", facts.precision, own.precision)}) {
      if (!status.ok()) return status;
    }
    if (facts.threads == 0 || facts.threads == own.threads) continue;
    if (own.threads != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(run.path, ": the file says ", own.threads, " threads, --threads says ", facts.threads));
    }
    own.threads = facts.threads;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MeasuredRun>> MergeRuns(std::vector<MeasuredRun> runs) {
  std::vector<MeasuredRun> merged;
  std::map<std::tuple<std::string, int, std::string>, size_t> by_network;
  for (MeasuredRun& run : runs) {
    if (!merged.empty()) {
      const std::string difference = Difference(merged.front().facts, run.facts);
      if (!difference.empty()) {
        return absl::InvalidArgumentError(absl::StrCat(run.path, ": differs from ", merged.front().path, " in ",
                                                       difference, ", expected runs of one machine and runtime"));
      }
    }
    const auto [it, inserted] =
        by_network.try_emplace({run.network, run.facts.batch, run.facts.precision}, merged.size());
    if (inserted) {
      merged.push_back(std::move(run));
      continue;
    }
    const absl::Status status = Join(run, merged[it->second]);
    if (!status.ok()) return status;
  }
  return merged;
}

}  // namespace opcost
