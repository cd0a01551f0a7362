// ops list: the coverage table.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/json_writer.h"
#include "cli/options.h"
#include "cli/output.h"
#include "costing/report.h"
#include "ops/count.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost ops list", "The rule of every operator: how its work is counted.",
                      "opcost ops list\nopcost ops list --filter Conv --format csv", CommonDetails()};
  return *kHelp;
}

std::vector<RuleInfo> Chosen(const std::string& filter) {
  std::vector<RuleInfo> chosen;
  for (RuleInfo& rule : AllRules()) {
    const std::string name = absl::StrCat(rule.domain, "::", rule.op_type);
    if (name.find(filter) != std::string::npos) chosen.push_back(std::move(rule));
  }
  return chosen;
}

Document RuleDocument(const std::vector<RuleInfo>& rules) {
  Sheet sheet;
  sheet.name = "operators";
  sheet.columns = {{.key = "domain", .title = "domain"},
                   {.key = "op", .title = "operator"},
                   {.key = "since", .title = "since", .measure = Measure::kInteger, .keep = 1},
                   {.key = "rule", .title = "rule", .keep = 3},
                   {.key = "status", .title = "status", .keep = 2},
                   {.key = "formula", .title = "formula", .cut = true}};
  std::map<std::string, int> by_domain;
  for (const RuleInfo& rule : rules) {
    ++by_domain[rule.domain];
    sheet.rows.push_back({{Cell::Text(rule.domain), Cell::Text(rule.op_type), Cell::Number(rule.since_version),
                           Cell::Text(std::string(rule.rule)), Cell::Text(std::string(Name(rule.status))),
                           Cell::Text(std::string(rule.formula))}});
  }
  std::vector<std::string> words;
  words.reserve(by_domain.size());
  for (const auto& [domain, count] : by_domain) words.push_back(absl::StrCat(count, " of ", domain));
  Document document;
  document.verdict = {
      absl::StrCat(rules.size(), " operators have a rule", words.empty() ? "" : ": ", absl::StrJoin(words, ", "))};
  document.header = {
      "exact = follows from the operator's definition; convention = a choice of this program; bound = an upper bound, "
      "the count depends on data; fallback = known, but its work is not: like any operator without a rule it is priced "
      "as memory traffic and listed"};
  document.sheets.push_back(std::move(sheet));
  return document;
}

std::string RuleJson(const std::vector<RuleInfo>& rules) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject()
      .IntField("schema_version", kReportSchemaVersion)
      .Field("kind", "operators")
      .Key("operators")
      .BeginArray();
  for (const RuleInfo& rule : rules) {
    json.BeginObject().Field("domain", rule.domain).Field("op", rule.op_type).IntField("since", rule.since_version);
    json.Field("rule", rule.rule).Field("status", Name(rule.status)).Field("formula", rule.formula).EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace

int RunOpsList(const Words& words) {
  OutputOptions output;
  std::string filter;
  const auto arguments = Joined({{{"--filter", "TEXT", "part of domain::operator", &filter}}, OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const std::vector<RuleInfo> rules = Chosen(filter);
  if (rules.empty())
    return Fail(Usage(absl::NotFoundError(absl::StrCat("--filter ", filter, ": no operator has that in its name"))));
  Result result;
  result.document = RuleDocument(rules);
  result.json = [&] { return RuleJson(rules); };
  const absl::Status status = Emit(result, output);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
