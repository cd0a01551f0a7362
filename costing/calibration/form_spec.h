// Which time forms there are to fit: one a class, with the terms it must and may have and what it leans on.
#ifndef OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
#define OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/pattern.h"
#include "costing/calibration/kernel_forms.h"
#include "costing/calibration/term.h"

namespace opcost {

struct FormSpec {
  std::string name;     // "conv_blocked", "conv2d"
  std::string section;  // of a profile: "kernel.conv_blocked", "pattern.conv2d"
  int32_t parent = -1;  // index; -1 for a root
  Shrinkage shrinkage = Shrinkage::kNone;
  Pattern pattern = Pattern::kOther;
  bool by_precision = true;  // one form for each; false: what it costs to move bytes does not depend on what they mean
  std::vector<Term> always, optional;
};

// The kernel classes of a CPU runtime, by KernelClass.
std::vector<FormSpec> KernelForms();
// The patterns that have a form of their own, for sources that count subgraphs by pattern.
std::vector<FormSpec> PatternForms();
// The index of the form in PatternForms() that prices a pattern, its parents' included; -1 for none.
int32_t FormOfPattern(Pattern pattern);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
