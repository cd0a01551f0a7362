// Profiles beside predictions, with the built program: the table, the saved run, bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kEdge = "tests/profiles/edge.toml";
constexpr const char* kProfile = "tests/measurements/onnxruntime_profiles/ort1.32.0_mobilenet_v3_small__all.json.gz";
constexpr const char* kModel = "tests/models/mobilenet_v3_small.onnx";

struct Event {
  const char* name;
  const char* op_type;
  int us;
  const char* output;
};

// A profile as ONNX Runtime writes it: one run of these nodes, from `now` on.
std::string Profile(const std::vector<Event>& events, int64_t now = 100) {
  std::vector<std::string> lines;
  const int64_t start = now;
  for (const Event& event : events) {
    lines.push_back(absl::StrCat(R"({"cat" : "Node","pid" :1,"tid" :1,"dur" :)", event.us, R"(,"ts" :)", now + 5,
                                 R"(,"ph" : "X","name" :")", event.name, R"(_kernel_time","args" : {"op_name" : ")",
                                 event.op_type, R"(","output_type_shape" : [{"float":)", event.output, "}]}}"));
    now += 10 + event.us;
  }
  lines.push_back(absl::StrCat(R"({"cat" : "Session","pid" :1,"tid" :1,"dur" :)", now - start, R"(,"ts" :)", start,
                               R"(,"ph" : "X","name" :"model_run","args" : {}})"));
  return absl::StrCat("[\n", absl::StrJoin(lines, ",\n"), "\n]\n");
}

// The tiny network as executed: the activation inside the convolution, the view without a kernel.
std::vector<Event> TinyEvents() {
  return {{"conv", "FusedConv", 40, "[1,5,11,13]"},
          {"pool", "GlobalAveragePool", 9, "[1,5,1,1]"},
          {"fc", "MatMul", 7, "[1,7]"},
          {"softmax", "Softmax", 4, "[1,7]"}};
}

struct Files {
  std::string folder = TestFolder();
  std::string model = folder + "/tiny.onnx";
  Files() { WriteModel(model, kTinyNetwork); }
  std::string Write(const std::string& name, const std::string& text) const {
    WriteFile(folder + "/" + name, text);
    return folder + "/" + name;
  }
};

std::vector<std::string> Words(std::vector<std::string> profiles, const std::string& model,
                               const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"import"};
  words.insert(words.end(), profiles.begin(), profiles.end());
  words.insert(words.end(), {"--model", model, "--hw", kEdge});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json Json(std::vector<std::string> words) {
  words.insert(words.end(), {"--format", "json", "-q"});
  const Outcome outcome = Execute(std::move(words));
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
}

TEST(Import, MeasuredBesidePredicted) {
  const Files files;
  const std::string profile = files.Write("p.json", Profile(TinyEvents()));
  const nlohmann::json json = Json(Words({profile}, files.model));
  EXPECT_NEAR(json["totals"]["measured_s"].get<double>(), 60e-6, 1e-12);
  // The prediction is that of analyze.
  const nlohmann::json report = Json({"analyze", files.model, "--hw", kEdge});
  EXPECT_EQ(json["totals"]["latency_s"], report["totals"]["latency_s"]);
  EXPECT_EQ(json["rows"][0]["nodes"], nlohmann::json({"conv", "relu"}));
  EXPECT_EQ(json["rows"][0]["attrs"]["activation"], "Relu");
  EXPECT_EQ(json["rows"][0]["attrs"]["pads"], nlohmann::json({1, 1, 1, 1}));
  EXPECT_EQ(json["rows"][2]["inits"], nlohmann::json({nullptr, {5, 7}}));
  EXPECT_EQ(json["coverage"]["nodes"]["missing"], 0);
  double measured = 0, predicted = 0;
  for (const nlohmann::json& group : json["groups"]) {
    measured += group["measured_s"].is_null() ? 0 : group["measured_s"].get<double>();
    predicted += group["predicted_s"].is_null() ? 0 : group["predicted_s"].get<double>();
  }
  EXPECT_NEAR(measured, 60e-6, 1e-12);
  EXPECT_NEAR(predicted, json["totals"]["predicted_s"].get<double>(), 1e-15);
}

