#include "costing/calibration/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "costing/calibration/average_form.h"
#include "costing/calibration/fit_cache.h"
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
  EXPECT_NEAR(FitNonNegative(a, b, Eigen::VectorXd::Zero(11), Eigen::VectorXd())(0) / 2e-3, 1, 0.02);
}

// Two launches that disagree: the clock of the one is twenty times as good.
TEST(FitNonNegative, AnUncertainSampleWeighsLess) {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Ones(2, 1);
  Eigen::VectorXd b(2), clock_s(2);
  b << 0.5e-6, 2e-6;
  clock_s << 0.1e-6, 2e-6;
  EXPECT_NEAR(FitNonNegative(a, b, clock_s, Eigen::VectorXd())(0), 0.5e-6, 0.01e-6);
  clock_s << 2e-6, 0.1e-6;
  EXPECT_NEAR(FitNonNegative(a, b, clock_s, Eigen::VectorXd())(0), 2e-6, 0.02e-6);
}

// One sample, and a parent that says otherwise: the answer lies between, nearer to what is measured well.
TEST(FitNonNegative, LeansOnAParent) {
  Eigen::MatrixXd a(1, 2);
  a << 1, 1;
  Eigen::VectorXd b(1), prior(2);
  b << 3e-3;
  prior << 1e-3, 1e-3;
  const Eigen::VectorXd x = FitNonNegative(a, b, Eigen::VectorXd::Zero(1), prior);
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

const FittedForm* FormFor(const Fit& fit, KernelClass kernel_class) {
  for (const FittedForm& form : fit.forms) {
    if (form.spec == static_cast<int32_t>(kernel_class)) return &form;
  }
  return nullptr;
}

TEST(FitForms, FindsTheCoefficientsBehindTheTimes) {
  const std::vector<MeasuredRun> runs = Synthetic();
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok()) << fit.status();
  const FittedForm* form = FormFor(*fit, KernelClass::kSigmoid);
  ASSERT_NE(form, nullptr);
  EXPECT_EQ(form->precision, std::nullopt);
  ASSERT_EQ(form->terms.size(), 2u);
  EXPECT_NEAR(form->terms[0].coefficient / 3e-6, 1, 1e-3);
  EXPECT_NEAR(form->terms[1].coefficient / 1e-10, 1, 1e-3);
  EXPECT_EQ(form->samples, 18);
  EXPECT_EQ(form->networks.size(), 6u);
  EXPECT_LT(form->cv_time_weighted, 1e-3);
  EXPECT_NEAR(form->range->first, 8 * 1009, 1e-9);
  EXPECT_NEAR(fit->profiler_s / 1e-6, 1, 1e-3);
}

// Three of six runs tell two passes apart, by 2, 4 and 6 % of their time, all of it in one kernel.
TEST(FitForms, TellsTheNoiseAndWhatWasTakenOff) {
  std::vector<MeasuredRun> runs = Synthetic();
  for (size_t r = 0; r < 3; ++r) {
    double sum = 0;
    for (const MeasuredKernel& kernel : runs[r].kernels) sum += kernel.seconds;
    runs[r].kernels[2].spread = 0.02 * static_cast<double>(1 + r) * sum / runs[r].kernels[2].seconds;
    runs[r].profiler_removed_s = 1e-6 * static_cast<double>(1 + r);
  }
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->noise_floor, 0.04, 1e-9);
  EXPECT_NEAR(fit->profiler_removed_s, 2e-6, 1e-12);
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

