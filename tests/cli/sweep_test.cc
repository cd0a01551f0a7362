#include "cli/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/render.h"
#include "cli/sweep_document.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(Sweep, TheProductWithTheLastSymbolFastest) {
  const auto sweep = ParseSweep({"past + seq=7,11", "batch=2,3,5"}, {});
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  ASSERT_EQ(Bindings(*sweep), 6u);
  EXPECT_THAT(BindingAt(*sweep, 0), ElementsAre(Pair("batch", 2), Pair("past + seq", 7)));
  EXPECT_THAT(BindingAt(*sweep, 1), ElementsAre(Pair("batch", 3), Pair("past + seq", 7)));
  EXPECT_THAT(BindingAt(*sweep, 5), ElementsAre(Pair("batch", 5), Pair("past + seq", 11)));
  EXPECT_EQ(BindingWords(*sweep, BindingAt(*sweep, 3)), "past + seq=11, batch=2");
}

TEST(Sweep, ZeroIsAnExtent) {
  const auto sweep = ParseSweep({"batch=0,1"}, {});
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  EXPECT_THAT(BindingAt(*sweep, 0), ElementsAre(Pair("batch", 0)));
}

TEST(Sweep, MistakesAreUsageErrorsThatSayWhatWasExpected) {
  const struct {
    std::vector<std::string> texts;
    const char* message;
  } kWrong[] = {
      {{"seq"}, "expected NAME=N,N"},
      {{"=1"}, "expected NAME=N,N"},
      {{"seq="}, "'' is none"},
      {{"seq=1,"}, "'' is none"},
      {{"seq=1,x"}, "'x' is none"},
      {{"seq=-1"}, "'-1' is none"},
      {{"seq=1.5"}, "'1.5' is none"},
      {{"seq=99999999999999999999"}, "is none"},
      {{"seq=2,3,2"}, "2 occurs twice"},
      {{"seq=2", "seq=3"}, "swept already"},
      {{"bound=2"}, "--dim binds 'bound' to 7 already"},
  };
  for (const auto& wrong : kWrong) {
    const auto sweep = ParseSweep(wrong.texts, {{"bound", 7}});
    ASSERT_FALSE(sweep.ok()) << wrong.texts[0];
    EXPECT_THAT(std::string(sweep.status().message()), HasSubstr(wrong.message));
    EXPECT_THAT(std::string(sweep.status().message()), HasSubstr("--sweep"));
    EXPECT_EQ(ExitCodeOf(sweep.status()), kExitUsage);
  }
}

TEST(Sweep, TooManyBindingsAreRefusedBeforeAnyWork) {
  std::string many = "seq=1";
  for (int i = 2; i <= 32; ++i) many += "," + std::to_string(i);
  EXPECT_TRUE(ParseSweep({many, "batch=1,2"}, {}).ok());
  const auto refused = ParseSweep({many, "b" + many}, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("1024 bindings; expected at most 1000"));
}

SweepResult Swept(const std::vector<int64_t>& values) {
  SweepResult result{.sweep = ParseSweep({"batch=2,3"}, {}).value(), .readings = 1, .classifications = 1};
  for (const int64_t value : values) {
    Report report = SampleReport();
    report.bindings["batch"] = value;
    report.totals.t_s *= static_cast<double>(value);
    report.memory.peak_activation_bytes = 100 * value;
    report.notes.push_back({NoteKind::kModel, "an extent came out as " + std::to_string(value), "x"});
    report.notes.push_back({NoteKind::kCoverage, "the interval covers rows with " + std::to_string(value) + " %", ""});
    result.reports.push_back(report);
  }
  return result;
}

TEST(Sweep, OneTableWithAColumnASymbol) {
  const std::string text = RenderTable(SweepDocument(Swept({2, 3})), {});
  EXPECT_THAT(text, HasSubstr("sample.onnx: 2 bindings of batch on edge:fast, 21.00 ms to 31.50 ms"));
  EXPECT_THAT(text, HasSubstr("1 reading of the file and 1 grouping of its nodes"));
  // Notes that differ by a number are told once.
  EXPECT_THAT(text, HasSubstr("came out as 2"));
  EXPECT_THAT(text, Not(HasSubstr("came out as 3")));
  EXPECT_THAT(text, Not(HasSubstr("the interval covers")));
  const std::string csv = RenderCsv(SweepDocument(Swept({2, 3})), ',', Units::kAuto);
  EXPECT_THAT(csv, HasSubstr("batch,latency_s,"));
  EXPECT_THAT(csv, HasSubstr("\n2,0.021,"));
  EXPECT_THAT(csv, HasSubstr("\n3,0.0315,"));
}

TEST(Sweep, JsonHasAPointABinding) {
  const auto json = nlohmann::json::parse(SweepJson(Swept({2, 3})));
  EXPECT_EQ(json["kind"], "sweep");
  EXPECT_EQ(json["symbols"][0]["name"], "batch");
  EXPECT_EQ(json["symbols"][0]["values"], nlohmann::json({2, 3}));
  ASSERT_EQ(json["points"].size(), 2u);
  EXPECT_EQ(json["points"][1]["sweep"]["batch"], 3);
  EXPECT_DOUBLE_EQ(json["points"][1]["latency_s"], 31.5e-3);
  EXPECT_EQ(json["points"][0]["peak_activation_bytes"], 200);
  EXPECT_EQ(json["points"][0]["macs"], 1298);
}

}  // namespace
}  // namespace opcost