TEST(Import, EveryFormatHoldsTheSameLines) {
  const nlohmann::json json = Json(Words({kProfile}, kModel));
  const Outcome table = Execute(Words({kProfile}, kModel, {"--top", "3"}));
  ASSERT_EQ(table.exit, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("measured 2.619 ms in 106 kernels"));
  EXPECT_THAT(table.out, HasSubstr("TOTAL"));
  EXPECT_THAT(table.out, HasSubstr("others]"));
  EXPECT_THAT(table.out, HasSubstr("measured with onnxruntime, predicted for the runtime"));
  EXPECT_THAT(table.out, HasSubstr("onnxruntime-profile cannot tell: attributes of a kernel"));
  const Outcome csv = Execute(Words({kProfile}, kModel, {"--format", "csv", "-q", "--sort", "order"}));
  EXPECT_EQ(csv.exit, 0) << csv.err;
  EXPECT_THAT(csv.out, HasSubstr("share,name,measured_s,predicted_s,delta_s,error,kernel,pattern"));
  int lines = 0;
  for (const nlohmann::json& group : json["groups"]) {
    const bool shown = !group["measured_s"].is_null() || group["predicted_s"] != 0.0;
    lines += shown ? 1 : 0;
    EXPECT_TRUE(!shown || absl::StrContains(csv.out, group["name"].get<std::string>())) << group["name"];
  }
  EXPECT_GT(lines, 10);
  EXPECT_THAT(Execute(Words({kProfile}, kModel, {"--format", "md"})).out, HasSubstr("| measured |"));
}

TEST(Import, ASavedRunIsReadAgain) {
  const Files files;
  const std::string run = files.folder + "/run.json";
  const Outcome saved =
      Execute(Words({kProfile}, kModel,
                    {"-o", run, "--machine", "edge box", "--runtime-version", "1.32.0", "--date", "2026-11-26", "-q"}));
  ASSERT_EQ(saved.exit, 0) << saved.err;
  EXPECT_FALSE(std::filesystem::exists(run + ".part"));
  const nlohmann::json first = nlohmann::json::parse(ReadFile(run));
  EXPECT_EQ(first["machine"], "edge box");
  const nlohmann::json again = Json(Words({run}, kModel));
  EXPECT_EQ(again["machine"], "edge box");
  EXPECT_EQ(again["runtime"], "1.32.0");
  EXPECT_EQ(again["date"], "2026-11-26");
  ASSERT_EQ(again["rows"].size(), first["rows"].size());
  for (size_t i = 0; i < first["rows"].size(); ++i) {
    for (const char* key : {"name", "op", "domain", "attrs", "ins", "inits", "outs", "nodes", "conversion"}) {
      EXPECT_EQ(again["rows"][i][key], first["rows"][i][key]) << first["rows"][i]["name"] << " " << key;
    }
  }
  EXPECT_NEAR(again["totals"]["measured_s"].get<double>(), first["totals"]["measured_s"].get<double>(), 1e-12);
  // Calibration takes it.
  const std::string box = files.folder + "/box.toml";
  const Outcome fit = Execute({"calibrate", "--from", "tests/measurements/sapphire_rapids/generated", "-o", box, "--l2",
                               "2MiB", "--llc", "105MiB", "--runtime-version", "1.26.0", "--threads", "1", "-q"});
  ASSERT_EQ(fit.exit, 0) << fit.err;
  const nlohmann::json validation = Json({"validate", box, "--from", run});
  EXPECT_EQ(validation["headline"]["models"], 1);
}

TEST(Import, WhatTheJoinDoesNotReachIsSaidBothWays) {
  const Files files;
  std::vector<Event> events = TinyEvents();
  events.erase(events.begin() + 1);
  events.push_back({"stranger", "Erf", 20, "[1,7]"});
  const std::string profile = files.Write("p.json", Profile(events));
  const Outcome outcome = Execute(Words({profile}, files.model));
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1 without a node, 28.2 %"));  // 20 of 71 µs
  EXPECT_THAT(outcome.out, HasSubstr("entries without a node: stranger (20.00 µs)"));
  EXPECT_THAT(outcome.out, HasSubstr("nodes without an entry: pool"));
  const Outcome strict = Execute(Words({profile}, files.model, {"--strict", "--dim", "n=1"}));
  EXPECT_EQ(strict.exit, 4) << strict.err;
  EXPECT_THAT(strict.err, HasSubstr("1 entries without a node, 1 nodes without an entry"));
}

TEST(Import, RepeatedFilesAreOneRun) {
  const Files files;
  std::vector<Event> slower = TinyEvents();
  slower[0].us = 50;
  const std::string a = files.Write("a.json", Profile(slower)), b = files.Write("b.json", Profile(TinyEvents()));
  const Outcome outcome = Execute(Words({a, b, b}, files.model));
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("measured 60.00 µs"));  // the better of both
  EXPECT_THAT(outcome.out, HasSubstr("the same measurement again, left out"));
}

struct Row {
  std::vector<std::string> words;
  int exit;
  const char* message;
};

