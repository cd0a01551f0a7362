// What an operator is to a runtime that fuses: something that others go into, or something that goes into others.
#ifndef OPCOST_COSTING_CALIBRATION_JOIN_ROLES_H_
#define OPCOST_COSTING_CALIBRATION_JOIN_ROLES_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace opcost {

enum class JoinRole : uint8_t {
  kConv,        // and its fused, quantised and transposed forms
  kProduct,     // matrix products
  kBatchNorm,   // folds into either
  kActivation,  // of one tensor, element by element
  kBinary,      // of two tensors, element by element
  kReduction,   // part of norms
  kView,        // moves or retypes, often for nothing
  kCopy,        // moves and selects
  kQuantize,    // to and from integers
  kMeta,        // shapes and constants
  kOther,       // never vanishes by itself
};

// By operator, ONNX's or a runtime's; kOther for what is not known.
JoinRole RoleOf(absl::string_view op_type);

// How much of a kernel's time is likely that of such a node: the highest names the kernel.
int Weight(JoinRole role);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_JOIN_ROLES_H_
