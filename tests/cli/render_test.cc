// Law: text, CSV, Markdown and JSON of one report hold the same numbers.
#include "cli/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "cli/report_document.h"
#include "sample_report.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Document Sample(const ViewOptions& view = {}) { return ReportDocument(SampleReport(), view).value(); }

std::vector<std::string> Lines(const std::string& text) { return absl::StrSplit(text, '\n'); }

TEST(RenderTable, VerdictFirstThenRowsThenNotes) {
  const std::string text = RenderTable(Sample(), {});
  const std::vector<std::string> lines = Lines(text);
  EXPECT_EQ(
      lines[0],
      "sample.onnx on edge:fast: 10.50 ms, compute-bound, 4 of 5 nodes costed; time 90.0 % fitted, 10.0 % assumed");
  EXPECT_THAT(text, HasSubstr("com.example::Foo in 1 node (25.0 % of bytes)"));
  EXPECT_THAT(text, HasSubstr("note: 'seq' was not bound and became 1 (--dim seq=N)"));
  EXPECT_THAT(text, HasSubstr("assumed¹²"));
  EXPECT_THAT(text, HasSubstr("¹ outside the range"));
  EXPECT_THAT(text, HasSubstr("³ a branch not taken"));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_LT(text.find("conv "), text.find("matmul "));
  EXPECT_LT(text.find("softmax "), text.find("TOTAL "));
}

// 7 + 2 + 1 + 0.5 of 10.5: 66.67, 19.05, 9.52, 4.76 %; the largest remainders make it 100.0.
TEST(RenderTable, SharesOfTheShownLinesAddUp) {
  int sum = 0;
  for (const std::string& line : Lines(RenderTable(Sample({.top = 2, .columns = "share,name"}), {}))) {
    const size_t percent = line.find(" % ");
    if (percent == std::string::npos || absl::StrContains(line, "TOTAL") || absl::StrContains(line, ":")) continue;
    std::string digits;
    for (const char c : line.substr(0, percent)) {
      if (c >= '0' && c <= '9') digits += c;
    }
    if (!digits.empty()) sum += std::stoi(digits);
  }
  EXPECT_EQ(sum, 1000);
}

TEST(RenderTable, AsciiOnlyWhereTheLocaleHasNoMore) {
  const std::string text = RenderTable(Sample(), {.terminal = {.utf8 = false}});
  for (const char c : text) ASSERT_EQ(c & 0x80, 0) << text;
  EXPECT_THAT(text, HasSubstr("assumed[1][2]"));
}

