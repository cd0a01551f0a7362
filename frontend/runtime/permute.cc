#include "frontend/runtime/permute.h"

#include <algorithm>

namespace opcost::internal {

bool IsIdentity(const Perm& perm) { return std::is_sorted(perm.begin(), perm.end()); }

Perm Inverse(const Perm& perm) {
  Perm inverse(perm.size());
  for (size_t d = 0; d < perm.size(); ++d) inverse[static_cast<size_t>(perm[d])] = static_cast<int64_t>(d);
  return inverse;
}

Perm Then(const Perm& a, const Perm& b) { return Permuted(a, b); }

Perm WithoutAxes(const Perm& perm, const std::vector<int64_t>& axes) {
  const auto goes = [&](int64_t axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); };
  Perm rest;
  for (int64_t p : perm) {
    if (goes(p)) continue;
    rest.push_back(p - std::count_if(axes.begin(), axes.end(), [&](int64_t axis) { return axis < p; }));
  }
  return rest;
}

Perm WithAxes(const Perm& perm, const std::vector<int64_t>& axes) {
  const size_t rank = perm.size() + axes.size();
  std::vector<int64_t> old;  // by axis of `perm`: its position in the result
  for (size_t d = 0; d < rank; ++d) {
    if (std::find(axes.begin(), axes.end(), static_cast<int64_t>(d)) == axes.end())
      old.push_back(static_cast<int64_t>(d));
  }
  Perm wide;
  size_t next = 0;
  for (size_t d = 0; d < rank; ++d) {
    const bool added = std::find(axes.begin(), axes.end(), static_cast<int64_t>(d)) != axes.end();
    wide.push_back(added ? static_cast<int64_t>(d) : old[static_cast<size_t>(perm[next++])]);
  }
  return wide;
}

std::vector<int64_t> AxesBefore(const Perm& perm, const std::vector<int64_t>& axes) { return Permuted(perm, axes); }

std::optional<std::vector<int64_t>> NormalAxes(std::vector<int64_t> axes, size_t rank) {
  for (int64_t& axis : axes) {
    if (axis < 0) axis += static_cast<int64_t>(rank);
    if (axis < 0 || axis >= static_cast<int64_t>(rank)) return std::nullopt;
  }
  return axes;
}

}  // namespace opcost::internal
