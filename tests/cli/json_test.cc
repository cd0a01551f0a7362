#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "cli/json_report.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

TEST(JsonReport, HoldsBaseUnitsUnderTheDocumentedNames) {
  const Json json = Json::parse(ReportToJson(SampleReport()));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["convention"]["macs"], "conv+matmul");
  EXPECT_EQ(json["hardware"]["id"], "edge:fast");
  EXPECT_EQ(json["totals"]["macs"], 1298);
  EXPECT_EQ(json["totals"]["latency_s"], 10.5e-3);
  EXPECT_EQ(json["nodes"][0]["bytes"]["act_read"], 2310);
  EXPECT_EQ(json["nodes"][0]["work"]["macs"]["float32"], 1155);
  EXPECT_EQ(json["nodes"][0]["inputs"][0]["shape"], Json::parse("[3, \"n\", null]"));
  EXPECT_EQ(json["subgraphs"][0]["nodes"], Json::parse("[\"conv\", \"relu\"]"));
  EXPECT_EQ(json["subgraphs"][0]["latency"]["t_s"], 7e-3);
  EXPECT_TRUE(json["subgraphs"][1]["latency"]["lo_s"].is_null());
  EXPECT_EQ(json["subgraphs"][2]["source"], "assumed");
  EXPECT_EQ(json["coefficients"].size(), 2u) << "each once, however many rows use it";
}

TEST(JsonReport, RoundTripsToTheByte) {
  const Report report = SampleReport();
  const std::string text = ReportToJson(report);
  const auto read = ReportFromJson(text, "r.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(ReportToJson(*read), text);
  EXPECT_EQ(read->rows[0].work, report.rows[0].work);
  EXPECT_EQ(read->rows[3].counted, false);
  EXPECT_EQ(Evaluate(read->rows[0].formula), Evaluate(report.rows[0].formula));
  // One line a report reads as well.
  EXPECT_TRUE(ReportFromJson(ReportToJsonLine(report), "r.jsonl").ok());
  EXPECT_EQ(ReportToJsonLine(report).find('\n'), ReportToJsonLine(report).size() - 1);
}

TEST(JsonReport, IntegersStayIntegersAndNonNumbersBecomeNull) {
  Report report = SampleReport();
  report.totals.macs = (int64_t{1} << 53) + 1;
  report.rows[1].t_s = NAN;
  report.rows[2].t_s = INFINITY;
  const std::string text = ReportToJson(report);
  EXPECT_THAT(text, HasSubstr("\"macs\": 9007199254740993"));
  EXPECT_TRUE(Json::parse(text)["subgraphs"][1]["latency"]["t_s"].is_null());
  EXPECT_TRUE(Json::parse(text)["subgraphs"][2]["latency"]["t_s"].is_null());
}

TEST(JsonReport, AnyNameIsValidJson) {
  Report report = SampleReport();
  report.nodes[0].name = "quote\" slash\\ newline\n bell\x07 \xFF\xC0 层";
  const std::string text = ReportToJson(report);
  EXPECT_EQ(Json::parse(text)["nodes"][0]["name"], "quote\" slash\\ newline\n bell\x07 \xEF\xBF\xBD\xEF\xBF\xBD 层");
}

// Each way of being wrong has its place named.
TEST(JsonReport, WrongFilesSayWhereAndWhat) {
  const std::string good = ReportToJson(SampleReport());
  EXPECT_THAT(std::string(ReportFromJson("", "r.json").status().message()), HasSubstr("r.json: not valid JSON"));
  EXPECT_THAT(std::string(ReportFromJson("[1]", "r.json").status().message()), HasSubstr("found array"));
  EXPECT_THAT(std::string(ReportFromJson("{}", "r.json").status().message()), HasSubstr("not a report"));
  for (const size_t cut : {good.size() / 7, good.size() / 2, good.size() - 3}) {
    EXPECT_THAT(std::string(ReportFromJson(good.substr(0, cut), "r.json").status().message()),
                HasSubstr("not valid JSON"));
  }
  const struct {
    const char* pointer;
    const char* value;
    const char* message;
  } kWrong[] = {
      {"/schema_version", "2", "schema_version: found 2, expected 1"},
      {"/kind", "\"diff\"", "kind: found 'diff', expected 'report'"},
      {"/totals/macs", "1.5", "totals.macs: found number, expected an integer"},
      {"/totals/latency_s", "\"1 ms\"", "totals.latency_s: found string, expected a number or null"},
      {"/subgraphs/0/pattern", "\"conv3\"", "subgraphs[0].pattern"},
      {"/subgraphs/0/nodes", "[\"nobody\"]", "expected ids of nodes"},
      {"/subgraphs/0/formula/3/of", "[3, 2]", "earlier formula node"},
      {"/subgraphs/0/formula/3/of", "[1]", "number of operands"},
      {"/subgraphs/0/formula/0/coefficient", "99", "index into 'coefficients'"},
      {"/nodes/0/subgraph", "\"nobody\"", "nodes[0].subgraph"},
      {"/nodes/0/work/macs", "{\"float33\": 1}", "amounts >= 0 by element type"},
      {"/nodes/0/work/macs", "{\"float32\": -1}", "amounts >= 0 by element type"},
      {"/nodes/0/more", "1", "nodes[0].more: unknown member"},
      {"/totals/flops", "99999999999999999999", "64 bits"},
  };
  for (const auto& wrong : kWrong) {
    Json json = Json::parse(good);
    json[Json::json_pointer(wrong.pointer)] = Json::parse(wrong.value);
    const auto report = ReportFromJson(json.dump(), "r.json");
    ASSERT_FALSE(report.ok()) << wrong.pointer;
    EXPECT_THAT(std::string(report.status().message()), HasSubstr(wrong.message)) << wrong.pointer;
  }
}

TEST(JsonReport, EveryMissingMemberIsNamed) {
  const Json good = Json::parse(ReportToJson(SampleReport()));
  // The totals' counts that are derived from `work` are for readers; this program does not need them back.
  const std::vector<std::string> kDerived = {"/convention", "/totals/weight_bytes", "/totals/peak_bytes",
                                             "/totals/bytes"};
  for (const char* object : {"", "/model", "/hardware", "/coverage", "/totals", "/memory"}) {
    for (const auto& [key, value] : good[Json::json_pointer(object)].items()) {
      const std::string pointer = std::string(object) + "/" + key;
      if (std::find(kDerived.begin(), kDerived.end(), pointer) != kDerived.end()) continue;
      Json json = good;
      json[Json::json_pointer(object)].erase(key);
      const auto report = ReportFromJson(json.dump(), "r.json");
      ASSERT_FALSE(report.ok()) << pointer;
      EXPECT_THAT(std::string(report.status().message()), HasSubstr(key)) << pointer;
    }
  }
}

TEST(JsonReport, DeepNestingIsRefusedWithoutHarm) {
  EXPECT_FALSE(ReportFromJson(std::string(1000000, '['), "r.json").ok());
}

}  // namespace
}  // namespace opcost
