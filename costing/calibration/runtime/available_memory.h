// How much memory this process may still take.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_AVAILABLE_MEMORY_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <string>

namespace opcost {

// Bytes; the least of what the machine has (proc/meminfo below `root`) and what each control group around this process
// leaves of its limit, version 1 or 2, counting file pages that nobody used lately as free. In a container meminfo is
// the host's, and the limit is what ends the process. 0 where meminfo does not tell.
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
int64_t AvailableMemory(const std::string& root = "/");

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_AVAILABLE_MEMORY_H_