// One row times k × n weights of 4 bytes, 3 kernels a network. What a run touches beyond `cache` is fetched from memory
// the next time: t = 2 µs + 20 ps · bytes, and 40 ps more for the share that the cache does not hold.
std::vector<MeasuredRun> Products(double cache) {
  std::vector<MeasuredRun> runs;
  for (int n = 0; n < 24; ++n) {
    MeasuredRun run{.network = "net" + std::to_string(n), .path = "f"};
    double footprint = 0;
    for (int64_t columns : {256, 511, 1003}) {
      MeasuredKernel kernel;
      const int64_t rows = 128 * (1 + n * n / 2);
      kernel.name = "m" + std::to_string(columns);
      kernel.op_type = "MatMul";
      kernel.inputs = {{.dims = {1, rows}}, {.dims = {rows, columns}, .is_constant = true}};
      kernel.outputs = {{.dims = {1, columns}}};
      kernel.repeats = 1;
      footprint += 4 * static_cast<double>(rows * columns + columns);
      run.kernels.push_back(kernel);
    }
    const double gone = std::max(0.0, 1 - cache / footprint);
    for (MeasuredKernel& kernel : run.kernels) {
      const double bytes = 4 * static_cast<double>(kernel.inputs[1].dims[0] * kernel.inputs[1].dims[1]);
      kernel.seconds = kernel.median_seconds = 2e-6 + 2e-11 * bytes + 4e-11 * bytes * gone;
    }
    runs.push_back(run);
  }
  return runs;
}

TEST(MakeSamples, WhatARunIsUnsureOfItsKernelsShare) {
  std::vector<MeasuredRun> runs = {Synthetic()[0], Synthetic()[0]};
  runs[1].profiler_removed_s = 3e-6;
  runs[0].kernels.resize(2);
  runs[1].kernels.resize(2);
  for (MeasuredRun& run : runs) {
    run.kernels[0].seconds = 1e-6;
    run.kernels[1].seconds = 29e-6;
  }
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->samples.size(), 4u);
  EXPECT_EQ(set->samples[0].clock_error_s, 0.7e-6);  // a clock of microseconds
  EXPECT_EQ(set->samples[1].clock_error_s, 0.7e-6);
  // A mean, and 2 % of 15 µs.
  EXPECT_NEAR(set->samples[2].clock_error_s, std::sqrt(0.2 * 0.2 + 0.3 * 0.3) * 1e-6, 1e-12);
  EXPECT_EQ(set->samples[3].clock_error_s, set->samples[2].clock_error_s);
}

// One network's kernels are beyond L2 and take twice as long: that may be L2, or whatever else is odd about it.
TEST(FitForms, OneNetworkAloneHasNoTermOfItsOwn) {
  std::vector<MeasuredRun> runs = Synthetic();
  runs.back().kernels = {Sigmoid(4000037, 2 * (3e-6 + 1e-10 * 8 * 4000037))};
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, {.caches = {.l2_bytes = 1 << 24, .llc_bytes = 1e10}});
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::StatusOr<Fit> fit = FitForms(*set, runs);
  ASSERT_TRUE(fit.ok()) << fit.status();
  const FittedForm* form = FormFor(*fit, KernelClass::kSigmoid);
  ASSERT_NE(form, nullptr);
  for (const FittedTerm& term : form->terms) EXPECT_EQ(term.term.scope, TermScope::kAll) << ToString(term.term);
}

// The network that is half as slow again has no part in its own prediction, and a sixth of the parts in the average.
TEST(AverageForms, LeavesEachNetworkOutOnce) {
  std::vector<MeasuredRun> runs = Synthetic();
  for (MeasuredKernel& kernel : runs[2].kernels) kernel.seconds *= 1.5;
  const absl::StatusOr<SampleSet> set = MakeSamples(runs, kMachine);
  ASSERT_TRUE(set.ok()) << set.status();
  const FormSpec& spec = set->forms[static_cast<size_t>(KernelClass::kSigmoid)];
  const AveragedForm form = AverageForms(set->samples, spec, {}, kMachine.caches, {});
  ASSERT_EQ(form.terms.size(), 2u);
  for (size_t i = 0; i < set->samples.size(); ++i) {
    if (set->samples[i].network != 2) continue;
    EXPECT_NEAR(form.validation.predicted(static_cast<Eigen::Index>(i)) * 1.5 / set->samples[i].seconds, 1, 1e-3);
  }
  for (const auto& [found, law] : {std::pair(form.coefficients[0], 3e-6), std::pair(form.coefficients[1], 1e-10)}) {
    EXPECT_GT(found, law);
    EXPECT_LT(found, 1.2 * law);
  }
}

