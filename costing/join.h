// Which node of one report is which of another.
#ifndef OPCOST_COSTING_JOIN_H_
#define OPCOST_COSTING_JOIN_H_

#include <cstdint>
#include <vector>

#include "costing/diff.h"
#include "costing/report.h"

namespace opcost {

struct NodeJoin {
  std::vector<int32_t> b_of_a;  // by index into a.nodes; kNoId where there is none
  Matched matched;              // without share_of_time
};

// By name, where it is unique on both sides and the operator is the same; then by the name of the first output; then by
// structure: operator, shapes and joined neighbours, in execution order.
NodeJoin JoinNodes(const Report& a, const Report& b);

}  // namespace opcost

#endif  // OPCOST_COSTING_JOIN_H_
