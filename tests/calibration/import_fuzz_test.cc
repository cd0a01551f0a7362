// Damaged measurements: every sample cut off and with bytes changed, at places that a fixed seed draws. An importer
// answers with runs or with a message that names the file; joining and completing what it took must not fail either.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/complete_kernels.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/join_model.h"
#include "frontend/load.h"

namespace opcost {
namespace {

constexpr const char* kSamples[] = {
    "onnxruntime_profiles/ort1.12.1_light_squeezenet__all.json.gz",
    "onnxruntime_profiles/ort1.20.1_names.json.gz",
    "onnxruntime_profiles/ort1.31.0_names.json.gz",
    "onnxruntime_profiles/ort1.32.0_branches.json.gz",
    "onnxruntime_profiles/ort130_loop.json.gz",
    "onnxruntime_profiles/ort130_squeezenet_2threads.json.gz",
    "epyc_zen4/models/resnet18.json.gz",
    "tensorrt/pytorch_a100_qat_residual.profile.json.gz",
    "openvino/resnet18_benchmark_detailed_counters_report.csv.gz",
    "openvino/resnet18_benchmark_detailed_counters_report.json.gz",
    "tflite/tf_mobilenetv2.csv",
    "plain/operators.csv",
    "plain/patterns.csv",
    "saved/resnet18_openvino.json.gz",
};

void Check(const Graph& graph, const ImportFile& file) {
  const absl::StatusOr<const Importer*> importer = FindImporter(file);
  if (!importer.ok()) return;
  absl::StatusOr<std::vector<MeasuredRun>> runs = (*importer)->import(file);
  if (!runs.ok()) {
    EXPECT_EQ(runs.status().code(), absl::StatusCode::kInvalidArgument) << runs.status();
    EXPECT_TRUE(absl::StartsWith(runs.status().message(), file.path)) << runs.status();
    return;
  }
  ASSERT_FALSE(runs->empty()) << (*importer)->name;
  for (MeasuredRun& run : *runs) {
    for (const MeasuredKernel& kernel : run.kernels) {
      EXPECT_TRUE(std::isfinite(kernel.seconds) && kernel.seconds >= 0) << kernel.name << " " << kernel.seconds;
      EXPECT_GE(kernel.median_seconds, kernel.seconds) << kernel.name;
    }
    const ModelJoin join = JoinModel(graph, run);
    CheckJoin(graph, run, join).IgnoreError();
    CompleteKernels(graph, join, run);
  }
}

TEST(ImportFuzz, DamagedFilesAreRefusedOrTaken) {
  constexpr int kCuts = 30, kChanges = 60;
  const absl::StatusOr<Graph> graph = LoadModel("tests/models/resnet18.onnx");
  ASSERT_TRUE(graph.ok()) << graph.status();
  std::mt19937 random(20261126);
  for (const char* sample : kSamples) {
    const absl::StatusOr<ImportFile> whole = ReadImportFile(absl::StrCat("tests/measurements/", sample));
    ASSERT_TRUE(whole.ok()) << whole.status();
    const size_t size = whole->text.size();
    std::uniform_int_distribution<size_t> place(0, size - 1);
    std::uniform_int_distribution<int> byte(0, 255), digit('0', '9');
    for (int i = 0; i < kCuts; ++i) Check(*graph, {whole->path, whole->text.substr(0, place(random)), {}});
    for (int i = 0; i < kChanges; ++i) {
      std::string text = whole->text;
      for (int n = 0; n < 1 + i % 8; ++n) {
        // Half of the changes hit figures: those keep the form and change the meaning.
        const size_t at = text.find_first_of("0123456789", place(random));
        if (i % 2 == 0 || at == std::string::npos) {
          text[place(random)] = static_cast<char>(byte(random));
        } else {
          text[at] = i % 4 == 1 ? '-' : static_cast<char>(digit(random));
        }
      }
      Check(*graph, {whole->path, std::move(text), {}});
    }
  }
}

}  // namespace
}  // namespace opcost
