// Errors of whole models in a few figures.
#ifndef OPCOST_COSTING_CALIBRATION_ERROR_SUMMARY_H_
#define OPCOST_COSTING_CALIBRATION_ERROR_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace opcost {

// Errors of totals, over models; all are shares (0.05 is 5 %).
struct ErrorSummary {
  int64_t models = 0;
  double mean_absolute = 0, signed_mean = 0, maximum = 0;
  double within_5 = 0, within_10 = 0;  // shares of the models
  // Models within 10 %, within 25 %, within 50 %, beyond.
  int64_t excellent = 0, good = 0, fair = 0, poor = 0;
};
ErrorSummary Summarize(const std::vector<double>& errors);

struct NamedError {
  std::string network;
  double error = 0;
};
// [validation] and [validation.errors] of a profile; `protocol` says in a sentence how the models relate to the fit.
std::string ValidationSections(const std::vector<NamedError>& errors, const std::string& protocol);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_ERROR_SUMMARY_H_
