// The difference of two formulas of the same form, exactly, over the names that stand in them.
#ifndef OPCOST_COSTING_SPLIT_H_
#define OPCOST_COSTING_SPLIT_H_

#include <vector>

#include "costing/diff.h"
#include "costing/formula.h"

namespace opcost {

// Terms that sum to Evaluate(b) − Evaluate(a). Both formulas are read as sums of products, overlaps of two products and
// hinges; parts that play the same role on both sides are split by Shapley values over the classes that differ, and
// within a product by logarithmic means over its factors. What has no counterpart is one term "structure".
std::vector<DiffTerm> SplitDifference(const Formula& a, const Formula& b);

}  // namespace opcost

#endif  // OPCOST_COSTING_SPLIT_H_
