// The case that the project starts from: a coefficient that is calibrated by 3 x and another by 1.6 x must be seen in
// the total, from the file to the JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "models.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

double Latency(const std::string& model, const std::string& target) {
  const Outcome outcome = Execute({model, "--hw", target, "--format", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return Json::parse(outcome.out)["totals"]["latency_s"];
}

// 1 GFLOP at 72 and at 345.6 GFLOP/s.
TEST(SeedCase, OneGigaflop) {
  const std::string model = TestFolder() + "/model.onnx";
  WriteModel(model, kOneGigaflop);
  EXPECT_NEAR(Latency(model, "i7-12700k:tiny"), 1e9 / 72e9, 1e-15);
  EXPECT_NEAR(Latency(model, "i7-12700k:large"), 1e9 / 345.6e9, 1e-15);
  EXPECT_THAT(Execute({model, "--hw", "i7-12700k:tiny"}).out, HasSubstr("13.89 ms"));
  EXPECT_THAT(Execute({model, "--hw", "i7-12700k:large"}).out, HasSubstr("2.894 ms"));
}

TEST(SeedCase, ProductsDifferByExactlyTheCoefficients) {
  const std::string model = TestFolder() + "/model.onnx";
  WriteModel(model, kProducts);
  EXPECT_NEAR(Latency(model, "i7-12700k:tiny") / Latency(model, "i7-12700k:large"), 4.8, 1e-12);
  const Outcome outcome =
      Execute({"diff", model, "--hw", "i7-12700k:tiny", "--hw", "i7-12700k:large", "--format", "json"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const Json diff = Json::parse(outcome.out);
  double named = 0;
  std::map<std::string, double> ratios;
  for (const Json& term : diff["terms"]) {
    if (term["delta_s"] == 0.0) continue;
    named += term["delta_s"].get<double>();
    ratios[term["key"]] = term["ratio"];
  }
  ASSERT_EQ(ratios.size(), 2u) << diff["terms"];
  for (const auto& [key, ratio] : ratios) {
    const bool efficiency = key.find("efficiency_factor") != std::string::npos;
    if (!efficiency) {
      EXPECT_THAT(key, HasSubstr("tile_utilization"));
    }
    EXPECT_NEAR(ratio, efficiency ? 3.0 : 1.6, 1e-12);
  }
  EXPECT_NEAR(named, diff["totals"]["latency_s"]["delta"].get<double>(), 1e-15);
  const std::string text = Execute({"diff", model, "--hw", "i7-12700k:tiny", "--hw", "i7-12700k:large"}).out;
  EXPECT_THAT(text, HasSubstr("3.0x"));
  EXPECT_THAT(text, HasSubstr("1.6x"));
}

TEST(SeedCase, OnAMemoryBoundGraphBothAreHiddenAndByHowMuch) {
  const std::string model = TestFolder() + "/model.onnx";
  WriteModel(model, kMemoryBound);
  for (const char* target : {"i7-12700k:tiny", "i7-12700k:large"}) {
    const Outcome outcome = Execute({"sensitivity", model, "--hw", target, "--format", "json"});
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    int seen = 0;
    const Json report = Json::parse(outcome.out);
    for (const Json& effect : report["coefficients"]) {
      const std::string key = effect["key"];
      if (key.find("efficiency_factor") == std::string::npos && key.find("tile_utilization") == std::string::npos)
        continue;
      ++seen;
      EXPECT_EQ(effect["elasticity_up"], 0.0);
      EXPECT_THAT(effect["hidden_under"].get<std::string>(), HasSubstr("memory"));
      EXPECT_GT(effect["margin"], 1.0);
    }
    EXPECT_EQ(seen, 2) << target;
  }
  EXPECT_EQ(Latency(model, "i7-12700k:tiny"), Latency(model, "i7-12700k:large"));
}

TEST(SeedCase, OnVgg16TheRatioComesWithWhatKeepsItFromTheProduct) {
  const Outcome outcome =
      Execute({"diff", "tests/models/vgg16.onnx", "--hw", "i7-12700k:tiny", "--hw", "i7-12700k:large"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the named ratios multiply to 4.8x, the total changes by "));
  EXPECT_THAT(outcome.out, HasSubstr("memory-bound"));
}

}  // namespace
}  // namespace opcost
