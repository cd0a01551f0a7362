// The events of an ONNX Runtime profile, read even where the file is not valid JSON.
//
// Up to 1.30 the runtime writes node names without escaping them, so a quote or a backslash in a name breaks the
// document or changes the name; and a process that dies leaves no end. Both are read event by event: a name is what
// stands between `"name" :"` and the next `","args" : {`. Newer versions escape, and the names of a file say which.
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
  enum class Kind : uint8_t { kNode, kRun, kSessionStart, kDeviceKernel, kProviderKernel, kOther };
  Kind kind = Kind::kOther;
  std::string name;  // without "_kernel_time"
  std::string op_type;
  std::string index;  // node_index, or what older versions call it; "" without
  std::string provider;
  std::string parent;                // kDeviceKernel: the node's name, "" where the version does not say
  int64_t ts = 0, dur = 0, tid = 0;  // µs
  int64_t parameter_bytes = -1;
  int threads = 0;  // of the pool; 0 unknown
  std::vector<MeasuredTensor> inputs, outputs;
};

struct OrtEvents {
  std::vector<OrtEvent> events;  // as in the file, fences left out
  int64_t total = 0;             // fences included
  bool repaired = false;         // the file is not valid JSON
  bool truncated = false;        // the end is missing
  int64_t unreadable = 0;        // events lost inside
};

// InvalidArgument (with the path) when nothing can be read, or when a time is negative.
absl::StatusOr<OrtEvents> ReadOrtEvents(absl::string_view path, absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_ORT_EVENTS_H_
