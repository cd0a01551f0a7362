// A sweep as people read it, and as JSON.
#ifndef OPCOST_CLI_SWEEP_DOCUMENT_H_
#define OPCOST_CLI_SWEEP_DOCUMENT_H_

#include <string>

#include "cli/document.h"
#include "cli/sweep.h"

namespace opcost {

// A line a binding (and model and target, where there are several).
Document SweepDocument(const SweepResult& result);
std::string SweepJson(const SweepResult& result);

}  // namespace opcost

#endif  // OPCOST_CLI_SWEEP_DOCUMENT_H_
