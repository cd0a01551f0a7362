#include "cli/memory_lines.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/number.h"

namespace opcost {
namespace {

std::string Bytes(int64_t bytes) { return Format(Measure::kBytes, static_cast<double>(bytes)); }

// "float32 97.31 MiB, int64 64 B", largest first; the name alone where there is one type.
std::string ByDtype(const std::map<std::string, int64_t>& bytes) {
  if (bytes.size() == 1) return bytes.begin()->first;
  std::vector<std::pair<std::string, int64_t>> sorted(bytes.begin(), bytes.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return absl::StrJoin(
      sorted, ", ", [](std::string* out, const auto& one) { absl::StrAppend(out, one.first, " ", Bytes(one.second)); });
}

std::string TotalLine(const MemoryUse& memory) {
  const std::string types = ByDtype(memory.weight_bytes_by_dtype);
  std::string line =
      absl::StrCat("memory: ", Bytes(memory.weight_bytes), " weights (", types, types.empty() ? "" : "; ",
                   Format(Measure::kCount, static_cast<double>(memory.parameters)), " parameters) + ",
                   memory.complete ? "" : "at least ", Bytes(memory.peak_activation_bytes), " activations at the peak");
  if (!memory.peak_node.empty()) absl::StrAppend(&line, " (", memory.peak_node);
  if (memory.peak_nodes.size() > 1) absl::StrAppend(&line, " and ", memory.peak_nodes.size() - 1, " more");
  if (!memory.peak_node.empty()) absl::StrAppend(&line, ")");
  if (!memory.capacity_bytes)
    return absl::StrCat(line, "; the device's capacity is unknown (--set memory.capacity_bytes=N)");
  const std::string capacity = Bytes(*memory.capacity_bytes);
  if (!memory.fits) return absl::StrCat(line, "; whether it fits in ", capacity, " is unknown");
  return absl::StrCat(line, *memory.fits ? "; fits in " : "; does NOT fit in ", capacity);
}

std::string PeakLine(const MemoryUse& memory) {
  constexpr size_t kShown = 4;
  std::vector<std::string> words;
  int64_t rest = memory.peak_activation_bytes;
  for (const MemoryUse::Live& live : memory.at_peak) {
    if (words.size() == kShown) break;
    words.push_back(absl::StrCat(live.tensor, " ", Bytes(live.bytes)));
    rest -= live.bytes;
  }
  if (memory.at_peak.size() > kShown) {
    words.push_back(absl::StrCat(memory.at_peak.size() - kShown, " more ", Bytes(rest)));
  }
  return absl::StrCat("alive at the peak: ", absl::StrJoin(words, ", "));
}

// One character for each stretch of the run, as high as the most that is alive in it.
std::string Course(const MemoryUse& memory) {
  constexpr size_t kWidth = 48;
  static constexpr std::array<absl::string_view, 8> kLevels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const size_t steps = memory.timeline.size(), width = std::min(kWidth, steps);
  std::string course;
  for (size_t i = 0; i < width; ++i) {
    int64_t most = 0;
    for (size_t s = i * steps / width; s < (i + 1) * steps / width; ++s) {
      most = std::max(most, memory.timeline[s].live_bytes);
    }
    const double share =
        static_cast<double>(most) / static_cast<double>(std::max<int64_t>(1, memory.peak_activation_bytes));
    const auto level = static_cast<size_t>(share * static_cast<double>(kLevels.size() - 1) + 0.5);
    absl::StrAppend(&course, kLevels[std::min(level, kLevels.size() - 1)]);
  }
  return course;
}

std::string CourseLine(const MemoryUse& memory) {
  return absl::StrCat("activations over the run: ", Course(memory), " (", Bytes(memory.input_bytes), " at the start, ",
                      Bytes(memory.timeline.back().after_bytes), " at the end)");
}

std::string CacheLine(const MemoryUse& memory) {
  int64_t past = 0;
  size_t shared = 0;
  for (const CacheUse& cache : memory.caches) {
    past += cache.past_bytes;
    shared += cache.shared ? 1 : 0;
  }
  const CacheUse& first = memory.caches.front();
  std::string line =
      absl::StrCat("key-value caches: ", memory.caches.size(), ", ", Bytes(past), " in, ", Bytes(memory.cache_bytes),
                   " out (", first.past, " → ", first.present, memory.caches.size() > 1 ? " …" : "", "); ");
  if (shared == memory.caches.size()) return absl::StrCat(line, "new tokens are written in place, so they count once");
  if (shared == 0) return absl::StrCat(line, "each present is a copy, so past and present exist at the same time");
  return absl::StrCat(line, shared, " of them are written in place");
}

}  // namespace

std::vector<std::string> MemoryLines(const Report& report) {
  const MemoryUse& memory = report.memory;
  std::vector<std::string> lines = {TotalLine(memory)};
  if (!memory.at_peak.empty()) lines.push_back(PeakLine(memory));
  if (memory.timeline.size() > 1) lines.push_back(CourseLine(memory));
  if (!memory.caches.empty()) lines.push_back(CacheLine(memory));
  return lines;
}

}  // namespace opcost
