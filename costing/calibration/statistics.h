// Quantiles and gathered sizes: what forms and curves look at.
#ifndef OPCOST_COSTING_CALIBRATION_STATISTICS_H_
#define OPCOST_COSTING_CALIBRATION_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace opcost {

// The value that a share `q` of the others does not exceed, the nearest one; 0 for no values.
double Quantile(std::vector<double> values, double q);
double Median(std::vector<double> values);

struct SizedValue {
  double x = 0, value = 0;
};

// Neighbouring sizes together.
struct Bin {
  double x = 0;  // geometric mean
  double mean = 0, median = 0;
  double std_dev = 0;  // 0 for a single value
  int64_t n = 0;
};
// As many values in each; sizes are positive. At most as many bins as values.
std::vector<Bin> GatherSizes(std::vector<SizedValue> values, size_t bins);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_STATISTICS_H_
