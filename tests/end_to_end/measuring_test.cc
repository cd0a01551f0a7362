// Models run on this machine by the built program: measured, compared, calibrated with. Nothing asserts how long
// anything takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;

constexpr const char* kModel = "tests/models/resnet18.onnx";

class Measuring : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("OPCOST_NO_ONNXRUNTIME") != nullptr) GTEST_SKIP();
    ASSERT_TRUE(std::filesystem::exists("build/onnxruntime/version")) << "scripts/onnxruntime.sh installs the runtime";
  }
};

Outcome RunHere(std::vector<std::string> words) {
  words.insert(words.end(), {"--runtime-library", "build/onnxruntime", "-q"});
  return Execute(std::move(words));
}

// What scripts/onnxruntime.sh installed.
std::string InstalledVersion() {
  const std::string version = ReadFile("build/onnxruntime/version");
  return version.substr(0, version.find('\n'));
}

TEST_F(Measuring, ARunIsReadByWhateverTakesRuns) {
  const std::string folder = TestFolder(), run = folder + "/run.json";
  const Outcome measured = RunHere({"measure", kModel, "--sessions", "1", "-o", run});
  ASSERT_EQ(measured.exit, 0) << measured.err;
  const auto document = nlohmann::json::parse(ReadFile(run));
  EXPECT_EQ(document["kind"], "measurement");
  EXPECT_EQ(document["rows"].size(), 25u);
  EXPECT_EQ(document["runtime"], InstalledVersion());
  EXPECT_GT(document["e2e"][0]["min_us"], 0);

  const Outcome beside =
      Execute({"import", run, "--model", kModel, "--hw", "tests/profiles/edge.toml", "--format", "json"});
  ASSERT_EQ(beside.exit, 0) << beside.err;
  const auto comparison = nlohmann::json::parse(beside.out);
  EXPECT_EQ(comparison["coverage"]["nodes"]["missing"], 0);
  EXPECT_EQ(comparison["coverage"]["kernels"]["none"]["kernels"], 0);
  const Outcome validated = Execute({"validate", "epyc-zen4-1t", "--from", run, "--format", "json"});
  ASSERT_EQ(validated.exit, 0) << validated.err;
  EXPECT_EQ(nlohmann::json::parse(validated.out)["headline"]["models"], 1);
}

TEST_F(Measuring, SeveralModelsGoIntoAFolder) {
  const std::string folder = TestFolder() + "/runs/";
  const Outcome outcome = RunHere({"measure", kModel, "README.md", "--sessions", "1", "-o", folder});
  EXPECT_EQ(outcome.exit, 3);
  EXPECT_THAT(outcome.err, HasSubstr("README.md"));
  EXPECT_TRUE(std::filesystem::exists(folder + "resnet18.json")) << "what could be measured is kept";
  EXPECT_EQ(RunHere({"measure", kModel, kModel, "-o", "one.json"}).exit, 2);
}

TEST_F(Measuring, CalibrationMeasuresAndGoesOnWhereItStopped) {
  const std::string folder = TestFolder(), networks = folder + "/networks", box = folder + "/box.toml";
  for (const char* family : {"convnet", "gemms", "broadcasts"}) {
    ASSERT_EQ(Execute({"generate", networks, "--family", family, "--count", "2"}).exit, 0);
  }
  const std::vector<std::string> calibrate = {"calibrate",  "--runtime", "onnxruntime", "--networks", networks,
                                              "--sessions", "1",         "--budget",    "120s",       "-o",
                                              box,          "--format",  "json"};
  const Outcome first = RunHere(calibrate);
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_EQ(nlohmann::json::parse(first.out)["networks"], 6);
  EXPECT_EQ(Execute({"hw", "check", box}).exit, 0);
  const std::string profile = ReadFile(box);
  EXPECT_THAT(profile, HasSubstr("runtime_version = \"" + InstalledVersion() + "\""));
  EXPECT_THAT(profile, HasSubstr("threads = 1"));
  // One network is lost; the others are not measured again.
  std::filesystem::remove(folder + "/box.runs/gemms-001.json");
  const auto before = std::filesystem::last_write_time(folder + "/box.runs/gemms-000.json");
  ASSERT_EQ(RunHere(calibrate).exit, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/box.runs/gemms-001.json"));
  EXPECT_EQ(std::filesystem::last_write_time(folder + "/box.runs/gemms-000.json"), before);
  // Other threads do not go with these.
  std::vector<std::string> threads = calibrate;
  threads.insert(threads.end(), {"--threads", "2"});
  const Outcome other = RunHere(threads);
  EXPECT_EQ(other.exit, 3);
  EXPECT_THAT(other.err, HasSubstr("holds runs of threads '1', this one is of '2'"));
  const Outcome update = RunHere({"calibrate", "--runtime", "onnxruntime", "--threads", "2", "--update", box});
  EXPECT_EQ(update.exit, 3);
  EXPECT_THAT(update.err, HasSubstr("with --threads 1, not 2"));
  // One pattern again, and nothing else: other classes stay as they are.
  const Outcome again = RunHere(
      {"calibrate", "--op", "gemm", "--models", networks + "/gemms-000.onnx", "--sessions", "1", "--update", box});
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_FALSE(std::filesystem::exists(folder + "/box.update-runs"));
  EXPECT_NE(ReadFile(box), profile);
  EXPECT_EQ(RunHere({"calibrate", "--op", "gemmm", "--update", box}).exit, 2);

  const Outcome validated = RunHere({"validate", box, "--models", kModel, "--sessions", "1", "--format", "json"});
  ASSERT_EQ(validated.exit, 0) << validated.err;
  EXPECT_EQ(nlohmann::json::parse(validated.out)["headline"]["models"], 1);
}

TEST_F(Measuring, WhatIsMissingIsSaid) {
  const Outcome cuda = RunHere({"measure", kModel, "--provider", "cuda"});
  EXPECT_EQ(cuda.exit, 3);
  EXPECT_THAT(cuda.err, HasSubstr("built without CUDAExecutionProvider"));
  const Outcome nowhere = Execute({"measure", kModel, "--runtime-library", "no/such.so"});
  EXPECT_EQ(nowhere.exit, 3);
  EXPECT_THAT(nowhere.err, HasSubstr("no such file, expected ONNX Runtime's libonnxruntime.so"));
  EXPECT_EQ(RunHere({"measure", kModel, "--runtime", "tensorrt"}).exit, 2);
  EXPECT_EQ(RunHere({"executed", kModel, "--level", "most"}).exit, 2);
  EXPECT_EQ(RunHere({"measure", kModel, "--budget", "soon"}).exit, 2);
  EXPECT_EQ(RunHere({"measure", kModel, "--threads", "0"}).exit, 2);
  EXPECT_EQ(RunHere({"calibrate", "--runtime", "onnxruntime", "--from", "x.json", "-o", "x.toml"}).exit, 2);
}

}  // namespace
}  // namespace opcost
