#include "costing/calibration/fit_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace opcost {
namespace {

// Down to what one of many cores finds of a cache that a whole server shares.
constexpr std::array kShares = {1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.0625};
// Of the held-out error, that a smaller share must gain on a larger one: next to nothing, where no network is larger
// than either.
constexpr double kLeastGain = 0.0025;

// Of networks that were predicted without themselves: the mean of their relative errors, none counted as more than
// whole, and of the error by time.
double HeldOutError(const Fit& fit) {
  double relative = 0, differing = 0, seconds = 0, networks = 0;
  for (const HeldOut& network : fit.held_out) {
    if (!(network.measured_s > 0)) continue;
    const double error = std::abs(network.predicted_s - network.measured_s);
    relative += std::min(1.0, error / network.measured_s);
    differing += error;
    seconds += network.measured_s;
    ++networks;
  }
  return networks > 0 ? (relative / networks + differing / seconds) / 2 : 0;
}

}  // namespace

absl::StatusOr<Fit> FitWithShareOfCache(SampleSet& set, const std::vector<MeasuredRun>& runs,
                                        const FitOptions& options) {
  Caches& caches = set.machine.caches;
  const double whole = caches.llc_bytes;
  if (whole <= 0) return FitForms(set, runs, options);
  caches.llc_whole_bytes = whole;
  absl::StatusOr<Fit> best;
  double least = 0, best_bytes = whole;
  for (const double share : kShares) {
    caches.llc_bytes = std::round(share * whole);
    absl::StatusOr<Fit> fit = FitForms(set, runs, options);
    if (!fit.ok()) return fit.status();
    const double error = HeldOutError(*fit);
    if (share < 1 && error > (1 - kLeastGain) * least) continue;
    least = error;
    best_bytes = caches.llc_bytes;
    best = std::move(fit);
  }
  caches.llc_bytes = best_bytes;
  return best;
}

}  // namespace opcost
