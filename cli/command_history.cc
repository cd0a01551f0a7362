#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/json_writer.h"
#include "cli/options.h"
#include "cli/output.h"
#include "costing/calibration/update_profile.h"
#include "costing/report.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost history", "The calibrations of a profile over time, with the accuracy that each states.",
                      "opcost history box.toml", CommonDetails()};
  return *kHelp;
}

// One version of a profile, by what [calibration] and [validation] say.
struct Version {
  std::string path;
  std::string date, tool, runtime_version, threads;
  size_t networks = 0;
  std::string protocol;
  double models = 0, mape = 0, worst = 0, within_10 = 0;
  bool validated = false;
};

Version VersionOf(const std::string& path, const Target& target) {
  Version version{.path = path};
  const auto fact = [&](const char* key) {
    const auto it = target.facts.find(key);
    return it == target.facts.end() ? std::string() : it->second;
  };
  const auto number = [&](const char* key) {
    double value = 0;
    return absl::SimpleAtod(fact(key), &value) ? value : 0;
  };
  version.date = fact("calibration.date");
  version.tool = fact("calibration.tool");
  version.runtime_version = fact("calibration.runtime_version");
  version.threads = fact("calibration.threads");
  for (const auto& [key, value] : target.facts) version.networks += key.rfind("calibration.networks.", 0) == 0 ? 1 : 0;
  version.protocol = fact("validation.protocol");
  version.models = number("validation.models_tested");
  constexpr double kPercent = 100;
  version.mape = number("validation.mape") / kPercent;
  version.worst = number("validation.max_error") / kPercent;
  version.within_10 = number("validation.within_10") / kPercent;
  version.validated = version.models > 0;
  return version;
}

Document HistoryDocument(const std::string& path, const std::vector<Version>& versions) {
  Sheet sheet;
  sheet.name = "versions";
  sheet.columns = {{.key = "date", .title = "date"},
                   {.key = "tool", .title = "tool", .keep = 3},
                   {.key = "runtime_version", .title = "runtime", .keep = 4},
                   {.key = "threads", .title = "threads", .keep = 2},
                   {.key = "networks", .title = "networks", .measure = Measure::kInteger},
                   {.key = "models", .title = "tested", .measure = Measure::kInteger},
                   {.key = "mape", .title = "mean error", .measure = Measure::kShare},
                   {.key = "max", .title = "worst", .measure = Measure::kShare},
                   {.key = "within_10", .title = "within 10 %", .measure = Measure::kShare},
                   {.key = "path", .title = "file", .cut = true, .keep = 5}};
  for (const Version& v : versions) {
    const auto cell = [&](double value) { return v.validated ? Cell::Number(value) : Cell::Missing(); };
    sheet.rows.push_back({{Cell::Text(v.date), Cell::Text(v.tool), Cell::Text(v.runtime_version), Cell::Text(v.threads),
                           Cell::Number(static_cast<double>(v.networks)), cell(v.models), cell(v.mape), cell(v.worst),
                           cell(v.within_10), Cell::Text(v.path)}});
  }
  Document document;
  const Version& newest = versions.back();
  std::string verdict = absl::StrCat(path, ": ", versions.size(), versions.size() == 1 ? " version" : " versions");
  if (newest.validated && versions.size() > 1 && versions[versions.size() - 2].validated) {
    absl::StrAppend(&verdict, "; mean error ", Format(Measure::kShare, versions[versions.size() - 2].mape), " → ",
                    Format(Measure::kShare, newest.mape));
  }
  document.verdict = {verdict};
  document.header = {"mean error and worst as each version states them"};
  document.sheets.push_back(std::move(sheet));
  if (!newest.protocol.empty()) document.summary.push_back(absl::StrCat("newest: ", newest.protocol));
  return document;
}

std::string HistoryJson(const std::vector<Version>& versions) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "history");
  json.Key("versions").BeginArray();
  for (const Version& v : versions) {
    json.BeginObject().Field("path", v.path).Field("date", v.date).Field("tool", v.tool);
    json.Field("runtime_version", v.runtime_version).Field("threads", v.threads);
    json.IntField("networks", static_cast<int64_t>(v.networks)).Field("protocol", v.protocol);
    json.IntField("models_tested", static_cast<int64_t>(v.models)).DoubleField("mean_absolute", v.mape);
    json.DoubleField("maximum", v.worst).DoubleField("within_10", v.within_10).EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

absl::Status History(const std::string& path, const OutputOptions& output) {
  std::vector<Version> versions;
  for (const std::string& file : VersionsOf(path)) {
    absl::StatusOr<Target> target = ReadTarget(file);
    if (!target.ok()) return target.status();
    versions.push_back(VersionOf(file, *target));
  }
  if (versions.empty()) return absl::NotFoundError(absl::StrCat(path, ": cannot be read, expected a profile"));
  Result result;
  result.document = HistoryDocument(path, versions);
  result.json = [&] { return HistoryJson(versions); };
  return Emit(result, output);
}

}  // namespace

int RunHistory(const Words& words) {
  OutputOptions output;
  std::vector<std::string> paths;
  const auto arguments = Joined({{{"profile", "FILE", "the TOML file of a profile", &paths}}, OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (paths.size() != 1) return Fail(Usage(absl::InvalidArgumentError("expected one profile (opcost history -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const absl::Status status = History(paths[0], output);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
