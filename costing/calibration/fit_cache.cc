#include "costing/calibration/fit_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace opcost {
namespace {

// Down to what one of many cores finds of a cache that a whole server shares.
constexpr std::array kShares = {1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.0625};
// Where nobody looks for it: runs found between an eighth and a half on the machines that were calibrated so far.
constexpr double kQuickShare = 0.25;
// Of the least held-out error: a share that predicts worse by this counts a third as much as the best.
constexpr double kClose = 0.01;

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

// The geometric mean of the shares, each weighted by how close its error comes to the least. The error hardly differs
// between neighbours: their order would be another with the next measurement, and their mean is not.
double LikelyShare(const std::array<double, kShares.size()>& errors) {
  const auto best = std::min_element(errors.begin(), errors.end());
  const double least = *best;
  if (!(least > 0)) return kShares[static_cast<size_t>(best - errors.begin())];
  double logs = 0, weights = 0;
  for (size_t i = 0; i < kShares.size(); ++i) {
    const double weight = std::exp(-(errors[i] / least - 1) / kClose);
    logs += weight * std::log(kShares[i]);
    weights += weight;
  }
  return std::exp(logs / weights);
}

}  // namespace

absl::StatusOr<Fit> FitWithShareOfCache(SampleSet& set, const std::vector<MeasuredRun>& runs,
                                        const FitOptions& options) {
  Caches& caches = set.machine.caches;
  const double whole = caches.llc_bytes;
  if (whole <= 0) return FitForms(set, runs, options);
  caches.llc_whole_bytes = whole;
  caches.llc_bytes = std::round(kQuickShare * whole);
  if (options.quick) return FitForms(set, runs, options);
  FitOptions quick = options;
  quick.quick = true;
  std::array<double, kShares.size()> errors;
  for (size_t i = 0; i < kShares.size(); ++i) {
    caches.llc_bytes = std::round(kShares[i] * whole);
    const absl::StatusOr<Fit> fit = FitForms(set, runs, quick);
    if (!fit.ok()) return fit.status();
    errors[i] = HeldOutError(*fit);
  }
  caches.llc_bytes = std::round(LikelyShare(errors) * whole);
  return FitForms(set, runs, options);
}

}  // namespace opcost
