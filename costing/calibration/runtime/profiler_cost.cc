#include "costing/calibration/runtime/profiler_cost.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <string>

namespace opcost {

double PerOperand::Of(const MeasuredKernel& kernel) const {
  const auto there = [](const MeasuredTensor& tensor) { return tensor.is_present; };
  const auto operands = std::count_if(kernel.inputs.begin(), kernel.inputs.end(), there) +
                        std::count_if(kernel.outputs.begin(), kernel.outputs.end(), there);
  return (base_s + operand_s * static_cast<double>(operands)) * kernel.executions;
}

ProfilerCost CostOfProfiler(const TrivialKernel& few, const TrivialKernel& many) {
  const auto line = [&](double few_s, double many_s) {
    const double low = std::max(0.0, few_s - few.taken_s), high = std::max(0.0, many_s - many.taken_s);
    PerOperand cost;
    cost.operand_s = std::max(0.0, (high - low) / (many.operands - few.operands));
    cost.base_s = std::max(0.0, low - cost.operand_s * few.operands);
    return cost;
  };
  return {.inside = line(few.shown_s, many.shown_s),
          .between_s = std::max(0.0, few.profiled_s - few.shown_s),
          .dispatch_s = few.taken_s};
}

ColdCost ExtraOfProfiler(double kernel_bytes, double profiled_s, double taken_s, const TrivialKernel& trivial,
                         const ProfilerCost& cost) {
  const double whole_s = trivial.profiled_s - trivial.taken_s;
  const double usual_s = cost.inside.base_s + cost.inside.operand_s * trivial.operands;
  const double inside = whole_s > 0 ? std::clamp(usual_s / whole_s, 0.0, 1.0) : 1;  // of the whole cost
  return {kernel_bytes, std::max(0.0, inside * (profiled_s - taken_s - whole_s))};
}

double ProfilerCost::ExtraAt(double kernel_bytes) const {
  const auto after = std::find_if(cold.begin(), cold.end(),
                                  [&](const ColdCost& measured) { return measured.kernel_bytes >= kernel_bytes; });
  if (cold.empty() || after == cold.begin()) return cold.empty() ? 0 : cold.front().extra_s;
  if (after == cold.end()) return cold.back().extra_s;
  const ColdCost& low = *(after - 1);
  const double share = std::log(kernel_bytes / low.kernel_bytes) / std::log(after->kernel_bytes / low.kernel_bytes);
  return low.extra_s + share * (after->extra_s - low.extra_s);
}

double KernelBytes(const MeasuredRun& run) {
  double bytes = 0;
  const auto add = [&](const MeasuredTensor& tensor, bool counts) {
    if (!counts || !tensor.is_present) return;
    const int64_t elements =
        std::accumulate(tensor.dims.begin(), tensor.dims.end(), int64_t{1}, std::multiplies<int64_t>());
    bytes += static_cast<double>(std::max<int64_t>(0, PackedBytes(tensor.dtype, elements)));
  };
  for (const MeasuredKernel& kernel : run.kernels) {
    for (const MeasuredTensor& tensor : kernel.inputs) add(tensor, tensor.is_constant);
    for (const MeasuredTensor& tensor : kernel.outputs) add(tensor, true);
  }
  return bytes / std::max(1.0, static_cast<double>(run.kernels.size()));
}

double TrustedSum(double sum_s, double run_s, double executions) {
  // Of a run, by which two measurements of it differ; and how much the profiler's cost differs between models.
  constexpr double kRepeatability = 0.01, kUsual_s = 0.3e-6;
  const double uncertain_s = kRepeatability * run_s, usual_s = kUsual_s * executions;
  if (!(usual_s > 0)) return sum_s;
  const double trust = usual_s * usual_s / (usual_s * usual_s + uncertain_s * uncertain_s);
  return sum_s + trust * (run_s - sum_s);
}

namespace {

// What to take off every execution so that the kernels add up to `sum_s` where none is left with less than `least_s`.
double ExcessOfProfiler(const std::vector<MeasuredKernel>& kernels, double sum_s, double least_s) {
  constexpr int kHalvings = 60;
  double low = -std::abs(sum_s), high = 0;
  for (const MeasuredKernel& kernel : kernels) high = std::max(high, kernel.seconds);
  for (int i = 0; i < kHalvings; ++i) {
    const double excess_s = (low + high) / 2;
    double left_s = 0;
    for (const MeasuredKernel& k : kernels) left_s += std::max(k.seconds - excess_s * k.executions, least_s);
    (left_s > sum_s ? low : high) = excess_s;
  }
  return (low + high) / 2;
}

// Makes the kernels add up to the run, as the header says; returns what they added up to, as a share of it.
double FitToRun(double run_s, double least_s, std::vector<MeasuredKernel>& kernels) {
  constexpr double kMostScaled = 1.15;  // what is off by more is not the choice of each kernel's best moment
  double sum_s = 0, executions = 0, left_s = 0;
  for (const MeasuredKernel& kernel : kernels) {
    sum_s += kernel.seconds;
    executions += kernel.executions;
  }
  const double excess_s = ExcessOfProfiler(kernels, TrustedSum(sum_s, run_s, executions), least_s);
  for (MeasuredKernel& kernel : kernels) {
    kernel.seconds = std::max(kernel.seconds - excess_s * kernel.executions, least_s);
    left_s += kernel.seconds;
  }
  const double scale = std::clamp(run_s / left_s, 1 / kMostScaled, kMostScaled);
  for (MeasuredKernel& kernel : kernels) kernel.seconds *= scale;
  return left_s / run_s;
}

}  // namespace

double TakeOffProfiler(const ProfilerCost& cost, MeasuredRun& run) {
  constexpr double kLeast = 0.5;
  constexpr double kShort_s = 20e-6;     // a clock that counts microseconds is 2 % off for longer ones
  std::map<std::string, double> inside;  // executions of kernels in a node's bodies
  for (const MeasuredKernel& kernel : run.kernels) {
    if (!kernel.inside.empty()) inside[kernel.inside] += kernel.executions;
  }
  const double extra_s = cost.ExtraAt(KernelBytes(run));
  for (MeasuredKernel& kernel : run.kernels) {
    const auto body = inside.find(kernel.name);
    const double between_s = body == inside.end() ? 0 : body->second * cost.between_s;
    const double profiler_s = cost.inside.Of(kernel) + extra_s * kernel.executions + between_s;
    if (kernel.mean_s && kernel.seconds < kShort_s) kernel.seconds = *kernel.mean_s;
    kernel.seconds -= profiler_s;
    kernel.median_seconds -= profiler_s;
  }
  const double least_s = kLeast * cost.dispatch_s;
  const double added_up = run.end_to_end_s ? FitToRun(*run.end_to_end_s, least_s, run.kernels) : 1;
  for (MeasuredKernel& kernel : run.kernels) {
    kernel.seconds = std::max(kernel.seconds, least_s);
    kernel.median_seconds = std::max(kernel.median_seconds, kernel.seconds);
  }
  run.profiled = false;
  return added_up;
}

}  // namespace opcost
