#include "cli/measurements.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// What notes that differ in figures alone have in common.
std::string WithoutNumbers(absl::string_view text) {
  std::vector<std::string> words = absl::StrSplit(text, ' ');
  double ignored = 0;
  for (std::string& word : words) {
    if (absl::SimpleAtod(word, &ignored)) word = "#";
  }
  return absl::StrJoin(words, " ");
}

// 0 where there is none.
double FirstNumber(absl::string_view text) {
  double number = 0;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (absl::SimpleAtod(word, &number)) return number;
  }
  return 0;
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
  std::map<std::string, std::vector<std::string>> alike;
  for (const MeasuredRun& run : runs) {
    for (const Note& note : run.notes) {
      std::vector<std::string>& texts = alike[WithoutNumbers(note.text)];
      if (texts.empty()) order.push_back(WithoutNumbers(note.text));
      texts.push_back(note.text);
    }
  }
  std::vector<std::string> notes;
  for (const std::string& key : order) {
    const std::vector<std::string>& texts = alike[key];
    const std::string& worst = *std::max_element(
        texts.begin(), texts.end(), [](const auto& a, const auto& b) { return FirstNumber(a) < FirstNumber(b); });
    const bool same = std::all_of(texts.begin(), texts.end(), [&](const std::string& text) { return text == worst; });
    if (texts.size() == 1) {
      notes.push_back(worst);
    } else {
      notes.push_back(absl::StrCat(worst, same ? " (" : " (the worst of ", texts.size(), " runs)"));
    }
  }
  return notes;
}

}  // namespace opcost
