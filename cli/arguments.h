// A command's flags as a table, and parsing by it. The only file that knows the parsing library.
#ifndef OPCOST_CLI_ARGUMENTS_H_
#define OPCOST_CLI_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost {

struct Argument {
  // "--top", "-o,--output"; without a dash it is positional.
  std::string names;
  // What the help calls the value: "N", "NAME=VALUE".
  std::string value;
  std::string help;
  // A list takes one value each time the flag occurs; a positional list takes all that are left.
  std::variant<bool*, int64_t*, std::string*, std::vector<std::string>*> target;
};

struct CommandHelp {
  std::string name;      // "opcost analyze"
  std::string summary;   // one sentence
  std::string examples;  // lines; first in the long help
  std::string details;   // after the flags in the long help
};

// Fills the targets. An exit code when there is nothing left to do: help was printed (stdout), or a mistake was
// reported with the nearest flag (stderr).
std::optional<int> ParseArguments(const CommandHelp& help, const std::vector<Argument>& arguments,
                                  const std::vector<std::string>& words);

}  // namespace opcost

#endif  // OPCOST_CLI_ARGUMENTS_H_
