#include "costing/calibration/reference_time.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

// Two quiet measurements differ by less.
constexpr double kClearly = 0.03, kClearlyMemory = 0.06;

using ProductTime = std::optional<double> MeasuredRun::*;

std::vector<double> TimesOf(const std::vector<MeasuredRun>& runs, ProductTime time) {
  std::vector<double> times;
  for (const MeasuredRun& run : runs) {
    if (run.*time) times.push_back(*(run.*time));
  }
  return times;
}

double MedianOf(const std::vector<MeasuredRun>& runs, ProductTime time) { return Median(TimesOf(runs, time)); }

// "" where the middle eight tenths lie as close together as on a quiet machine.
std::string UnsteadyNote(const std::vector<MeasuredRun>& runs, ProductTime time, absl::string_view what,
                         double clearly) {
  constexpr double kOutside = 0.1;
  const std::vector<double> times = TimesOf(runs, time);
  const double low = Quantile(times, kOutside), high = Quantile(times, 1 - kOutside);
  if (!(low > 0) || high / low - 1 < clearly) return "";
  const double middle = Median(times);
  return absl::StrFormat(
      "%s took %.2f to %.2f times its median beside the middle eight tenths of the networks: the "
      "machine was not equally fast throughout, and models and other calibrations may differ as much",
      what, low / middle, high / middle);
}

// Now over then; 1 where one of them is not known.
double RatioTo(const Target& target, const char* key, double now) {
  const auto fact = target.facts.find(key);
  double then = 0;
  const bool known = fact != target.facts.end() && absl::SimpleAtod(fact->second, &then) && then > 0 && now > 0;
  return known ? now / then : 1;
}

}  // namespace

double ReferenceTime(const std::vector<MeasuredRun>& runs) { return MedianOf(runs, &MeasuredRun::reference_s); }

double MemoryReferenceTime(const std::vector<MeasuredRun>& runs) {
  return MedianOf(runs, &MeasuredRun::memory_reference_s);
}

std::vector<std::string> UnsteadySpeedNotes(const std::vector<MeasuredRun>& runs) {
  std::vector<std::string> notes;
  for (std::string note :
       {UnsteadyNote(runs, &MeasuredRun::reference_s, "a product of fixed size", kClearly),
        UnsteadyNote(runs, &MeasuredRun::memory_reference_s, "a product beyond the caches", kClearlyMemory)}) {
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

std::string SpeedNote(const Target& target, const std::vector<MeasuredRun>& runs) {
  const double product = RatioTo(target, "calibration.reference_s", ReferenceTime(runs));
  const double memory = RatioTo(target, "calibration.memory_reference_s", MemoryReferenceTime(runs));
  std::vector<std::string> changes;
  if (std::abs(product - 1) >= kClearly) {
    changes.push_back(absl::StrFormat("a product of fixed size took %.2f times as long", product));
  }
  if (std::abs(memory - 1) >= kClearlyMemory) {
    changes.push_back(absl::StrFormat("a product beyond the caches took %.2f times as long", memory));
  }
  if (changes.empty()) return "";
  return absl::StrCat(absl::StrJoin(changes, ", "),
                      " beside these runs as beside the calibration: the machine was not what it was, and errors hold "
                      "the difference");
}

}  // namespace opcost
