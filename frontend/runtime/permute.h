// Axis permutations as Transpose writes them: result axis i is axis perm[i] of what is read.
#ifndef OPCOST_FRONTEND_RUNTIME_PERMUTE_H_
#define OPCOST_FRONTEND_RUNTIME_PERMUTE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace opcost::internal {

using Perm = std::vector<int64_t>;

bool IsIdentity(const Perm& perm);
Perm Inverse(const Perm& perm);
// First `a`, then `b`.
Perm Then(const Perm& a, const Perm& b);
// What remains of `perm` when these axes of its input go, and what it becomes when axes of extent 1 are put in (`axes`
// by their position in the result; they stay in place).
Perm WithoutAxes(const Perm& perm, const std::vector<int64_t>& axes);
Perm WithAxes(const Perm& perm, const std::vector<int64_t>& axes);
// Axes of the transposed tensor as axes of the tensor in front of the Transpose.
std::vector<int64_t> AxesBefore(const Perm& perm, const std::vector<int64_t>& axes);
// All in [0, rank); nullopt when one lies outside.
std::optional<std::vector<int64_t>> NormalAxes(std::vector<int64_t> axes, size_t rank);

template <typename Values>
Values Permuted(const Values& values, const Perm& perm) {
  Values result;
  for (int64_t axis : perm) result.push_back(values[static_cast<size_t>(axis)]);
  return result;
}

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_RUNTIME_PERMUTE_H_
