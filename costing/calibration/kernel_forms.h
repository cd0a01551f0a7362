// The terms that a kernel class's time form must and may have, and how far it leans on its parent's.
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_FORMS_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_FORMS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/kernel_class.h"
#include "costing/calibration/term.h"

namespace opcost {

// How a class with few points leans on its parent.
enum class Shrinkage : uint8_t {
  kNone,
  kHinges,  // only on what lies beyond the caches
  kAll,
};

struct KernelForm {
  KernelClass kernel_class;
  Shrinkage shrinkage;
  absl::Span<const Term> always;    // terms that the form has in any case
  absl::Span<const Term> optional;  // terms that cross-validation may add
  bool by_precision = false;        // products have a form for each precision, movers one for all
};
const KernelForm& FormOf(KernelClass kernel_class);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_FORMS_H_
