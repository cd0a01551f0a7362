#include "costing/calibration/runtime/scattered_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

// Linux keeps up to an eighth of the memory in lists of single pages.
constexpr int64_t kShare = 8;
constexpr int64_t kMostBytes = int64_t{2} << 30;  // takes about a second

// "MemAvailable:   23600000 kB"; 0 where it is not there.
int64_t AvailableBytes(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "MemAvailable:")) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    int64_t kilobytes = 0;
    constexpr int64_t kKilo = 1024;
    return words.size() > 1 && absl::SimpleAtoi(words[1], &kilobytes) ? kKilo * kilobytes : 0;
  }
  return 0;
}

}  // namespace

ScatteredPages::ScatteredPages(const std::string& root) {
  const auto page = static_cast<int64_t>(sysconf(_SC_PAGESIZE));
  const int64_t wanted = std::min(AvailableBytes(root) / kShare, kMostBytes) / page * page;
  if (wanted <= 0) return;
  void* start = mmap(nullptr, static_cast<size_t>(wanted), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return;
  start_ = start;
  bytes_ = wanted;
  // Large pages would be taken from the very pieces that shall stay free.
  madvise(start_, static_cast<size_t>(bytes_), MADV_NOHUGEPAGE);
  auto* const bytes = static_cast<volatile char*>(start_);
  for (int64_t i = 0; i < bytes_; i += page) bytes[i] = 1;
}

ScatteredPages::ScatteredPages(ScatteredPages&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

ScatteredPages::~ScatteredPages() {
  if (start_ != nullptr) munmap(start_, static_cast<size_t>(bytes_));
}

}  // namespace opcost
