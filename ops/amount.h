// A count under construction: exact, a lower bound because an extent is unknown, or too large for 64 bits.
#ifndef OPCOST_OPS_AMOUNT_H_
#define OPCOST_OPS_AMOUNT_H_

#include <algorithm>
#include <cstdint>

#include "base/checked.h"
#include "base/dtype.h"

namespace opcost {

// An unknown extent counts as 1 and clears `complete`; arithmetic carries both flags along.
struct Amount {
  int64_t value = 0;
  bool complete = true;
  bool overflow = false;

  constexpr Amount() = default;
  constexpr Amount(int64_t v) : value(v) {}  // NOLINT(google-explicit-constructor): counts mix with literals
  static constexpr Amount Unknown() {
    Amount a(1);
    a.complete = false;
    return a;
  }
};

// 0 times anything is 0, whatever is not known of it.
inline Amount operator*(Amount a, Amount b) {
  if ((a.value == 0 && a.complete && !a.overflow) || (b.value == 0 && b.complete && !b.overflow)) return 0;
  Amount r;
  r.complete = a.complete && b.complete;
  r.overflow = a.overflow || b.overflow || __builtin_mul_overflow(a.value, b.value, &r.value);
  return r;
}

inline Amount operator+(Amount a, Amount b) {
  Amount r;
  r.complete = a.complete && b.complete;
  r.overflow = a.overflow || b.overflow || __builtin_add_overflow(a.value, b.value, &r.value);
  return r;
}

// Never below 0: a difference of counts is a count.
inline Amount operator-(Amount a, Amount b) {
  Amount r;
  r.complete = a.complete && b.complete;
  r.overflow = a.overflow || b.overflow || __builtin_sub_overflow(a.value, b.value, &r.value);
  r.value = std::max<int64_t>(r.value, 0);
  return r;
}

// Rounds down; by 0, and by what no count can be, it is 0.
inline Amount operator/(Amount a, Amount b) {
  Amount r(b.value <= 0 ? 0 : a.value / b.value);
  r.complete = a.complete && b.complete;
  r.overflow = a.overflow || b.overflow;
  return r;
}

inline Amount CeilDiv(Amount a, Amount b) {
  Amount r = a / b;
  if (b.value > 0 && a.value % b.value != 0) ++r.value;
  return r;
}

inline Amount Min(Amount a, Amount b) {
  if (a.overflow) return b;
  if (b.overflow) return a;
  Amount r(std::min(a.value, b.value));
  r.complete = a.complete && b.complete;
  return r;
}

inline Amount Max(Amount a, Amount b) {
  Amount r(std::max(a.value, b.value));
  r.complete = a.complete && b.complete;
  r.overflow = a.overflow || b.overflow;
  return r;
}

// Bytes of `elements` packed elements. Types without a width (strings, unknown) give an unknown amount.
inline Amount BytesOf(DType dtype, Amount elements) {
  if (elements.value == 0 && elements.complete && !elements.overflow) return 0;
  Amount r = elements;
  if (BitWidth(dtype) == 0) {
    r.value = 0;
    r.complete = false;
    return r;
  }
  const int64_t bytes = PackedBytes(dtype, elements.value);
  r.overflow = r.overflow || bytes < 0;
  r.value = std::max<int64_t>(bytes, 0);
  return r;
}

}  // namespace opcost

#endif  // OPCOST_OPS_AMOUNT_H_
