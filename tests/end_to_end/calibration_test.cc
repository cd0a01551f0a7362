// From measurements to a profile, its validation, its refits and its history, with the built program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;

constexpr const char* kRuns = "tests/measurements/sapphire_rapids/generated";
constexpr const char* kModels = "tests/measurements/sapphire_rapids/models";

std::vector<std::string> Calibrate(const std::string& path, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"calibrate", "--from",    kRuns,   "-o",     path,
                                    "--l2",      "2MiB",      "--llc", "105MiB", "--runtime-version",
                                    "1.26.0",    "--threads", "1",     "-q"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json Json(std::vector<std::string> words, int exit = 0) {
  words.insert(words.end(), {"--format", "json", "-q"});
  const Outcome outcome = Execute(std::move(words));
  EXPECT_EQ(outcome.exit, exit) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
}

TEST(Calibration, AProfilePricesValidatesAndIsRefitted) {
  const std::string folder = TestFolder(), box = folder + "/box.toml";
  const nlohmann::json made = Json(Calibrate(box));
  EXPECT_EQ(made["networks"], 52);
  EXPECT_EQ(Execute({"hw", "check", box}).exit, 0);

  // It prices a raw file, row by row as kernels.
  const nlohmann::json report = Json({"analyze", "tests/models/resnet50.onnx", "--hw", box});
  EXPECT_EQ(report["rule_set"], "onnxruntime-cpu");
  EXPECT_THAT(report["executed"].get<std::string>(), HasSubstr("ONNX Runtime 1.26"));
  EXPECT_EQ(report["totals"]["macs"], 4089184256);

  // Models that it never saw, and those that it did.
  const nlohmann::json unseen = Json({"validate", box, "--from", kModels});
  EXPECT_EQ(unseen["headline"]["models"], 21);
  EXPECT_LE(unseen["headline"]["mean_absolute"], 0.073);
  const nlohmann::json seen = Json({"validate", box, "--from", kRuns});
  EXPECT_EQ(seen["headline"]["models"], 0);
  EXPECT_EQ(seen["fitted"]["models"], 52);

  // Some classes anew, from two of its networks: the older version stays.
  const Outcome refit = Execute(
      {"calibrate", "--from", kRuns, "--op", "depthwise,pointwise", "--models", "cnn_1,cnn_2", "--update", box, "-q"});
  ASSERT_EQ(refit.exit, 0) << refit.err;
  const nlohmann::json history = Json({"history", box});
  ASSERT_EQ(history["versions"].size(), 2u);
  EXPECT_EQ(history["versions"][1]["networks"], 52);

  // A profile that is worse than the one before shows, and is the exit code.
  std::string text = ReadFile(box);
  const size_t term = text.find("seconds_per_unit = { value = 1.");
  ASSERT_NE(term, std::string::npos);
  text.replace(term, 31, "seconds_per_unit = { value = 3.");
  WriteFile(folder + "/worse.toml", text);
  const nlohmann::json worse = Json({"validate", folder + "/worse.toml", "--from", kModels, "--baseline", box}, 1);
  EXPECT_GT(worse["headline"]["mean_absolute"], unseen["headline"]["mean_absolute"]);
  Json({"validate", box, "--from", kModels, "--baseline", box}, 0);
}

TEST(Calibration, BadInputLeavesTheProfileAlone) {
  const std::string folder = TestFolder(), box = folder + "/box.toml";
  ASSERT_EQ(Execute(Calibrate(box)).exit, 0);
  const std::string before = ReadFile(box);
  WriteFile(folder + "/cut.json", R"({"model": "m", "rows": [{"i": 0, "na)");
  WriteFile(folder + "/what.json", "hello");
  struct Row {
    std::vector<std::string> words;
    int exit;
    const char* message;
  };
  for (const Row& row : std::vector<Row>{
           {{"calibrate", "--from", folder + "/cut.json", "--update", box}, 3, "cut.json"},
           {{"calibrate", "--from", folder + "/what.json", "--update", box}, 3, "what.json"},
           {{"calibrate", "--from", folder + "/none.json", "--update", box}, 3, "none.json"},
           {{"calibrate", "--from", kRuns, "--update", folder + "/none.toml"}, 3, "none.toml"},
           {{"calibrate", "--from", kRuns, "--op", "depthwize", "--update", box}, 2, "did you mean 'depthwise'?"},
           {{"calibrate", "--from", kRuns, "--models", "cnn_x", "--update", box}, 2, "cnn_x"},
           {{"calibrate", "--from", kRuns, "--threads", "4", "--update", box}, 3, "threads"},
           {{"calibrate", "--from", kRuns}, 2, "-o FILE"},
           {{"calibrate", "--update", box}, 2, "--from"},
           {{"calibrate", "--from", kRuns, "-o", box, "--l2", "big"}, 2, "--l2"},
           {{"validate", box}, 2, "--from"},
           {{"validate", folder + "/none.toml", "--from", kModels}, 3, "none.toml"},
           {{"history", folder + "/none.toml"}, 3, "none.toml"},
       }) {
    const Outcome outcome = Execute(row.words);
    const std::string words = testing::PrintToString(row.words);
    EXPECT_EQ(outcome.exit, row.exit) << words << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message)) << words;
  }
  EXPECT_TRUE(ReadFile(box) == before) << "the profile has changed";
  EXPECT_FALSE(std::filesystem::exists(folder + "/history"));
}

// The networks to calibrate with: as many as asked for, the same ones again, priced like any file.
TEST(Generate, WritesNetworksThatArePriced) {
  const std::string folder = TestFolder();
  const Outcome all = Execute({"generate", folder + "/a/b", "--count", "50"});
  ASSERT_EQ(all.exit, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("50 networks"));
  EXPECT_EQ(Execute({"generate", folder + "/again", "--family", "mobile", "--count", "2"}).exit, 0);
  EXPECT_EQ(Execute({"generate", folder + "/other", "--family", "mobile", "--count", "2", "--seed", "2"}).exit, 0);
  const std::string file = "/mobile-000.onnx";
  EXPECT_TRUE(ReadFile(folder + "/a/b" + file) == ReadFile(folder + "/again" + file));
  EXPECT_FALSE(ReadFile(folder + "/other" + file) == ReadFile(folder + "/again" + file));
  const nlohmann::json report =
      Json({"analyze", folder + "/again" + file, "--hw", "tests/profiles/kernels.toml", "--strict"});
  EXPECT_GT(report["totals"]["macs"].get<double>(), 1e6);
  EXPECT_THAT(Execute({"generate", "--list"}).out, HasSubstr("mobile"));
}

TEST(Generate, SaysWhatIsWrong) {
  const std::string folder = TestFolder();
  WriteFile(folder + "/file", "");
  struct Row {
    std::vector<std::string> words;
    int exit;
    std::string message;
  };
  for (const Row& row : std::vector<Row>{
           {{"generate"}, 2, "expected a folder"},
           {{"generate", folder, "--count", "-3"}, 2, "--count"},
           {{"generate", folder, "--family", "mobiles"}, 2, "did you mean 'mobile'?"},
           {{"generate", folder + "/file/under"}, 3, "file/under"},
           {{"generate", folder, "--seed", "x"}, 2, "--seed"},
       }) {
    const Outcome outcome = Execute(row.words);
    const std::string words = testing::PrintToString(row.words);
    EXPECT_EQ(outcome.exit, row.exit) << words << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message)) << words;
  }
}

}  // namespace
}  // namespace opcost
