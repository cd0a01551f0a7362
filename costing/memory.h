// How much memory a model needs: distinct weights, and the activations that live at the same time.
#ifndef OPCOST_COSTING_MEMORY_H_
#define OPCOST_COSTING_MEMORY_H_

#include <cstdint>
#include <optional>

#include "costing/analyze.h"
#include "costing/report.h"

namespace opcost {

// Weights: each initialiser once, wherever it is used (weights.h). Activations: by liveness over the rows
// (liveness.h); caches by what the graph does with them (caches.h). `capacity` in bytes; nullopt: unknown.
MemoryUse CountMemory(const CountedModel& model, std::optional<int64_t> capacity);

}  // namespace opcost

#endif  // OPCOST_COSTING_MEMORY_H_
