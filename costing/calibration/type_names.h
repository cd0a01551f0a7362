// Element types as ONNX Runtime's profiles and the tables of executed kernels name them: "float", "int64".
#ifndef OPCOST_COSTING_CALIBRATION_TYPE_NAMES_H_
#define OPCOST_COSTING_CALIBRATION_TYPE_NAMES_H_

#include "absl/strings/string_view.h"
#include "base/dtype.h"

namespace opcost {

// kUnknown for a name that is none.
DType RuntimeDType(absl::string_view name);
// The runtime's own name, or Name(dtype) where it has none.
absl::string_view RuntimeTypeName(DType dtype);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_TYPE_NAMES_H_