TEST(FitWithShareOfCache, FindsHowMuchRunsGet) {
  constexpr double kWhole = 32e6;
  for (const double share : {1.0, 0.5, 0.25}) {
    const std::vector<MeasuredRun> runs = Products(share * kWhole);
    absl::StatusOr<SampleSet> set = MakeSamples(runs, {.caches = {.l2_bytes = 1e6, .llc_bytes = kWhole}});
    ASSERT_TRUE(set.ok()) << set.status();
    ASSERT_TRUE(FitWithShareOfCache(*set, runs).ok());
    EXPECT_EQ(set->machine.caches.llc_bytes, share * kWhole);
    EXPECT_EQ(set->machine.caches.llc_whole_bytes, kWhole);
  }
}

// Recurrent layers of two sizes a network, the larger of which pass by a cache of `found` bytes more often than it
// holds.
std::vector<MeasuredRun> Cells(double found) {
  std::vector<MeasuredRun> runs;
  for (int n = 0; n < 24; ++n) {
    MeasuredRun run{.network = "net" + std::to_string(n), .path = "f"};
    for (const int64_t hidden : {64 + 4 * n, 240 + 13 * n}) {
      MeasuredKernel kernel;
      const int64_t steps = 20 + 7 * (n % 5), features = 32 * (1 + n % 7);
      kernel.name = "l" + std::to_string(hidden);
      kernel.op_type = "LSTM";
      kernel.inputs = {{.dims = {steps, 1, features}},
                       {.dims = {1, 4 * hidden, features}, .is_constant = true},
                       {.dims = {1, 4 * hidden, hidden}, .is_constant = true}};
      kernel.outputs = {{.dims = {steps, 1, 1, hidden}}};
      kernel.repeats = 1;
      const double set = 16.0 * static_cast<double>(hidden * hidden), passes = static_cast<double>(steps) * set;
      const double macs = static_cast<double>(steps * 4 * hidden * (features + hidden));
      const double gone = set > found ? 1 - found * found / (set * set) : 0;
      kernel.seconds = kernel.median_seconds = 2e-5 + 1e-11 * macs + 1e-11 * passes + 4e-11 * passes * gone;
      run.kernels.push_back(kernel);
    }
    runs.push_back(run);
  }
  return runs;
}

TEST(FitWithShareOfCache, FindsHowMuchPassesGet) {
  constexpr double kWhole = 2e6;
  for (const double share : {1.0, 0.8, 0.6}) {
    const std::vector<MeasuredRun> runs = Cells(share * kWhole);
    absl::StatusOr<SampleSet> set = MakeSamples(runs, {.caches = {.l2_bytes = kWhole, .llc_bytes = 1e9}});
    ASSERT_TRUE(set.ok()) << set.status();
    const absl::StatusOr<Fit> fit = FitWithShareOfCache(*set, runs);
    ASSERT_TRUE(fit.ok()) << fit.status();
    EXPECT_EQ(set->machine.caches.l2_bytes, share * kWhole);
    EXPECT_EQ(set->machine.caches.l2_whole_bytes, kWhole);
    EXPECT_LT(FormFor(*fit, KernelClass::kLstm)->cv_time_weighted, 0.02);
  }
}

TEST(FitWithShareOfCache, AnUnknownSizeStaysUnknown) {
  const std::vector<MeasuredRun> runs = Products(1e6);
  absl::StatusOr<SampleSet> set = MakeSamples(runs, {});
  ASSERT_TRUE(FitWithShareOfCache(*set, runs).ok());
  EXPECT_EQ(set->machine.caches.llc_bytes, 0);
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

}  // namespace
}  // namespace opcost
