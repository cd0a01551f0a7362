// Where ONNX Runtime's library is.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "costing/calibration/runtime/ort_library.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kStem = "libonnxruntime.so";
constexpr std::array<const char*, 5> kSystemFolders = {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu",
                                                       "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"};

// libonnxruntime.so, .so.1, .so.1.26.0: the last by name is the newest; "" without any.
std::string LibraryIn(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (absl::StartsWith(it->path().filename().string(), kStem)) found.push_back(it->path().string());
  }
  return found.empty() ? "" : *std::max_element(found.begin(), found.end());
}

std::vector<fs::path> Folders(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    folders.push_back(it->path());
  }
  std::sort(folders.rbegin(), folders.rend());
  return folders;
}

// A Python's installation: lib/python3.11/site-packages/onnxruntime/capi.
std::string LibraryInPython(const fs::path& prefix) {
  for (const fs::path& python : Folders(prefix / "lib")) {
    if (!absl::StartsWith(python.filename().string(), "python3")) continue;
    for (const char* packages : {"site-packages", "dist-packages"}) {
      if (std::string found = LibraryIn(python / packages / "onnxruntime" / "capi"); !found.empty()) return found;
    }
  }
  return "";
}

// The prefixes of the active virtual environment and of every python3 on the path.
std::vector<fs::path> PythonPrefixes() {
  std::vector<fs::path> prefixes;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') prefixes.emplace_back(value);
  }
  const char* path = std::getenv("PATH");
  for (absl::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':', absl::SkipEmpty())) {
    std::error_code error;
    const fs::path bin{std::string(folder)};
    if (fs::exists(bin / "python3", error)) prefixes.push_back(bin.parent_path());
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr) prefixes.push_back(fs::path(home) / ".local");
  return prefixes;
}

absl::StatusOr<std::string> FromPath(const std::string& path, absl::string_view source) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const fs::path& folder : {fs::path(path), fs::path(path) / "capi", fs::path(path) / "onnxruntime" / "capi"}) {
      if (std::string found = LibraryIn(folder); !found.empty()) return found;
    }
    if (std::string found = LibraryInPython(path); !found.empty()) return found;
    return absl::NotFoundError(absl::StrCat(source, " ", path, ": no ", kStem, " in that folder"));
  }
  if (fs::exists(path, error)) return path;
  return absl::NotFoundError(absl::StrCat(source, " ", path, ": no such file, expected ONNX Runtime's ", kStem));
}

}  // namespace

absl::StatusOr<std::string> FindOrtLibrary(const std::string& path) {
  if (!path.empty()) return FromPath(path, "--runtime-library");
  if (const char* variable = std::getenv(kRuntimeLibraryVariable); variable != nullptr && *variable != '\0') {
    return FromPath(variable, kRuntimeLibraryVariable);
  }
  for (const fs::path& prefix : PythonPrefixes()) {
    if (std::string found = LibraryInPython(prefix); !found.empty()) return found;
  }
  for (const char* folder : kSystemFolders) {
    if (std::string found = LibraryIn(folder); !found.empty()) return found;
  }
  return absl::NotFoundError(
      absl::StrCat("ONNX Runtime is not installed here: no ", kStem,
                   " beside any python3 of PATH nor in the usual folders. `pip install onnxruntime` brings it; "
                   "--runtime-library FILE or ",
                   kRuntimeLibraryVariable, " names another copy"));
}

}  // namespace opcost
