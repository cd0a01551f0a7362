#include "costing/calibration/runtime/merge_sessions.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

using Key = std::tuple<std::string, int64_t, std::string, std::string>;
Key KeyOf(const MeasuredKernel& kernel) { return {kernel.name, kernel.index, kernel.op_type, kernel.inside}; }

}  // namespace

MeasuredRun MergeSessions(std::vector<MeasuredRun> sessions) {
  MeasuredRun merged = std::move(sessions.front());
  std::map<Key, size_t> place;
  std::vector<double> worst;
  for (size_t k = 0; k < merged.kernels.size(); ++k) {
    place.try_emplace(KeyOf(merged.kernels[k]), k);
    worst.push_back(merged.kernels[k].seconds);
  }
  int64_t others = 0;
  for (size_t s = 1; s < sessions.size(); ++s) {
    for (const MeasuredKernel& kernel : sessions[s].kernels) {
      const auto it = place.find(KeyOf(kernel));
      if (it == place.end()) {
        ++others;
        continue;
      }
      MeasuredKernel& best = merged.kernels[it->second];
      worst[it->second] = std::max(worst[it->second], kernel.seconds);
      best.seconds = std::min(best.seconds, kernel.seconds);
      best.median_seconds = std::min(best.median_seconds, kernel.median_seconds);
      best.repeats += kernel.repeats;
    }
    if (sessions[s].profiled_s) merged.profiled_s = std::min(*merged.profiled_s, *sessions[s].profiled_s);
  }
  for (size_t k = 0; k < merged.kernels.size(); ++k) {
    MeasuredKernel& kernel = merged.kernels[k];
    kernel.spread = kernel.seconds > 0 ? worst[k] / kernel.seconds - 1 : 0;
  }
  if (others > 0) {
    merged.notes.push_back(
        {NoteKind::kProfile, absl::StrCat(others, " kernels did not run in the first session and are left out"), ""});
  }
  return merged;
}

double NoiseOf(const MeasuredRun& run) {
  double seconds = 0, differing = 0;
  for (const MeasuredKernel& kernel : run.kernels) {
    seconds += kernel.seconds;
    differing += kernel.spread * kernel.seconds;
  }
  return seconds > 0 ? differing / seconds : 0;
}

double ProfilerCost::Of(const MeasuredKernel& kernel) const {
  const auto there = [](const MeasuredTensor& tensor) { return tensor.is_present; };
  const auto operands = std::count_if(kernel.inputs.begin(), kernel.inputs.end(), there) +
                        std::count_if(kernel.outputs.begin(), kernel.outputs.end(), there);
  return (base_s + operand_s * static_cast<double>(operands)) * kernel.executions;
}

ProfilerCost CostOfProfiler(const TrivialKernel& few, const TrivialKernel& many) {
  const double low = std::max(0.0, few.shown_s - few.taken_s), high = std::max(0.0, many.shown_s - many.taken_s);
  ProfilerCost cost{.between_s = std::max(0.0, few.profiled_s - few.shown_s), .dispatch_s = few.taken_s};
  cost.operand_s = std::max(0.0, (high - low) / (many.operands - few.operands));
  cost.base_s = std::max(0.0, low - cost.operand_s * few.operands);
  return cost;
}

void TakeOffProfiler(const ProfilerCost& cost, MeasuredRun& run) {
  constexpr double kLeast = 0.1;
  std::map<std::string, double> inside;  // executions of kernels in a node's bodies
  for (const MeasuredKernel& kernel : run.kernels) {
    if (!kernel.inside.empty()) inside[kernel.inside] += kernel.executions;
  }
  for (MeasuredKernel& kernel : run.kernels) {
    const auto body = inside.find(kernel.name);
    const double between_s = body == inside.end() ? 0 : body->second * cost.between_s;
    const double profiler_s = cost.Of(kernel) + between_s;
    kernel.seconds = std::max(kernel.seconds - profiler_s, kLeast * cost.dispatch_s);
    kernel.median_seconds = std::max(kernel.median_seconds - profiler_s, kernel.seconds);
  }
  run.profiled = false;
}

}  // namespace opcost