TEST(RenderTable, ColourOnlyWhenAsked) {
  EXPECT_THAT(RenderTable(Sample(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(RenderTable(Sample(), {.terminal = {.colour = true}}), HasSubstr("\x1b["));
}

TEST(RenderTable, ANarrowTerminalLosesColumnsAndMiddlesOfNames) {
  Report report = SampleReport();
  report.rows[0].name = "/a/very/long/name/of/a/module/that/nobody/reads/in/full/conv";
  const Document document = ReportDocument(report, {}).value();
  const std::string narrow = RenderTable(document, {.terminal = {.columns = 60}});
  bool in_table = false;
  for (const std::string& line : Lines(narrow)) {
    if (absl::StartsWith(line, "name ")) in_table = true;
    if (absl::StartsWith(line, "TOTAL")) break;
    if (in_table) {
      EXPECT_LE(DisplayWidth(line), 60) << line;
    }
  }
  EXPECT_TRUE(in_table);
  EXPECT_THAT(narrow, HasSubstr("(-w shows all)"));
  EXPECT_THAT(narrow, HasSubstr("…"));
  EXPECT_THAT(RenderTable(document, {}), HasSubstr(report.rows[0].name));
}

TEST(RenderCsv, RawNumbersOfEveryRow) {
  const std::vector<std::string> lines = Lines(RenderCsv(Sample({.top = 1}), ',', Units::kAuto));
  EXPECT_EQ(lines[0], "name,share,latency_s,limit_s,macs,bytes,intensity,bound,pattern,block,source,lo_s,hi_s");
  // 2 × 1155 MACs + 2 × 13 vector ops over 2310 bytes.
  EXPECT_EQ(
      lines[1],
      "conv,0.6666666666666666,0.007,0.00175,1155,2310,1.0112554112554113,compute,conv2d_act,stem,fitted,0.006,0.008");
  EXPECT_THAT(lines[2], StartsWith("matmul,"));
  EXPECT_THAT(lines[4], StartsWith("other,,0.009,"));
  EXPECT_EQ(lines.size(), 6u) << "four rows, no total, a last newline";
}

TEST(RenderCsv, ChosenUnitsAreInTheHeader) {
  const std::vector<std::string> lines =
      Lines(RenderCsv(Sample({.columns = "name,latency,bytes,macs"}), ',', Units::kSi));
  EXPECT_EQ(lines[0], "name,latency_ms,bytes_MB,macs_M");
  EXPECT_EQ(lines[2], "matmul,2,5,0.000143");
}

TEST(RenderCsv, NamesWithSeparatorsAreQuoted) {
  Report report = SampleReport();
  report.rows[0].name = "a,\"b\"";
  report.rows[1].name = "c\td";
  const Document document = ReportDocument(report, {.columns = "name,latency"}).value();
  EXPECT_EQ(Lines(RenderCsv(document, ',', Units::kAuto))[1], "\"a,\"\"b\"\"\",0.007");
  EXPECT_THAT(Lines(RenderCsv(document, '\t', Units::kAuto))[2], Not(HasSubstr("c\td")));
}

TEST(RenderMarkdown, SaysWhatTheTableSays) {
  const std::string text = RenderMarkdown(Sample({.columns = "name,share,latency,bound"}), Units::kAuto);
  EXPECT_THAT(text, StartsWith("### sample.onnx on edge:fast: 10.50 ms"));
  EXPECT_THAT(text, HasSubstr("| name | share | latency | bound |\n| --- | --: | --: | --- |\n"));
  EXPECT_THAT(text, HasSubstr("| conv | 66.7 % | 7.000 ms | compute |"));
  EXPECT_THAT(text, HasSubstr("| **TOTAL** | **100.0 %** | **10.50 ms** | **compute** |"));
}

TEST(RenderMarkdown, NamesCannotBreakTheTable) {
  Report report = SampleReport();
  report.rows[0].name = "a|b<script>`_\n";
  EXPECT_THAT(RenderMarkdown(ReportDocument(report, {.columns = "name"}).value(), Units::kAuto),
              HasSubstr("| a\\|b&lt;script>\\`\\_\\\\x0a |"));
}

TEST(RenderMarkdown, StaysBelowTheLimitOfAComment) {
  Report report = SampleReport();
  const ReportRow row = report.rows[1];
  for (int i = 0; i < 3000; ++i) report.rows.push_back(row);
  for (int i = 0; i < 3000; ++i)
    report.notes.push_back({NoteKind::kModel, "a note of some length about nothing at all", ""});
  const std::string text = RenderMarkdown(ReportDocument(report, {.top = 0}).value(), Units::kAuto);
  EXPECT_LT(text.size(), kMarkdownLimit);
  EXPECT_THAT(text, HasSubstr("more rows do not fit here"));
  EXPECT_THAT(text, HasSubstr("**TOTAL**"));
}

TEST(RenderFormats, AreFoundByNameAndSuffix) {
  EXPECT_EQ(ParseFormat("md").value(), OutputFormat::kMarkdown);
  EXPECT_THAT(std::string(ParseFormat("jsn").status().message()), HasSubstr("did you mean 'json'"));
  EXPECT_EQ(FormatOfPath("a.json", OutputFormat::kTable), OutputFormat::kJson);
  EXPECT_EQ(FormatOfPath("a.jsonl", OutputFormat::kTable), OutputFormat::kJsonl);
  EXPECT_EQ(FormatOfPath("a.txt", OutputFormat::kCsv), OutputFormat::kCsv);
  for (const char* path : {"a.json", "a.b/report", "a.txt", "-", "/dev/null", ".hidden", "a.csv"}) {
    EXPECT_TRUE(CheckSuffix(path).ok()) << path;
  }
  EXPECT_THAT(std::string(CheckSuffix("x/a.html").message()), HasSubstr(".json, .jsonl, .csv, .tsv, .md, .txt"));
}

}  // namespace
}  // namespace opcost
