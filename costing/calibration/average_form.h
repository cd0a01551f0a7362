// A form that hangs little on which networks happened to be measured.
#ifndef OPCOST_COSTING_CALIBRATION_AVERAGE_FORM_H_
#define OPCOST_COSTING_CALIBRATION_AVERAGE_FORM_H_

#include <vector>

#include "absl/types/span.h"
#include "costing/calibration/choose_form.h"

namespace opcost {

struct AveragedForm {
  std::vector<Term> terms;
  std::vector<double> coefficients;  // seconds per unit
  CrossValidation validation;
};

// Each fold of networks is left out once; terms are chosen and fitted on the rest, and the coefficients averaged, 0
// where a term was not chosen. Which terms win is a matter of little where they say nearly the same: the average moves
// less than any single choice when other networks are measured. Terms that few of the choices have are left to the
// others. A held-out prediction is that of the choice without its network: it had no part in choosing the terms either.
AveragedForm AverageForms(absl::Span<const Sample> samples, const FormSpec& spec, const Prior& prior,
                          const Caches& caches, const ChoiceOptions& options);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_AVERAGE_FORM_H_
