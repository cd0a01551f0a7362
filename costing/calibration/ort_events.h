// The events of an ONNX Runtime profile, read even where the file is not valid JSON.
//
// The runtime writes node names without escaping them, so a quote or a backslash in a name breaks the document; and a
// process that dies leaves no end. Both are read line by line, one event a line: a name is what stands between
// `"name" :"` and the next `","args" : {`.
#ifndef OPCOST_COSTING_CALIBRATION_ORT_EVENTS_H_
#define OPCOST_COSTING_CALIBRATION_ORT_EVENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/measurement.h"

namespace opcost {

struct OrtEvent {
  enum class Kind : uint8_t { kNode, kRun, kSessionStart, kDeviceKernel, kOther };
  Kind kind = Kind::kOther;
  std::string name;  // without "_kernel_time"
  std::string op_type;
  std::string index;  // node_index, or what older versions call it; "" without
  std::string provider;
  std::string parent;                // kDeviceKernel: the node's event
  int64_t ts = 0, dur = 0, tid = 0;  // µs
  int64_t parameter_bytes = -1;
  int threads = 0;  // of the pool; 0 unknown
  std::vector<MeasuredTensor> inputs, outputs;
};

struct OrtEvents {
  std::vector<OrtEvent> events;  // as in the file, fences left out
  bool repaired = false;         // the file is not valid JSON
  bool truncated = false;        // the end is missing
  int64_t unreadable = 0;        // events lost inside
};

// InvalidArgument (with the path) when nothing can be read, or when a time is negative.
absl::StatusOr<OrtEvents> ReadOrtEvents(absl::string_view path, absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_ORT_EVENTS_H_
