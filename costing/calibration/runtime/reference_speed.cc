#include "costing/calibration/runtime/reference_speed.h"

#include <algorithm>
#include <utility>

#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

constexpr double kSlower = 1.10;   // than usual
constexpr double kClearly = 1.02;  // of medians: two quiet ones differ by less

}  // namespace

void ReferenceSpeed::Add(double seconds) { times_.push_back(seconds); }

double ReferenceSpeed::usual_s() const { return Median(times_); }

bool ReferenceSpeed::IsSlow(double seconds) const { return !times_.empty() && seconds > kSlower * usual_s(); }

std::vector<std::string> MeasuredSlowly(const std::map<std::string, double>& reference_s) {
  ReferenceSpeed all;
  for (const auto& [name, seconds] : reference_s) all.Add(seconds);
  const double usual_s = all.usual_s();
  std::vector<std::pair<double, std::string>> slow;
  for (const auto& [name, seconds] : reference_s) {
    if (seconds > kClearly * usual_s) slow.emplace_back(-seconds, name);
  }
  std::sort(slow.begin(), slow.end());
  std::vector<std::string> names;
  for (auto& [seconds, name] : slow) names.push_back(std::move(name));
  return names;
}

}  // namespace opcost
