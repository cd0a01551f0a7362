// Profiles by name: where they lie and which of them is meant.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kSuffix = ".toml";
constexpr char kFoldersVariable[] = "OPCOST_PROFILES";

bool IsFile(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}

// "a/b.toml:mode" → "a/b.toml", "mode". A path may hold colons: the file as it is spelled wins.
std::pair<std::string, std::string> SplitMode(absl::string_view spec) {
  const size_t colon = spec.rfind(':');
  if (colon == absl::string_view::npos || IsFile(std::string(spec))) return {std::string(spec), ""};
  return {std::string(spec.substr(0, colon)), std::string(spec.substr(colon + 1))};
}

bool IsPath(absl::string_view name) { return absl::EndsWith(name, kSuffix) || absl::StrContains(name, "/"); }

void AddFolder(const fs::path& folder, std::vector<std::string>& folders) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return;
  const std::string path = folder.lexically_normal().string();
  if (std::find(folders.begin(), folders.end(), path) == folders.end()) folders.push_back(path);
}

}  // namespace

absl::StatusOr<Target> FindTarget(absl::string_view spec, const std::vector<std::string>& folders) {
  const auto [name, mode] = SplitMode(spec);
  if (absl::EndsWith(spec, ":")) {
    return absl::NotFoundError(absl::StrCat("'", spec, "' ends in ':', expected a mode after it"));
  }
  if (IsPath(name)) return ReadTarget(name, mode);
  for (const std::string& folder : folders) {
    const std::string path = absl::StrCat(folder, "/", name, kSuffix);
    if (!name.empty() && IsFile(path)) return ReadTarget(path, mode);
  }
  const std::vector<std::string> names = ListTargets(folders);
  return absl::NotFoundError(absl::StrCat("'", name, "' is no target", DidYouMean(name, names),
                                          names.empty() ? "; no profile folder was found, set OPCOST_PROFILES to one"
                                                        : "; `opcost hw list` lists them, a path ends in .toml"));
}

std::vector<std::string> ListTargets(const std::vector<std::string>& folders) {
  std::set<std::string> names;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == std::string(kSuffix) && IsFile(it->path().string()))
        names.insert(it->path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> ProfileFolders() {
  std::vector<std::string> folders;
  if (const char* variable = std::getenv(kFoldersVariable)) {
    for (absl::string_view folder : absl::StrSplit(variable, ':', absl::SkipEmpty())) {
      AddFolder(fs::path(std::string(folder)), folders);
    }
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    AddFolder(program.parent_path() / "profiles", folders);
    AddFolder(program.parent_path() / ".." / "share" / "opcost" / "profiles", folders);
  }
  AddFolder(OPCOST_INSTALLED_PROFILES, folders);
  AddFolder(OPCOST_SOURCE_PROFILES, folders);
  return folders;
}

}  // namespace opcost
