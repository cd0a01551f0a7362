// A sweep is the single analyses, side by side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "models.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBert = "tests/models/modern/bert_base_dynamo.onnx";
constexpr const char* kEdge = "tests/profiles/edge.toml";

TEST(Sweep, EveryPointIsTheSingleAnalysis) {
  for (const char* rules : {"none", "tensorrt", "onnxruntime-cpu"}) {
    const Outcome swept = Execute({kBert, "--hw", kEdge, "--rules", rules, "--sweep", "seq=16,37", "--sweep",
                                   "batch=1,3", "--format", "jsonl", "-q"});
    ASSERT_EQ(swept.exit, 0) << swept.err;
    std::string single;
    for (const int seq : {16, 37}) {
      for (const int batch : {1, 3}) {
        single += Execute({kBert, "--hw", kEdge, "--rules", rules, "--dim", absl::StrCat("seq=", seq, ",batch=", batch),
                           "--format", "jsonl", "-q"})
                      .out;
      }
    }
    EXPECT_TRUE(swept.out == single) << rules;
  }
}

TEST(Sweep, TotalsByHand) {
  // n images of 3×11×13 through 5 filters of 3×3: n·5·11·13·27 MACs, then n·5·7.
  const std::string folder = TestFolder();
  WriteModel(folder + "/tiny.onnx", kTinyNetwork);
  const Outcome outcome =
      Execute({folder + "/tiny.onnx", "--hw", kEdge, "--sweep", "n=2,3,7", "--format", "json", "-q"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(json["points"].size(), 3u);
  const int64_t n[] = {2, 3, 7};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(json["points"][i]["macs"], n[i] * (5 * 11 * 13 * 27 + 5 * 7));
    // Input and the convolution's output.
    EXPECT_EQ(json["points"][i]["peak_activation_bytes"], n[i] * 4 * (3 * 11 * 13 + 5 * 11 * 13));
    EXPECT_EQ(json["points"][i]["weight_bytes"], 4 * (5 * 27 + 5 + 35));
  }
  EXPECT_EQ(json["readings"], 1);
  EXPECT_EQ(json["classifications"], 1);
}

TEST(Sweep, ModelsBindingsTargetsInOneTable) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/a.onnx", kTinyNetwork);
  WriteModel(folder + "/b.onnx", kTinyNetwork);
  const Outcome outcome =
      Execute({folder + "/a.onnx", folder + "/b.onnx", "--hw", "tests/profiles/edge.toml:fast", "--hw",
               "tests/profiles/edge.toml:slow", "--sweep", "n=2,3", "--format", "csv", "-q"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const std::vector<std::string> lines = absl::StrSplit(outcome.out, '\n');
  ASSERT_EQ(lines.size(), 10u) << outcome.out;
  EXPECT_THAT(lines[0], testing::StartsWith("model,n,target,latency_s,"));
  EXPECT_THAT(lines[2], testing::StartsWith("a.onnx,2,edge:slow,"));
  EXPECT_THAT(lines[8], testing::StartsWith("b.onnx,3,edge:slow,"));
}

TEST(Sweep, BadInput) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/tiny.onnx", kTinyNetwork);
  const std::string model = folder + "/tiny.onnx";
  const struct {
    std::vector<std::string> arguments;
    int exit;
    const char* message;
  } kRows[] = {
      {{kBert, "--hw", kEdge, "--sweep", "seqq=1,2"}, 2, "--sweep seqq: no symbol of that name; did you mean 'seq'?"},
      {{model, "--hw", kEdge, "--sweep", "n=1,2", "--dim", "n=3"}, 2, "--dim binds 'n' to 3 already"},
      {{model, "--hw", kEdge, "--sweep", "n=1,2", "--trace"}, 2, "--trace: shows rows of one report"},
      {{model, "--hw", kEdge, "--sweep", "n=1,2", "--group-by", "op"}, 2, "--group-by"},
      {{model, "--hw", kEdge, "--sweep", "n="}, 2, "'' is none"},
      {{model, "--hw", kEdge, "--sweep", "n=1,2", "--shape", "image=5x3x11x13"}, 3, "(at n=1)"},
      {{folder + "/r.json", "--sweep", "n=1,2"}, 2, "is a saved report"},
      {{"compare", model, "--hw", kEdge, "--sweep", "n=1,2"}, 2, "--sweep"},
  };
  Execute({model, "--hw", kEdge, "-q", "-o", folder + "/r.json"});
  for (const auto& row : kRows) {
    const Outcome outcome = Execute(row.arguments);
    EXPECT_EQ(outcome.exit, row.exit) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_EQ(Execute({model, "--hw", kEdge, "--sweep", "n=0", "-q"}).exit, 0);
}

}  // namespace
}  // namespace opcost
