// Several sessions of one model as one run.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_

#include <vector>

#include "costing/calibration/measurement.h"

namespace opcost {

// Kernels of the first session with the best of all sessions; `spread` is how far the sessions' minima lie apart. What
// only other sessions have (another branch was taken) is left out with a note. Never empty.
MeasuredRun MergeSessions(std::vector<MeasuredRun> sessions);

// Spreads weighted by time: what a second measurement of the same would differ by.
double NoiseOf(const MeasuredRun& run);

// What the profiler adds to a kernel's time: it writes down every operand while the clock runs.
struct ProfilerCost {
  double base_s = 0;
  double operand_s = 0;                           // for each input and output that is there
  double between_s = 0;                           // between kernels: it lengthens the node whose body they are
  double dispatch_s = 0;                          // what a kernel takes that does next to nothing, without the profiler
  double Of(const MeasuredKernel& kernel) const;  // all its executions in a run
};

// From two kinds of kernels that do next to nothing: with how many operands each, what the profiler shows, what they
// take without it.
struct TrivialKernel {
  double operands = 0, shown_s = 0, taken_s = 0;
  double profiled_s = 0;  // share of a run under the profiler
};
ProfilerCost CostOfProfiler(const TrivialKernel& few, const TrivialKernel& many);

// Takes it off every kernel. None is left with less than a tenth of what a trivial one takes.
void TakeOffProfiler(const ProfilerCost& cost, MeasuredRun& run);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_MERGE_SESSIONS_H_
