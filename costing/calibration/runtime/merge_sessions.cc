#include "costing/calibration/runtime/merge_sessions.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

using Key = std::tuple<std::string, int64_t, std::string, std::string>;
Key KeyOf(const MeasuredKernel& kernel) { return {kernel.name, kernel.index, kernel.op_type, kernel.inside}; }

// Mean over the sessions that were hardly slower than the best one.
class Means {
 public:
  explicit Means(const std::vector<MeasuredRun>& sessions) {
    constexpr double kHardly = 1.05;
    double best = std::numeric_limits<double>::infinity();
    for (const MeasuredRun& run : sessions) best = std::min(best, run.profiled_s.value_or(best));
    for (const MeasuredRun& run : sessions) {
      if (run.profiled_s && *run.profiled_s > kHardly * best) continue;
      for (const MeasuredKernel& kernel : run.kernels) {
        if (!kernel.mean_s) continue;
        auto& [sum, n] = sums_[KeyOf(kernel)];
        sum += *kernel.mean_s;
        n += 1;
      }
    }
  }
  std::optional<double> Of(const MeasuredKernel& kernel) const {
    const auto it = sums_.find(KeyOf(kernel));
    if (it == sums_.end()) return std::nullopt;
    return it->second.first / it->second.second;
  }

 private:
  std::map<Key, std::pair<double, double>> sums_;
};

}  // namespace

MeasuredRun MergeSessions(std::vector<MeasuredRun> sessions) {
  const Means means(sessions);
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
    kernel.mean_s = means.Of(kernel);
    kernel.spread = kernel.seconds > 0 ? worst[k] / kernel.seconds - 1 : 0;
  }
  if (others > 0) {
    merged.notes.push_back(
        {NoteKind::kProfile, absl::StrCat(others, " kernels did not run in the first session and are left out"), ""});
  }
  return merged;
}

}  // namespace opcost
