// What calibrate did: the classes it fitted, how well, and what it refused.
#ifndef OPCOST_CLI_CALIBRATION_DOCUMENT_H_
#define OPCOST_CLI_CALIBRATION_DOCUMENT_H_

#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/calibration/fit.h"

namespace opcost {

struct CalibrationSummary {
  std::string path;   // that was written
  std::string older;  // where what stood there before is kept; "" where nothing did
  const Fit& fit;
  size_t networks = 0, kernels = 0;
  std::vector<std::string> notes;
};

Document CalibrationDocument(const CalibrationSummary& summary);
std::string CalibrationJson(const CalibrationSummary& summary);

}  // namespace opcost

#endif  // OPCOST_CLI_CALIBRATION_DOCUMENT_H_
