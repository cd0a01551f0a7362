// The flags that analyze, explain, sensitivity, diff and compare share.
#ifndef OPCOST_CLI_OPTIONS_H_
#define OPCOST_CLI_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/select.h"
#include "frontend/load.h"

namespace opcost {

// What to analyse and how.
struct InputOptions {
  std::vector<std::string> models;
  std::vector<std::string> targets;
  std::vector<std::string> dims, shapes, sets, trips, assumptions;
  std::vector<std::string> sweeps;  // of analyze alone
  std::string precision;
  std::string data_dir;
  std::string rules;
  bool strict = false;
};

std::vector<Argument> InputArguments(InputOptions& options);
// Those of them that say which sizes a model has, without a target.
std::vector<Argument> BindingArguments(InputOptions& options);
std::vector<Argument> ViewArguments(ViewOptions& options);
std::vector<Argument> OutputArguments(OutputOptions& options);
// The same without -o, for commands whose output is a file of another kind.
std::vector<Argument> StreamArguments(OutputOptions& options);
std::vector<Argument> Joined(std::vector<std::vector<Argument>> parts);

// All of them mark their errors as usage.
absl::StatusOr<LoadOptions> ParseLoadOptions(const InputOptions& options);
// "x=1x3x224x224", "x:1x3x224x224", "x:1,3,224,224": split at the last '=', else the last ':'.
absl::StatusOr<std::pair<std::string, std::vector<int64_t>>> ParseShape(absl::string_view text);
// "a=1,b=2" into `values`; `flag` is for messages. A name may contain '=' and ',' only by a flag of its own.
absl::Status ParseCounts(absl::string_view flag, absl::string_view text, std::map<std::string, int64_t>& values);
// "conv2d.efficiency=0.5".
absl::StatusOr<std::pair<std::string, double>> ParseSet(absl::string_view text);

// Exit codes and environment, for the end of every long help.
std::string CommonDetails();

}  // namespace opcost

#endif  // OPCOST_CLI_OPTIONS_H_
