// 64-bit arithmetic that notices overflow. Counts are exact or they are an error, never a wrapped number.
#ifndef OPCOST_BASE_CHECKED_H_
#define OPCOST_BASE_CHECKED_H_

#include <cstdint>
#include <optional>

namespace opcost {

inline std::optional<int64_t> CheckedMul(int64_t a, int64_t b) {
  int64_t r;
  if (__builtin_mul_overflow(a, b, &r)) return std::nullopt;
  return r;
}

inline std::optional<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t r;
  if (__builtin_add_overflow(a, b, &r)) return std::nullopt;
  return r;
}

inline std::optional<int64_t> CheckedMul(std::optional<int64_t> a, int64_t b) {
  return a ? CheckedMul(*a, b) : std::nullopt;
}

inline std::optional<int64_t> CheckedAdd(std::optional<int64_t> a, int64_t b) {
  return a ? CheckedAdd(*a, b) : std::nullopt;
}

}  // namespace opcost

#endif  // OPCOST_BASE_CHECKED_H_
