// A saved report says what the fresh one said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kModel = "tests/models/efficientnet_b0.onnx";
constexpr const char* kEdge = "tests/profiles/edge.toml";

TEST(SavedReport, RendersAndSavesAsBefore) {
  const std::string saved = TestFolder() + "/r.json";
  ASSERT_EQ(Execute({kModel, "--hw", kEdge, "-o", saved}).exit, 0);
  for (const char* format : {"table", "csv", "md", "json"}) {
    EXPECT_EQ(Execute({saved, "--format", format}).out, Execute({kModel, "--hw", kEdge, "--format", format}).out)
        << format;
  }
}

TEST(SavedReport, DiffersFromItselfByNothing) {
  const std::string saved = TestFolder() + "/r.json";
  ASSERT_EQ(Execute({kModel, "--hw", kEdge, "-o", saved}).exit, 0);
  // Against itself, and against the model that it was made of.
  for (const std::string& other : {saved, std::string(kModel)}) {
    const Outcome outcome = Execute({"diff", saved, other, "--hw", kEdge, "--format", "json", "--exit-code"});
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    const Json diff = Json::parse(outcome.out);
    for (const auto& [name, total] : diff["totals"].items()) EXPECT_EQ(total["delta"], 0.0) << name;
    for (const Json& group : diff["groups"]) {
      EXPECT_EQ(group["delta"], 0.0) << group["name"];
      EXPECT_EQ(group["kind"], "equal");
    }
  }
}

TEST(SavedReport, ExplainsItself) {
  const std::string saved = TestFolder() + "/r.json";
  ASSERT_EQ(Execute({kModel, "--hw", kEdge, "-o", saved}).exit, 0);
  std::string node;
  const Json report = Json::parse(ReadFile(saved));
  for (const Json& one : report["nodes"]) {
    if (one["op"] == "Conv") node = one["id"];
  }
  const Outcome outcome = Execute({"explain", saved, "--node", node});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("edge.toml:"));
}

TEST(SavedReport, ThatContradictsItselfIsRefused) {
  const std::string saved = TestFolder() + "/r.json";
  ASSERT_EQ(Execute({kModel, "--hw", kEdge, "-o", saved}).exit, 0);
  Json json = Json::parse(ReadFile(saved));
  json["totals"]["latency_s"] = json["totals"]["latency_s"].get<double>() * 2;
  WriteFile(saved, json.dump());
  const Outcome outcome = Execute({saved});
  EXPECT_EQ(outcome.exit, 3);
  EXPECT_THAT(outcome.err, HasSubstr("contradicts itself"));
}

// Law 6, on a real model: each row of the CSV equals the JSON to the last bit, and the table's total is the JSON's.
TEST(SavedReport, CsvAndJsonHoldTheSameNumbers) {
  const Json json = Json::parse(Execute({kModel, "--hw", kEdge, "--format", "json"}).out);
  const Outcome csv = Execute(
      {kModel, "--hw", kEdge, "--format", "csv", "-q", "--sort", "order", "--columns", "id,latency,limit,macs,bytes"});
  const std::vector<std::string> lines = absl::StrSplit(csv.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), json["subgraphs"].size() + 1);
  for (size_t i = 0; i < json["subgraphs"].size(); ++i) {
    const Json& row = json["subgraphs"][i];
    const std::vector<std::string> fields = absl::StrSplit(lines[i + 1], ',');
    EXPECT_EQ(fields[0], row["id"]);
    double latency = 0, limit = 0;
    int64_t macs = 0, bytes = 0;
    ASSERT_TRUE(absl::SimpleAtod(fields[1], &latency) && absl::SimpleAtod(fields[2], &limit));
    ASSERT_TRUE(absl::SimpleAtoi(fields[3], &macs) && absl::SimpleAtoi(fields[4], &bytes));
    EXPECT_EQ(latency, row["latency"]["t_s"]);
    EXPECT_EQ(limit, row["latency"]["limit_s"]);
    EXPECT_EQ(macs, row["macs"]);
    EXPECT_EQ(bytes, row["bytes"]["act_read"].get<int64_t>() + row["bytes"]["weight_read"].get<int64_t>() +
                         row["bytes"]["write"].get<int64_t>());
  }
}

}  // namespace
}  // namespace opcost
