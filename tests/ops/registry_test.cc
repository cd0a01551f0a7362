// The rule table against ONNX's registry, both ways: its own operators, and those that the front end puts there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "frontend/schemas.h"
#include "onnx/defs/schema.h"
#include "ops/count.h"

namespace opcost {
namespace {

using Name = std::pair<std::string, std::string>;

std::string DomainOf(const std::string& domain) { return domain.empty() ? "ai.onnx" : domain; }

// Operators with the first version of each.
std::map<Name, int> Defined() {
  static const bool registered = [] {
    internal::RegisterContribSchemas();
    return true;
  }();
  EXPECT_TRUE(registered);
  std::map<Name, int> first;
  for (const onnx::OpSchema& schema : onnx::OpSchemaRegistry::get_all_schemas_with_history()) {
    const auto [at, is_new] = first.insert({{DomainOf(schema.domain()), schema.Name()}, schema.SinceVersion()});
    if (!is_new) at->second = std::min(at->second, schema.SinceVersion());
  }
  return first;
}

TEST(RegistryTest, EveryDefinedOperatorHasARule) {
  std::set<Name> ruled;
  for (const RuleInfo& rule : AllRules()) ruled.insert({rule.domain, rule.op_type});
  // Its work is that of the graph that it differentiates, which stands elsewhere.
  const std::set<Name> without = {{"ai.onnx.preview.training", "Gradient"}};
  const std::map<Name, int> defined = Defined();
  EXPECT_GE(defined.size(), 220u + 150u);
  for (const auto& [name, version] : defined) {
    EXPECT_NE(ruled.count(name), without.count(name)) << name.first << "::" << name.second;
  }
}

TEST(RegistryTest, EveryRuleIsOfADefinedOperator) {
  // What exporters write into the default domain although ONNX does not have it, or no longer.
  const std::set<std::string> written_anyway = {"SimplifiedLayerNormalization", "ScaledTanh", "ParametricSoftplus",
                                                "Affine"};
  const std::map<Name, int> defined = Defined();
  for (const RuleInfo& rule : AllRules()) {
    SCOPED_TRACE(rule.op_type);
    const auto found = defined.find({rule.domain, rule.op_type});
    EXPECT_NE(found != defined.end(), rule.domain == "ai.onnx" && written_anyway.count(rule.op_type) > 0);
    if (found != defined.end()) {
      EXPECT_EQ(found->second, rule.since_version);
    }
  }
}

}  // namespace
}  // namespace opcost
