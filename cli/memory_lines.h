// What a report says about memory, as people read it.
#ifndef OPCOST_CLI_MEMORY_LINES_H_
#define OPCOST_CLI_MEMORY_LINES_H_

#include <string>
#include <vector>

#include "costing/report.h"

namespace opcost {

// Weights and peak with whether they fit; what lives at the peak; the course over the run; caches where there are any.
std::vector<std::string> MemoryLines(const Report& report);

}  // namespace opcost

#endif  // OPCOST_CLI_MEMORY_LINES_H_
