// What the place that output goes to can show: colours, how many columns, which characters.
#ifndef OPCOST_CLI_TERMINAL_H_
#define OPCOST_CLI_TERMINAL_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

struct Terminal {
  bool colour = false;
  bool utf8 = true;
  int columns = 0;  // 0: no limit
};

// How the decision is made, apart from the system so that tests can ask. `get` answers environment variables ("" when
// unset).
struct TerminalQuestion {
  std::function<std::string(const char*)> get;
  bool is_tty = false;
  int tty_columns = 0;          // 0: the terminal does not say
  std::string colour = "auto";  // --color: always, never, auto
  bool wide = false;
};

// Colour: --color, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then a terminal that is not "dumb". Columns:
// only a terminal has a limit; COLUMNS overrides what it says. Characters: UTF-8 when LC_ALL, LC_CTYPE or LANG says so.
Terminal DecideTerminal(const TerminalQuestion& question);
// The same for file descriptor 1 of this process.
Terminal StdoutTerminal(absl::string_view colour, bool wide);
absl::Status CheckColour(absl::string_view colour);

// Replaces this program's own non-ASCII characters ("µ", "×", "─", "▲" …) by ASCII ones; leaves all others.
std::string ToAscii(absl::string_view text);
// "12" is "¹²", or "[1][2]".
std::string FootnoteMark(absl::string_view digits, bool utf8);
// Control characters become \xNN, malformed UTF-8 U+FFFD: names in a file cannot steer a terminal.
std::string Sanitized(absl::string_view text);
// Malformed UTF-8 becomes U+FFFD, all else stays.
std::string MendUtf8(absl::string_view text);
// Code points.
int DisplayWidth(absl::string_view text);
// Cuts the middle out so that `width` columns suffice: "/layer1/…/Conv".
std::string CutMiddle(absl::string_view text, int width, bool utf8);

}  // namespace opcost

#endif  // OPCOST_CLI_TERMINAL_H_
