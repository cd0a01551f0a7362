// How many elements a tensor message says that it has, and how many it carries.
#ifndef OPCOST_FRONTEND_TENSOR_PAYLOAD_H_
#define OPCOST_FRONTEND_TENSOR_PAYLOAD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

// The product of the extents; nullopt when one is negative or the product leaves 63 bits.
std::optional<int64_t> ElementCount(const onnx::TensorProto& tensor);

// Bits of one element of a TensorProto::DataType; 0 where the type has none (strings, undefined, unknown).
int ElementBits(int32_t data_type);

// Bytes of the elements as raw_data holds them (packed below 8 bits); nullopt where that is not known.
std::optional<int64_t> RawBytes(const onnx::TensorProto& tensor);

// Shapes, axes, conditions and the like have such elements: integers of 16 bits and more, booleans, strings.
bool MayDecideShapes(int32_t data_type);

// "float[2, 3]".
std::string Describe(const onnx::TensorProto& tensor);

// The extents are sane, and the elements are either absent or exactly as many as the extents say. `where` starts the
// message.
absl::Status CheckTensor(const onnx::TensorProto& tensor, absl::string_view where);

// Removes the elements, whatever field they are in.
void ClearPayload(onnx::TensorProto& tensor);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_TENSOR_PAYLOAD_H_
