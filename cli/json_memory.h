// The member "memory" of a report, written and read back.
#ifndef OPCOST_CLI_JSON_MEMORY_H_
#define OPCOST_CLI_JSON_MEMORY_H_

#include "cli/json_reader.h"
#include "cli/json_writer.h"
#include "costing/report.h"

namespace opcost {

void WriteMemory(const Report& report, JsonWriter& json);
// Needs the report's rows, which the timeline names.
void ReadMemory(const JsonValue& json, Report& report);

}  // namespace opcost

#endif  // OPCOST_CLI_JSON_MEMORY_H_
