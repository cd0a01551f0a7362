#include "costing/calibration/reference_time.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

constexpr double kClearly = 0.03;  // two quiet measurements of the product differ by less
constexpr const char* kFact = "calibration.reference_s";

}  // namespace

double ReferenceTime(const std::vector<MeasuredRun>& runs) {
  std::vector<double> times;
  for (const MeasuredRun& run : runs) {
    if (run.reference_s) times.push_back(*run.reference_s);
  }
  return Median(std::move(times));
}

std::string SpeedNote(const Target& target, const std::vector<MeasuredRun>& runs) {
  const auto fact = target.facts.find(kFact);
  double then = 0;
  if (fact == target.facts.end() || !absl::SimpleAtod(fact->second, &then)) return "";
  const double now = ReferenceTime(runs);
  if (!(then > 0) || !(now > 0) || std::abs(now / then - 1) < kClearly) return "";
  return absl::StrFormat(
      "a product of fixed size took %.2f times as long beside these runs as beside the calibration: the machine was "
      "not what it was, and errors hold the difference",
      now / then);
}

}  // namespace opcost
