// A diff, as people and as programs read it.
#ifndef OPCOST_CLI_DIFF_DOCUMENT_H_
#define OPCOST_CLI_DIFF_DOCUMENT_H_

#include <cstdint>
#include <string>

#include "cli/document.h"
#include "costing/diff.h"

namespace opcost {

struct DiffView {
  int64_t top = 20;
  double threshold = 0;  // rows that move less, relative to A, are counted as others
};

// Verdict first, then why, then the rows by |Δ|.
Document DiffDocument(const Diff& diff, const DiffView& view);
// Every total has a, b and delta.
std::string DiffJson(const Diff& diff);
// The first total that moves by more than `threshold`, relative to A; "" when none does.
std::string MovedTotal(const Diff& diff, double threshold);

}  // namespace opcost

#endif  // OPCOST_CLI_DIFF_DOCUMENT_H_
