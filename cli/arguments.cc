#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace opcost {
namespace {

void AddArgument(const Argument& argument, CLI::App& app) {
  const bool positional = !absl::StartsWith(argument.names, "-");
  if (bool* const* flag = std::get_if<bool*>(&argument.target)) {
    app.add_flag(argument.names, **flag, argument.help);
    return;
  }
  CLI::Option* option = nullptr;
  if (int64_t* const* number = std::get_if<int64_t*>(&argument.target)) {
    option = app.add_option(argument.names, **number, argument.help);
  } else if (std::string* const* text = std::get_if<std::string*>(&argument.target)) {
    option = app.add_option(argument.names, **text, argument.help);
  } else {
    option = app.add_option(argument.names, *std::get<std::vector<std::string>*>(argument.target), argument.help);
    // `--hw a model.onnx` has one target and one model.
    if (!positional) option->allow_extra_args(false);
  }
  option->option_text(argument.value);
}

std::vector<std::string> FlagNames(const std::vector<Argument>& arguments) {
  std::vector<std::string> names = {"--help"};
  for (const Argument& argument : arguments) {
    for (const auto name : absl::StrSplit(argument.names, ',')) {
      if (absl::StartsWith(name, "--")) names.emplace_back(name);
    }
  }
  return names;
}

// For the first word that looks like a flag and is none: the one it was meant to be.
std::string FlagHint(const std::vector<Argument>& arguments, const std::vector<std::string>& words) {
  const std::vector<std::string> names = FlagNames(arguments);
  for (const std::string& word : words) {
    const std::string flag = word.substr(0, word.find('='));
    if (!absl::StartsWith(flag, "--") || flag.size() == 2) continue;
    if (std::find(names.begin(), names.end(), flag) == names.end()) return DidYouMean(flag, names);
  }
  return "";
}

std::string LongHelp(const CommandHelp& help, const CLI::App& app) {
  std::string text = absl::StrCat(help.summary, "\n\nExamples:\n");
  for (const auto line : absl::StrSplit(help.examples, '\n', absl::SkipEmpty()))
    absl::StrAppend(&text, "  ", line, "\n");
  absl::StrAppend(&text, "\n", app.help());
  if (!help.details.empty()) absl::StrAppend(&text, "\n", help.details);
  return text;
}

}  // namespace

std::optional<int> ParseArguments(const CommandHelp& help, const std::vector<Argument>& arguments,
                                  const std::vector<std::string>& words) {
  CLI::App app(help.summary, help.name);
  app.set_help_flag("-h", "short help");
  app.set_help_all_flag("--help", "long help, examples first");
  for (const Argument& argument : arguments) AddArgument(argument, app);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return WriteStdout(app.help()).ok() ? kExitOk : kExitInternal;
  } catch (const CLI::CallForAllHelp&) {
    return WriteStdout(LongHelp(help, app)).ok() ? kExitOk : kExitInternal;
  } catch (const CLI::ParseError& e) {
    PrintError(absl::StrCat(e.what(), FlagHint(arguments, words), " (", help.name, " -h)"));
    return kExitUsage;
  }
}

}  // namespace opcost
