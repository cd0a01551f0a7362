// What can be counted of a piece of work: what curves and time forms are functions of.
//
// The first group follows from an operator's definition. The second describes how a vectorised runtime executes it:
// channels are padded to whole vectors, outputs are made in register tiles, accumulators that do not fit are written
// and read again, rows whose distance is a multiple of an L1 way collide there. Each has one physical meaning and one
// unit; none is a time.
#ifndef OPCOST_BASE_METRIC_H_
#define OPCOST_BASE_METRIC_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

enum class Metric : uint8_t {
  kMatrixFlops,  // 2 × MACs, of any type: as the seed counts
  kFlops,        // 2 × MACs + vector ops + integer ops, of any type
  kTranscendentals,
  kBytes,            // read + written
  kActivationBytes,  // of them, what is no weight
  kWeightBytes,      // of them, weights
  kIntensity,        // kFlops / kBytes
  kDispatches,
  // As executed.
  kTiledMacs,    // multiply-accumulates with channels or columns padded to whole vectors
  kBorderMacs,   // of them, those of outputs whose window crosses the left or right edge: made one at a time
  kTileSteps,    // register tiles × reduction steps: what each tile costs beyond its MACs
  kAliasedMacs,  // tiled MACs where rows or channel blocks lie a multiple of an L1 way apart
  kPassBytes,  // written or stored once and read again: results once a block of the reduction, recurrent weights a step
  kPassSetBytes,    // what one pass goes through before the next begins
  kPackedElements,  // elements rearranged before the product (im2col, packing of an operand that is no weight)
  kCalls,           // operators, or products, that one row makes one after the other: members, batch, groups
  kResidualBytes,   // a second addend read by a fused sum
  kActivationOps,   // fused activation without a transcendental, elements
  kActivationTranscendentals,  // fused activation with one, elements
  kRows,                       // innermost loops: rows of a norm, blocks of a copy, tiles of a product
  kRowVectors,                 // vectors in all rows, the last of each padded
  kTaps,                       // of a pool: window positions (vectors of them on blocks); of a resize: neighbours
  kPlanes,                     // channel planes
  kAliasedBytes,               // bytes moved across rows that lie a multiple of an L1 way apart
  kInputBytes,      // read from what the caller hands to the model, such as a cache of keys: last used one run before
  kFootprintBytes,  // weights read and results written by one whole run of the model
  kKernelBytes,     // of them, by an average kernel of the run
  kCount,
};

absl::string_view Name(Metric metric);  // "tiled_macs"; "" for kCount
// How much passes between two uses of the same byte: what one pass goes through for kPassBytes, else what one run of
// the model touches.
Metric ReuseDistance(Metric metric);
absl::string_view Unit(Metric metric);  // of one: "FLOP", "byte" …
// InvalidArgument lists them, with the nearest.
absl::StatusOr<Metric> ParseMetric(absl::string_view name);

// Amounts by metric. kIntensity has none: it is a quotient.
using Amounts = std::array<int64_t, static_cast<size_t>(Metric::kCount)>;
inline int64_t& At(Amounts& amounts, Metric metric) { return amounts[static_cast<size_t>(metric)]; }
inline int64_t At(const Amounts& amounts, Metric metric) { return amounts[static_cast<size_t>(metric)]; }

}  // namespace opcost

#endif  // OPCOST_BASE_METRIC_H_
