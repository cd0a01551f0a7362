#include "costing/calibration/runtime/reference_speed.h"

#include <algorithm>
#include <utility>

#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

constexpr double kSlower = 1.10;  // than usual
// Of medians: two quiet ones differ by less.
constexpr double kClearly = 1.02, kClearlyMemory = 1.05;

// Beside most networks.
ReferenceTimes UsualTimes(const TimesBeside& all) {
  ReferenceSpeed product, memory;
  for (const auto& [name, beside] : all) {
    if (beside.product_s > 0) product.Add(beside.product_s);
    if (beside.memory_s > 0) memory.Add(beside.memory_s);
  }
  return {product.usual_s(), memory.usual_s()};
}

double SlownessOver(const ReferenceTimes& times, const ReferenceTimes& usual) {
  const auto over = [](double seconds, double usual_s, double clearly) {
    return usual_s > 0 ? seconds / (usual_s * clearly) : 0;
  };
  return std::max(over(times.product_s, usual.product_s, kClearly),
                  over(times.memory_s, usual.memory_s, kClearlyMemory));
}

}  // namespace

void ReferenceSpeed::Add(double seconds) { times_.push_back(seconds); }

double ReferenceSpeed::usual_s() const { return Median(times_); }

bool ReferenceSpeed::IsSlow(double seconds) const { return !times_.empty() && seconds > kSlower * usual_s(); }

double Slowness(const ReferenceTimes& times, const TimesBeside& all) { return SlownessOver(times, UsualTimes(all)); }

std::vector<std::string> MeasuredSlowly(const TimesBeside& all) {
  const ReferenceTimes usual = UsualTimes(all);
  std::vector<std::pair<double, std::string>> slow;
  for (const auto& [name, times] : all) {
    const double slowness = SlownessOver(times, usual);
    if (slowness > 1) slow.emplace_back(-slowness, name);
  }
  std::sort(slow.begin(), slow.end());
  std::vector<std::string> names;
  for (auto& [slowness, name] : slow) names.push_back(std::move(name));
  return names;
}

}  // namespace opcost
