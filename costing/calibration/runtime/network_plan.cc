#include "costing/calibration/runtime/network_plan.h"

#include <algorithm>
#include <cmath>

namespace opcost {

NetworkPlan::NetworkPlan(const std::vector<NetworkChoice>& rounds) : rounds_(rounds) {
  for (const NetworkChoice& choice : rounds_) families_[choice.family].weight += 1;
}

void NetworkPlan::Learn(const std::map<std::string, FamilyError>& errors, double noise) {
  noise_ = noise;
  const auto worth = [](const FamilyError& e) { return e.cost_s > 0 ? e.seconds / e.cost_s : 0; };
  double most = 0, largest = 0;
  for (const auto& [name, error] : errors) {
    most = std::max(most, worth(error));
    largest = std::max(largest, error.relative);
  }
  for (auto& [name, family] : families_) {
    const auto it = errors.find(name);
    family.error = it == errors.end() ? largest : it->second.relative;
    family.worth = it == errors.end() ? most : worth(it->second);
  }
}

std::optional<NetworkChoice> NetworkPlan::Next() {
  if (!covered()) {
    const NetworkChoice choice = rounds_[next_++];
    families_[choice.family].chosen = std::max(families_[choice.family].chosen, choice.index + 1);
    return choice;
  }
  std::map<std::string, Family>::iterator best = families_.end();
  double best_gain = 0;
  for (auto it = families_.begin(); it != families_.end(); ++it) {
    const Family& family = it->second;
    if (family.error <= noise_) continue;
    // What is fitted to n networks is off by 1/√n: one more takes n^-3/2 of that away.
    const double gain = family.weight * family.worth / std::pow(static_cast<double>(family.chosen + 1), 1.5);
    if (gain <= best_gain) continue;
    best = it;
    best_gain = gain;
  }
  if (best == families_.end()) return std::nullopt;
  return NetworkChoice{.family = best->first, .index = best->second.chosen++};
}

}  // namespace opcost
