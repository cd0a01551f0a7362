#include "costing/calibration/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "costing/calibration/importer.h"
#include "costing/calibration/least_squares.h"
#include "costing/calibration/validate.h"

namespace opcost {
namespace {

using ::testing::HasSubstr;

TEST(NonNegativeLeastSquares, UnconstrainedMinimumInside) {
  Eigen::MatrixXd a(3, 2);
  a << 1, 0, 0, 2, 1, 2;
  Eigen::VectorXd x(2);
  x << 3, 5e-7;
  const Eigen::VectorXd found = NonNegativeLeastSquares(a, a * x);
  EXPECT_NEAR(found(0), 3, 1e-9);
  EXPECT_NEAR(found(1), 5e-7, 1e-9);
}

// The line through (1, 1), (2, 0) has slope −1 and offset 2; without negative slopes the best is the mean, 1/2.
TEST(NonNegativeLeastSquares, HoldsAtZero) {
  Eigen::MatrixXd a(2, 2);
  a << 1, 1, 1, 2;
  Eigen::VectorXd b(2);
  b << 1, 0;
  const Eigen::VectorXd found = NonNegativeLeastSquares(a, b);
  EXPECT_NEAR(found(0), 0.5, 1e-12);
  EXPECT_EQ(found(1), 0);
}

TEST(NonNegativeLeastSquares, ColumnsOfAnyScale) {
  Eigen::MatrixXd a(3, 2);
  a << 1, 1e12, 1, 3e12, 1, 7e12;
  Eigen::VectorXd x(2);
  x << 2e-6, 1e-17;
  const Eigen::VectorXd found = NonNegativeLeastSquares(a, a * x);
  EXPECT_NEAR(found(0) / x(0), 1, 1e-6);
  EXPECT_NEAR(found(1) / x(1), 1, 1e-6);
}

TEST(FitNonNegative, OneWildSampleHardlyMatters) {
  Eigen::MatrixXd a(11, 1);
  Eigen::VectorXd b(11);
  for (int i = 0; i < 11; ++i) {
    a(i, 0) = 1 + i;
    b(i) = 2e-3 * (1 + i);
  }
  b(5) *= 5;
  EXPECT_NEAR(FitNonNegative(a, b, Eigen::VectorXd())(0) / 2e-3, 1, 0.02);
}

// One sample, and a parent that says otherwise: the answer lies between, nearer to what is measured well.
TEST(FitNonNegative, LeansOnAParent) {
  Eigen::MatrixXd a(1, 2);
  a << 1, 1;
  Eigen::VectorXd b(1), prior(2);
  b << 3e-3;
  prior << 1e-3, 1e-3;
  const Eigen::VectorXd x = FitNonNegative(a, b, prior);
  EXPECT_NEAR(x.sum(), 3e-3, 0.1e-3);
  EXPECT_NEAR(x(0), x(1), 1e-9);  // equally far from their priors
}

MeasuredKernel Sigmoid(int64_t elements, double seconds) {
  MeasuredKernel kernel;
  kernel.name = "s";
  kernel.op_type = "Sigmoid";
  kernel.inputs = {{.dims = {elements}}};
  kernel.outputs = {{.dims = {elements}}};
  kernel.seconds = kernel.median_seconds = seconds;
  kernel.repeats = 1;
  return kernel;
}

// t = 3 µs + 0.1 ns · bytes, 8 bytes an element, in six networks; the profiler adds 1 µs to each kernel.
std::vector<MeasuredRun> Synthetic() {
  std::vector<MeasuredRun> runs;
  for (int n = 0; n < 6; ++n) {
    MeasuredRun run{.network = "net" + std::to_string(n), .path = "f", .profiled = true};
    double sum = 0;
    for (int64_t elements : {1009, 10007, 100003}) {
      const double seconds = 3e-6 + 1e-10 * 8 * static_cast<double>(elements + 13 * n);
      run.kernels.push_back(Sigmoid(elements + 13 * n, seconds));
      sum += seconds;
    }
    run.end_to_end_s = sum - 3 * 1e-6;
    runs.push_back(run);
  }
  return runs;
}

const CalibratedMachine kMachine = {.caches = {.l2_bytes = 1e9, .llc_bytes = 1e10}};

TEST(FitForms, FindsTheCoefficientsBehindTheTimes) {
  const std::vector<MeasuredRun> runs = Synthetic();
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok()) << fit.status();
  const auto& form = fit->forms[static_cast<size_t>(KernelClass::kSigmoid)];
  ASSERT_TRUE(form.has_value());
  ASSERT_EQ(form->terms.size(), 2u);
  EXPECT_NEAR(form->terms[0].coefficient / 3e-6, 1, 1e-3);
  EXPECT_NEAR(form->terms[1].coefficient / 1e-10, 1, 1e-3);
  EXPECT_EQ(form->samples, 18);
  EXPECT_EQ(form->networks.size(), 6u);
  EXPECT_LT(form->cv_time_weighted, 1e-3);
  EXPECT_NEAR(form->range->first, 8 * 1009, 1e-9);
  EXPECT_NEAR(fit->profiler_s / 1e-6, 1, 1e-3);
  const absl::StatusOr<Validation> validation = Validate(*fit, runs);
  ASSERT_TRUE(validation.ok());
  EXPECT_EQ(validation->headline.models, 6);
  EXPECT_LT(validation->headline.maximum, 1e-3);
  EXPECT_EQ(validation->headline.excellent, 6);
}

TEST(FitForms, AClassWithoutPointsIsPricedAsItsParent) {
  const std::vector<MeasuredRun> runs = Synthetic();
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok());
  EXPECT_EQ(FindForm(*fit, static_cast<int32_t>(KernelClass::kTanh)).form, static_cast<int32_t>(KernelClass::kSigmoid));
  EXPECT_EQ(FindForm(*fit, static_cast<int32_t>(KernelClass::kTanh)).steps, 1);
  EXPECT_EQ(FindForm(*fit, static_cast<int32_t>(KernelClass::kConvBlocked)).form, -1);
}

