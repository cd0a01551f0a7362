#include "base/dtype.h"

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/checked.h"
#include "base/text.h"

namespace opcost {
namespace {

enum class Class : uint8_t { kNone, kFloat, kInteger };

struct DTypeRow {
  const char* name;
  int bits;
  Class number_class;
  Precision precision;
};

constexpr size_t kDTypes = static_cast<size_t>(DType::kCount);

// In the order of the enum.
constexpr std::array<DTypeRow, kDTypes> kDTypeTable = {{
    {"unknown", 0, Class::kNone, Precision::kFp32},        {"float64", 64, Class::kFloat, Precision::kFp64},
    {"float32", 32, Class::kFloat, Precision::kFp32},      {"float16", 16, Class::kFloat, Precision::kFp16},
    {"bfloat16", 16, Class::kFloat, Precision::kBf16},     {"float8e4m3fn", 8, Class::kFloat, Precision::kFp8},
    {"float8e4m3fnuz", 8, Class::kFloat, Precision::kFp8}, {"float8e5m2", 8, Class::kFloat, Precision::kFp8},
    {"float8e5m2fnuz", 8, Class::kFloat, Precision::kFp8}, {"float8e8m0", 8, Class::kFloat, Precision::kFp8},
    {"float4e2m1", 4, Class::kFloat, Precision::kFp8},     {"int64", 64, Class::kInteger, Precision::kFp32},
    {"int32", 32, Class::kInteger, Precision::kFp32},      {"int16", 16, Class::kInteger, Precision::kInt8},
    {"int8", 8, Class::kInteger, Precision::kInt8},        {"int4", 4, Class::kInteger, Precision::kInt8},
    {"int2", 2, Class::kInteger, Precision::kInt8},        {"uint64", 64, Class::kInteger, Precision::kFp32},
    {"uint32", 32, Class::kInteger, Precision::kFp32},     {"uint16", 16, Class::kInteger, Precision::kInt8},
    {"uint8", 8, Class::kInteger, Precision::kInt8},       {"uint4", 4, Class::kInteger, Precision::kInt8},
    {"uint2", 2, Class::kInteger, Precision::kInt8},       {"bool", 8, Class::kInteger, Precision::kFp32},
    {"complex64", 64, Class::kNone, Precision::kFp32},     {"complex128", 128, Class::kNone, Precision::kFp64},
    {"string", 0, Class::kNone, Precision::kFp32},
}};

struct PrecisionRow {
  const char* name;
  DType storage;
};

constexpr size_t kPrecisions = static_cast<size_t>(Precision::kCount);

constexpr std::array<PrecisionRow, kPrecisions> kPrecisionTable = {{
    {"fp64", DType::kFloat64},
    {"fp32", DType::kFloat32},
    {"fp16", DType::kFloat16},
    {"bf16", DType::kBFloat16},
    {"fp8", DType::kFloat8E4M3FN},
    {"int8", DType::kInt8},
}};

constexpr std::array<Precision, kPrecisions> kPrecisionList = {Precision::kFp64, Precision::kFp32, Precision::kFp16,
                                                               Precision::kBf16, Precision::kFp8,  Precision::kInt8};

const DTypeRow& Row(DType dtype) { return kDTypeTable[static_cast<size_t>(dtype)]; }

}  // namespace

absl::string_view Name(DType dtype) { return Row(dtype).name; }

int BitWidth(DType dtype) { return Row(dtype).bits; }

int64_t PackedBytes(DType dtype, int64_t elements) {
  if (elements < 0) return -1;
  const int bits = BitWidth(dtype);
  if (bits >= 8) return CheckedMul(elements, bits / 8).value_or(-1);
  if (bits == 0) return 0;
  const int per_byte = 8 / bits;
  return elements / per_byte + (elements % per_byte != 0 ? 1 : 0);
}

bool IsFloat(DType dtype) { return Row(dtype).number_class == Class::kFloat; }
bool IsInteger(DType dtype) { return Row(dtype).number_class == Class::kInteger; }

absl::StatusOr<DType> ParseDType(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kDTypes; ++i) {
    if (name == kDTypeTable[i].name) return static_cast<DType>(i);
    names.emplace_back(kDTypeTable[i].name);
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no element type", DidYouMean(name, names)));
}

absl::string_view Name(Precision precision) { return kPrecisionTable[static_cast<size_t>(precision)].name; }

absl::StatusOr<Precision> ParsePrecision(absl::string_view name) {
  std::vector<std::string> names;
  for (Precision p : kPrecisionList) {
    if (name == Name(p)) return p;
    names.emplace_back(Name(p));
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no precision", DidYouMean(name, names),
                                                 " (known: ", absl::StrJoin(names, ", "), ")"));
}

absl::Span<const Precision> AllPrecisions() { return kPrecisionList; }

Precision PrecisionOf(DType dtype) { return Row(dtype).precision; }

DType StorageOf(Precision precision) { return kPrecisionTable[static_cast<size_t>(precision)].storage; }

}  // namespace opcost
