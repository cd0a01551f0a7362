// The forms of an earlier calibration, as a later one leans on them.
#ifndef OPCOST_COSTING_CALIBRATION_KNOWN_FORMS_H_
#define OPCOST_COSTING_CALIBRATION_KNOWN_FORMS_H_

#include <vector>

#include "costing/calibration/fit.h"
#include "hardware/target.h"

namespace opcost {

// The target's entries that are time forms over terms that a fit can have, by the spec they belong to.
std::vector<FittedForm> KnownForms(const Target& target, const std::vector<FormSpec>& specs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KNOWN_FORMS_H_
