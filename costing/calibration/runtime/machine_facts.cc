#include "costing/calibration/runtime/machine_facts.h"

#include <sched.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

std::string FirstLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return std::string(absl::StripAsciiWhitespace(line));
}

// "1024K" in bytes, 0 when it is no size.
double CacheSize(const std::string& text) {
  if (text.empty()) return 0;
  double number = 0;
  const char unit = text.back();
  const bool scaled = unit == 'K' || unit == 'M';
  if (!absl::SimpleAtod(text.substr(0, text.size() - (scaled ? 1 : 0)), &number)) return 0;
  return number * (unit == 'K' ? 1024.0 : unit == 'M' ? 1024.0 * 1024.0 : 1.0);
}

void ReadCaches(const fs::path& folder, MachineFacts& facts) {
  int last_level = 2;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    int level = 0, ways = 0;
    if (!absl::SimpleAtoi(FirstLine(it->path() / "level"), &level)) continue;
    if (FirstLine(it->path() / "type") == "Instruction") continue;
    const double size = CacheSize(FirstLine(it->path() / "size"));
    if (level == 1 && absl::SimpleAtoi(FirstLine(it->path() / "ways_of_associativity"), &ways) && ways > 0) {
      facts.l1_way_bytes = size / ways;
    }
    if (level == 2) facts.l2_bytes = size;
    if (level > last_level) {
      last_level = level;
      facts.llc_bytes = size;
    }
  }
}

void ReadProcessor(const fs::path& path, MachineFacts& facts) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (parts.size() != 2) continue;
    const absl::string_view key = absl::StripAsciiWhitespace(parts[0]), value = absl::StripAsciiWhitespace(parts[1]);
    if (key == "model name" && facts.processor.empty()) facts.processor = std::string(value);
    if (key != "flags") continue;
    for (absl::string_view flag : absl::StrSplit(value, ' ')) {
      if (flag == "avx512f") facts.vector_lanes = 16;
    }
    return;  // of the first processor
  }
}

}  // namespace

MachineFacts ReadMachine(const std::string& root) {
  MachineFacts facts;
  ReadProcessor(fs::path(root) / "proc/cpuinfo", facts);
  ReadCaches(fs::path(root) / "sys/devices/system/cpu/cpu0/cache", facts);
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) facts.processors = CPU_COUNT(&allowed);
  return facts;
}

}  // namespace opcost
