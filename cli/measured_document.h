// A model measured on this machine, as people read it and as importers read it again.
#ifndef OPCOST_CLI_MEASURED_DOCUMENT_H_
#define OPCOST_CLI_MEASURED_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/calibration/runtime/measure_model.h"
#include "frontend/graph.h"

namespace opcost {

struct MeasuredView {
  Graph graph;
  Measured measured;
  ProfilerCost profiler;  // that was taken off each kernel
};

// The kernels, dearest first; `top` of them, 0: all.
Document MeasuredDocument(const MeasuredView& view, int64_t top);
// Several models, a line each.
Document MeasuredSummary(const std::vector<MeasuredView>& views);
// What `import`, `calibrate --from` and `validate --from` take.
std::string MeasuredJson(const MeasuredView& view);

}  // namespace opcost

#endif  // OPCOST_CLI_MEASURED_DOCUMENT_H_
