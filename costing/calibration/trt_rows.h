// The lines of a TensorRT profile: the JSON of --exportProfile, or the table that --dumpProfile prints.
#ifndef OPCOST_COSTING_CALIBRATION_TRT_ROWS_H_
#define OPCOST_COSTING_CALIBRATION_TRT_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

struct TrtRow {
  std::string name;
  double median_ms = 0;  // the average where the release prints no median
};

struct TrtRows {
  std::vector<TrtRow> rows;
  int64_t iterations = 0;  // 0 not told
  bool has_median = false;
  bool repaired = false;  // the file is not valid JSON: names are not escaped
};

// Whether `text` is one of the two.
bool IsTrtJson(absl::string_view text);
bool IsTrtLog(absl::string_view text);

// InvalidArgument with path and line for times that are none, and for a file without rows or cut off.
absl::StatusOr<TrtRows> ReadTrtRows(const std::string& path, absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_TRT_ROWS_H_