TEST(Import, BadInputSaysWhereAndWhat) {
  const Files files;
  const std::string good = files.Write("good.json", Profile(TinyEvents()));
  const std::string text = Profile(TinyEvents());
  std::vector<Event> batch = TinyEvents();
  batch[0].output = "[8,5,11,13]";
  batch[1].output = "[8,5,1,1]";
  const std::string other = files.Write("other.json", Profile({{"a", "Conv", 5, "[1,2]"}, {"b", "Relu", 5, "[1,2]"}}));
  const std::string mixed = files.Write(
      "mixed.json", absl::StrCat(text.substr(0, text.rfind(']')), ",",
                                 Profile({{"a", "Conv", 5, "[1,2]"}, {"b", "Relu", 5, "[1,2]"}}, 9000).substr(2)));
  const std::string negative = files.Write("negative.json", Profile({{"conv", "Conv", -5, "[1,2]"}}));
  const std::string zero = files.Write("zero.json", Profile({{"conv", "Conv", 0, "[1,2]"}}));
  const std::string cut = files.Write("cut.json", text.substr(0, 300));
  const std::string sizes = files.Write("sizes.json", Profile(batch));
  const std::string what = files.Write("what.json", "hello");
  const std::string slow = files.Write("threads.json", text);
  for (const Row& row : std::vector<Row>{
           {{"import"}, 2, "which profile?"},
           {{"import", good}, 2, "--model"},
           {Words({good}, files.model, {"--sort", "eror"}), 2, "did you mean 'error'?"},
           {Words({good}, files.model, {"--top", "-1"}), 2, "--top"},
           {Words({good}, files.model, {"--hw", "t4"}), 2, "expected one --hw"},
           {Words({"tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz"}, files.model), 2,
            "--network tiny: tests/measurements/pytorch_eager"},
           {Words({files.folder + "/none.json"}, files.model), 3, "none.json: cannot be opened"},
           {Words({what}, files.model), 3, "what.json: no measurements in a known format"},
           {Words({cut}, files.model), 3, "cut.json: no complete run"},
           {Words({negative}, files.model), 3, "negative.json: event 'conv' has ts 105 and dur -5"},
           {Words({zero}, files.model), 3, "zero.json: every time is 0"},
           {Words({mixed}, files.model), 3, "mixed.json: runs of different models are mixed"},
           {Words({other}, files.model), 3, "other.json: 0 of its 2 kernels, 0.0 % of their time, are nodes of"},
           {Words({good, other}, files.model), 3, "expected two runs of one model"},
           {Words({sizes}, files.model), 3, "conv: measured [8, 5, 11, 13], the model has [1, 5, 11, 13]"},
           {Words({good}, files.folder + "/none.onnx"), 3, "none.onnx"},
           {Words({kProfile}, kModel, {"--threads", "4"}), 3, "the file says 1 threads, --threads says 4"},
       }) {
    const Outcome outcome = Execute(row.words);
    const std::string words = testing::PrintToString(row.words);
    EXPECT_EQ(outcome.exit, row.exit) << words << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message)) << words;
    EXPECT_THAT(outcome.out, IsEmpty()) << words;
  }
  // The sizes fit once the model is bound to them.
  EXPECT_EQ(Execute(Words({sizes}, files.model, {"--dim", "n=8", "-q"})).exit, 0);
}

TEST(Import, RunsWithoutSizesAreNothingToFit) {
  for (const char* file : {"openvino/resnet18_benchmark_detailed_counters_report.csv.gz",
                           "tensorrt/pytorch_a100_fp32.profile.json.gz", "tflite/tf_mobilenetv2.csv"}) {
    const Outcome outcome = Execute({"validate", kEdge, "--from", absl::StrCat("tests/measurements/", file)});
    EXPECT_EQ(outcome.exit, 3) << file;
    EXPECT_THAT(outcome.err, HasSubstr("join it with its model first: opcost import")) << file;
  }
}

TEST(Import, AnotherMachineIsNamed) {
  const Files files;
  const std::string profile = files.Write("p.json", Profile(TinyEvents()));
  EXPECT_THAT(Execute(Words({profile}, files.model, {"--machine", "Cray-1"})).out,
              HasSubstr("measured on 'Cray-1', predicted for"));
  EXPECT_THAT(Execute(Words({profile}, files.model)).out, Not(HasSubstr("the machines differ")));
}

TEST(Import, AnOutputThatCannotBeWrittenLeavesTheOldOne) {
  const Files files;
  const std::string run = files.Write("run.json", "old");
  const std::string bad = files.Write("bad.json", "hello");
  EXPECT_EQ(Execute(Words({bad}, files.model, {"-o", run})).exit, 3);
  EXPECT_EQ(ReadFile(run), "old");
  EXPECT_EQ(Execute(Words({kProfile}, kModel, {"-o", files.folder + "/none/run.json"})).exit, 3);
}

}  // namespace
}  // namespace opcost
