// Key and value caches of decoders: what a model takes as past and returns as present.
#ifndef OPCOST_COSTING_CACHES_H_
#define OPCOST_COSTING_CACHES_H_

#include <vector>

#include "frontend/graph.h"

namespace opcost {

// A past that comes in and the present that goes out in its place.
struct KeyValueCache {
  TensorId past = kNone;
  TensorId present = kNone;
  // One buffer: the operator writes the new tokens into the past. Otherwise present is a copy with them appended.
  bool shared = false;
};

// Recognised by what the graph does, not by names: the cache slots of attention operators, and graph inputs that new
// tokens are appended to (Concat) or written into (ScatterElements, ScatterND, TensorScatter) on the way to a graph
// output and to an attention, possibly stacked, transposed or sliced on either side. In the order of the graph's
// inputs.
std::vector<KeyValueCache> FindCaches(const Graph& graph);

}  // namespace opcost

#endif  // OPCOST_COSTING_CACHES_H_
