#include "cli/command.h"

#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/version.h"

namespace opcost {
namespace {

struct CommandRow {
  const char* name;  // one word or two
  const char* summary;
  int (*run)(const Words&);
};
constexpr std::array<CommandRow, 19> kCommands = {{
    {"analyze", "what a model costs on a target, row by row", RunAnalyze},
    {"explain", "one node: its counts, its expression, the source of every value", RunExplain},
    {"sensitivity", "what each coefficient does to the total, or what hides it", RunSensitivity},
    {"diff", "two models, two targets or two saved reports: what changed and why", RunDiff},
    {"compare", "one model on many targets, a line each", RunCompare},
    {"measure", "models measured on this machine, kernel by kernel", RunMeasure},
    {"executed", "what the installed runtime makes of a model, beside the prediction", RunExecuted},
    {"import", "a profile of a runtime beside the prediction", RunImport},
    {"generate", "the networks that calibration measures", RunGenerate},
    {"calibrate", "a profile from measurements", RunCalibrate},
    {"validate", "how well a profile predicts measurements", RunValidate},
    {"history", "the calibrations of a profile over time", RunHistory},
    {"curves", "pictures of what a profile says, and a page of them", RunCurves},
    {"hw list", "the targets that are known", RunHwList},
    {"hw show", "every coefficient of a target, with its layers and sources", RunHwShow},
    {"hw check", "whether a profile file is well-formed", RunHwCheck},
    {"ops list", "the rule of every operator", RunOpsList},
    {"schema", "the JSON Schema of what the program prints", RunSchema},
    {"completion", "a script for bash, zsh or fish", RunCompletion},
}};

std::string ShortHelp() {
  std::string text = "usage: opcost COMMAND …, or opcost MODEL.onnx …\n\n";
  for (const CommandRow& command : kCommands) {
    absl::StrAppend(&text, "  ", command.name, std::string(14 - std::string(command.name).size(), ' '), command.summary,
                    "\n");
  }
  return absl::StrCat(text, "\nopcost COMMAND -h lists its flags, opcost --help shows examples.\n");
}

std::string LongHelp() {
  return absl::StrCat(
      "Prices every operator of an ONNX model on a named machine, and says why.\n\nExamples:\n"
      "  opcost model.onnx --hw i7-12700k\n"
      "  opcost analyze model.onnx --hw a100-sxm-80gb --precision fp16 --dim batch=8\n"
      "  opcost explain model.onnx --hw i7-12700k --node /layer1/layer1.0/conv1/Conv\n"
      "  opcost diff model.onnx --hw i7-12700k --hw a100-sxm-80gb\n"
      "  opcost compare model.onnx --hw all\n\n",
      ShortHelp(), "\n", CommonDetails());
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  names.reserve(kCommands.size());
  for (const CommandRow& command : kCommands) names.emplace_back(command.name);
  return names;
}

// The command of the first words; nullptr when they name none. `used` says how many words that took.
const CommandRow* FindCommand(const Words& words, size_t& used) {
  for (const CommandRow& command : kCommands) {
    const bool two = absl::StrContains(command.name, " ");
    if (words.size() < (two ? 2 : 1)) continue;
    if (command.name == (two ? absl::StrCat(words[0], " ", words[1]) : words[0])) {
      used = two ? 2 : 1;
      return &command;
    }
  }
  return nullptr;
}

// `opcost hw`, `opcost hw lsit`.
int IncompleteCommand(const Words& words) {
  std::vector<std::string> verbs;
  for (const CommandRow& command : kCommands) {
    if (absl::StartsWith(command.name, words[0] + " ")) verbs.emplace_back(command.name);
  }
  const bool help = words.size() > 1 && (words[1] == "-h" || words[1] == "--help");
  if (help) {
    const absl::Status status = WriteStdout(absl::StrCat("usage: opcost ", absl::StrJoin(verbs, " | opcost "), "\n"));
    return status.ok() ? kExitOk : kExitInternal;
  }
  const std::string given = absl::StrJoin(words, " ");
  PrintError(absl::StrCat("'", given, "' is no command; expected ", absl::StrJoin(verbs, ", "),
                          words.size() > 1 ? DidYouMean(given, verbs) : ""));
  return kExitUsage;
}

bool LooksLikeFile(const std::string& word) {
  return word == "-" || absl::StrContains(word, '/') || absl::StrContains(word, '.') || access(word.c_str(), F_OK) == 0;
}

}  // namespace

int Fail(const absl::Status& status) {
  PrintError(status.message());
  return ExitCodeOf(status);
}

int Run(const Words& arguments) {
  if (arguments.empty()) {
    // Usage is an error here, so it does not go where a report would.
    PrintUsage(ShortHelp());
    return kExitUsage;
  }
  const std::string& first = arguments[0];
  if (first == "-h" || first == "help") return WriteStdout(ShortHelp()).ok() ? kExitOk : kExitInternal;
  if (first == "--help") return WriteStdout(LongHelp()).ok() ? kExitOk : kExitInternal;
  if (first == "--version") {
    const std::string commit = *kCommit == '\0' ? "" : absl::StrCat(" (", kCommit, ")");
    return WriteStdout(absl::StrCat("opcost ", kVersion, commit, "\n")).ok() ? kExitOk : kExitInternal;
  }
  size_t used = 0;
  if (const CommandRow* command = FindCommand(arguments, used); command != nullptr) {
    return command->run(Words(arguments.begin() + static_cast<std::ptrdiff_t>(used), arguments.end()));
  }
  if (first == "hw" || first == "ops") return IncompleteCommand(arguments);
  if (absl::StartsWith(first, "-") || LooksLikeFile(first)) return RunAnalyze(arguments);
  PrintError(
      absl::StrCat("'", first, "' is neither a command nor a file", DidYouMean(first, CommandNames()), " (opcost -h)"));
  return kExitUsage;
}

}  // namespace opcost
