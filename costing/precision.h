// What rows compute in, and whose runtimes leave out what follows from the file alone.
#ifndef OPCOST_COSTING_PRECISION_H_
#define OPCOST_COSTING_PRECISION_H_

#include "absl/strings/string_view.h"
#include "base/dtype.h"
#include "frontend/graph.h"
#include "frontend/patterns/classify.h"
#include "ops/work.h"

namespace opcost {

// What the rule set's runtime executes leaves out all that follows from the file alone.
bool RuntimeFolds(absl::string_view rule_set);
// What the main operands of a subgraph compute in.
Precision PrecisionOf(const Graph& graph, const Subgraph& subgraph, const Work& work);

}  // namespace opcost

#endif  // OPCOST_COSTING_PRECISION_H_
