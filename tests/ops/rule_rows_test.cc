// Each row of the test table against its rule, and the two tables against each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "graph_builder.h"
#include "ops/count.h"
#include "rows.h"

namespace opcost {
namespace {

using Names = std::set<std::pair<std::string, std::string>>;

// Counted as traffic and listed as unknown: searches with subgraphs, and what is compiled.
bool IsUnpriced(const std::string& op) {
  for (const char* name : {"BeamSearch", "WhisperBeamSearch", "GreedySearch", "Sampling", "EPContext", "Snpe"}) {
    if (op == name || op == std::string("com.microsoft:") + name) return true;
  }
  return false;
}

TEST(RuleRows, EveryRowCostsWhatItSays) {
  for (const Row& row : AllRows()) {
    SCOPED_TRACE(std::string(row.op) + " " + row.inputs + " -> " + row.outputs + " " + row.attributes);
    const Graph graph = Build({row.op, row.inputs, row.outputs, row.attributes, row.opset});
    const absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
    ASSERT_TRUE(count.ok()) << count.status();
    const Work& work = count->work;
    EXPECT_EQ(work.Get(Resource::kMatrixMacs), row.want.macs) << "macs";
    EXPECT_EQ(work.Get(Resource::kVectorOps), row.want.ops) << "vector ops";
    EXPECT_EQ(work.Get(Resource::kIntOps), row.want.ints) << "integer ops";
    EXPECT_EQ(work.Get(Resource::kTranscendentals), row.want.trans) << "transcendentals";
    EXPECT_EQ(work.Get(Resource::kActivationBytesRead), row.want.act) << "activation bytes";
    EXPECT_EQ(work.Get(Resource::kWeightBytesRead), row.want.weight) << "weight bytes";
    EXPECT_EQ(work.Get(Resource::kBytesWritten), row.want.written) << "written bytes";
    EXPECT_EQ(work.Get(Resource::kDispatches), row.want.launches) << "dispatches";
    EXPECT_EQ(count->masked_macs, row.want.masked) << "masked macs";
    EXPECT_EQ(count->incomplete, row.want.incomplete) << "incomplete";
    EXPECT_EQ(count->status == RuleStatus::kFallback, IsUnpriced(row.op));
  }
}

// Bytes by slot add up to the work, but for what stands in attributes.
TEST(RuleRows, SlotsAddUpToTheWork) {
  for (const Row& row : AllRows()) {
    SCOPED_TRACE(row.op);
    const Graph graph = Build({row.op, row.inputs, row.outputs, row.attributes, row.opset});
    const absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
    ASSERT_TRUE(count.ok());
    int64_t read = 0;
    int64_t written = 0;
    for (int64_t bytes : count->read_bytes) read += bytes;
    for (int64_t bytes : count->written_bytes) written += bytes;
    EXPECT_EQ(written, row.want.written);
    EXPECT_LE(read, row.want.act + row.want.weight);
    if (FindAttribute(graph.nodes[0], "coefficients") == nullptr &&
        FindAttribute(graph.nodes[0], "nodes_truenodeids") == nullptr) {
      EXPECT_EQ(read, row.want.act + row.want.weight);
    }
  }
}

TEST(RuleRows, RuleTableAndTestTableNameTheSameOperators) {
  Names ruled;
  for (const RuleInfo& rule : AllRules()) ruled.insert({rule.domain, rule.op_type});
  Names tested;
  for (const Row& row : AllRows()) {
    const std::string op = row.op;
    const size_t colon = op.find(':');
    tested.insert(colon == std::string::npos
                      ? std::pair<std::string, std::string>{"ai.onnx", op}
                      : std::pair<std::string, std::string>{op.substr(0, colon), op.substr(colon + 1)});
  }
  // An operator that only com.microsoft defines may be tested in the default domain too.
  tested.erase({"ai.onnx", "SkipLayerNormalization"});
  EXPECT_THAT(ruled, testing::ContainerEq(tested));
}

TEST(RuleRows, RulesAreDescribedAndDistinct) {
  std::set<std::tuple<std::string, std::string, int>> seen;
  for (const RuleInfo& rule : AllRules()) {
    SCOPED_TRACE(rule.domain + "::" + rule.op_type);
    EXPECT_TRUE(seen.insert({rule.domain, rule.op_type, rule.since_version}).second);
    EXPECT_FALSE(rule.rule.empty());
    EXPECT_FALSE(rule.formula.empty());
    EXPECT_EQ(rule.status == RuleStatus::kFallback, IsUnpriced(rule.op_type));
  }
}

}  // namespace
}  // namespace opcost
