// The performance counters of OpenVINO's benchmark_app, one list a request: CSV (C++ and Python tool, old and new) and
// JSON.
#ifndef OPCOST_COSTING_CALIBRATION_OV_COUNTERS_H_
#define OPCOST_COSTING_CALIBRATION_OV_COUNTERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

struct OvCounter {
  std::string name, status, node_type, exec_type;
  double seconds = 0;
};

struct OvCounters {
  std::vector<std::vector<OvCounter>> requests;
  bool is_average = false;  // one list that is the mean over the requests
  bool truncated = false;   // the last request lacks its total
};

bool IsOvCsv(absl::string_view text);
bool IsOvJson(absl::string_view text);

// InvalidArgument with path and line: a header without the unit of its times, a time that is none, no rows.
absl::StatusOr<OvCounters> ReadOvCounters(const std::string& path, absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_OV_COUNTERS_H_
