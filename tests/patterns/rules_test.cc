// Every rule has a graph that it takes whole, and where a near miss exists, one that it must leave.
#include "frontend/patterns/rules.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rule_graphs.h"
#include "text_graph.h"

namespace opcost {
namespace {

using Family = absl::Span<const FusionRule> (*)();
constexpr Family kFamilies[] = {ConvFusions,          MatmulFusions,     ActivationFusions,    NormFusions,
                                AttentionFusions,     TensorrtFusions,   TensorrtChainFusions, BlockFusions,
                                SqueezeExciteFusions, ImageBlockFusions, SequenceBlockFusions};

const FusionRule* FindRule(absl::string_view name) {
  for (const Family family : kFamilies) {
    for (const FusionRule& rule : family()) {
      if (name == rule.name) return &rule;
    }
  }
  return nullptr;
}

// The largest match of one rule alone, whatever ends it.
std::string LargestMatch(const Graph& graph, const FusionRule& rule) {
  const absl::StatusOr<Form> form = CompileForm(rule.form);
  if (!form.ok()) return std::string(form.status().message());
  const GraphView view(graph);
  const std::vector<uint8_t> taken(graph.nodes.size(), 0);
  Matcher matcher(view, taken);
  std::vector<NodeId> largest;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    Match match;
    if (!form->first[view.op[n]] || !matcher.Find(*form, static_cast<NodeId>(n), &match)) continue;
    if (match.nodes.size() > largest.size()) largest = match.nodes;
  }
  return largest.size() < 2 ? "" : Ops(graph, largest);
}

TEST(Rules, EveryOneCompiles) {
  for (const Family family : kFamilies) {
    for (const FusionRule& rule : family()) EXPECT_TRUE(CompileForm(rule.form).ok()) << CompileForm(rule.form).status();
  }
}

TEST(Rules, NamesAreUnique) {
  std::set<std::string> names;
  for (const Family family : kFamilies) {
    for (const FusionRule& rule : family()) EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
  }
}

TEST(Rules, EveryOneHasAGraph) {
  std::set<std::string> with_graph;
  for (const RuleGraph& row : RuleGraphs()) {
    if (row.taken[0] != '\0') with_graph.insert(row.rule);
  }
  for (const Family family : kFamilies) {
    for (const FusionRule& rule : family())
      EXPECT_TRUE(with_graph.count(rule.name) == 1) << rule.name << " has no graph";
  }
}

TEST(Rules, EveryFamilyOfASetIsTested) {
  const std::set<Family> tested(std::begin(kFamilies), std::end(kFamilies));
  for (const RuleSet& set : AllRuleSets()) {
    for (const Family family : set.families) {
      EXPECT_TRUE(family == nullptr || tested.count(family) == 1) << set.name;
    }
  }
}

TEST(Rules, TakeTheirGraphsAndLeaveNearMisses) {
  for (const RuleGraph& row : RuleGraphs()) {
    SCOPED_TRACE(absl::StrCat(row.rule, ": ", row.body));
    const FusionRule* rule = FindRule(row.rule);
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(LargestMatch(LoadBody(row.body), *rule), row.taken);
  }
}

TEST(Form, SaysWhereItBreaksTheGrammar) {
  for (const char* text : {"Relu(", "Relo(_)", "@acts(_)", "Relu{hot}(_)", "%selu(_)", "X", "#one", "?_", "*Relu(_, _)",
                           "Relu(_) Relu(_)", "(Relu(_) | Clip(_)", "", "_", "$x"}) {
    EXPECT_EQ(CompileForm(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_THAT(CompileForm("Add(_, Relo(_))").status().message(), testing::HasSubstr("no operator 'Relo'"));
}

TEST(RuleSets, UnknownNameIsAnErrorWithTheNearest) {
  const absl::Status status = Classify(Graph{}, "pytorch-eagre").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(status.message(), testing::HasSubstr("did you mean 'pytorch-eager'"));
}

TEST(RuleSets, SayWhatTheyLeaveOut) {
  for (const RuleSet& set : AllRuleSets()) {
    EXPECT_STRNE(set.summary, "") << set.name;
    EXPECT_TRUE(set.families[0] == nullptr || set.leaves_out[0] != '\0') << set.name;
  }
}

}  // namespace
}  // namespace opcost
