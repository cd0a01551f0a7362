// One term of a time form: seconds per unit of what.
#ifndef OPCOST_COSTING_CALIBRATION_TERM_H_
#define OPCOST_COSTING_CALIBRATION_TERM_H_

#include <cstdint>
#include <string>

#include "base/metric.h"

namespace opcost {

// Which part of an amount a term counts.
enum class TermScope : uint8_t {
  kAll,
  kBeyondL2,        // max(0, amount − L2)
  kBeyondLlc,       // max(0, amount − last level cache)
  kMissedEachRun,   // amount × max(0, 1 − last level cache / what one run touches): evicted between two runs
  kMissedEachPass,  // amount × max(0, 1 − (L2 / what one pass goes through)²): evicted between two passes
  kDisplaced,  // amount × b / (b + L2), where an average kernel touches b bytes: pushed out of the core's own cache
};

struct Term {
  Metric metric = Metric::kDispatches;
  TermScope scope = TermScope::kAll;
  bool operator==(const Term&) const = default;
};
// "tiled_macs", "bytes beyond l2", "weight_bytes missed each run".
std::string ToString(const Term& term);

// Caches of the machine: the L2 of one core and the last level.
struct Caches {
  double l2_bytes = 0;
  double llc_bytes = 0;
  // What the machine has, where the two above are how much of it runs find.
  double l2_whole_bytes = 0;
  double llc_whole_bytes = 0;
};

// Whether the cache that the term is about has a size.
bool IsSized(const Term& term, const Caches& caches);

// `amounts` with those of the run filled in.
double Amount(const Term& term, const Amounts& amounts, const Caches& caches);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_TERM_H_
