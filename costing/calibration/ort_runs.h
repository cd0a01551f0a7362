// What the events of an ONNX Runtime profile belong to: a run, a node around them, a node that launched them.
#ifndef OPCOST_COSTING_CALIBRATION_ORT_RUNS_H_
#define OPCOST_COSTING_CALIBRATION_ORT_RUNS_H_

#include <cstdint>
#include <vector>

#include "costing/calibration/ort_events.h"

namespace opcost {

inline constexpr size_t kNoEvent = static_cast<size_t>(-1);

// The profile has no run number: an event belongs to the model_run whose interval holds its start. Where runs overlap
// (several threads call one session), the one of the event's own thread.
struct OrtRuns {
  std::vector<size_t> of_event;  // by event; runs.size() for none
  std::vector<OrtEvent> runs;    // by start
};
OrtRuns AssignRuns(const std::vector<OrtEvent>& events);

// Bodies of Loop, If and Scan run inside their node's time, on its thread.
struct OrtNesting {
  std::vector<size_t> parent;            // by event: the node event around it, or kNoEvent
  std::vector<int64_t> self;             // by event: µs without the nodes inside; >= 0
  int64_t device_kernels = 0;            // whose times replaced those of the nodes that launched them
  int64_t orphans = 0;                   // device kernels without such a node
  std::vector<uint8_t> timed_on_device;  // by event
};
OrtNesting NestEvents(const std::vector<OrtEvent>& events);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_ORT_RUNS_H_
