// Reads ONNX's wire format (protobuf) without its weights: what the structure needs goes to protobuf's own parser in
// pieces, the rest is skipped in the input.
#ifndef OPCOST_FRONTEND_WIRE_H_
#define OPCOST_FRONTEND_WIRE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "frontend/byte_reader.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

struct SkimLimits {
  // Payloads above this many bytes are left out: for elements that shapes can depend on, and for all others.
  int64_t max_payload_bytes;
  int64_t max_float_bytes;
};

// Messages nested deeper than this are refused; protobuf's own parser has the same limit.
inline constexpr int kMaxMessageDepth = 100;

// Fills `model` from the whole of `input`. InvalidArgument says what is wrong at which byte; DataLoss is a failed read.
// Messages larger than protobuf's 2 GiB are fine. Time and memory follow what is kept, not the size of the input,
// unless the input is a stream, which has to be read to its end.
absl::Status Skim(ByteReader& input, const SkimLimits& limits, onnx::ModelProto& model);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_WIRE_H_
