#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "costing/calibration/generate/generate.h"

namespace opcost {
namespace {

constexpr int64_t kDefaultRounds = 3;

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost generate", "The networks that calibration measures, as ONNX files without weights.",
                      "opcost generate networks/\n"
                      "opcost generate networks/ --family depthwise --count 8 --seed 7\n"
                      "opcost generate --list",
                      CommonDetails()};
  return *kHelp;
}

struct GenerateOptions {
  std::string folder, family;
  int64_t count = 0, seed = 1;
  bool list = false;
};

absl::Status List() {
  std::string text;
  for (const NetworkFamily& family : NetworkFamilies()) {
    absl::StrAppend(&text, family.name, std::string(22 - family.name.size(), ' '), family.summary, "\n");
  }
  return WriteStdout(text);
}

std::vector<NetworkChoice> Choose(const GenerateOptions& options) {
  const int64_t count = options.count > 0 ? options.count : kDefaultRounds * NetworksInRound();
  if (options.family.empty()) return NetworkOrder(count);
  std::vector<NetworkChoice> choices;
  for (int64_t i = 0; i < (options.count > 0 ? options.count : kDefaultRounds); ++i)
    choices.push_back({options.family, i});
  return choices;
}

absl::Status WriteNetworks(const GenerateOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return absl::PermissionDeniedError(absl::StrCat(options.folder, ": ", error.message()));
  int64_t written = 0;
  for (const NetworkChoice& choice : Choose(options)) {
    const absl::StatusOr<GeneratedNetwork> network =
        GenerateNetwork(choice.family, choice.index, static_cast<uint64_t>(options.seed));
    if (!network.ok()) return UsageIfNotFound(network.status());
    const std::string path = (std::filesystem::path(options.folder) / (network->name + ".onnx")).string();
    std::ofstream file(path, std::ios::binary);
    file << network->model;
    if (!file.flush()) return absl::PermissionDeniedError(absl::StrCat(path, ": cannot be written"));
    ++written;
  }
  return WriteStdout(absl::StrCat(written, " networks in ", options.folder, "\n"));
}

}  // namespace

int RunGenerate(const Words& words) {
  GenerateOptions options;
  const std::vector<Argument> arguments = {
      {"folder", "DIR", "where the files go; made if it is not there", &options.folder},
      {"--family", "NAME", "one family alone (--list)", &options.family},
      {"--count", "N",
       absl::StrCat("how many (default ", kDefaultRounds, " rounds over all families, or ", kDefaultRounds, " of one)"),
       &options.count},
      {"--seed", "S", "other networks of the same kinds (default 1)", &options.seed},
      {"--list", "", "the families, and nothing else", &options.list}};
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (options.list) {
    const absl::Status status = List();
    return status.ok() ? kExitOk : Fail(status);
  }
  if (options.folder.empty())
    return Fail(Usage(absl::InvalidArgumentError("where to? expected a folder (opcost generate -h)")));
  if (options.count < 0) return Fail(Usage(absl::InvalidArgumentError("--count: expected a number of networks")));
  const absl::Status status = WriteNetworks(options);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
