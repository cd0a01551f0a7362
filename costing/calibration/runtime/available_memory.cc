#include "costing/calibration/runtime/available_memory.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

// Of a file of lines "key value": `MemAvailable:   23600000 kB`, `inactive_file 4096`.
std::optional<int64_t> ValueOf(const fs::path& path, absl::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.size() < 2 || words[0] != key) continue;
    int64_t value = 0;
    return absl::SimpleAtoi(words[1], &value) ? std::optional<int64_t>(value) : std::nullopt;
  }
  return std::nullopt;
}

// Of a file of one number; nothing where it says "max".
std::optional<int64_t> Number(const fs::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  return file >> value ? std::optional<int64_t>(value) : std::nullopt;
}

struct GroupFiles {
  absl::string_view controller;  // in the second field of proc/self/cgroup
  const char *mount, *limit, *usage, *unused_files;
};

constexpr std::array kVersions = {
    GroupFiles{"", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"},
    GroupFiles{"memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
               "total_inactive_file"},
};

std::optional<int64_t> LeftInGroup(const fs::path& group, const GroupFiles& files) {
  const std::optional<int64_t> limit = Number(group / files.limit);
  const std::optional<int64_t> usage = Number(group / files.usage);
  if (!limit || !usage) return std::nullopt;
  const int64_t used = *usage - ValueOf(group / "memory.stat", files.unused_files).value_or(0);
  return std::max<int64_t>(0, *limit - std::max<int64_t>(0, used));
}

// A group is held to the limits of those around it, too. Where a container sees its own group as the root of the mount,
// the path is the host's, and the folders that do not exist say nothing.
int64_t LeastLeft(const fs::path& mount, fs::path group, const GroupFiles& files, int64_t least) {
  for (;; group = group.parent_path()) {
    if (const auto left = LeftInGroup(mount / group.relative_path(), files)) least = std::min(least, *left);
    if (!group.has_relative_path()) return least;
  }
}

}  // namespace

int64_t AvailableMemory(const std::string& root) {
  const fs::path base = root;
  constexpr int64_t kKilo = 1024;
  int64_t least = kKilo * ValueOf(base / "proc/meminfo", "MemAvailable:").value_or(0);
  std::ifstream groups(base / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // "4:memory:/user/1" or "0::/user/1".
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    const std::vector<absl::string_view> controllers = absl::StrSplit(fields[1], ',');
    for (const GroupFiles& files : kVersions) {
      if (std::find(controllers.begin(), controllers.end(), files.controller) == controllers.end()) continue;
      least = LeastLeft(base / files.mount, fs::path("/") / fields[2], files, least);
    }
  }
  return least;
}

}  // namespace opcost
