// How much work something is. A vector over closed enums, never named fields that somebody forgets to add up.
#ifndef OPCOST_OPS_WORK_H_
#define OPCOST_OPS_WORK_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/dtype.h"

namespace opcost {

// Definitions: a MAC is one multiply-accumulate of the convolution / matrix-product class and nothing else; a vector op
// is any other scalar operation on floats; an integer op the same on integers and bools; a transcendental one element
// through exp, log, pow, sqrt, sin, tanh, erf … and is never converted into "n FLOPs".
enum class Resource : uint8_t {
  kMatrixMacs,
  kVectorOps,
  kTranscendentals,
  kIntOps,
  kActivationBytesRead,
  kWeightBytesRead,
  kBytesWritten,
  kDispatches,
  kCount,
};

// "macs", "vector_ops", "transcendentals", "int_ops", "act_read_bytes", "weight_read_bytes", "written_bytes",
// "dispatches".
absl::string_view Name(Resource resource);

// MACs, vector operations, transcendentals, integer operations: what is no byte and no dispatch.
inline bool IsArithmetic(Resource resource) {
  return resource == Resource::kMatrixMacs || resource == Resource::kVectorOps ||
         resource == Resource::kTranscendentals || resource == Resource::kIntOps;
}

// Amounts by resource and element type. Sums saturate into `overflowed()` instead of wrapping.
class Work {
 public:
  struct Entry {
    Resource resource;
    DType dtype;
    int64_t amount;
    bool operator==(const Entry&) const = default;
  };

  // `amount` >= 0. Adding 0 leaves no entry.
  void Add(Resource resource, DType dtype, int64_t amount);
  Work& operator+=(const Work& other);
  // Multiplies every amount.
  Work Times(int64_t n) const;

  int64_t Get(Resource resource) const;
  int64_t Get(Resource resource, DType dtype) const;
  // Sorted by (resource, dtype); no zero amounts.
  absl::Span<const Entry> entries() const { return entries_; }
  bool overflowed() const { return overflowed_; }
  void MarkOverflow() { overflowed_ = true; }
  bool operator==(const Work&) const = default;

 private:
  absl::InlinedVector<Entry, 5> entries_;
  bool overflowed_ = false;
};

// 2 × MACs of every type: what the matrix units do, in the unit of a machine's peak.
int64_t MatrixOps(const Work& work);
// 2 × float MACs + float vector ops. Integer MACs are not FLOPs.
int64_t Flops(const Work& work);
// 2 × MACs of every type + vector ops + integer ops.
int64_t AllOps(const Work& work);
// Read (activations and weights) + written.
int64_t TotalBytes(const Work& work);

}  // namespace opcost

#endif  // OPCOST_OPS_WORK_H_
