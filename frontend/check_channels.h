// What ONNX's shape functions let pass: a convolution whose weights were made for another number of channels.
#ifndef OPCOST_FRONTEND_CHECK_CHANNELS_H_
#define OPCOST_FRONTEND_CHECK_CHANNELS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "onnx/defs/shape_inference.h"

namespace opcost::internal {

// InvalidArgument when input and weights of a convolution of ai.onnx disagree; other operators are fine.
absl::Status CheckChannels(absl::string_view domain, absl::string_view op_type, const onnx::InferenceContext& ctx);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_CHECK_CHANNELS_H_
