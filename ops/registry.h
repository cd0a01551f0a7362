// Looking a rule up by domain, operator and version.
#ifndef OPCOST_OPS_REGISTRY_H_
#define OPCOST_OPS_REGISTRY_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ops/rule.h"

namespace opcost {

// All families.
absl::Span<const absl::Span<const Rule>> RuleTables();

// The row for this operator, or nullptr. "" and "ai.onnx" are one domain. A version below the first row's is answered
// by that row, because exporters write operators before ONNX has them; an operator that the default domain lacks is
// looked up in com.microsoft, because exporters leave that domain's name out.
const Rule* FindRule(absl::string_view domain, absl::string_view op_type, int opset);

}  // namespace opcost

#endif  // OPCOST_OPS_REGISTRY_H_
