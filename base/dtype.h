// Element types of tensors, and the precisions that a machine computes in.
// Both are closed enums: a string becomes one here and nowhere else, and a string that names none is an error.
#ifndef OPCOST_BASE_DTYPE_H_
#define OPCOST_BASE_DTYPE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace opcost {

enum class DType : uint8_t {
  kUnknown,
  kFloat64,
  kFloat32,
  kFloat16,
  kBFloat16,
  kFloat8E4M3FN,
  kFloat8E4M3FNUZ,
  kFloat8E5M2,
  kFloat8E5M2FNUZ,
  kFloat8E8M0,
  kFloat4E2M1,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kInt4,
  kInt2,
  kUInt64,
  kUInt32,
  kUInt16,
  kUInt8,
  kUInt4,
  kUInt2,
  kBool,
  kComplex64,
  kComplex128,
  kString,
  kCount,
};

// "float32", "bfloat16", "uint4" …: the names that reports print.
absl::string_view Name(DType dtype);

// Bits of one element; 0 for kUnknown and kString (their size is not known from the type).
int BitWidth(DType dtype);

// Bytes of `elements` packed elements: 4-bit types pack two a byte, 2-bit types four, `bool` takes one byte.
// -1 where `elements` is negative or the product does not fit in 63 bits.
int64_t PackedBytes(DType dtype, int64_t elements);

// Real floating-point types, float8 and float4 included; complex types are not.
bool IsFloat(DType dtype);
// Integers of every width, and bool.
bool IsInteger(DType dtype);

absl::StatusOr<DType> ParseDType(absl::string_view name);

// What a machine computes in. Narrower integers (int4, int2) are storage only and compute as int8.
enum class Precision : uint8_t { kFp64, kFp32, kFp16, kBf16, kFp8, kInt8, kCount };

absl::string_view Name(Precision precision);
// InvalidArgument names the nearest precision and lists all of them.
absl::StatusOr<Precision> ParsePrecision(absl::string_view name);
absl::Span<const Precision> AllPrecisions();

// The precision in which arithmetic on `dtype` runs: float16 → fp16, uint8 → int8, int64 → int8's table row does not
// apply to wide integers, so they and everything that is no number (string, unknown) answer fp32.
Precision PrecisionOf(DType dtype);
// The storage type that `--precision` casts float tensors to (int8 for kInt8).
DType StorageOf(Precision precision);

}  // namespace opcost

#endif  // OPCOST_BASE_DTYPE_H_
