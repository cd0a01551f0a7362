// What goes where, and how it looks there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "models.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kModel = "tests/models/mobilenet_v2.onnx";
constexpr const char* kEdge = "tests/profiles/edge.toml";

TEST(Stream, TheReportAloneIsOnStandardOutput) {
  const Outcome outcome = Execute({kModel, "--hw", kEdge});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, StartsWith("mobilenet_v2.onnx on edge"));
  EXPECT_EQ(outcome.out.back(), '\n');
}

TEST(Stream, BareAndAnalyzeAreTheSame) {
  EXPECT_EQ(Execute({kModel, "--hw", kEdge}).out, Execute({"analyze", kModel, "--hw", kEdge}).out);
}

TEST(Stream, TwoRunsGiveTheSameBytes) {
  for (const char* format : {"table", "json", "jsonl", "csv", "tsv", "md"}) {
    const Outcome once = Execute({kModel, "--hw", kEdge, "--format", format});
    EXPECT_EQ(once.out, Execute({kModel, "--hw", kEdge, "--format", format}).out) << format;
    EXPECT_THAT(once.out, Not(IsEmpty()));
    EXPECT_EQ(once.out.back(), '\n') << format;
  }
}

TEST(Stream, StandardInputIsAModel) {
  const Outcome piped =
      Execute(Process{.arguments = {"-", "--hw", kEdge, "--format", "csv"}, .input = ReadFile(kModel)});
  EXPECT_EQ(piped.exit, 0) << piped.err;
  EXPECT_EQ(piped.out, Execute({kModel, "--hw", kEdge, "--format", "csv"}).out);
  const Outcome empty = Execute(Process{.arguments = {"-", "--hw", kEdge}});
  EXPECT_EQ(empty.exit, 3);
}

