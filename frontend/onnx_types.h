// Element types, type protos and tensor payloads: the border between ONNX's messages and this project's plain data.
#ifndef OPCOST_FRONTEND_ONNX_TYPES_H_
#define OPCOST_FRONTEND_ONNX_TYPES_H_

#include <cstdint>
#include <optional>

#include "base/dtype.h"
#include "frontend/graph.h"
#include "frontend/value.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

DType FromElemType(int32_t elem_type);
int32_t ToElemType(DType dtype);

// The element type at the bottom of a type: of the tensor, or of what a sequence, optional or map holds.
DType ElementOf(const onnx::TypeProto& type);
TypeClass ClassOf(const onnx::TypeProto& type);

// The elements of `tensor`, or nullopt when they are absent, damaged, packed below a byte, or more than the limits of
// value.h.
std::optional<Value> Decode(const onnx::TensorProto& tensor);
// A wholly known value as a tensor message.
onnx::TensorProto Encode(const Value& value);

// Attributes by name, with the default that the operator's definition states.
const onnx::AttributeProto* FindAttribute(const onnx::NodeProto& node, absl::string_view name);
int64_t AttributeInt(const onnx::NodeProto& node, absl::string_view name, int64_t fallback);
double AttributeFloat(const onnx::NodeProto& node, absl::string_view name, double fallback);
absl::string_view AttributeString(const onnx::NodeProto& node, absl::string_view name, absl::string_view fallback);
std::optional<std::vector<int64_t>> AttributeInts(const onnx::NodeProto& node, absl::string_view name);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_ONNX_TYPES_H_
