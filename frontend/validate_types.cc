#include "frontend/validate_types.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/checked.h"
#include "frontend/tensor_payload.h"
#include "frontend/validate_names.h"

namespace opcost::internal {
namespace {

absl::Status CheckShape(const onnx::TensorShapeProto& shape, int32_t elem_type, absl::string_view where) {
  if (!onnx::TensorProto::DataType_IsValid(elem_type)) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": element type ", elem_type,
                                                   ", expected one of ONNX's, up to ",
                                                   onnx::TensorProto::DataType_Name(onnx::TensorProto::DataType_MAX),
                                                   " (", static_cast<int>(onnx::TensorProto::DataType_MAX), ")"));
  }
  std::optional<int64_t> bits = std::max(ElementBits(elem_type), 1);
  for (const auto& dim : shape.dim()) {
    if (dim.has_dim_param() && !IsUtf8(dim.dim_param())) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": a dimension's name is not UTF-8, expected text"));
    }
    if (!dim.has_dim_value()) continue;
    if (dim.dim_value() < 0) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": dimension ", dim.dim_value(),
                                                     ", expected 0 or more (one that is not known has no value)"));
    }
    if (dim.dim_value() > 0) bits = CheckedMul(bits, dim.dim_value());
  }
  if (bits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": the product of the dimensions overflows, expected at most 2^63 - 1 bits"));
}

// Why a data location is refused, or "".
absl::string_view LocationFault(absl::string_view location) {
  if (location.empty()) return "is empty";
  const bool drive = location.size() > 1 && location[1] == ':' && absl::ascii_isalpha(location[0]);
  if (location[0] == '/' || location[0] == '\\' || drive) return "is absolute";
  if (location.find('\0') != absl::string_view::npos) return "holds a zero byte";
  int depth = 0;
  for (const absl::string_view part : absl::StrSplit(location, absl::ByAnyChar("/\\"), absl::SkipEmpty())) {
    if (part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return "climbs out";
  }
  return "";
}

}  // namespace

absl::Status CheckType(const onnx::TypeProto& type, absl::string_view where) {
  switch (type.value_case()) {
    case onnx::TypeProto::kTensorType:
      return CheckShape(type.tensor_type().shape(), type.tensor_type().elem_type(), where);
    case onnx::TypeProto::kSparseTensorType:
      return CheckShape(type.sparse_tensor_type().shape(), type.sparse_tensor_type().elem_type(), where);
    case onnx::TypeProto::kSequenceType:
      return CheckType(type.sequence_type().elem_type(), where);
    case onnx::TypeProto::kOptionalType:
      return CheckType(type.optional_type().elem_type(), where);
    case onnx::TypeProto::kMapType:
      return CheckType(type.map_type().value_type(), where);
    default:
      return absl::OkStatus();
  }
}

absl::Status CheckExternalData(const onnx::TensorProto& tensor, absl::string_view where,
                               absl::btree_set<std::string>& data_files) {
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return absl::OkStatus();
  absl::string_view location;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
  }
  const absl::string_view fault = LocationFault(location);
  if (fault.empty()) {
    if (!data_files.contains(location)) data_files.emplace(location);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(where, ": external data location '", location, "' ", fault,
                                                 ", expected a path inside the model's folder"));
}

}  // namespace opcost::internal
