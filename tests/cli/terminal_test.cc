#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace opcost {
namespace {

using Environment = std::map<std::string, std::string>;

TerminalQuestion Ask(Environment environment, bool is_tty, std::string colour = "auto") {
  TerminalQuestion question;
  question.get = [environment = std::move(environment)](const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string() : at->second;
  };
  question.is_tty = is_tty;
  question.colour = std::move(colour);
  return question;
}

struct ColourRow {
  const char* flag;
  Environment environment;
  bool is_tty;
  bool colour;
};

// --color beats NO_COLOR beats FORCE_COLOR and CLICOLOR_FORCE beats the terminal.
TEST(Terminal, ColourByPrecedence) {
  const ColourRow kRows[] = {
      {"auto", {}, true, true},
      {"auto", {}, false, false},
      {"auto", {{"TERM", "dumb"}}, true, false},
      {"auto", {{"TERM", "xterm"}}, true, true},
      {"auto", {{"NO_COLOR", "1"}}, true, false},
      {"auto", {{"NO_COLOR", ""}}, true, true},
      {"auto", {{"FORCE_COLOR", "1"}}, false, true},
      {"auto", {{"CLICOLOR_FORCE", "1"}}, false, true},
      {"auto", {{"FORCE_COLOR", "0"}}, false, false},
      {"auto", {{"FORCE_COLOR", "1"}, {"TERM", "dumb"}}, true, true},
      {"auto", {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}, true, false},
      {"always", {{"NO_COLOR", "1"}}, false, true},
      {"never", {{"FORCE_COLOR", "1"}}, true, false},
  };
  int i = 0;
  for (const ColourRow& row : kRows) {
    EXPECT_EQ(DecideTerminal(Ask(row.environment, row.is_tty, row.flag)).colour, row.colour) << "row " << i;
    ++i;
  }
}

TEST(Terminal, OnlyATerminalLimitsTheWidth) {
  TerminalQuestion question = Ask({{"COLUMNS", "61"}}, false);
  EXPECT_EQ(DecideTerminal(question).columns, 0);
  question.is_tty = true;
  EXPECT_EQ(DecideTerminal(question).columns, 61);
  question.wide = true;
  EXPECT_EQ(DecideTerminal(question).columns, 0);
  question = Ask({}, true);
  question.tty_columns = 97;
  EXPECT_EQ(DecideTerminal(question).columns, 97);
  EXPECT_EQ(DecideTerminal(Ask({{"COLUMNS", "nonsense"}}, true)).columns, 80);
}

TEST(Terminal, LocaleSaysWhetherBoxesAreDrawn) {
  EXPECT_TRUE(DecideTerminal(Ask({{"LANG", "en_US.UTF-8"}}, true)).utf8);
  EXPECT_TRUE(DecideTerminal(Ask({{"LC_CTYPE", "C.utf8"}}, true)).utf8);
  EXPECT_FALSE(DecideTerminal(Ask({{"LC_ALL", "C"}, {"LANG", "en_US.UTF-8"}}, true)).utf8);
  EXPECT_FALSE(DecideTerminal(Ask({{"LANG", "de_DE.ISO-8859-1"}}, true)).utf8);
  EXPECT_FALSE(DecideTerminal(Ask({}, true)).utf8);
}

TEST(Terminal, AsciiLeavesForeignNamesAlone) {
  EXPECT_EQ(ToAscii("2.600 µs × ▲"), "2.600 us x ^");
  EXPECT_EQ(ToAscii("层/卷积"), "层/卷积");
  EXPECT_EQ(ToAscii("plain"), "plain");
}

TEST(Terminal, ControlCharactersAndBrokenUtf8CannotPass) {
  EXPECT_EQ(Sanitized("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(Sanitized("a\nb\x7f"), "a\\x0ab\\x7f");
  // U+009B is a control sequence introducer by itself.
  EXPECT_EQ(Sanitized("a\xC2\x9B"
                      "b"),
            "a\\x9bb");
  EXPECT_EQ(Sanitized("\xFFz"), "\xEF\xBF\xBDz");
  // Overlong '/', a surrogate, a cut sequence.
  EXPECT_EQ(MendUtf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(MendUtf8("\xED\xA0\x80").find('\xED'), std::string::npos);
  EXPECT_EQ(MendUtf8("\xE5\xB1"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(MendUtf8("层 µ 𝛼"), "层 µ 𝛼");
}

TEST(Terminal, MiddlesAreCutByCharacterNotByByte) {
  EXPECT_EQ(CutMiddle("short", 16, true), "short");
  EXPECT_EQ(CutMiddle("/layer1/layer1.0/conv1/Conv", 11, true), "/laye…/Conv");
  EXPECT_EQ(CutMiddle("/layer1/layer1.0/conv1/Conv", 11, false), "/lay../Conv");
  EXPECT_EQ(DisplayWidth(CutMiddle("层层层层层层层层", 5, true)), 5);
  EXPECT_EQ(CutMiddle("层层层层层层层层", 5, true), "层层…层层");
}

}  // namespace
}  // namespace opcost
