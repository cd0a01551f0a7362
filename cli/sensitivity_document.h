// Effects of coefficients, as people and as programs read them.
#ifndef OPCOST_CLI_SENSITIVITY_DOCUMENT_H_
#define OPCOST_CLI_SENSITIVITY_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/analyze.h"
#include "costing/report.h"

namespace opcost {

// Shows `top` of the coefficients that occur in some row (0: all of them) and counts the rest.
Document SensitivityDocument(const Report& report, const std::vector<Estimate::Effect>& effects, int64_t top);
std::string SensitivityJson(const Report& report, const std::vector<Estimate::Effect>& effects);

}  // namespace opcost

#endif  // OPCOST_CLI_SENSITIVITY_DOCUMENT_H_
