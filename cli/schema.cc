#include "cli/schema.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/exit_code.h"

namespace opcost {
namespace {

struct SchemaRow {
  const char* name;
  const char* const* body;
};
constexpr std::array<SchemaRow, 18> kSchemas = {{
    {"report", &kReportSchema},
    {"reports", &kReportsSchema},
    {"sweep", &kSweepSchema},
    {"diff", &kDiffSchema},
    {"comparison", &kComparisonSchema},
    {"explanation", &kExplanationSchema},
    {"sensitivity", &kSensitivitySchema},
    {"targets", &kTargetsSchema},
    {"target", &kTargetSchema},
    {"check", &kCheckSchema},
    {"operators", &kOperatorsSchema},
    {"import", &kImportSchema},
    {"executed", &kExecutedSchema},
    {"measurement", &kMeasurementSchema},
    {"calibration", &kCalibrationSchema},
    {"validation", &kValidationSchema},
    {"history", &kHistorySchema},
    {"curves", &kCurvesSchema},
}};

}  // namespace

std::vector<std::string> SchemaNames() {
  std::vector<std::string> names;
  for (const SchemaRow& row : kSchemas) names.emplace_back(row.name);
  return names;
}

absl::StatusOr<std::string> SchemaOf(absl::string_view name) {
  for (const SchemaRow& row : kSchemas) {
    if (name != row.name) continue;
    return absl::StrCat("{\n\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n\"$id\": \"opcost:", name,
                        ":1\",\n", *row.body, ",\n\"$defs\": {", kSharedDefs, "}\n}\n");
  }
  return Usage(absl::NotFoundError(absl::StrCat("schema ", name, ": there is none", DidYouMean(name, SchemaNames()),
                                                "; expected ", absl::StrJoin(SchemaNames(), ", "))));
}

}  // namespace opcost
