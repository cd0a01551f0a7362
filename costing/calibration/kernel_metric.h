// What the time of a CPU kernel is made of: amounts that follow from shapes, attributes and the register tile, and the
// terms a time form may have. Counts, never seconds.
//
// They describe how a vectorised runtime executes an operator: channels are padded to whole vectors, outputs are made
// in register tiles, accumulators that do not fit are written and read again, rows whose distance is a multiple of an
// L1 way collide there. Each has one physical meaning and one unit.
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_METRIC_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_METRIC_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

enum class KernelMetric : uint8_t {
  kDispatches,       // 1
  kTiledMacs,        // multiply-accumulates with channels or columns padded to whole vectors
  kBorderMacs,       // of them, those of outputs whose window crosses the left or right edge: made one at a time
  kTileSteps,        // register tiles × reduction steps: what each tile costs beyond its MACs
  kAliasedMacs,      // tiled MACs where rows or channel blocks lie a multiple of an L1 way apart
  kPassBytes,        // results written and read again, once a block of the reduction
  kPackedElements,   // elements rearranged before the product (im2col, packing of an operand that is no weight)
  kInnerCalls,       // products that one kernel makes one after the other: batch, groups
  kBytes,            // everything read and written
  kActivationBytes,  // of them, what is no weight
  kWeightBytes,      // of them, weights
  kResidualBytes,    // a second addend read by a fused sum
  kActivationOps,    // fused activation without a transcendental, elements
  kActivationTranscendentals,  // fused activation with one, elements
  kRows,                       // innermost loops: rows of a norm, runs of a copy
  kRowVectors,                 // vectors in all rows, the last of each padded
  kTaps,                       // window positions of a pool, per vector where the layout is blocked
  kPlanes,                     // channel planes
  kAliasedBytes,               // bytes moved across rows that lie a multiple of an L1 way apart
  kCount,
};

absl::string_view Name(KernelMetric metric);  // "tiled_macs"
absl::string_view Unit(KernelMetric metric);  // "MAC", "byte" …
absl::StatusOr<KernelMetric> ParseKernelMetric(absl::string_view name);

using KernelAmounts = std::array<double, static_cast<size_t>(KernelMetric::kCount)>;
inline double& At(KernelAmounts& amounts, KernelMetric metric) { return amounts[static_cast<size_t>(metric)]; }
inline double At(const KernelAmounts& amounts, KernelMetric metric) { return amounts[static_cast<size_t>(metric)]; }

// Which part of an amount a term counts.
enum class TermScope : uint8_t {
  kAll,
  kBeyondL2,       // max(0, amount − L2)
  kBeyondLlc,      // max(0, amount − last level cache)
  kMissedEachRun,  // amount × max(0, 1 − last level cache / what one run touches): evicted between two runs
};
absl::string_view Name(TermScope scope);  // "", "l2", "llc", "run"

struct Term {
  KernelMetric metric = KernelMetric::kDispatches;
  TermScope scope = TermScope::kAll;
  bool operator==(const Term&) const = default;
};
// "tiled_macs", "bytes beyond l2", "weight_bytes missed each run".
std::string ToString(const Term& term);

// The machine facts that amounts and terms depend on. Sizes are those of one core's share.
struct KernelMachine {
  int64_t lanes = 16;           // fp32 in one vector register, and channels in one block
  int64_t l1_way_bytes = 4096;  // L1 size / ways: addresses this far apart share a set
  double l2_bytes = 0;
  double llc_bytes = 0;
};

// `footprint_bytes`: weights and results that one run of the model touches.
double Amount(const Term& term, const KernelAmounts& amounts, const KernelMachine& machine, double footprint_bytes);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_METRIC_H_
