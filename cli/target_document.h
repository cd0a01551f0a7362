// Targets, as people and as programs read them.
#ifndef OPCOST_CLI_TARGET_DOCUMENT_H_
#define OPCOST_CLI_TARGET_DOCUMENT_H_

#include <string>
#include <vector>

#include "cli/document.h"
#include "hardware/target.h"

namespace opcost {

// A profile that could not be read, in a list of those that could.
struct BrokenTarget {
  std::string id;
  std::string error;
};

Document TargetListDocument(const std::vector<Target>& targets, const std::vector<BrokenTarget>& broken);
std::string TargetListJson(const std::vector<Target>& targets, const std::vector<BrokenTarget>& broken);
// Every coefficient with its layers, every curve as points, every entry.
Document TargetDocument(const Target& target);
std::string TargetJson(const Target& target);

// "calibrated" (a calibration block), "seeded" (patterns of its own), "default" (its class's conservative values).
std::string EvidenceOf(const Target& target);

}  // namespace opcost

#endif  // OPCOST_CLI_TARGET_DOCUMENT_H_
