// The table of graphs behind rules_test.cc.
#ifndef OPCOST_TESTS_PATTERNS_RULE_GRAPHS_H_
#define OPCOST_TESTS_PATTERNS_RULE_GRAPHS_H_

#include <vector>

namespace opcost {

struct RuleGraph {
  const char* rule;
  const char* taken;  // the operators of the largest match, in order; "" when the rule must not match
  const char* body;   // see LoadBody
};

std::vector<RuleGraph> RuleGraphs();

}  // namespace opcost

#endif  // OPCOST_TESTS_PATTERNS_RULE_GRAPHS_H_
