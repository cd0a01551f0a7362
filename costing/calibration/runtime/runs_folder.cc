#include "costing/calibration/runtime/runs_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/json_fields.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

absl::Status CheckFacts(const std::string& folder, const RunFacts& ours, const RunFacts& theirs) {
  std::string what;
  const auto differ = [&](const char* fact, const std::string& here, const std::string& there) {
    if (what.empty() && here != there) what = absl::StrCat(fact, " '", there, "', this one is of '", here, "'");
  };
  differ("the machine", ours.machine, theirs.machine);
  differ("version", ours.runtime_version, theirs.runtime_version);
  differ("threads", absl::StrCat(ours.threads), absl::StrCat(theirs.threads));
  if (what.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(folder, ": holds runs of ", what, "; remove the folder to begin anew, or give another -o"));
}

// Of a saved run.
double SecondsOf(const ImportFile& file) {
  const absl::StatusOr<nlohmann::json> document = ParseJson(file.path, file.text);
  if (!document.ok()) return 0;
  const nlohmann::json* protocol = Member(*document, "protocol");
  const nlohmann::json* seconds = protocol == nullptr ? nullptr : Member(*protocol, "seconds");
  return seconds != nullptr && seconds->is_number() ? seconds->get<double>() : 0;
}

}  // namespace

absl::StatusOr<RunsFolder> OpenRunsFolder(const std::string& folder, const RunFacts& facts) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return absl::PermissionDeniedError(absl::StrCat(folder, ": ", error.message()));
  std::vector<std::string> paths;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path path = it->path();
    // Cut off in the middle of a write.
    if (path.extension() == ".new") fs::remove(path, error);
    if (path.extension() == ".json") paths.push_back(path.string());
  }
  if (error) return absl::PermissionDeniedError(absl::StrCat(folder, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  RunsFolder result;
  for (const std::string& path : paths) {
    const absl::StatusOr<ImportFile> file = ReadImportFile(path);
    if (!file.ok()) return file.status();
    const absl::StatusOr<std::vector<MeasuredRun>> runs = Import(path);
    if (!runs.ok()) return runs.status();
    if (absl::Status status = CheckFacts(folder, facts, runs->front().facts); !status.ok()) return status;
    result.networks[runs->front().network] = SecondsOf(*file);
  }
  return result;
}

}  // namespace opcost
