#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_document.h"
#include "cli/sensitivity_document.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost sensitivity", "What each coefficient of a target does to a model's total, or what hides it.",
      "opcost sensitivity model.onnx --hw i7-12700k\n"
      "opcost sensitivity model.onnx --hw i7-12700k:tiny --format json",
      CommonDetails()};
  return *kHelp;
}

constexpr int64_t kTop = 40;

absl::Status Sensitivity(const InputOptions& input, int64_t top, const OutputOptions& output) {
  const std::vector<std::string> specs = TargetSpecs(input, output.quiet);
  if (specs.size() != 1) return Usage(absl::InvalidArgumentError("--hw: expected one target"));
  auto target = LoadTarget(specs[0], input);
  if (!target.ok()) return target.status();
  auto model = BoundModel::Load(input.models[0], input);
  if (!model.ok()) return model.status();
  auto priced = model->Price(*target, input);
  if (!priced.ok()) return priced.status();
  const std::vector<Estimate::Effect> effects = priced->estimate->Sensitivity();
  Result result;
  result.document = SensitivityDocument(priced->report, effects, top);
  result.json = [&] { return SensitivityJson(priced->report, effects); };
  return Emit(result, output);
}

}  // namespace

int RunSensitivity(const Words& words) {
  InputOptions input;
  OutputOptions output;
  int64_t top = kTop;
  const auto arguments = Joined({{{"model", "MODEL", "an ONNX file; - is standard input", &input.models},
                                  {"--top", "N", "coefficients to show (default 40; 0 = all that are used)", &top}},
                                 InputArguments(input),
                                 OutputArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (input.models.size() != 1) {
    return Fail(Usage(absl::InvalidArgumentError("expected one model (opcost sensitivity -h)")));
  }
  if (top < 0)
    return Fail(Usage(absl::InvalidArgumentError(absl::StrCat("--top ", top, ": expected 0 (all) or more"))));
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const absl::Status status = Sensitivity(input, top, output);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
