// Whether the machine was left alone while it was measured.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_STATE_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace opcost {

// Counters of the operating system at one moment; 0 where it does not tell.
struct MachineState {
  double busy_s = 0;    // of all processors, since boot
  double stolen_s = 0;  // taken by the host of a virtual machine
  double own_s = 0;     // of this process
  double wall_s = 0;    // of a clock that only runs forward
  double clock_hz = 0;  // of the first processor, now
  int64_t swapped = 0;  // pages in and out, since boot
};

MachineState ReadState(const std::string& root = "/");

// What disturbed the time between two states, a sentence each: other processes, the host, swapping, a clock that
// changed.
std::vector<std::string> Disturbances(const MachineState& before, const MachineState& after);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_STATE_H_
