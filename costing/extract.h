// From an expression in a pool to a formula that stands alone.
#ifndef OPCOST_COSTING_EXTRACT_H_
#define OPCOST_COSTING_EXTRACT_H_

#include <vector>

#include "costing/expr.h"
#include "costing/formula.h"

namespace opcost {

// `values` is the result of Evaluate under the target's own coefficients. Shared expressions stay shared.
Formula ExtractFormula(const ExprPool& pool, ExprId root, const Target& target, const std::vector<double>& values);

}  // namespace opcost

#endif  // OPCOST_COSTING_EXTRACT_H_
