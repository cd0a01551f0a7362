// Many targets, a line each, grouped by what is known about them.
#ifndef OPCOST_CLI_COMPARE_DOCUMENT_H_
#define OPCOST_CLI_COMPARE_DOCUMENT_H_

#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/report.h"

namespace opcost {

// Where a report stands among those of one model and one kind of evidence.
struct Standing {
  size_t report = 0;     // index
  std::string evidence;  // "calibrated", "seeded", "default"
  // 1 is fastest. 0: its interval is unknown or overlaps another's, so no place is claimed.
  int rank = 0;
};
// By model (in the order given), then evidence, then time.
std::vector<Standing> Stand(const std::vector<Report>& reports);

// `skipped`: targets that were left out, a sentence each.
Document CompareDocument(const std::vector<Report>& reports, const std::vector<std::string>& skipped);
std::string CompareJson(const std::vector<Report>& reports, const std::vector<std::string>& skipped);

}  // namespace opcost

#endif  // OPCOST_CLI_COMPARE_DOCUMENT_H_
