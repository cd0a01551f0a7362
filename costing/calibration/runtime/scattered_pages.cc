#include "costing/calibration/runtime/scattered_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "costing/calibration/runtime/available_memory.h"

namespace opcost {
namespace {

// Linux keeps up to an eighth of the memory in lists of single pages.
constexpr int64_t kShare = 8;
constexpr int64_t kMostBytes = int64_t{2} << 30;  // takes about a second

}  // namespace

ScatteredPages ScatteredPages::Hold(const std::string& root) {
  ScatteredPages held;
  const auto page = static_cast<int64_t>(sysconf(_SC_PAGESIZE));
  const int64_t wanted = std::min(AvailableMemory(root) / kShare, kMostBytes) / page * page;
  if (wanted <= 0) return held;
  void* start = mmap(nullptr, static_cast<size_t>(wanted), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return held;
  held.start_ = start;
  held.bytes_ = wanted;
  // Large pages would be taken from the very pieces that shall stay free.
  madvise(start, static_cast<size_t>(wanted), MADV_NOHUGEPAGE);
  auto* const bytes = static_cast<volatile char*>(start);
  for (int64_t i = 0; i < wanted; i += page) bytes[i] = 1;
  return held;
}

ScatteredPages::ScatteredPages(ScatteredPages&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

ScatteredPages& ScatteredPages::operator=(ScatteredPages&& other) noexcept {
  std::swap(start_, other.start_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

ScatteredPages::~ScatteredPages() {
  if (start_ != nullptr) munmap(start_, static_cast<size_t>(bytes_));
}

}  // namespace opcost
