#include "ops/work.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/checked.h"

namespace opcost {

absl::string_view Name(Resource resource) {
  constexpr std::array<const char*, static_cast<size_t>(Resource::kCount)> kNames = {
      "macs",           "vector_ops",        "transcendentals", "int_ops",
      "act_read_bytes", "weight_read_bytes", "written_bytes",   "dispatches"};
  return kNames[static_cast<size_t>(resource)];
}

void Work::Add(Resource resource, DType dtype, int64_t amount) {
  if (amount == 0) return;
  const auto before = [&](const Entry& e) { return e.resource != resource ? e.resource < resource : e.dtype < dtype; };
  size_t at = entries_.size();
  while (at > 0 && !before(entries_[at - 1])) --at;
  if (at < entries_.size() && entries_[at].resource == resource && entries_[at].dtype == dtype) {
    int64_t& sum = entries_[at].amount;
    if (__builtin_add_overflow(sum, amount, &sum)) {
      sum = INT64_MAX;
      overflowed_ = true;
    }
    return;
  }
  entries_.insert(entries_.begin() + static_cast<ptrdiff_t>(at), Entry{resource, dtype, amount});
}

Work& Work::operator+=(const Work& other) {
  // A sum of a work with itself must not read what it is changing.
  const absl::InlinedVector<Entry, 5> added = other.entries_;
  for (const Entry& e : added) Add(e.resource, e.dtype, e.amount);
  overflowed_ = overflowed_ || other.overflowed_;
  return *this;
}

Work Work::Times(int64_t n) const {
  Work r;
  r.overflowed_ = overflowed_;
  if (n == 0) return r;
  r.entries_ = entries_;
  for (Entry& e : r.entries_) {
    if (__builtin_mul_overflow(e.amount, n, &e.amount)) {
      e.amount = INT64_MAX;
      r.overflowed_ = true;
    }
  }
  return r;
}

namespace {

int64_t SaturatingAdd(int64_t a, int64_t b) { return CheckedAdd(a, b).value_or(INT64_MAX); }
int64_t Twice(int64_t a) { return CheckedMul(a, 2).value_or(INT64_MAX); }

}  // namespace

int64_t Work::Get(Resource resource) const {
  int64_t sum = 0;
  for (const Entry& e : entries_) {
    if (e.resource == resource) sum = SaturatingAdd(sum, e.amount);
  }
  return sum;
}

int64_t Work::Get(Resource resource, DType dtype) const {
  for (const Entry& e : entries_) {
    if (e.resource == resource && e.dtype == dtype) return e.amount;
  }
  return 0;
}

int64_t MatrixOps(const Work& work) { return Twice(work.Get(Resource::kMatrixMacs)); }

int64_t Flops(const Work& work) {
  int64_t sum = 0;
  for (const Work::Entry& e : work.entries()) {
    if (e.resource == Resource::kMatrixMacs && !IsInteger(e.dtype)) sum = SaturatingAdd(sum, Twice(e.amount));
    if (e.resource == Resource::kVectorOps) sum = SaturatingAdd(sum, e.amount);
  }
  return sum;
}

int64_t AllOps(const Work& work) {
  const int64_t scalar = SaturatingAdd(work.Get(Resource::kVectorOps), work.Get(Resource::kIntOps));
  return SaturatingAdd(MatrixOps(work), scalar);
}

int64_t TotalBytes(const Work& work) {
  const int64_t read = SaturatingAdd(work.Get(Resource::kActivationBytesRead), work.Get(Resource::kWeightBytesRead));
  return SaturatingAdd(read, work.Get(Resource::kBytesWritten));
}

}  // namespace opcost
