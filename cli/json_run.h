// A measured run as JSON: what importing and measuring save and what the importers read again.
#ifndef OPCOST_CLI_JSON_RUN_H_
#define OPCOST_CLI_JSON_RUN_H_

#include "cli/json_writer.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

// Into the object that is open: the network, the facts, and the whole runs ("model" … "prof").
void WriteRunHead(const MeasuredRun& run, JsonWriter& json);

// Into the object that is open: "rows", a row a kernel, with the nodes that it was joined to.
void WriteRunRows(const MeasuredRun& run, const ModelJoin& join, const Graph& graph, JsonWriter& json);

}  // namespace opcost

#endif  // OPCOST_CLI_JSON_RUN_H_
