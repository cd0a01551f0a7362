#include "cli/log_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace opcost {
namespace {

constexpr double kHalfDecade = 0.5;
constexpr double kFewDecades = 2;
constexpr int kMostTicks = 6;
// log10(1000) may come out a little below 3.
constexpr double kRounding = 1e-9;

}  // namespace

LogAxis::LogAxis(double low, double high, double begin, double end)
    : low_(std::log10(low)), high_(std::log10(high)), begin_(begin), end_(end) {
  if (high_ - low_ >= kHalfDecade) return;
  const double middle = (low_ + high_) / 2;
  low_ = middle - kHalfDecade;
  high_ = middle + kHalfDecade;
}

double LogAxis::Place(double value) const {
  if (!(value > 0)) return begin_;
  const double share = std::clamp((std::log10(value) - low_) / (high_ - low_), 0.0, 1.0);
  return begin_ + share * (end_ - begin_);
}

bool LogAxis::Covers(double value) const {
  return value > 0 && std::log10(value) >= low_ && std::log10(value) <= high_;
}

std::vector<double> LogAxis::Ticks() const {
  const int first = static_cast<int>(std::floor(low_)), last = static_cast<int>(std::floor(high_));
  int step = 1;
  while ((last - first) / step > kMostTicks) ++step;
  const bool few = high_ - low_ < kFewDecades;
  std::vector<double> ticks;
  for (int power = first; power <= last; power += step) {
    for (double times : {1.0, 2.0, 5.0}) {
      const double tick = times * std::pow(10.0, power);
      if ((few || times == 1) && Covers(tick)) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::string TickLabel(double value) {
  static constexpr std::array<const char*, 10> kPrefixes = {"p", "n", "µ", "m", "", "k", "M", "G", "T", "P"};
  constexpr int kPlain = 4, kDigitsAPrefix = 3;
  const int power = static_cast<int>(std::floor(std::log10(value) + kRounding));
  const int prefix = std::clamp(static_cast<int>(std::floor(static_cast<double>(power) / kDigitsAPrefix)) + kPlain, 0,
                                static_cast<int>(kPrefixes.size()) - 1);
  const std::string number = absl::StrFormat("%.3g", value / std::pow(10.0, kDigitsAPrefix * (prefix - kPlain)));
  const std::string unit = kPrefixes[static_cast<size_t>(prefix)];
  return unit.empty() ? number : absl::StrCat(number, " ", unit);
}

}  // namespace opcost
