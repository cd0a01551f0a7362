// What the operating system says of the machine that is measured.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_FACTS_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_FACTS_H_

#include <cstdint>
#include <string>

namespace opcost {

struct MachineFacts {
  std::string processor;     // "AMD EPYC 9654"; "" where it is not told
  int processors = 0;        // that this process may run on
  int64_t vector_lanes = 8;  // fp32 in a vector register, as the runtime blocks its layout: 16 with AVX-512, else 8
  // Of the first processor, 0 where not told.
  double l2_bytes = 0;
  double llc_bytes = 0;     // the last level beyond L2
  double l1_way_bytes = 0;  // L1 data cache / ways
};

// From proc/cpuinfo and sys/devices/system/cpu below `root`.
MachineFacts ReadMachine(const std::string& root = "/");

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_MACHINE_FACTS_H_
