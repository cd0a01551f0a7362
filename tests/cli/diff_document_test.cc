#include "cli/diff_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/render.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

// A made-up diff: 10 ms → 12.5 ms; one row grew by 2 ms, one is new, one equal.
Diff Sample() {
  Diff diff;
  diff.a = diff.b = SampleReport();
  diff.b.model.structure_sha256 = "other";
  diff.label_a = "old";
  diff.label_b = "new";
  diff.totals = {{"latency_s", 10e-3, 12.5e-3}, {"macs", 1298, 1298}, {"weight_bytes", 1024, 2048}};
  DiffGroup grown{.rows_a = {0}, .rows_b = {0}, .name = "conv", .kind = DiffKind::kChanged, .a_s = 7e-3, .b_s = 9e-3};
  grown.terms = {{TermClass::kEfficiency, "conv2d.fp32.efficiency", 2e-3, 0.5}};
  grown.bound_a = Bound::kCompute;
  grown.bound_b = Bound::kMemory;
  grown.flipped = true;
  DiffGroup added{.rows_b = {1}, .name = "matmul", .kind = DiffKind::kNew, .a_s = 0, .b_s = 0.5e-3};
  DiffGroup equal{.rows_a = {2}, .rows_b = {2}, .name = "softmax", .kind = DiffKind::kEqual, .a_s = 3e-3, .b_s = 3e-3};
  diff.groups = {grown, added, equal};
  diff.terms = {{TermClass::kEfficiency, "conv2d.fp32.efficiency", 2e-3, 0.5},
                {TermClass::kStructure, "structure", 0.5e-3, {}}};
  diff.by_class = {{TermClass::kEfficiency, "", 2e-3, {}}, {TermClass::kStructure, "", 0.5e-3, {}}};
  diff.matched = {.by_name = 3, .only_b = 1, .share_of_time = 0.75};
  return diff;
}

TEST(DiffDocument, VerdictReasonsRows) {
  const std::string text = RenderTable(DiffDocument(Sample(), {}), {});
  EXPECT_THAT(
      text,
      StartsWith("latency on edge:fast +25.0 % (10.00 ms → 12.50 ms); 2 rows make 100.0 % of the movement (2 move)\n"
                 "because of efficiency 80.0 %, structure 20.0 %\n"));
  EXPECT_THAT(text, HasSubstr("conv2d.fp32.efficiency"));
  EXPECT_THAT(text, HasSubstr("0.5x"));
  EXPECT_THAT(text, HasSubstr("[NEW]"));
  EXPECT_THAT(text, HasSubstr("compute → memory"));
  EXPECT_THAT(text, HasSubstr("1 row flips between compute and memory: conv (compute → memory)"));
  EXPECT_THAT(text, HasSubstr("[1 other]"));
  EXPECT_THAT(
      text,
      HasSubstr("nodes matched: 3 by name, 0 by output tensor, 0 by structure; 0 only in old, 1 only in new; 75.0 %"));
  EXPECT_THAT(text, HasSubstr("equal totals: macs"));
}

TEST(DiffDocument, TargetsAreComparedAsAFactor) {
  Diff diff = Sample();
  diff.b.model.structure_sha256 = diff.a.model.structure_sha256;
  diff.b.hardware.id = "other";
  EXPECT_THAT(DiffDocument(diff, {}).verdict[0],
              HasSubstr("old is 1.25 times faster than new on sample.onnx (10.00 ms → 12.50 ms)"));
}

// 4.8 by name, 2 in all: the second row does not follow.
TEST(DiffDocument, SaysWhatKeepsTheTotalFromTheNamedRatio) {
  Diff diff = Sample();
  diff.totals[0] = {"latency_s", 5.8e-3, 2e-3};
  diff.groups = {{.rows_a = {0}, .rows_b = {0}, .name = "conv", .a_s = 4.8e-3, .b_s = 1e-3},
                 {.rows_a = {1}, .rows_b = {1}, .name = "fc", .kind = DiffKind::kEqual, .a_s = 1e-3, .b_s = 1e-3}};
  diff.groups[1].bound_a = diff.groups[1].bound_b = Bound::kMemory;
  diff.terms = {{TermClass::kEfficiency, "factor.efficiency_factor", -2.6e-3, 3.0},
                {TermClass::kEfficiency, "factor.tile_utilization", -1.2e-3, 1.6}};
  const std::string text = RenderTable(DiffDocument(diff, {}), {});
  EXPECT_THAT(
      text,
      HasSubstr(
          "the named ratios multiply to 4.8x, the total changes by 2.9x: 1 row does not follow (50.0 % of the time of "
          "new), 1 of them memory-bound (fc)"));
}

TEST(DiffDocument, ThresholdHidesNoiseAndDecidesTheExit) {
  const std::string text = RenderTable(DiffDocument(Sample(), {.threshold = 0.5}), {});
  EXPECT_THAT(text, HasSubstr("[2 others]"));
  EXPECT_THAT(text, HasSubstr("[NEW]"));
  EXPECT_THAT(MovedTotal(Sample(), 0.24), HasSubstr("latency_s moves by +25.0 %"));
  EXPECT_THAT(MovedTotal(Sample(), 0.26), HasSubstr("weight_bytes moves by +100.0 %"));
  EXPECT_EQ(MovedTotal(Sample(), 1.0), "");
  Diff appeared = Sample();
  appeared.totals = {{"latency_s", 1, 1}, {"int_ops", 0, 5}};
  EXPECT_THAT(MovedTotal(appeared, 100), HasSubstr("int_ops"));
}

TEST(DiffDocument, CsvHoldsTheRows) {
  const std::string csv = RenderCsv(DiffDocument(Sample(), {}), ',', Units::kAuto);
  EXPECT_THAT(csv, StartsWith("change,name,a_s,b_s,delta_s,relative,bound,term\n"));
  EXPECT_THAT(csv, HasSubstr("▲,conv,0.007,0.009,"));
  EXPECT_THAT(csv, HasSubstr("[NEW],matmul,,5e-04,5e-04,,"));
  EXPECT_THAT(csv, HasSubstr("[ = ],softmax,0.003,0.003,0,0,"));
}

TEST(DiffDocument, MarkdownFoldsTheDetails) {
  const std::string text = RenderMarkdown(DiffDocument(Sample(), {}), Units::kAuto);
  EXPECT_THAT(text, StartsWith("### latency on edge:fast +25.0 %"));
  EXPECT_THAT(text, HasSubstr("<details><summary>"));
  EXPECT_THAT(text, HasSubstr("</details>"));
}

TEST(DiffJson, EveryTotalHasBothSidesAndTheDelta) {
  const Json json = Json::parse(DiffJson(Sample()));
  for (const auto& [name, total] : json["totals"].items()) {
    EXPECT_EQ(total["delta"].get<double>(), total["b"].get<double>() - total["a"].get<double>()) << name;
  }
  EXPECT_EQ(json["totals"]["latency_s"]["a"], 10e-3);
  EXPECT_EQ(json["groups"][0]["flipped"], true);
  EXPECT_EQ(json["groups"][1]["kind"], "new");
  EXPECT_EQ(json["groups"][0]["rows_a"][0], "conv");
  EXPECT_TRUE(json["terms"][1]["ratio"].is_null());
}

}  // namespace
}  // namespace opcost
