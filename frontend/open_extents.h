// Extents that an operator's definition fixes and ONNX's own functions leave open.
#ifndef OPCOST_FRONTEND_OPEN_EXTENTS_H_
#define OPCOST_FRONTEND_OPEN_EXTENTS_H_

#include <vector>

#include "frontend/instantiate.h"

namespace opcost::internal {

// From the node's inputs alone.
void CloseExtents(Instantiation& in, NodeId id, std::vector<Inferred>& outputs);
// Extents of a later output that are those of the first, which is written down already.
void FollowFirst(Instantiation& in, NodeId id, size_t output, Inferred& inferred);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_OPEN_EXTENTS_H_
