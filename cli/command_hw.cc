// hw list, hw show, hw check.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/json_writer.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/target_document.h"
#include "frontend/patterns/classify.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

const CommandHelp& ListHelp() {
  static const auto* const kHelp = new CommandHelp{"opcost hw list", "The targets that are known, with their modes.",
                                                   "opcost hw list\nopcost hw list --format json", CommonDetails()};
  return *kHelp;
}

const CommandHelp& ShowHelp() {
  static const auto* const kHelp =
      new CommandHelp{"opcost hw show", "Every coefficient of a target, with its layers, evidence and source.",
                      "opcost hw show i7-12700k:large\nopcost hw show my.toml --format json", CommonDetails()};
  return *kHelp;
}

const CommandHelp& CheckHelp() {
  static const auto* const kHelp =
      new CommandHelp{"opcost hw check", "Whether profile files are well-formed, in every mode.",
                      "opcost hw check my.toml", CommonDetails()};
  return *kHelp;
}

// One file in all of its modes.
struct Checked {
  std::string path;
  std::vector<std::string> modes;
  std::vector<std::string> errors;
};

absl::Status CheckRuleSet(const Target& target) {
  for (const std::string& name : RuleSetNames()) {
    if (name == target.runtime.rule_set) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(target.path, ": runtime '", target.runtime.rule_set,
                                                 "' has no fusion rule set; expected ",
                                                 absl::StrJoin(RuleSetNames(), ", ")));
}

Checked CheckFile(const std::string& path) {
  Checked checked;
  checked.path = path;
  const auto add = [&](const absl::Status& status) {
    if (!status.ok()) checked.errors.emplace_back(status.message());
  };
  auto target = ReadTarget(path);
  add(target.status());
  if (!target.ok()) return checked;
  checked.modes = target->modes;
  add(CheckRuleSet(*target));
  for (const std::string& mode : target->modes) add(ReadTarget(path, mode).status());
  return checked;
}

Document CheckDocument(const std::vector<Checked>& files) {
  Document document;
  Sheet sheet;
  sheet.name = "profiles";
  sheet.columns = {
      {.key = "path", .title = "profile"}, {.key = "result", .title = "result"}, {.key = "detail", .title = "detail"}};
  size_t wrong = 0;
  for (const Checked& file : files) {
    wrong += file.errors.empty() ? 0 : 1;
    if (file.errors.empty()) {
      const std::string modes =
          file.modes.empty() ? "no modes" : absl::StrCat("modes ", absl::StrJoin(file.modes, ", "));
      sheet.rows.push_back({{Cell::Text(file.path), Cell::Text("ok", Tone::kGood), Cell::Text(modes)}});
    }
    for (const std::string& error : file.errors) {
      sheet.rows.push_back({{Cell::Text(file.path), Cell::Text("wrong", Tone::kBad), Cell::Text(error)}});
    }
  }
  document.verdict = {absl::StrCat(files.size() - wrong, " of ", files.size(), " profiles are well-formed")};
  document.sheets.push_back(std::move(sheet));
  return document;
}

std::string CheckJson(const std::vector<Checked>& files) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject()
      .IntField("schema_version", kReportSchemaVersion)
      .Field("kind", "check")
      .Key("profiles")
      .BeginArray();
  for (const Checked& file : files) {
    json.BeginObject().Field("path", file.path).BoolField("ok", file.errors.empty());
    json.StringsField("modes", file.modes).StringsField("errors", file.errors).EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace

int RunHwList(const Words& words) {
  OutputOptions output;
  if (const auto exit = ParseArguments(ListHelp(), OutputArguments(output), words); exit) return *exit;
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  std::vector<Target> targets;
  std::vector<BrokenTarget> broken;
  const std::vector<std::string> folders = ProfileFolders();
  for (const std::string& name : ListTargets(folders)) {
    auto target = FindTarget(name, folders);
    if (target.ok()) {
      targets.push_back(*std::move(target));
    } else {
      broken.push_back({name, std::string(target.status().message())});
    }
  }
  if (targets.empty() && broken.empty()) {
    return Fail(absl::NotFoundError(
        absl::StrCat("no profiles in ", absl::StrJoin(folders, ", "), "; expected *.toml (OPCOST_PROFILES)")));
  }
  Result result;
  result.document = TargetListDocument(targets, broken);
  result.json = [&] { return TargetListJson(targets, broken); };
  const absl::Status status = Emit(result, output);
  if (!status.ok()) return Fail(status);
  return broken.empty() ? kExitOk : kExitBadInput;
}

int RunHwShow(const Words& words) {
  InputOptions input;
  OutputOptions output;
  std::vector<std::string> specs;
  const auto arguments =
      Joined({{{"target", "NAME[:MODE]", "a target, or the path of a TOML file", &specs},
               {"--set", "KEY=VALUE", "puts a layer on top of a coefficient; repeatable", &input.sets}},
              OutputArguments(output)});
  if (const auto exit = ParseArguments(ShowHelp(), arguments, words); exit) return *exit;
  if (specs.size() != 1)
    return Fail(Usage(absl::InvalidArgumentError("expected one target (opcost hw list shows them)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  auto target = LoadTarget(specs[0], input);
  if (!target.ok()) return Fail(target.status());
  Result result;
  result.document = TargetDocument(*target);
  result.json = [&] { return TargetJson(*target); };
  const absl::Status status = Emit(result, output);
  return status.ok() ? kExitOk : Fail(status);
}

int RunHwCheck(const Words& words) {
  OutputOptions output;
  std::vector<std::string> paths;
  const auto arguments = Joined({{{"file", "FILE", "TOML profiles", &paths}}, OutputArguments(output)});
  if (const auto exit = ParseArguments(CheckHelp(), arguments, words); exit) return *exit;
  if (paths.empty())
    return Fail(Usage(absl::InvalidArgumentError("which file? expected a TOML profile (opcost hw check -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  std::vector<Checked> files;
  bool good = true;
  for (const std::string& path : paths) {
    files.push_back(CheckFile(path));
    good = good && files.back().errors.empty();
    for (const std::string& error : files.back().errors) PrintError(error);
  }
  Result result;
  result.document = CheckDocument(files);
  result.json = [&] { return CheckJson(files); };
  const absl::Status status = Emit(result, output);
  if (!status.ok()) return Fail(status);
  return good ? kExitOk : kExitBadInput;
}

}  // namespace opcost
