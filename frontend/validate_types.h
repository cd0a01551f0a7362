// Extents, element counts and data locations that a model states.
#ifndef OPCOST_FRONTEND_VALIDATE_TYPES_H_
#define OPCOST_FRONTEND_VALIDATE_TYPES_H_

#include <string>

#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

// InvalidArgument for a negative extent, or extents whose product overflows. `where` starts the message.
absl::Status CheckType(const onnx::TypeProto& type, absl::string_view where);

// InvalidArgument for an external-data location that is absolute or climbs out of the model's folder, for "/" and for
// "\" as separators; adds the others to `data_files`.
absl::Status CheckExternalData(const onnx::TensorProto& tensor, absl::string_view where,
                               absl::btree_set<std::string>& data_files);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_VALIDATE_TYPES_H_
