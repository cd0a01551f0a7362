// What measured runs say about their own measuring.
#ifndef OPCOST_COSTING_CALIBRATION_RUN_CONDITIONS_H_
#define OPCOST_COSTING_CALIBRATION_RUN_CONDITIONS_H_

#include <vector>

#include "costing/calibration/measurement.h"

namespace opcost {

// How far kernels' times lie apart between passes or sessions, weighted by time: times cut to whole microseconds make
// most short kernels' best times equal. 0 where no kernel tells.
double NoiseOf(const MeasuredRun& run);

// Median of it over the runs that tell; 0 where none does.
double NoiseFloor(const std::vector<MeasuredRun>& runs);

// Seconds of the profiler in each kernel that were taken off when the runs were measured: median over the runs that
// tell, 0 where none does.
double ProfilerRemoved(const std::vector<MeasuredRun>& runs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUN_CONDITIONS_H_
