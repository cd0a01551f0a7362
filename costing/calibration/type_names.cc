#include "costing/calibration/type_names.h"

#include <array>

namespace opcost {
namespace {

struct TypeRow {
  absl::string_view name;
  DType dtype;
};
constexpr std::array<TypeRow, 17> kTypes = {{{"float", DType::kFloat32},
                                             {"double", DType::kFloat64},
                                             {"float16", DType::kFloat16},
                                             {"bfloat16", DType::kBFloat16},
                                             {"int64", DType::kInt64},
                                             {"int32", DType::kInt32},
                                             {"int16", DType::kInt16},
                                             {"int8", DType::kInt8},
                                             {"uint64", DType::kUInt64},
                                             {"uint32", DType::kUInt32},
                                             {"uint16", DType::kUInt16},
                                             {"uint8", DType::kUInt8},
                                             {"bool", DType::kBool},
                                             {"Float8E4M3FN", DType::kFloat8E4M3FN},
                                             {"Float8E4M3FNUZ", DType::kFloat8E4M3FNUZ},
                                             {"Float8E5M2", DType::kFloat8E5M2},
                                             {"Float8E5M2FNUZ", DType::kFloat8E5M2FNUZ}}};

}  // namespace

DType RuntimeDType(absl::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.dtype;
  }
  return ParseDType(name).value_or(DType::kUnknown);
}

absl::string_view RuntimeTypeName(DType dtype) {
  for (const TypeRow& row : kTypes) {
    if (row.dtype == dtype) return row.name;
  }
  return Name(dtype);
}

}  // namespace opcost
