// Runs compiled rules over a graph.
#ifndef OPCOST_FRONTEND_PATTERNS_APPLY_H_
#define OPCOST_FRONTEND_PATTERNS_APPLY_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "frontend/patterns/match.h"
#include "frontend/patterns/rules.h"

namespace opcost {

// Tries the rules in order, each at every node that can end it, last node first. `on_match` gets matches of two nodes
// or more (one node is no fusion); their nodes are marked in `taken` then.
void ApplyRules(const GraphView& view, const std::vector<CompiledRule>& rules, std::vector<uint8_t>& taken,
                absl::FunctionRef<void(const FusionRule&, Match)> on_match, bool through_quantization = false);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_APPLY_H_
