#include "costing/calibration/run_conditions.h"

#include <utility>

#include "costing/calibration/statistics.h"

namespace opcost {

double NoiseOf(const MeasuredRun& run) {
  double seconds = 0, differing = 0;
  for (const MeasuredKernel& kernel : run.kernels) {
    seconds += kernel.seconds;
    differing += kernel.spread * kernel.seconds;
  }
  return seconds > 0 ? differing / seconds : 0;
}

double NoiseFloor(const std::vector<MeasuredRun>& runs) {
  std::vector<double> told;
  for (const MeasuredRun& run : runs) {
    if (const double noise = NoiseOf(run); noise > 0) told.push_back(noise);
  }
  return Median(std::move(told));
}

double ProfilerRemoved(const std::vector<MeasuredRun>& runs) {
  std::vector<double> removed;
  for (const MeasuredRun& run : runs) {
    if (run.profiler_removed_s) removed.push_back(*run.profiler_removed_s);
  }
  return Median(std::move(removed));
}

}  // namespace opcost
