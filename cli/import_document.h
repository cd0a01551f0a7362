// Measured beside predicted, as people and as programs read it.
#ifndef OPCOST_CLI_IMPORT_DOCUMENT_H_
#define OPCOST_CLI_IMPORT_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/document.h"
#include "costing/calibration/compare_run.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/measurement.h"
#include "costing/report.h"
#include "frontend/graph.h"

namespace opcost {

struct ImportView {
  const Report& report;
  const Graph& graph;  // that the report was made of
  const MeasuredRun& run;
  const ModelJoin& join;
  const RunComparison& comparison;
  std::vector<std::string> notes;
  std::string sort;  // "" is "difference"; error, measured, predicted, order
  int64_t top = 20;
};

// A usage error names the nearest column for a `sort` that is none.
absl::Status CheckSort(absl::string_view sort);

// Verdict, lines by |Δ|, totals, and how far the join reaches, both ways.
Document ImportDocument(const ImportView& view);
// The run with everything that is known of its kernels, the comparison, the coverage: what importers read again.
std::string ImportJson(const ImportView& view);

}  // namespace opcost

#endif  // OPCOST_CLI_IMPORT_DOCUMENT_H_
