#include "cli/compare_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/render.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::Not;

Report Of(const char* id, const char* evidence, double t, double lo = 0, double hi = 0) {
  Report report = SampleReport();
  report.hardware.id = id;
  report.hardware.evidence = evidence;
  report.totals.t_s = t;
  if (hi > 0) {
    report.totals.lo_s = lo;
    report.totals.hi_s = hi;
  }
  return report;
}

TEST(Compare, GroupsByEvidenceAndRanksOnlyWhatIsApart) {
  const std::vector<Report> reports = {Of("slow-default", "default", 3), Of("a", "calibrated", 5, 4, 6),
                                       Of("b", "calibrated", 2, 1, 3), Of("c", "calibrated", 9, 5.5, 11),
                                       Of("fast-default", "default", 1)};
  const std::vector<Standing> standings = Stand(reports);
  ASSERT_EQ(standings.size(), 5u);
  // b is apart from everybody; a [4, 6] and c [5.5, 11] overlap; defaults have no interval.
  EXPECT_EQ(standings[0].report, 2u);
  EXPECT_EQ(standings[0].rank, 1);
  EXPECT_EQ(standings[1].report, 1u);
  EXPECT_EQ(standings[1].rank, 0);
  EXPECT_EQ(standings[2].rank, 0);
  EXPECT_EQ(standings[3].report, 4u);
  EXPECT_EQ(standings[3].rank, 0);
  EXPECT_EQ(standings[4].report, 0u);
  const std::string text = RenderTable(CompareDocument(reports, {"x: lacks fp16"}), {});
  EXPECT_THAT(text, HasSubstr("which of them is faster is not claimed"));
  EXPECT_THAT(text, HasSubstr("note: x: lacks fp16"));
  EXPECT_THAT(text, Not(HasSubstr("fastest")));
  const auto json = nlohmann::json::parse(CompareJson(reports, {}));
  EXPECT_EQ(json["targets"][0]["rank"], 1);
  EXPECT_TRUE(json["targets"][4]["rank"].is_null());
}

TEST(Compare, NothingToRankWhenAlone) { EXPECT_EQ(Stand({Of("a", "calibrated", 5, 4, 6)})[0].rank, 0); }

}  // namespace
}  // namespace opcost
