#include "costing/shapley.h"

#include <algorithm>
#include <limits>

namespace opcost {
namespace {

// s! (n − s − 1)! / n!: how often a set of size s stands before a player in an order of n.
double Weight(int size, int n) {
  double weight = 1;
  // 1 / (n · C(n − 1, s)), by the product form of the binomial.
  for (int i = 1; i <= size; ++i) weight *= static_cast<double>(i) / (n - i);
  return weight / n;
}

int Bits(uint32_t mask) { return __builtin_popcount(mask); }

}  // namespace

std::vector<double> OwenValues(absl::Span<const int32_t> group_of, absl::FunctionRef<double(uint32_t)> value) {
  const uint32_t players = static_cast<uint32_t>(group_of.size());
  std::vector<int32_t> groups(group_of.begin(), group_of.end());
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  std::vector<uint32_t> members(groups.size());
  for (uint32_t i = 0; i < players; ++i) {
    const auto g = std::find(groups.begin(), groups.end(), group_of[i]) - groups.begin();
    members[static_cast<size_t>(g)] |= 1u << i;
  }
  std::vector<double> known(size_t{1} << players, std::numeric_limits<double>::quiet_NaN());
  const auto at = [&](uint32_t mask) {
    double& v = known[mask];
    if (v != v) v = value(mask);
    return v;
  };
  const int n_groups = static_cast<int>(groups.size());
  std::vector<double> result(players);
  for (uint32_t h = 0; h < (1u << groups.size()); ++h) {
    uint32_t others = 0;
    for (size_t g = 0; g < groups.size(); ++g) others |= (h >> g & 1u) != 0 ? members[g] : 0;
    for (size_t g = 0; g < groups.size(); ++g) {
      if ((h >> g & 1u) != 0) continue;
      const uint32_t own = members[g];
      const double outer = Weight(Bits(h), n_groups);
      // Every subset of the group, the empty one last.
      for (uint32_t subset = own;; subset = (subset - 1) & own) {
        for (uint32_t i = 0; i < players; ++i) {
          if ((own >> i & 1u) == 0 || (subset >> i & 1u) != 0) continue;
          const double moved = at(others | subset | 1u << i) - at(others | subset);
          result[i] += outer * Weight(Bits(subset), Bits(own)) * moved;
        }
        if (subset == 0) break;
      }
    }
  }
  return result;
}

}  // namespace opcost
