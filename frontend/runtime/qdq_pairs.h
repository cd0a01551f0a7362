// What a QuantizeLinear and a DequantizeLinear have to do with each other.
#ifndef OPCOST_FRONTEND_RUNTIME_QDQ_PAIRS_H_
#define OPCOST_FRONTEND_RUNTIME_QDQ_PAIRS_H_

#include "frontend/runtime/rewrite.h"

namespace opcost::internal {

inline constexpr const char* kQ = "QuantizeLinear";
inline constexpr const char* kDq = "DequantizeLinear";

// One scale and one zero point for the whole tensor, known ahead.
bool IsPerTensor(Rewrite& rewrite, NodeId n);
// Both of them per tensor, with equal numbers.
bool SameQuantisation(Rewrite& rewrite, NodeId a, NodeId b);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_RUNTIME_QDQ_PAIRS_H_
