#include "cli/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_code.h"
#include "cli/report_columns.h"
#include "cli/report_document.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Names(const Selection& selection) {
  std::vector<std::string> names;
  for (const Line& line : selection.lines) {
    if (!line.hidden) names.push_back(line.name);
  }
  return names;
}

Selection Select(const ViewOptions& view) {
  auto selection = SelectLines(SampleReport(), view);
  EXPECT_TRUE(selection.ok()) << selection.status();
  return *std::move(selection);
}

TEST(Select, ByTimeThenWhatWasNotTakenThenTheWhole) {
  EXPECT_THAT(Names(Select({})), ElementsAre("conv", "matmul", "softmax", "other", "[run constant and host]", "TOTAL"));
}

TEST(Select, TheRestIsOneLineThatAddsUp) {
  const Selection selection = Select({.top = 1});
  EXPECT_THAT(Names(selection), ElementsAre("conv", "[3 others]", "[run constant and host]", "TOTAL"));
  double sum = 0;
  for (const Line& line : selection.lines) {
    if (!line.hidden && line.kind != LineKind::kTotal) sum += line.t_s;
  }
  EXPECT_DOUBLE_EQ(sum, 10.5e-3);
  EXPECT_EQ(selection.lines.back().work.Get(Resource::kMatrixMacs), 1298);
}

TEST(Select, GroupsSumTheirRowsAndLeaveOutWhatIsNotTaken) {
  const Selection selection = Select({.group_by = "bound"});
  EXPECT_THAT(Names(selection), ElementsAre("compute", "memory", "[run constant and host]", "TOTAL"));
  EXPECT_DOUBLE_EQ(selection.lines[0].t_s, 7e-3);
  EXPECT_DOUBLE_EQ(selection.lines[1].t_s, 3e-3);
  EXPECT_EQ(selection.lines[1].source, "mixed");
  EXPECT_THAT(Names(Select({.group_by = "op"})),
              ElementsAre("Conv+Relu", "MatMul", "Softmax", "[run constant and host]", "TOTAL"));
}

TEST(Select, FiltersByPartOfNameByExpressionAndByKey) {
  EXPECT_THAT(Names(Select({.filters = {"mat"}})),
              ElementsAre("matmul", "[3 filtered out]", "[run constant and host]", "TOTAL"));
  EXPECT_THAT(Names(Select({.filters = {"^(conv|soft)"}})),
              ElementsAre("conv", "softmax", "[2 filtered out]", "[run constant and host]", "TOTAL"));
  EXPECT_THAT(Names(Select({.filters = {"pattern=softmax"}})),
              ElementsAre("softmax", "[3 filtered out]", "[run constant and host]", "TOTAL"));
  EXPECT_THAT(Names(Select({.filters = {"op=Relu", "bound=compute"}})),
              ElementsAre("conv", "[3 filtered out]", "[run constant and host]", "TOTAL"));
}

TEST(Select, SortsByAnyColumn) {
  EXPECT_EQ(Names(Select({.sort = "name"}))[0], "conv");
  EXPECT_EQ(Names(Select({.sort = "bytes"}))[0], "matmul");
  EXPECT_EQ(Names(Select({.sort = "order"}))[1], "matmul");
}

TEST(Select, MisspeltWordsAreUsageErrorsWithTheNearest) {
  const std::pair<ViewOptions, const char*> kBad[] = {
      {{.sort = "latencyy"}, "'latency'"},
      {{.group_by = "patern"}, "'pattern'"},
      {{.filters = {"patern=conv2d"}}, "'pattern'"},
      {{.filters = {"pattern=conv2dd"}}, "conv2d"},
      {{.filters = {"bound=computer"}}, "'compute'"},
      {{.filters = {"a(b"}}, "regular expression"},
      {{.top = -1}, "--top -1"},
      {{.group_by = "scope:0"}, "depth"},
      {{.group_by = "op:2"}, "depth"},
      {{.columns = "name,macz"}, "'macs'"},
  };
  for (const auto& [view, expected] : kBad) {
    const auto document = ReportDocument(SampleReport(), view);
    ASSERT_FALSE(document.ok()) << expected;
    EXPECT_EQ(ExitCodeOf(document.status()), kExitUsage) << document.status();
    EXPECT_THAT(std::string(document.status().message()), HasSubstr(expected));
  }
}

TEST(Select, LongNamesDoNotOverwhelmTheExpression) {
  Report report = SampleReport();
  report.rows[0].name = std::string(2000000, 'a');
  EXPECT_TRUE(SelectLines(report, {.filters = {"(a|b)*c"}}).ok());
}

}  // namespace
}  // namespace opcost
