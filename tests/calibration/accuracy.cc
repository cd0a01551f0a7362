// Prints the accuracy that the data in the repository shows, with its protocol, as Markdown: what the README quotes.
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/calibration/accuracy_figures.h"

namespace opcost {
namespace {

void Line(const std::string& machine, const std::string& models, const std::string& from, const ErrorSummary& summary,
          double kernel_error) {
  const std::string kernels = kernel_error < 0 ? "–" : absl::StrFormat("%.1f %%", 100 * kernel_error);
  std::cout << absl::StrFormat("| %s | %s | %s | %d | %.1f %% | %+.1f %% | %.1f %% | %.0f %% | %.0f %% | %s |\n",
                               machine, models, from, summary.models, 100 * summary.mean_absolute,
                               100 * summary.signed_mean, 100 * summary.maximum, 100 * summary.within_5,
                               100 * summary.within_10, kernels);
}

void Worst(const RawErrors& raw) {
  for (size_t i = 0; i < raw.networks.size(); ++i) {
    if (std::abs(raw.errors[i]) > 0.1) {
      std::cerr << absl::StrFormat("  raw %s %+.1f %%\n", raw.networks[i], 100 * raw.errors[i]);
    }
  }
}

struct Figures {
  Validation known;
  RawErrors raw;
};

Figures Print(const MeasuredMachine& machine, const Target& target, Group group, const std::string& name) {
  const std::vector<MeasuredRun> runs = ModelsOf(machine, group);
  Figures figures;
  if (runs.empty()) return figures;
  absl::StatusOr<Validation> known = Validate(target, runs);
  if (!known.ok()) {
    std::cerr << known.status().message() << "\n";
    std::exit(3);
  }
  figures.known = *std::move(known);
  Line(machine.name, name, "executed kernels", figures.known.headline, figures.known.kernel_error);
  figures.raw = PredictRaw(target, runs);
  Line(machine.name, name, "raw file", Summarize(figures.raw.errors), -1);
  Worst(figures.raw);
  return figures;
}

int Main() {
  std::cout
      << "Profiles fitted on `generated/` alone, 1 thread, ONNX Runtime 1.26, level all. Errors of totals against "
         "the best run without a profiler. *Executed kernels*: the kernels that ran are known, their times are "
         "not. *Raw file*: nothing but the ONNX file and the profile.\n\n"
         "| machine | models | predicted from | n | mean absolute error | signed | maximum | within 5 % | within "
         "10 % | kernels, by time |\n|---|---|---|---|---|---|---|---|---|---|\n";
  const Target epyc = CalibrateOn(kEpyc), xeon = CalibrateOn(kXeon);
  const Figures vision = Print(kEpyc, epyc, Group::kVision, "torchvision");
  Print(kEpyc, epyc, Group::kModern, "modern, fp32");
  Print(kEpyc, epyc, Group::kOther, "quantised, half precision, recurrent (no such kernel was fitted)");
  const Figures other = Print(kXeon, xeon, Group::kVision, "torchvision");
  const RatioError known = RatioOf(vision.known, other.known), raw = RatioOf(vision.raw, other.raw);
  std::cout << absl::StrFormat(
      "\nRatio of the two machines, what a diff of targets is for: mean error %.1f %% over %d models with the executed "
      "kernels known, %.1f %% from the raw files.\n",
      100 * known.mean, known.models, 100 * raw.mean);
  const Validation left_out = LeaveOneOutOnI7();
  std::cout << absl::StrFormat(
      "\nEager PyTorch on an i7-12700K, sums of subgraphs, batch 1 and 4, each model predicted from the nine others: "
      "mean absolute error %.1f %% over %d, %.1f %% of the time by subgraph.\n",
      100 * left_out.headline.mean_absolute, left_out.headline.models, 100 * left_out.kernel_error);
  return 0;
}

}  // namespace
}  // namespace opcost

int main() { return opcost::Main(); }
