// The elements of small tensors as they are known while shapes are inferred: some of them may not be known yet, or be a
// symbol that an extent carries.
#ifndef OPCOST_FRONTEND_VALUE_H_
#define OPCOST_FRONTEND_VALUE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "frontend/graph.h"

namespace opcost::internal {

// Larger tensors are never kept: shapes, axes, indices and small tables are what inference asks for.
inline constexpr int64_t kMaxIntElements = 4096;
inline constexpr int64_t kMaxFloatElements = 1024;

// State of one element. A non-negative state is the symbol that the element equals.
inline constexpr SymbolId kKnownElement = -2;
inline constexpr SymbolId kUnknownElement = -1;

struct Value : TensorValue {
  // Empty when every element is known, else one entry an element.
  std::vector<SymbolId> state;

  bool known() const { return state.empty(); }
  int64_t size() const;
  SymbolId StateAt(int64_t i) const { return state.empty() ? kKnownElement : state[static_cast<size_t>(i)]; }
  bool KnownAt(int64_t i) const { return StateAt(i) == kKnownElement; }
};

// Product of the extents, -1 on overflow or a negative extent.
int64_t Product(absl::Span<const int64_t> dims);
// Whether `elements` of `dtype` are few enough to keep.
bool Keepable(DType dtype, int64_t elements);
// Which of ints, floats and strings holds the elements of `dtype`.
bool StoredAsInt(DType dtype);
bool StoredAsFloat(DType dtype);

// A value of `dims` whose elements are zero (or "") and known.
Value Zeros(DType dtype, std::vector<int64_t> dims);
Value IntScalar(DType dtype, int64_t v);
Value IntVector(std::vector<int64_t> v);
// A value of `dims` of which no element is known.
Value Unknowns(DType dtype, std::vector<int64_t> dims);
// Drops the state vector when every element is known.
void Normalize(Value& value);
// out[k] = in[index[k]], known or not; -1 in `index` leaves a zero.
Value Pick(const Value& in, std::vector<int64_t> dims, absl::Span<const int64_t> index);

// Equal values share one index, so that an index can stand for the content in a key.
class ValuePool {
 public:
  int32_t Intern(Value value);
  const Value& operator[](int32_t i) const { return values_[static_cast<size_t>(i)]; }
  Value& Mutable(int32_t i) { return values_[static_cast<size_t>(i)]; }
  int32_t size() const { return static_cast<int32_t>(values_.size()); }

 private:
  std::deque<Value> values_;
  absl::flat_hash_map<std::string, int32_t> index_;
};

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_VALUE_H_
