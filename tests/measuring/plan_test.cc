// Which network comes next, and what an interrupted calibration finds again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "costing/calibration/runtime/network_plan.h"
#include "costing/calibration/runtime/runs_folder.h"
#include "costing/calibration/runtime/temp_folder.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::vector<NetworkChoice> kRound = {{"conv", 0}, {"gemm", 0}, {"conv", 1}, {"norm", 0}};

TEST(Plan, TheFirstRoundSeesEveryFamily) {
  NetworkPlan plan(kRound);
  for (const NetworkChoice& choice : kRound) {
    EXPECT_FALSE(plan.covered());
    const auto next = plan.Next();
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->family, choice.family);
    EXPECT_EQ(next->index, choice.index);
  }
  EXPECT_TRUE(plan.covered());
}

TEST(Plan, ThenNetworksGoWhereASecondOfMeasuringTellsMost) {
  NetworkPlan plan(kRound);
  for (size_t i = 0; i < kRound.size(); ++i) plan.Next();
  // conv weighs 2 and is off by 2 ms: 4 over 3, 4 over 4 …; gemm by 9 ms, but takes 1.5 s: 6 over 2, 3 …; norm is at
  // the noise, however many its seconds are.
  plan.Learn({{"conv", {0.1, 0.002, 1}}, {"gemm", {0.05, 0.009, 1.5}}, {"norm", {0.02, 0.5, 1}}}, 0.02);
  std::map<std::string, int> chosen;
  std::map<std::string, int64_t> last = {{"conv", 1}, {"gemm", 0}};
  for (int i = 0; i < 20; ++i) {
    const auto next = plan.Next();
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->index, ++last[next->family]) << "no index twice, none left out";
    ++chosen[next->family];
  }
  EXPECT_EQ(chosen["norm"], 0);
  // In the long run as 4 to 6, the first round's networks counted.
  EXPECT_NEAR(chosen["gemm"] + 1, 0.6 * 23, 1);
  EXPECT_EQ(chosen["conv"] + chosen["gemm"], 20);
}

TEST(Plan, EndsWhereNothingIsWorthMeasuring) {
  NetworkPlan plan(kRound);
  for (size_t i = 0; i < kRound.size(); ++i) plan.Next();
  plan.Learn({{"conv", {0.01, 1, 1}}, {"gemm", {0.02, 1, 1}}, {"norm", {0, 0, 1}}}, 0.02);
  EXPECT_EQ(plan.Next(), std::nullopt);
}

constexpr const char* kRun = R"({
 "kind": "measurement", "model": "NAME", "machine": "box", "runtime_name": "onnxruntime", "runtime": "1.31.1",
 "threads": 1, "protocol": {"seconds": 1.5},
 "rows": [{"name": "a", "op": "Neg", "ins": [{"float": [2, 3]}], "outs": [{"float": [2, 3]}], "p1": [1, 1, 5]}]})";

void Write(const std::string& path, const std::string& name) {
  std::string text = kRun;
  text.replace(text.find("NAME"), 4, name);
  std::ofstream(path) << text;
}

TEST(RunsFolder, RemembersWhatIsDoneAndHowLongItTook) {
  auto temp = TempFolder::Make(0);
  ASSERT_TRUE(temp.ok());
  const std::string folder = temp->File("runs");
  const RunFacts facts{.machine = "box", .runtime_version = "1.31.1", .threads = 1};
  ASSERT_TRUE(OpenRunsFolder(folder, facts).ok());
  Write(folder + "/a.json", "a");
  Write(folder + "/b.json", "b");
  std::ofstream(folder + "/c.json.new") << "cut off in the mid";
  const auto opened = OpenRunsFolder(folder, facts);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_THAT(opened->networks, ElementsAre(Pair("a", 1.5), Pair("b", 1.5)));
  EXPECT_FALSE(fs::exists(folder + "/c.json.new"));
}

TEST(RunsFolder, RunsOfAnotherMachineOrThreadCountAreRefused) {
  auto temp = TempFolder::Make(0);
  ASSERT_TRUE(temp.ok());
  const std::string folder = temp->File("runs");
  ASSERT_TRUE(OpenRunsFolder(folder, {}).ok());
  Write(folder + "/a.json", "a");
  const RunFacts same{.machine = "box", .runtime_version = "1.31.1", .threads = 1};
  RunFacts machine = same, version = same, threads = same;
  machine.machine = "other";
  version.runtime_version = "1.26.0";
  threads.threads = 4;
  EXPECT_THAT(std::string(OpenRunsFolder(folder, machine).status().message()),
              HasSubstr("the machine 'box', this one is of 'other'"));
  EXPECT_THAT(std::string(OpenRunsFolder(folder, version).status().message()), HasSubstr("version '1.31.1'"));
  EXPECT_THAT(std::string(OpenRunsFolder(folder, threads).status().message()), HasSubstr("threads '1'"));
}

}  // namespace
}  // namespace opcost
