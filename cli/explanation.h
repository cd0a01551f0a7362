// One node of a report, with everything that went into its price.
#ifndef OPCOST_CLI_EXPLANATION_H_
#define OPCOST_CLI_EXPLANATION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/document.h"
#include "costing/report.h"
#include "hardware/target.h"

namespace opcost {

// Index into Report::nodes of what `name` means: a node's id, then its name, then an output tensor, then a row's id or
// name. NotFound (usage) with the nearest; InvalidArgument when several nodes share the name.
absl::StatusOr<int32_t> FindNode(const Report& report, absl::string_view name);

// The formula of the rule that counted a node, as `ops list` prints it; "" when there is none.
std::string RuleFormula(const ReportNode& node, const Report& report);

// `target` adds the layers that were overridden; nullptr for saved reports.
Document ExplainDocument(const Report& report, int32_t node, const Target* target);
std::string ExplainJson(const Report& report, int32_t node, const Target* target);

}  // namespace opcost

#endif  // OPCOST_CLI_EXPLANATION_H_
