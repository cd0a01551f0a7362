#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/explanation.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost explain", "One node: what it is, its counts, its expression, and where every value comes from.",
      "opcost explain model.onnx --hw a100-sxm-80gb --node /layer1/layer1.0/conv1/Conv\n"
      "opcost explain report.json --node output_tensor",
      CommonDetails()};
  return *kHelp;
}

absl::Status Show(const Report& report, const std::string& name, const Target* target, const OutputOptions& output) {
  auto node = FindNode(report, name);
  if (!node.ok()) return node.status();
  Result result;
  result.document = ExplainDocument(report, *node, target);
  result.json = [&] { return ExplainJson(report, *node, target); };
  return Emit(result, output);
}

absl::Status Explain(const InputOptions& input, const std::string& node, const OutputOptions& output) {
  if (IsSavedReport(input.models[0])) {
    auto report = ReadSavedReport(input.models[0]);
    return report.ok() ? Show(*report, node, nullptr, output) : report.status();
  }
  const std::vector<std::string> specs = TargetSpecs(input, output.quiet);
  if (specs.size() != 1) return Usage(absl::InvalidArgumentError("--hw: expected one target"));
  auto target = LoadTarget(specs[0], input);
  if (!target.ok()) return target.status();
  auto model = BoundModel::Load(input.models[0], input);
  if (!model.ok()) return model.status();
  auto priced = model->Price(*target, input);
  if (!priced.ok()) return priced.status();
  return Show(priced->report, node, &priced->estimate->target(), output);
}

}  // namespace

int RunExplain(const Words& words) {
  InputOptions input;
  OutputOptions output;
  std::string node;
  const auto arguments = Joined({{{"model", "MODEL", "an ONNX file or a saved report", &input.models},
                                  {"--node", "NAME", "a node's name or id, or a tensor it makes", &node}},
                                 InputArguments(input),
                                 OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (input.models.size() != 1)
    return Fail(Usage(absl::InvalidArgumentError("expected one model (opcost explain -h)")));
  if (node.empty())
    return Fail(Usage(absl::InvalidArgumentError("--node is missing: which node? (opcost explain -h)")));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const absl::Status status = Explain(input, node, output);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
