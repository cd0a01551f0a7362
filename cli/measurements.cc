#include "cli/measurements.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "costing/calibration/importer.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

// A folder stands for the files in it.
std::vector<std::string> Expand(const std::vector<std::string>& from) {
  std::vector<std::string> files;
  for (const std::string& path : from) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      if (it->is_regular_file(error)) inside.push_back(it->path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

absl::Status Keep(const std::vector<std::string>& models, std::vector<MeasuredRun>& runs) {
  std::set<std::string> wanted;
  for (const std::string& list : models) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) wanted.emplace(name);
  }
  if (wanted.empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const MeasuredRun& run : runs) names.push_back(run.network);
  for (const std::string& name : wanted) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return Usage(absl::NotFoundError(
        absl::StrCat("--models ", name, ": no run of that network in what --from names", DidYouMean(name, names))));
  }
  runs.erase(
      std::remove_if(runs.begin(), runs.end(), [&](const MeasuredRun& run) { return wanted.count(run.network) == 0; }),
      runs.end());
  return absl::OkStatus();
}

}  // namespace

std::vector<Argument> FactArguments(MeasurementOptions& options) {
  return {
      {"--machine", "TEXT", "the machine that was measured, where the files do not say", &options.machine},
      {"--threads", "N", "threads of the runtime, likewise", &options.threads},
      {"--runtime-version", "1.26", "version of the runtime, likewise", &options.runtime_version},
      {"--date", "2026-11-21", "when it was measured, likewise", &options.date},
      {"--power-mode", "TEXT", "power mode or clock setting, likewise", &options.mode},
      {"--measured-precision", "NAME", "precision of runs that list no element types, likewise", &options.precision},
  };
}

std::vector<Argument> MeasurementArguments(MeasurementOptions& options) {
  return Joined(
      {{{"--from", "FILE", "measurements: a file, or a folder of them; repeatable", &options.from},
        {"--models", "A,B,…", "only the runs of these networks; files (.onnx) are measured here", &options.models}},
       FactArguments(options)});
}

RunFacts FactsOf(const MeasurementOptions& options) {
  return {.machine = options.machine,
          .runtime = options.runtime,
          .runtime_version = options.runtime_version,
          .date = options.date,
          .mode = options.mode,
          .precision = options.precision,
          .threads = static_cast<int>(options.threads)};
}

absl::StatusOr<std::vector<MeasuredRun>> ReadMeasurements(const MeasurementOptions& options) {
  std::vector<MeasuredRun> runs;
  const std::vector<std::string> files = Expand(options.from);
  if (files.empty()) {
    return Usage(absl::InvalidArgumentError("--from: expected files of measurements, or a folder that holds some"));
  }
  for (const std::string& file : files) {
    absl::StatusOr<std::vector<MeasuredRun>> read = Import(file);
    // A folder may hold what a tool wrote beside its profile: it was read with that.
    if (!read.ok() && IsBeside(file, files)) continue;
    if (!read.ok()) return read.status();
    for (MeasuredRun& run : *read) runs.push_back(std::move(run));
  }
  if (absl::Status status = ApplyFacts(FactsOf(options), runs); !status.ok()) return status;
  if (absl::Status status = Keep(options.models, runs); !status.ok()) return status;
  return MergeRuns(std::move(runs));
}

std::vector<std::string> NotesOf(const std::vector<MeasuredRun>& runs) {
  std::vector<std::string> order;
  std::map<std::string, int> times;
  for (const MeasuredRun& run : runs) {
    for (const Note& note : run.notes) {
      if (++times[note.text] == 1) order.push_back(note.text);
    }
  }
  for (std::string& text : order) {
    const int n = times[text];
    if (n > 1) text = absl::StrCat(text, " (", n, " runs)");
  }
  return order;
}

}  // namespace opcost
