#include "costing/calibration/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace opcost {

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  constexpr double kNearest = 0.5;
  const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1) + kNearest);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

double Median(std::vector<double> values) {
  constexpr double kMiddle = 0.5;
  return Quantile(std::move(values), kMiddle);
}

std::vector<Bin> GatherSizes(std::vector<SizedValue> values, size_t bins) {
  std::sort(values.begin(), values.end(),
            [](const SizedValue& a, const SizedValue& b) { return a.x < b.x || (a.x == b.x && a.value < b.value); });
  bins = std::min(bins, values.size());
  std::vector<Bin> gathered;
  for (size_t b = 0; b < bins; ++b) {
    const size_t begin = b * values.size() / bins, end = (b + 1) * values.size() / bins;
    std::vector<double> inside;
    double log_x = 0, sum = 0, square = 0;
    for (size_t i = begin; i < end; ++i) {
      inside.push_back(values[i].value);
      log_x += std::log(values[i].x);
      sum += values[i].value;
      square += values[i].value * values[i].value;
    }
    const double n = static_cast<double>(end - begin);
    const double variance = n > 1 ? std::max(0.0, (square - sum * sum / n) / (n - 1)) : 0;
    gathered.push_back({std::exp(log_x / n), sum / n, Median(std::move(inside)), std::sqrt(variance),
                        static_cast<int64_t>(end - begin)});
  }
  return gathered;
}

}  // namespace opcost
