#include "costing/calibration/fit_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/types/span.h"

namespace opcost {
namespace {

// Of the last level: down to what one of many cores finds of a cache that a whole server shares.
constexpr std::array kLlcShares = {1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.0625};
// Of a core's own: its sets fill unevenly where pages lie by chance, and code and tables need some of it.
constexpr std::array kL2Shares = {1.0, 0.9, 0.8, 0.7, 0.6, 0.5};
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
double LikelyShare(absl::Span<const double> shares, const std::vector<double>& errors) {
  const auto best = std::min_element(errors.begin(), errors.end());
  const double least = *best;
  if (!(least > 0)) return shares[static_cast<size_t>(best - errors.begin())];
  double logs = 0, weights = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    const double weight = std::exp(-(errors[i] / least - 1) / kClose);
    logs += weight * std::log(shares[i]);
    weights += weight;
  }
  return std::exp(logs / weights);
}

// Sets `size` to the share of `whole` that predicts held-out networks best.
absl::Status FitShare(const std::vector<MeasuredRun>& runs, const FitOptions& quick, absl::Span<const double> shares,
                      double whole, SampleSet& set, double& size) {
  std::vector<double> errors;
  for (const double share : shares) {
    size = std::round(share * whole);
    const absl::StatusOr<Fit> fit = FitForms(set, runs, quick);
    if (!fit.ok()) return fit.status();
    errors.push_back(HeldOutError(*fit));
  }
  size = std::round(LikelyShare(shares, errors) * whole);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Fit> FitWithShareOfCache(SampleSet& set, const std::vector<MeasuredRun>& runs,
                                        const FitOptions& options) {
  Caches& caches = set.machine.caches;
  caches.l2_whole_bytes = caches.l2_bytes;
  caches.llc_whole_bytes = caches.llc_bytes;
  caches.llc_bytes = std::round(kQuickShare * caches.llc_whole_bytes);
  if (options.quick) return FitForms(set, runs, options);
  FitOptions quick = options;
  quick.quick = true;
  if (caches.llc_whole_bytes > 0) {
    const absl::Status status = FitShare(runs, quick, kLlcShares, caches.llc_whole_bytes, set, caches.llc_bytes);
    if (!status.ok()) return status;
  }
  if (caches.l2_whole_bytes > 0) {
    const absl::Status status = FitShare(runs, quick, kL2Shares, caches.l2_whole_bytes, set, caches.l2_bytes);
    if (!status.ok()) return status;
  }
  return FitForms(set, runs, options);
}

}  // namespace opcost
