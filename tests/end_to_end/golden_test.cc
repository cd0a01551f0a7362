// The layout of each command on an invented target and a small network. OPCOST_UPDATE_GOLDENS=1 writes them anew: read
// the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models.h"
#include "process.h"

namespace opcost {
namespace {

struct Golden {
  const char* name;
  std::vector<std::string> arguments;
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, IsUnchanged) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/tiny.onnx", kTinyNetwork);
  WriteFile(folder + "/edge.toml", ReadFile("tests/profiles/edge.toml"));
  const Outcome outcome = Execute(Process{.arguments = GetParam().arguments, .folder = folder});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const std::string path = std::string("tests/end_to_end/golden/") + GetParam().name;
  if (std::getenv("OPCOST_UPDATE_GOLDENS") != nullptr) WriteFile(path, outcome.out);
  EXPECT_EQ(outcome.out, ReadFile(path)) << path;
}

// The numbers behind the goldens, by hand. The convolution: 2 · (2·5·11·13)·(3·3·3) = 77,220 FLOP at 500 GFLOP/s × 0.8
// × 0.1, behind 2 µs of dispatch. The product: 3 µs, 2 · 2·5·7 FLOP at 2 ps, 4 · 5·7 bytes of weights at 10 ps.
TEST(Golden, TimesFollowFromTheProfileByHand) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/tiny.onnx", kTinyNetwork);
  const Outcome outcome =
      Execute({folder + "/tiny.onnx", "--hw", "tests/profiles/edge.toml", "--dim", "n=2", "--format", "json"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const nlohmann::json report = nlohmann::json::parse(outcome.out);
  std::map<std::string, double> seconds;
  for (const auto& row : report["subgraphs"]) seconds[row["name"]] = row["latency"]["t_s"];
  EXPECT_NEAR(seconds["conv"], 2e-6 + 77220 / 40e9, 1e-18);
  EXPECT_NEAR(seconds["fc"], 3e-6 + 140 * 2e-12 + 140 * 1e-11, 1e-18);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoldenTest,
    testing::Values(
        Golden{"analyze.txt", {"tiny.onnx", "--hw", "edge.toml", "--dim", "n=2"}},
        Golden{"analyze_trace.txt",
               {"tiny.onnx", "--hw", "edge.toml", "--trace", "--columns", "name,latency,entry,step"}},
        Golden{"analyze.csv", {"tiny.onnx", "--hw", "edge.toml", "--dim", "n=2", "--format", "csv"}},
        Golden{"analyze.md",
               {"tiny.onnx", "--hw", "edge.toml", "--dim", "n=2", "--format", "md", "--group-by", "pattern"}},
        Golden{"explain.txt",
               {"explain", "tiny.onnx", "--hw", "edge.toml", "--dim", "n=2", "--node", "conv", "--set",
                "memory.bandwidth_bytes_per_s=50e9"}},
        Golden{"sensitivity.txt", {"sensitivity", "tiny.onnx", "--hw", "edge.toml", "--dim", "n=2"}},
        Golden{"diff.txt", {"diff", "tiny.onnx", "--dim", "n=2", "--hw", "edge.toml:fast", "--hw", "edge.toml:slow"}},
        Golden{"diff.md",
               {"diff", "tiny.onnx", "--dim", "n=2", "--hw", "edge.toml:fast", "--hw", "edge.toml:slow", "--format",
                "md"}},
        Golden{"compare.txt",
               {"compare", "tiny.onnx", "--dim", "n=2", "--hw", "edge.toml:fast", "--hw", "edge.toml:slow"}}),
    [](const auto& info) {
      std::string name = info.param.name;
      for (char& c : name) c = c == '.' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace opcost
