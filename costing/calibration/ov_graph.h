// OpenVINO's execution graph (-exec_graph_path): which original layers each executed one holds.
#ifndef OPCOST_COSTING_CALIBRATION_OV_GRAPH_H_
#define OPCOST_COSTING_CALIBRATION_OV_GRAPH_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost {

struct OvLayer {
  std::vector<std::string> originals;  // originalLayersNames
  std::string precision;               // runtimePrecision: "f32", "bf16"
};

// By name of the executed layer; empty when `xml` is no execution graph.
std::map<std::string, OvLayer> ReadExecutionGraph(absl::string_view xml);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_OV_GRAPH_H_