TEST(FitForms, RefusesWhatTheSamplesCannotTell) {
  std::vector<MeasuredRun> runs = Synthetic();
  runs.resize(2);
  for (MeasuredRun& run : runs) {  // one size only: launch and bytes cannot be told apart
    run.kernels = {Sigmoid(1009, 4e-6)};
  }
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok());
  std::string all;
  for (const Refusal& refusal : fit->refusals) all += refusal.what + ": " + refusal.why + "\n";
  EXPECT_THAT(all, HasSubstr("bytes: in these samples it grows with dispatches"));
  EXPECT_THAT(all, HasSubstr("only 2 samples from 2 networks"));
  EXPECT_FALSE(FitForms(SampleSet{}, {}).ok());
}

TEST(Summarize, CountsByHand) {
  const ErrorSummary summary = Summarize({0.04, -0.08, 0.2, -0.4, 0.9});
  EXPECT_EQ(summary.models, 5);
  EXPECT_NEAR(summary.mean_absolute, (0.04 + 0.08 + 0.2 + 0.4 + 0.9) / 5, 1e-12);
  EXPECT_NEAR(summary.signed_mean, (0.04 - 0.08 + 0.2 - 0.4 + 0.9) / 5, 1e-12);
  EXPECT_NEAR(summary.maximum, 0.9, 1e-12);
  EXPECT_NEAR(summary.within_5, 0.2, 1e-12);
  EXPECT_NEAR(summary.within_10, 0.4, 1e-12);
  EXPECT_EQ(summary.excellent, 2);
  EXPECT_EQ(summary.good, 1);
  EXPECT_EQ(summary.fair, 1);
  EXPECT_EQ(summary.poor, 1);
}

TEST(Compare, NamesRegressionsAndImprovements) {
  Validation before, after;
  before.models = {{.network = "a", .error = 0.02}, {.network = "b", .error = -0.20}, {.network = "c", .error = 0.05}};
  after.models = {{.network = "a", .error = -0.09}, {.network = "b", .error = 0.01}, {.network = "c", .error = 0.06}};
  const std::vector<Change> changes = Compare(before, after, 0.02);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].network, "a");
  EXPECT_TRUE(changes[0].regression);
  EXPECT_FALSE(changes[1].regression || changes[1].improvement);
  EXPECT_TRUE(changes[2].improvement);
}

std::vector<MeasuredRun> Folder(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<MeasuredRun> runs;
  for (const std::string& file : files) {
    absl::StatusOr<std::vector<MeasuredRun>> read = Import(file);
    EXPECT_TRUE(read.ok()) << read.status();
    if (read.ok()) runs.insert(runs.end(), read->begin(), read->end());
  }
  return runs;
}

// What the project promises of its accuracy, by a fit on generated networks alone.
TEST(Accuracy, RealModelsFromGeneratedNetworks) {
  struct Row {
    const char* folder;
    double l2, llc;
    double mean_absolute, within_10, kernels;
  };
  constexpr Row kRows[] = {{"tests/measurements/epyc_zen4", 1 << 20, 32 << 20, 0.044, 0.86, 0.056},
                           {"tests/measurements/sapphire_rapids", 2 << 20, 105 << 20, 0.073, 0.71, 0.088}};
  for (const Row& row : kRows) {
    const std::vector<MeasuredRun> generated = Folder(std::string(row.folder) + "/generated");
    std::vector<MeasuredRun> models;
    for (MeasuredRun& run : Folder(std::string(row.folder) + "/models")) {
      if (std::filesystem::exists("tests/models/" + run.network + ".onnx")) models.push_back(std::move(run));
    }
    ASSERT_GE(models.size(), 20u);
    const absl::StatusOr<SampleSet> set =
        MakeSamples(generated, {.caches = {.l2_bytes = row.l2, .llc_bytes = row.llc}});
    ASSERT_TRUE(set.ok()) << set.status();
    const absl::StatusOr<Fit> fit = FitForms(*set, generated);
    ASSERT_TRUE(fit.ok()) << fit.status();
    const absl::StatusOr<Validation> validation = Validate(*fit, models);
    ASSERT_TRUE(validation.ok()) << validation.status();
    EXPECT_LE(validation->headline.mean_absolute, row.mean_absolute) << row.folder;
    EXPECT_GE(validation->headline.within_10, row.within_10) << row.folder;
    EXPECT_LE(validation->kernel_error, row.kernels) << row.folder;
  }
}

}  // namespace
}  // namespace opcost
