#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace opcost {
namespace {

constexpr int kUsualColumns = 80;

bool DecideColour(const TerminalQuestion& question) {
  if (question.colour == "always") return true;
  if (question.colour == "never") return false;
  if (!question.get("NO_COLOR").empty()) return false;
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"}) {
    const std::string value = question.get(name);
    if (!value.empty() && value != "0") return true;
  }
  return question.is_tty && question.get("TERM") != "dumb";
}

bool DecideUtf8(const TerminalQuestion& question) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = absl::AsciiStrToLower(question.get(name));
    if (!value.empty()) return absl::StrContains(value, "utf-8") || absl::StrContains(value, "utf8");
  }
  return false;
}

int DecideColumns(const TerminalQuestion& question) {
  if (!question.is_tty || question.wide) return 0;
  int columns = 0;
  if (absl::SimpleAtoi(question.get("COLUMNS"), &columns) && columns > 0) return columns;
  return question.tty_columns > 0 ? question.tty_columns : kUsualColumns;
}

// Length of the well-formed UTF-8 sequence at the front, 0 if it is malformed.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) <= 0xDF) return follows(1) ? 2 : 0;
  if (byte(0) >= 0xE0 && byte(0) <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    const bool overlong = byte(0) == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (byte(0) >= 0xF0 && byte(0) <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = byte(0) == 0xF0 && byte(1) < 0x90;
    const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != 0x7f && (c & 0x80) == 0; });
}

}  // namespace

Terminal DecideTerminal(const TerminalQuestion& question) {
  return Terminal{.colour = DecideColour(question), .utf8 = DecideUtf8(question), .columns = DecideColumns(question)};
}

Terminal StdoutTerminal(absl::string_view colour, bool wide) {
  TerminalQuestion question;
  question.get = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  question.is_tty = isatty(STDOUT_FILENO) == 1;
  winsize size{};
  if (question.is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) question.tty_columns = size.ws_col;
  question.colour = std::string(colour);
  question.wide = wide;
  return DecideTerminal(question);
}

absl::Status CheckColour(absl::string_view colour) {
  if (colour == "always" || colour == "never" || colour == "auto") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--color ", colour, ": expected always, never or auto"));
}

std::string ToAscii(absl::string_view text) {
  static constexpr std::array<std::pair<absl::string_view, absl::string_view>, 37> kPlain = {{
      {"µ", "u"},   {"×", "x"},    {"─", "-"},    {"│", "|"},     {"├", "|"},     {"└", "`"},     {"…", "..."},
      {"–", "-"},   {"−", "-"},    {"→", "->"},   {"▲", "^"},     {"▼", "v"},     {"Δ", "delta"}, {"·", "*"},
      {"≥", ">="},  {"≤", "<="},   {"≠", "!="},   {"±", "+-"},    {"¹", "^1"},    {"²", "^2"},    {"³", "^3"},
      {"▁", "_"},   {"▂", "."},    {"▃", ":"},    {"▄", "-"},     {"▅", "="},     {"▆", "+"},     {"▇", "*"},
      {"█", "#"},   {"Σ", "sum "}, {"∑", "sum "}, {"∏", "prod "}, {"√", "sqrt "}, {"ᵀ", "^T"},    {"ε", "eps"},
      {"⊗", "(x)"}, {"═", "="},
  }};
  return IsPlain(text) ? std::string(text) : absl::StrReplaceAll(text, kPlain);
}

std::string FootnoteMark(absl::string_view digits, bool utf8) {
  static constexpr std::array<absl::string_view, 4> kRaised = {"", "¹", "²", "³"};
  std::string mark;
  for (const char digit : digits) {
    const auto index = static_cast<size_t>(digit - '0');
    absl::StrAppend(&mark, utf8 && index < kRaised.size() ? kRaised[index] : absl::StrCat("[", index, "]"));
  }
  return mark;
}

std::string Sanitized(absl::string_view text) {
  if (IsPlain(text)) return std::string(text);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const auto first = static_cast<unsigned char>(text[0]);
    // C1 controls (U+0080 … U+009F) steer terminals as well.
    const bool c1 = length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (first < ' ' || first == 0x7f || c1) {
      const auto code = c1 ? static_cast<unsigned char>(text[1]) : first;
      out += "\\x";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    } else {
      absl::StrAppend(&out, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string MendUtf8(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    absl::StrAppend(&out, length == 0 ? absl::string_view("\xEF\xBF\xBD") : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

int DisplayWidth(absl::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string CutMiddle(absl::string_view text, int width, bool utf8) {
  const int length = DisplayWidth(text);
  if (length <= width) return std::string(text);
  const absl::string_view dots = utf8 ? "…" : "..";
  const int dots_width = utf8 ? 1 : 2;
  if (width <= dots_width) return std::string(text.substr(0, 0));
  const int tail = (width - dots_width + 1) / 2;
  const int head = width - dots_width - tail;
  // Byte offset of the n-th code point.
  const auto offset = [&](int n) {
    size_t at = 0;
    for (int seen = -1; at < text.size(); ++at) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++seen == n) break;
    }
    return at;
  };
  return absl::StrCat(text.substr(0, offset(head)), dots, text.substr(offset(length - tail)));
}

}  // namespace opcost
