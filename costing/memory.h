// How much memory a model needs: distinct weights, and the activations that live at the same time.
#ifndef OPCOST_COSTING_MEMORY_H_
#define OPCOST_COSTING_MEMORY_H_

#include <cstdint>
#include <optional>

#include "costing/analyze.h"
#include "costing/report.h"

namespace opcost {

// Weights: each initialiser once, wherever it is used. Activations: the rows run in order; a tensor is born with its
// row and dies with its last consumer's, graph outputs never; what stays inside a fused row takes no memory, a view
// shares its source's, and an element-wise operator writes over an input of the same size that dies with it. `capacity`
// in bytes; nullopt: unknown.
MemoryUse CountMemory(const CountedModel& model, std::optional<int64_t> capacity);

}  // namespace opcost

#endif  // OPCOST_COSTING_MEMORY_H_
