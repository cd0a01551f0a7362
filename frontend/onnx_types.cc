#include "frontend/onnx_types.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "frontend/read_proto.h"

namespace opcost::internal {
namespace {

// By TensorProto::DataType.
constexpr std::array<DType, 29> kDTypes = {
    DType::kUnknown,        DType::kFloat32,  DType::kUInt8,        DType::kInt8,           DType::kUInt16,
    DType::kInt16,          DType::kInt32,    DType::kInt64,        DType::kString,         DType::kBool,
    DType::kFloat16,        DType::kFloat64,  DType::kUInt32,       DType::kUInt64,         DType::kComplex64,
    DType::kComplex128,     DType::kBFloat16, DType::kFloat8E4M3FN, DType::kFloat8E4M3FNUZ, DType::kFloat8E5M2,
    DType::kFloat8E5M2FNUZ, DType::kUInt4,    DType::kInt4,         DType::kFloat4E2M1,     DType::kFloat8E8M0,
    DType::kUInt2,          DType::kInt2,     DType::kUnknown,      DType::kUnknown};

double HalfToDouble(uint16_t h) {
  const int exponent = (h >> 10) & 0x1f;
  const int mantissa = h & 0x3ff;
  double v = 0;
  if (exponent == 0) {
    v = std::ldexp(mantissa, -24);
  } else if (exponent == 31) {
    v = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    v = std::ldexp(mantissa + 1024, exponent - 25);
  }
  return (h & 0x8000) != 0 ? -v : v;
}

double BFloatToDouble(uint16_t b) {
  const uint32_t bits = static_cast<uint32_t>(b) << 16;
  float f = 0;
  std::memcpy(&f, &bits, sizeof(f));
  return f;
}

template <typename T, typename Out, typename Convert>
bool FromRaw(const std::string& raw, int64_t n, std::vector<Out>& out, Convert convert) {
  if (raw.size() < static_cast<size_t>(n) * sizeof(T)) return false;
  out.reserve(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    T x;
    std::memcpy(&x, raw.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    out.push_back(convert(x));
  }
  return true;
}

template <typename Field, typename Out, typename Convert>
bool FromField(const Field& field, int64_t n, std::vector<Out>& out, Convert convert) {
  if (field.size() < n) return false;
  out.reserve(static_cast<size_t>(n));
  for (int i = 0; i < static_cast<int>(n); ++i) out.push_back(convert(field.Get(i)));
  return true;
}

template <typename T>
bool IntsFromRaw(const std::string& raw, int64_t n, std::vector<int64_t>& out) {
  return FromRaw<T>(raw, n, out, [](T x) { return static_cast<int64_t>(x); });
}

bool RawElements(const onnx::TensorProto& t, int64_t n, Value& v) {
  const std::string& raw = t.raw_data();
  switch (v.dtype) {
    case DType::kInt64:
    case DType::kUInt64:
      return IntsFromRaw<int64_t>(raw, n, v.ints);
    case DType::kInt32:
      return IntsFromRaw<int32_t>(raw, n, v.ints);
    case DType::kUInt32:
      return IntsFromRaw<uint32_t>(raw, n, v.ints);
    case DType::kInt16:
      return IntsFromRaw<int16_t>(raw, n, v.ints);
    case DType::kUInt16:
      return IntsFromRaw<uint16_t>(raw, n, v.ints);
    case DType::kInt8:
      return IntsFromRaw<int8_t>(raw, n, v.ints);
    case DType::kUInt8:
    case DType::kBool:
      return IntsFromRaw<uint8_t>(raw, n, v.ints);
    case DType::kFloat32:
      return FromRaw<float>(raw, n, v.floats, [](float x) { return static_cast<double>(x); });
    case DType::kFloat64:
      return FromRaw<double>(raw, n, v.floats, [](double x) { return x; });
    case DType::kFloat16:
      return FromRaw<uint16_t>(raw, n, v.floats, HalfToDouble);
    case DType::kBFloat16:
      return FromRaw<uint16_t>(raw, n, v.floats, BFloatToDouble);
    default:
      return false;
  }
}

bool FieldElements(const onnx::TensorProto& t, int64_t n, Value& v) {
  const auto to_int = [](auto x) { return static_cast<int64_t>(x); };
  const auto to_double = [](auto x) { return static_cast<double>(x); };
  switch (v.dtype) {
    case DType::kInt64:
      return FromField(t.int64_data(), n, v.ints, to_int);
    case DType::kUInt64:
    case DType::kUInt32:
      return FromField(t.uint64_data(), n, v.ints, to_int);
    case DType::kInt32:
    case DType::kInt16:
    case DType::kUInt16:
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kBool:
      return FromField(t.int32_data(), n, v.ints, to_int);
    case DType::kFloat32:
      return FromField(t.float_data(), n, v.floats, to_double);
    case DType::kFloat64:
      return FromField(t.double_data(), n, v.floats, to_double);
    case DType::kFloat16:
      return FromField(t.int32_data(), n, v.floats, [](int32_t x) { return HalfToDouble(static_cast<uint16_t>(x)); });
    case DType::kBFloat16:
      return FromField(t.int32_data(), n, v.floats, [](int32_t x) { return BFloatToDouble(static_cast<uint16_t>(x)); });
    case DType::kString:
      return FromField(t.string_data(), n, v.strings, [](const std::string& s) { return s; });
    default:
      return false;
  }
}

}  // namespace

DType FromElemType(int32_t elem_type) {
  return elem_type < 0 || elem_type >= static_cast<int32_t>(kDTypes.size()) ? DType::kUnknown
                                                                            : kDTypes[static_cast<size_t>(elem_type)];
}

int32_t ToElemType(DType dtype) {
  if (dtype == DType::kUnknown) return 0;
  for (size_t i = 1; i < kDTypes.size(); ++i) {
    if (kDTypes[i] == dtype) return static_cast<int32_t>(i);
  }
  return 0;
}

DType ElementOf(const onnx::TypeProto& type) {
  switch (type.value_case()) {
    case onnx::TypeProto::kTensorType:
      return FromElemType(type.tensor_type().elem_type());
    case onnx::TypeProto::kSparseTensorType:
      return FromElemType(type.sparse_tensor_type().elem_type());
    case onnx::TypeProto::kSequenceType:
      return ElementOf(type.sequence_type().elem_type());
    case onnx::TypeProto::kOptionalType:
      return ElementOf(type.optional_type().elem_type());
    case onnx::TypeProto::kMapType:
      return ElementOf(type.map_type().value_type());
    default:
      return DType::kUnknown;
  }
}

TypeClass ClassOf(const onnx::TypeProto& type) {
  switch (type.value_case()) {
    case onnx::TypeProto::kSparseTensorType:
      return TypeClass::kSparse;
    case onnx::TypeProto::kSequenceType:
      return TypeClass::kSequence;
    case onnx::TypeProto::kOptionalType:
      return TypeClass::kOptional;
    case onnx::TypeProto::kMapType:
      return TypeClass::kMap;
    case onnx::TypeProto::kOpaqueType:
      return TypeClass::kOpaque;
    default:
      return TypeClass::kTensor;
  }
}

std::optional<Value> Decode(const onnx::TensorProto& tensor) {
  if (!PayloadKnown(tensor)) return std::nullopt;
  Value v;
  v.dtype = FromElemType(tensor.data_type());
  v.dims.assign(tensor.dims().begin(), tensor.dims().end());
  const int64_t n = v.size();
  if (!Keepable(v.dtype, n)) return std::nullopt;
  if (n == 0) return v;
  if (!(tensor.has_raw_data() ? RawElements(tensor, n, v) : FieldElements(tensor, n, v))) return std::nullopt;
  return v;
}

onnx::TensorProto Encode(const Value& value) {
  onnx::TensorProto t;
  t.set_data_type(ToElemType(value.dtype));
  for (const int64_t d : value.dims) t.add_dims(d);
  switch (value.dtype) {
    case DType::kInt64:
      t.mutable_int64_data()->Add(value.ints.begin(), value.ints.end());
      break;
    case DType::kUInt64:
    case DType::kUInt32:
      for (const int64_t x : value.ints) t.add_uint64_data(static_cast<uint64_t>(x));
      break;
    case DType::kFloat32:
      for (const double x : value.floats) t.add_float_data(static_cast<float>(x));
      break;
    case DType::kFloat64:
      t.mutable_double_data()->Add(value.floats.begin(), value.floats.end());
      break;
    case DType::kString:
      for (const std::string& s : value.strings) t.add_string_data(s);
      break;
    default:
      // Half-precision floats are never read as data by an inference function.
      for (const int64_t x : value.ints) t.add_int32_data(static_cast<int32_t>(x));
  }
  return t;
}

const onnx::AttributeProto* FindAttribute(const onnx::NodeProto& node, absl::string_view name) {
  for (const onnx::AttributeProto& a : node.attribute()) {
    if (absl::string_view(a.name()) == name) return &a;
  }
  return nullptr;
}

int64_t AttributeInt(const onnx::NodeProto& node, absl::string_view name, int64_t fallback) {
  const onnx::AttributeProto* a = FindAttribute(node, name);
  return a != nullptr ? a->i() : fallback;
}

double AttributeFloat(const onnx::NodeProto& node, absl::string_view name, double fallback) {
  const onnx::AttributeProto* a = FindAttribute(node, name);
  return a != nullptr ? static_cast<double>(a->f()) : fallback;
}

absl::string_view AttributeString(const onnx::NodeProto& node, absl::string_view name, absl::string_view fallback) {
  const onnx::AttributeProto* a = FindAttribute(node, name);
  return a != nullptr ? absl::string_view(a->s()) : fallback;
}

std::optional<std::vector<int64_t>> AttributeInts(const onnx::NodeProto& node, absl::string_view name) {
  const onnx::AttributeProto* a = FindAttribute(node, name);
  if (a == nullptr) return std::nullopt;
  return std::vector<int64_t>(a->ints().begin(), a->ints().end());
}

}  // namespace opcost::internal