TEST(Stream, FilesAreFormattedBySuffix) {
  const std::string folder = TestFolder();
  const Outcome outcome = Execute({kModel, "--hw", kEdge, "-o", folder + "/r.json", "-o", folder + "/r.csv", "-o",
                                   folder + "/r.md", "-o", folder + "/r.txt"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(ReadFile(folder + "/r.json"), Execute({kModel, "--hw", kEdge, "--format", "json"}).out);
  EXPECT_EQ(ReadFile(folder + "/r.csv"), Execute({kModel, "--hw", kEdge, "--format", "csv"}).out);
  EXPECT_EQ(ReadFile(folder + "/r.md"), Execute({kModel, "--hw", kEdge, "--format", "md"}).out);
  EXPECT_EQ(ReadFile(folder + "/r.txt"), Execute({kModel, "--hw", kEdge}).out);
}

TEST(Stream, ColourFollowsTheEnvironment) {
  if (!CanOpenTerminal()) GTEST_SKIP() << "no pseudo terminal can be opened here";
  const Process plain{.arguments = {kModel, "--hw", kEdge}};
  EXPECT_THAT(Execute(plain).out, Not(HasSubstr("\x1b")));
  Process forced = plain;
  forced.environment["FORCE_COLOR"] = "1";
  EXPECT_THAT(Execute(forced).out, HasSubstr("\x1b["));
  forced.environment["NO_COLOR"] = "1";
  EXPECT_THAT(Execute(forced).out, Not(HasSubstr("\x1b")));
  Process terminal = plain;
  terminal.terminal_columns = 120;
  terminal.environment["TERM"] = "xterm";
  EXPECT_THAT(Execute(terminal).out, HasSubstr("\x1b["));
  terminal.environment["TERM"] = "dumb";
  EXPECT_THAT(Execute(terminal).out, Not(HasSubstr("\x1b")));
  terminal.arguments.push_back("--color=always");
  EXPECT_THAT(Execute(terminal).out, HasSubstr("\x1b["));
}

// The table's lines, from its head to TOTAL.
std::vector<std::string> TableOf(const std::string& text) {
  std::vector<std::string> table;
  for (const auto line : absl::StrSplit(absl::StrReplaceAll(text, {{"\r", ""}}), '\n')) {
    if (table.empty() && line.substr(0, 5) != "name ") continue;
    table.emplace_back(line);
    if (line.substr(0, 5) == "TOTAL") break;
  }
  return table;
}

size_t Characters(const std::string& line) {
  size_t n = 0;
  for (const char c : line) n += (c & 0xC0) != 0x80 ? 1 : 0;
  return n;
}

TEST(Stream, ANarrowTerminalIsNotOverrun) {
  if (!CanOpenTerminal()) GTEST_SKIP() << "no pseudo terminal can be opened here";
  for (const int columns : {40, 72, 100}) {
    const Outcome outcome =
        Execute(Process{.arguments = {kModel, "--hw", kEdge, "--color=never"}, .terminal_columns = columns});
    const auto table = TableOf(outcome.out);
    ASSERT_GT(table.size(), 20u) << outcome.out;
    for (const std::string& line : table) EXPECT_LE(Characters(line), static_cast<size_t>(columns)) << line;
  }
  const Process wide{.arguments = {kModel, "--hw", kEdge, "--color=never", "-w"}, .terminal_columns = 40};
  EXPECT_EQ(absl::StrReplaceAll(Execute(wide).out, {{"\r", ""}}), Execute({kModel, "--hw", kEdge}).out);
}

TEST(Stream, NoCharacterBeyondAsciiInAnotherLocale) {
  Process process{.arguments = {kModel, "--hw", kEdge}, .environment = {{"LC_ALL", "C"}}};
  for (const auto& words : {std::vector<std::string>{kModel, "--hw", kEdge, "--trace"},
                            {"diff", kModel, "--hw", kEdge, "--hw", "i7-12700k"},
                            {"sensitivity", kModel, "--hw", kEdge},
                            {"explain", kModel, "--hw", kEdge, "--node", "/features/features.0/features.0.0/Conv"},
                            {"compare", kModel, "--hw", kEdge, "--hw", "t4"}}) {
    process.arguments = words;
    const Outcome outcome = Execute(process);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    for (const char c : outcome.out) ASSERT_EQ(c & 0x80, 0) << outcome.out;
  }
}

TEST(Stream, AReaderWhoLeavesIsNoError) {
  const Outcome outcome = Execute(
      Process{.arguments = {"tests/models/densenet121.onnx", "--hw", kEdge, "--format", "json"}, .read_at_most = 100});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(Stream, CsvSendsNotesElsewhere) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/tiny.onnx", kTinyNetwork);
  const Outcome loud = Execute({folder + "/tiny.onnx", "--hw", kEdge, "--format", "csv"});
  EXPECT_THAT(loud.err, HasSubstr("note: "));
  EXPECT_THAT(loud.out, Not(HasSubstr("note")));
  EXPECT_THAT(Execute({folder + "/tiny.onnx", "--hw", kEdge, "--format", "csv", "-q"}).err, IsEmpty());
}

TEST(Stream, SeveralModelsAreOneTable) {
  const Outcome outcome = Execute({kModel, "tests/models/resnet18.onnx", "--hw", kEdge, "--format", "csv", "-q"});
  const std::vector<std::string> lines = absl::StrSplit(outcome.out, '\n');
  ASSERT_EQ(lines.size(), 4u) << outcome.out;
  EXPECT_THAT(lines[0], StartsWith("model,target,latency_s,"));
  EXPECT_THAT(lines[1], StartsWith("mobilenet_v2.onnx,"));
  EXPECT_THAT(lines[2], StartsWith("resnet18.onnx,"));
}

TEST(Stream, CompareAllHasALinePerProfile) {
  const Outcome list = Execute({"hw", "list", "--format", "csv"});
  const Outcome compare = Execute({"compare", kModel, "--hw", "all", "--format", "csv", "-q"});
  EXPECT_EQ(compare.exit, 0) << compare.err;
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_GE(lines(list.out), 16);
  EXPECT_EQ(lines(compare.out), lines(list.out));
}

}  // namespace
}  // namespace opcost
