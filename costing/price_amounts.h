// What a target says of one piece of work, outside any model: what calibration compares with a measured time.
#ifndef OPCOST_COSTING_PRICE_AMOUNTS_H_
#define OPCOST_COSTING_PRICE_AMOUNTS_H_

#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "base/kernel_class.h"
#include "base/metric.h"
#include "base/pattern.h"
#include "costing/report.h"
#include "hardware/target.h"

namespace opcost {

struct WorkSubject {
  Pattern pattern = Pattern::kOther;
  std::optional<KernelClass> kernel_class;
  Precision precision = Precision::kFp32;
  Amounts amounts{};
};

struct PricedAmounts {
  double seconds = 0;
  std::vector<ReportRow::Term> terms;  // before overlap
  EntryId entry = kNoId;
  LookupStep step = LookupStep::kDefault;
  int steps_up = 0;      // how far the look-up had to go
  bool in_range = true;  // inside what the entry was calibrated on
  double x = 0;          // what the entry's range, or its curve, is a function of; 0 without work
};

// The same expressions as a model's rows, evaluated under the target's own coefficients; measured points do not answer.
PricedAmounts PriceAmounts(const Target& target, const WorkSubject& subject);

}  // namespace opcost

#endif  // OPCOST_COSTING_PRICE_AMOUNTS_H_
