// Efficiency curves found again in times that were made from them, chosen only where they say more than terms do, and
// priced from a profile as they were fitted.
#include "costing/calibration/fit_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "costing/calibration/calibrate.h"
#include "costing/price_amounts.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::Not;

// Kernels of one class in twelve networks whose times are `seconds` of the bytes that they move, ± a little.
std::vector<MeasuredRun> Runs(const std::function<double(double)>& seconds) {
  std::vector<MeasuredRun> runs;
  int count = 0;
  for (int network = 0; network < 12; ++network) {
    MeasuredRun run{.network = "n" + std::to_string(network), .path = "made"};
    run.facts = {.machine = "m", .runtime = "onnxruntime", .runtime_version = "1.26.0", .threads = 1};
    for (int i = 0; i < 7; ++i) {
      const int64_t elements = static_cast<int64_t>(997 * std::pow(10.0, 0.6 * i + 0.05 * network));
      MeasuredKernel kernel{.name = "k" + std::to_string(i), .op_type = "Erf"};
      kernel.inputs = {{.dims = {elements}}};
      kernel.outputs = {{.dims = {elements}}};
      const double wobble = 1 + 0.01 * ((count++ * 7) % 5 - 2);
      kernel.seconds = kernel.median_seconds = wobble * seconds(8.0 * static_cast<double>(elements));
      kernel.repeats = 9;
      run.kernels.push_back(kernel);
    }
    runs.push_back(run);
  }
  return runs;
}

SampleSet Samples(const std::vector<MeasuredRun>& runs) {
  absl::StatusOr<SampleSet> set = MakeSamples(runs, {});
  EXPECT_TRUE(set.ok()) << set.status();
  return set.ok() ? *std::move(set) : SampleSet();
}

double Share(double x, double x0, double x1) {
  const double steep = 2 * std::log(9.0) / std::log(x1 / x0);
  return 1 / (1 + std::exp(-steep * (std::log(x) - (std::log(x0) + std::log(x1)) / 2)));
}

// A cache that small sizes live in: the rate falls from 40 to 8 GB/s. Terms with fixed coefficients cannot say it.
double Falling(double bytes) { return bytes / (40e9 + (8e9 - 40e9) * Share(bytes, 2e5, 4e6)); }

TEST(FitCurve, ASigmoidIsFoundAgain) {
  const SampleSet set = Samples(Runs(Falling));
  std::vector<TriedShape> tried;
  const std::optional<CurveChoice> choice = ChooseCurve(set.samples, {}, tried);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->curve.metric, Metric::kBytes);
  EXPECT_EQ(choice->curve.shape, Interpolation::kSigmoid);
  EXPECT_NEAR(choice->curve.points[0].rate / 40e9, 1, 0.1);
  EXPECT_NEAR(choice->curve.points[1].rate / 8e9, 1, 0.1);
  EXPECT_LT(choice->validation.error, 0.05);
  EXPECT_GE(tried.size(), 4u);
}

TEST(FitCurve, ALaunchAndARateAreTheSaturatingShape) {
  const SampleSet set = Samples(Runs([](double bytes) { return 2e-5 + bytes / 10e9; }));
  std::vector<TriedShape> tried;
  const std::optional<CurveChoice> choice = ChooseCurve(set.samples, {}, tried);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->curve.shape, Interpolation::kSaturating);
  for (double x : {1e4, 1e6, 1e8}) EXPECT_NEAR(SecondsAt(choice->curve, x) / (2e-5 + x / 10e9), 1, 0.02) << x;
}

TEST(FitCurve, WhatMakesMoreWorkFasterIsNoCandidate) {
  // A rate that leaps by ten at 1 MB: every shape that follows it falls in time somewhere.
  const SampleSet set = Samples(Runs([](double bytes) { return bytes / (bytes < 1e6 ? 1e9 : 10e9); }));
  std::vector<TriedShape> tried;
  const std::optional<CurveChoice> choice = ChooseCurve(set.samples, {}, tried);
  double before = 0;
  for (double x = 1e4; choice && x < 1e8; x *= 1.05) {
    const double seconds = SecondsAt(choice->curve, x);
    EXPECT_GE(seconds, before * (1 - 1e-9)) << x;
    before = seconds;
  }
}

CalibrationRequest Request() {
  CalibrationRequest request;
  request.identity = {.id = "made", .name = "made", .machine_source = "nowhere", .fit_source = "a test"};
  request.identity.runtime = {.rule_set = "onnxruntime-cpu", .version = "1.26", .level = "all"};
  request.facts = {.date = "2026-11-21", .tool = "a test"};
  return request;
}

TEST(FitCurve, IsTakenWhereItClearlySaysMoreThanTermsAndPricesAsFitted) {
  absl::StatusOr<Calibrated> made = Calibrate(Runs(Falling), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->text, HasSubstr("interpolation = \"sigmoid\""));
  EXPECT_THAT(made->text, HasSubstr("memory = \"inside\""));
  EXPECT_THAT(made->text, HasSubstr("additive terms"));
  absl::StatusOr<Target> target = ReadTargetText(made->text, "made.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  for (const Sample& sample : Samples(Runs(Falling)).samples) {
    const double bytes = static_cast<double>(At(sample.amounts(), Metric::kBytes));
    EXPECT_NEAR(PriceAmounts(*target, sample.subject).seconds / Falling(bytes), 1, 0.12) << bytes;
  }
}

// Square products of falling speed in twelve networks; `odd`: also of sizes that hardly fill a tile.
std::vector<MeasuredRun> Products(bool odd) {
  std::vector<MeasuredRun> runs = Runs(Falling);
  for (size_t network = 0; network < runs.size(); ++network) {
    for (size_t i = 0; i < runs[network].kernels.size(); ++i) {
      const auto side = static_cast<int64_t>(64 * (1 + i * 2 + network % 3)) + (odd && i % 2 == 0 ? 1 : 0);
      const int64_t columns = odd && i % 2 == 0 ? 17 : 64;
      MeasuredKernel& kernel = runs[network].kernels[i];
      kernel.op_type = "MatMul";
      kernel.inputs = {{.dims = {side, side}}, {.dims = {side, columns}, .is_constant = true}};
      kernel.outputs = {{.dims = {side, columns}}};
      kernel.seconds = Falling(2.0 * static_cast<double>(side * side * columns));
    }
  }
  return runs;
}

TEST(FitCurve, IsNotTakenOverWhatIsAskedForWhereTilesHoldMore) {
  absl::StatusOr<Calibrated> made = Calibrate(Products(false), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->text, HasSubstr("interpolation"));
  made = Calibrate(Products(true), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->text, Not(HasSubstr("interpolation")));
}

TEST(FitCurve, TermsStayWhereTheySayAsMuch) {
  absl::StatusOr<Calibrated> made = Calibrate(Runs([](double bytes) { return 2e-5 + bytes / 10e9; }), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->text, Not(HasSubstr("interpolation")));
  EXPECT_THAT(made->text, HasSubstr("of the best curve (saturating)"));
}

}  // namespace
}  // namespace opcost
