#include "costing/calibration/error_summary.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "costing/calibration/toml_text.h"

namespace opcost {
namespace {

constexpr double kWithin5 = 0.05, kExcellent = 0.10, kGood = 0.25, kFair = 0.50;

}  // namespace

ErrorSummary Summarize(const std::vector<double>& errors) {
  ErrorSummary summary;
  summary.models = static_cast<int64_t>(errors.size());
  if (errors.empty()) return summary;
  const double n = static_cast<double>(errors.size());
  for (double error : errors) {
    const double size = std::abs(error);
    summary.mean_absolute += size / n;
    summary.signed_mean += error / n;
    summary.maximum = std::max(summary.maximum, size);
    summary.within_5 += size <= kWithin5 ? 1 / n : 0;
    summary.within_10 += size <= kExcellent ? 1 / n : 0;
    ++(size <= kExcellent ? summary.excellent
       : size <= kGood    ? summary.good
       : size <= kFair    ? summary.fair
                          : summary.poor);
  }
  return summary;
}

std::string ValidationSections(const std::vector<NamedError>& errors, const std::string& protocol) {
  std::vector<double> values;
  std::map<std::string, double> by_name;
  for (const NamedError& error : errors) {
    values.push_back(error.error);
    by_name[error.network] = error.error;
  }
  const ErrorSummary all = Summarize(values);
  std::string out = absl::StrCat(
      "\n[validation]\nprotocol = ", TomlText(protocol), "\nmodels_tested = ", all.models,
      "\nmape = ", TomlShare(100 * all.mean_absolute), "\nsigned_mean = ", TomlShare(100 * all.signed_mean),
      "\nmax_error = ", TomlShare(100 * all.maximum), "\nwithin_5 = ", TomlShare(100 * all.within_5),
      "\nwithin_10 = ", TomlShare(100 * all.within_10), "\nexcellent = ", all.excellent, "\ngood = ", all.good,
      "\nfair = ", all.fair, "\npoor = ", all.poor, "\n\n[validation.errors]\n");
  for (const auto& [network, error] : by_name) {
    absl::StrAppend(&out, TomlText(network), " = ", TomlShare(100 * error), "\n");
  }
  return out;
}

}  // namespace opcost
