// How well a profile predicts measurements: errors by model and by class, the worst kernels, what lacks points.
#ifndef OPCOST_CLI_VALIDATION_DOCUMENT_H_
#define OPCOST_CLI_VALIDATION_DOCUMENT_H_

#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/calibration/validate.h"

namespace opcost {

struct ValidationView {
  std::string target;    // the profile's full name
  std::string baseline;  // the older one's; "" without
  const Validation& validation;
  std::vector<Change> changes;  // against the baseline
  double threshold = 0;
  double mean_error_before = 0;  // of the baseline, over the headline
  std::vector<std::string> notes;
};

Document ValidationDocument(const ValidationView& view);
std::string ValidationJson(const ValidationView& view);

}  // namespace opcost

#endif  // OPCOST_CLI_VALIDATION_DOCUMENT_H_
