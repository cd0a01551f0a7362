#include "frontend/tensor_payload.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/checked.h"
#include "frontend/read_proto.h"

namespace opcost::internal {
namespace {

using onnx::TensorProto;

// Where the elements stand when they are not in raw_data.
enum class Field : uint8_t { kFloat, kInt32, kInt64, kDouble, kUint64, kString };

struct ElementRow {
  int32_t data_type;
  int bits;
  Field field;
  int per_entry = 1;     // elements in one entry of the field (sub-byte types)
  int entries_each = 1;  // entries of the field for one element (complex types)
};

// onnx.proto of ONNX 1.23, the comments at TensorProto's data fields.
constexpr std::array kElementRows = {
    ElementRow{TensorProto::FLOAT, 32, Field::kFloat},
    ElementRow{TensorProto::UINT8, 8, Field::kInt32},
    ElementRow{TensorProto::INT8, 8, Field::kInt32},
    ElementRow{TensorProto::UINT16, 16, Field::kInt32},
    ElementRow{TensorProto::INT16, 16, Field::kInt32},
    ElementRow{TensorProto::INT32, 32, Field::kInt32},
    ElementRow{TensorProto::INT64, 64, Field::kInt64},
    ElementRow{TensorProto::STRING, 0, Field::kString},
    ElementRow{TensorProto::BOOL, 8, Field::kInt32},
    ElementRow{TensorProto::FLOAT16, 16, Field::kInt32},
    ElementRow{TensorProto::DOUBLE, 64, Field::kDouble},
    ElementRow{TensorProto::UINT32, 32, Field::kUint64},
    ElementRow{TensorProto::UINT64, 64, Field::kUint64},
    ElementRow{TensorProto::COMPLEX64, 64, Field::kFloat, 1, 2},
    ElementRow{TensorProto::COMPLEX128, 128, Field::kDouble, 1, 2},
    ElementRow{TensorProto::BFLOAT16, 16, Field::kInt32},
    ElementRow{TensorProto::FLOAT8E4M3FN, 8, Field::kInt32},
    ElementRow{TensorProto::FLOAT8E4M3FNUZ, 8, Field::kInt32},
    ElementRow{TensorProto::FLOAT8E5M2, 8, Field::kInt32},
    ElementRow{TensorProto::FLOAT8E5M2FNUZ, 8, Field::kInt32},
    ElementRow{TensorProto::UINT4, 4, Field::kInt32, 2},
    ElementRow{TensorProto::INT4, 4, Field::kInt32, 2},
    ElementRow{TensorProto::FLOAT4E2M1, 4, Field::kInt32, 2},
    ElementRow{TensorProto::FLOAT8E8M0, 8, Field::kInt32},
    ElementRow{TensorProto::UINT2, 2, Field::kInt32, 4},
    ElementRow{TensorProto::INT2, 2, Field::kInt32, 4},
};

const ElementRow* FindRow(int32_t data_type) {
  for (const ElementRow& row : kElementRows) {
    if (row.data_type == data_type) return &row;
  }
  return nullptr;
}

int64_t Entries(const TensorProto& tensor, Field field) {
  switch (field) {
    case Field::kFloat:
      return tensor.float_data_size();
    case Field::kInt32:
      return tensor.int32_data_size();
    case Field::kInt64:
      return tensor.int64_data_size();
    case Field::kDouble:
      return tensor.double_data_size();
    case Field::kUint64:
      return tensor.uint64_data_size();
    case Field::kString:
      return tensor.string_data_size();
  }
  return 0;
}

bool AnyPayload(const TensorProto& tensor) {
  return tensor.float_data_size() + tensor.int32_data_size() + tensor.int64_data_size() + tensor.double_data_size() +
                 tensor.uint64_data_size() + tensor.string_data_size() >
             0 ||
         !tensor.raw_data().empty();
}

// The entries that `elements` take in the type's own field.
std::optional<int64_t> WantedEntries(const ElementRow& row, int64_t elements) {
  const std::optional<int64_t> wide = CheckedMul(elements, row.entries_each);
  if (!wide) return std::nullopt;
  return *wide / row.per_entry + (*wide % row.per_entry != 0);
}

}  // namespace

std::optional<int64_t> ElementCount(const TensorProto& tensor) {
  std::optional<int64_t> count = 1;
  bool empty = false;
  for (const int64_t extent : tensor.dims()) {
    if (extent < 0) return std::nullopt;
    if (extent == 0) empty = true;
    count = CheckedMul(count, extent == 0 ? 1 : extent);
  }
  return count && empty ? 0 : count;
}

int ElementBits(int32_t data_type) {
  const ElementRow* row = FindRow(data_type);
  return row ? row->bits : 0;
}

std::optional<int64_t> RawBytes(const TensorProto& tensor) {
  const std::optional<int64_t> elements = ElementCount(tensor);
  const int bits = ElementBits(tensor.data_type());
  if (!elements || bits == 0) return std::nullopt;
  constexpr int kByteBits = 8;
  if (bits >= kByteBits) return CheckedMul(*elements, bits / kByteBits);
  const int per_byte = kByteBits / bits;
  return *elements / per_byte + (*elements % per_byte != 0);
}

bool MayDecideShapes(int32_t data_type) {
  switch (data_type) {
    case TensorProto::INT16:
    case TensorProto::UINT16:
    case TensorProto::INT32:
    case TensorProto::UINT32:
    case TensorProto::INT64:
    case TensorProto::UINT64:
    case TensorProto::BOOL:
    case TensorProto::STRING:
      return true;
    default:
      return false;
  }
}

std::string Describe(const TensorProto& tensor) {
  const std::string type =
      TensorProto::DataType_IsValid(tensor.data_type())
          ? absl::AsciiStrToLower(TensorProto::DataType_Name(static_cast<TensorProto::DataType>(tensor.data_type())))
          : absl::StrCat("type ", tensor.data_type());
  return absl::StrCat(type, "[", absl::StrJoin(tensor.dims(), ", "), "]");
}

absl::Status CheckTensor(const TensorProto& tensor, absl::string_view where) {
  for (const int64_t extent : tensor.dims()) {
    if (extent < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": negative extent in ", Describe(tensor), ", expected 0 or more"));
    }
  }
  const std::optional<int64_t> elements = ElementCount(tensor);
  if (!elements || (ElementBits(tensor.data_type()) > 0 && !RawBytes(tensor))) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": the size of ", Describe(tensor), " overflows, expected at most 2^63 - 1 bytes"));
  }
  if (!AnyPayload(tensor)) return absl::OkStatus();
  const ElementRow* row = FindRow(tensor.data_type());
  if (!row) return absl::OkStatus();  // a type from the future: nothing reads its elements
  if (!tensor.raw_data().empty()) {
    const std::optional<int64_t> wanted = RawBytes(tensor);
    if (!wanted || static_cast<int64_t>(tensor.raw_data().size()) == *wanted) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", tensor.raw_data().size(), " bytes of data, expected ",
                                                   *wanted, " for ", Describe(tensor)));
  }
  const std::optional<int64_t> wanted = WantedEntries(*row, *elements);
  const int64_t found = Entries(tensor, row->field);
  // Sub-byte elements also come one an entry: an old reading of the specification.
  if (found == wanted || (row->per_entry > 1 && found == *elements)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": ", found, " elements of data, expected ", wanted.value_or(0), " for ", Describe(tensor)));
}

void ClearPayload(TensorProto& tensor) {
  tensor.clear_raw_data();
  tensor.clear_float_data();
  tensor.clear_int32_data();
  tensor.clear_int64_data();
  tensor.clear_double_data();
  tensor.clear_uint64_data();
  tensor.clear_string_data();
}

bool PayloadKnown(const TensorProto& tensor) {
  if (tensor.data_location() == TensorProto::EXTERNAL) return false;
  const std::optional<int64_t> elements = ElementCount(tensor);
  if (!elements) return false;
  if (*elements == 0) return true;
  const ElementRow* row = FindRow(tensor.data_type());
  if (!row) return false;
  if (!tensor.raw_data().empty()) return static_cast<int64_t>(tensor.raw_data().size()) == RawBytes(tensor);
  const int64_t found = Entries(tensor, row->field);
  return found > 0 && (found == WantedEntries(*row, *elements) || (row->per_entry > 1 && found == *elements));
}

}  // namespace opcost::internal
