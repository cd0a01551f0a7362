#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/schema.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost schema", "The JSON Schema (2020-12) of what the program prints.",
                      "opcost schema\nopcost schema diff > diff.schema.json", CommonDetails()};
  return *kHelp;
}

}  // namespace

int RunSchema(const Words& words) {
  std::string name = "report";
  const std::vector<Argument> arguments = {
      {"name", "NAME", absl::StrCat(absl::StrJoin(SchemaNames(), ", "), " (default report)"), &name}};
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  auto schema = SchemaOf(name);
  if (!schema.ok()) return Fail(schema.status());
  const absl::Status status = WriteStdout(*schema);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
