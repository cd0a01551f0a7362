// Every model under tests/models: MACs equal to the integer that PyTorch's own counter gives, and no operator without a
// rule.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "frontend/load.h"
#include "ops/count.h"

namespace opcost {
namespace {

std::map<std::string, int64_t> ExpectedMacs() {
  std::map<std::string, int64_t> macs;
  std::ifstream in("tests/models/expected_macs.csv");
  for (std::string line; std::getline(in, line);) {
    const size_t comma = line.find(',');
    if (line[0] == '#' || line == "file,macs") continue;
    macs[line.substr(0, comma)] = std::stoll(line.substr(comma + 1));
  }
  return macs;
}

TEST(ModelMacsTest, EqualPyTorchsCounter) {
  const std::map<std::string, int64_t> expected = ExpectedMacs();
  EXPECT_GE(expected.size(), 28u);
  for (const auto& [file, macs] : expected) {
    SCOPED_TRACE(file);
    const absl::StatusOr<Graph> graph = LoadModel("tests/models/" + file);
    ASSERT_TRUE(graph.ok()) << graph.status();
    int64_t sum = 0;
    for (const Node& node : graph->nodes) {
      const absl::StatusOr<NodeCount> count = CountNode(*graph, node);
      ASSERT_TRUE(count.ok()) << count.status();
      EXPECT_NE(count->status, RuleStatus::kFallback) << node.id << " (" << node.op_type << ")";
      EXPECT_FALSE(count->incomplete) << node.id << " (" << node.op_type << ")";
      sum += count->work.Get(Resource::kMatrixMacs);
    }
    EXPECT_EQ(sum, macs);
  }
}

}  // namespace
}  // namespace opcost
