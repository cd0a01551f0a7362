// Prints how well fits on generated networks predict real models, from the data in the repository, as Markdown.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "costing/calibration/fit.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/validate.h"

namespace opcost {
namespace {

struct Machine {
  const char* folder;
  const char* name;
  double l2, llc;
};
constexpr Machine kMachines[] = {
    {"tests/measurements/epyc_zen4", "EPYC, Zen 4, 1 thread", 1 << 20, 32 << 20},
    {"tests/measurements/sapphire_rapids", "Xeon, Sapphire Rapids, 1 thread", 2 << 20, 105 << 20}};
// Not fp32 throughout, or recurrent: no generated network holds such kernels.
constexpr const char* kOther[] = {"q_", "fp16_", "lstm_", "speech_bi"};

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status().message() << "\n";
  std::exit(3);
}

std::vector<MeasuredRun> Folder(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<MeasuredRun> runs;
  for (const std::string& file : files) {
    for (MeasuredRun& run : Must(Import(file))) runs.push_back(std::move(run));
  }
  return runs;
}

void Line(const std::string& what, const Validation& v) {
  std::cout << absl::StrFormat("| %s | %d | %.1f %% | %+.1f %% | %.1f %% | %.0f %% | %.0f %% | %.1f %% |\n", what,
                               v.headline.models, 100 * v.headline.mean_absolute, 100 * v.headline.signed_mean,
                               100 * v.headline.maximum, 100 * v.headline.within_5, 100 * v.headline.within_10,
                               100 * v.kernel_error);
}

int Main() {
  std::cout << "Fitted on generated networks alone, executed kernels known; totals against the best run without a "
               "profiler.\n\n"
               "| models | n | mean absolute error | signed | maximum | within 5 % | within 10 % | kernels, by time |\n"
               "|---|---|---|---|---|---|---|---|\n";
  std::map<std::string, std::vector<double>> predicted, measured;
  for (const Machine& machine : kMachines) {
    const std::vector<MeasuredRun> generated = Folder(std::string(machine.folder) + "/generated");
    const Fit fit = Must(FitForms(
        Must(MakeSamples(generated, {.caches = {.l2_bytes = machine.l2, .llc_bytes = machine.llc}})), generated));
    std::vector<MeasuredRun> vision, modern;
    for (MeasuredRun& run : Folder(std::string(machine.folder) + "/models")) {
      const bool other = std::any_of(std::begin(kOther), std::end(kOther),
                                     [&](const char* prefix) { return absl::StartsWith(run.network, prefix); });
      if (std::filesystem::exists("tests/models/" + run.network + ".onnx")) {
        vision.push_back(std::move(run));
      } else if (!other) {
        modern.push_back(std::move(run));
      }
    }
    const Validation v = Must(Validate(fit, vision));
    for (const ModelError& model : v.models) {
      predicted[model.network].push_back(model.predicted_s);
      measured[model.network].push_back(model.measured_s);
    }
    Line(absl::StrFormat("%s: torchvision", machine.name), v);
    if (!modern.empty()) Line(absl::StrFormat("%s: modern, fp32", machine.name), Must(Validate(fit, modern)));
  }
  double ratio = 0;
  int64_t both = 0;
  for (const auto& [network, p] : predicted) {
    if (p.size() != 2) continue;
    ratio += std::abs((p[1] / p[0]) / (measured[network][1] / measured[network][0]) - 1);
    ++both;
  }
  std::cout << absl::StrFormat("\nRatio of the two machines, %d models measured on both: mean error %.1f %%.\n", both,
                               100 * ratio / static_cast<double>(both));
  const std::vector<MeasuredRun> eager =
      Must(Import("tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz"));
  const Validation left_out =
      Must(LeaveOneOut(eager, {.caches = {.l2_bytes = 1.25 * (1 << 20), .llc_bytes = 25 << 20}}, {}));
  std::cout << absl::StrFormat(
      "\nEager PyTorch on an i7-12700K, sums of subgraphs, batch 1 and 4, each model predicted from "
      "the nine others: mean absolute error %.1f %% over %d.\n",
      100 * left_out.headline.mean_absolute, left_out.headline.models);
  return 0;
}

}  // namespace
}  // namespace opcost

int main() { return opcost::Main(); }
