// What a profiler adds to the times that it shows, and what is left without it.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_PROFILER_COST_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_PROFILER_COST_H_

#include <vector>

#include "costing/calibration/measurement.h"

namespace opcost {

// Seconds a kernel, and for each input and output that is there.
struct PerOperand {
  double base_s = 0, operand_s = 0;
  double Of(const MeasuredKernel& kernel) const;  // all its executions in a run
};

// What the profiler takes more where an average kernel touches so many bytes: they push its own code and tables out of
// the caches.
struct ColdCost {
  double kernel_bytes = 0, extra_s = 0;
};

// What the profiler adds to a kernel's time: it writes down every operand while the clock runs.
struct ProfilerCost {
  PerOperand inside;           // of what it shows as the kernel's time
  double between_s = 0;        // between kernels: it lengthens the node whose body they are
  double dispatch_s = 0;       // what a kernel takes that does next to nothing, without the profiler
  std::vector<ColdCost> cold;  // ascending
  // Seconds an execution, by the logarithm of the bytes between those that were measured.
  double ExtraAt(double kernel_bytes) const;
};

// From two kinds of kernels that do next to nothing: with how many operands each, what the profiler shows, what they
// take without it.
struct TrivialKernel {
  double operands = 0, shown_s = 0, taken_s = 0;
  double profiled_s = 0;  // share of a run under the profiler: without it, and the median of what it adds to a session
};
ProfilerCost CostOfProfiler(const TrivialKernel& few, const TrivialKernel& many);

// From kernels that touch more: what they take under the profiler and without it, beside the same of trivial ones.
ColdCost ExtraOfProfiler(double kernel_bytes, double profiled_s, double taken_s, const TrivialKernel& trivial,
                         const ProfilerCost& cost);

// What the kernels of a run should add up to. `sum_s`: what they do once the profiler's cost is taken off; but it
// differs between models, and `run_s`, the best run without it, knows. The longer the run, the less their difference
// tells.
double TrustedSum(double sum_s, double run_s, double executions);

// Weights read and results written, by an average kernel.
double KernelBytes(const MeasuredRun& run);

// Takes the profiler's cost off every kernel, and as much more or less from each execution as TrustedSum says. Short
// kernels are taken from their means, where those are known. None is left with less than half of what a trivial one
// takes. Then all are stretched to add up to the best run: minima, each from its own best moment, add up to less on a
// machine that is not quiet. Returns what they added up to before that, as a share of the run; 1 where it is not known.
double TakeOffProfiler(const ProfilerCost& cost, MeasuredRun& run);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_PROFILER_COST_H_
