// The JSON Schemas (2020-12) of everything the program prints as JSON.
#ifndef OPCOST_CLI_SCHEMA_H_
#define OPCOST_CLI_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

std::vector<std::string> SchemaNames();
// NotFound (usage) with the nearest name.
absl::StatusOr<std::string> SchemaOf(absl::string_view name);

// Bodies without the shared head; schema.cc puts "$schema", "$id" and "$defs" around them.
extern const char* const kSharedDefs;
extern const char* const kReportSchema;
extern const char* const kReportsSchema;
extern const char* const kSweepSchema;
extern const char* const kDiffSchema;
extern const char* const kComparisonSchema;
extern const char* const kExplanationSchema;
extern const char* const kSensitivitySchema;
extern const char* const kTargetsSchema;
extern const char* const kTargetSchema;
extern const char* const kCheckSchema;
extern const char* const kOperatorsSchema;
extern const char* const kImportSchema;
extern const char* const kExecutedSchema;
extern const char* const kMeasurementSchema;
extern const char* const kCalibrationSchema;
extern const char* const kValidationSchema;
extern const char* const kHistorySchema;
extern const char* const kCurvesSchema;

}  // namespace opcost

#endif  // OPCOST_CLI_SCHEMA_H_
