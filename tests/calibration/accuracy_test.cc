// What the project promises of its accuracy, by fits on generated networks alone.
#include <gtest/gtest.h>

#include "tests/calibration/accuracy_figures.h"

namespace opcost {
namespace {

TEST(Accuracy, OfExecutedKernelsOnEpyc) {
  const Target target = CalibrateOn(kEpyc);
  const absl::StatusOr<Validation> vision = Validate(target, ModelsOf(kEpyc, Group::kVision));
  ASSERT_TRUE(vision.ok()) << vision.status();
  EXPECT_EQ(vision->headline.models, 22);
  EXPECT_LE(vision->headline.mean_absolute, 0.044);
  EXPECT_GE(vision->headline.within_10, 0.86);
  EXPECT_LE(vision->kernel_error, 0.056);
  const absl::StatusOr<Validation> modern = Validate(target, ModelsOf(kEpyc, Group::kModern));
  ASSERT_TRUE(modern.ok()) << modern.status();
  EXPECT_EQ(modern->headline.models, 29);
  EXPECT_LE(modern->headline.mean_absolute, 0.063);
  EXPECT_GE(modern->headline.excellent, 24);
  EXPECT_LE(modern->kernel_error, 0.082);
}

TEST(Accuracy, OfExecutedKernelsOnXeonAndOfTheRatio) {
  const Target xeon = CalibrateOn(kXeon), epyc = CalibrateOn(kEpyc);
  const absl::StatusOr<Validation> a = Validate(epyc, ModelsOf(kEpyc, Group::kVision));
  const absl::StatusOr<Validation> b = Validate(xeon, ModelsOf(kXeon, Group::kVision));
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(b->headline.models, 21);
  EXPECT_LE(b->headline.mean_absolute, 0.073);
  EXPECT_GE(b->headline.within_10, 0.71);
  EXPECT_LE(b->kernel_error, 0.088);
  const RatioError ratio = RatioOf(*a, *b);
  EXPECT_EQ(ratio.models, 21);
  EXPECT_LE(ratio.mean, 0.06);
}

// Nothing but the file and the profile: at most 1.5 points worse.
TEST(Accuracy, FromRawFilesOnEpyc) {
  const Target target = CalibrateOn(kEpyc);
  for (const Group group : {Group::kVision, Group::kModern}) {
    const std::vector<MeasuredRun> runs = ModelsOf(kEpyc, group);
    const absl::StatusOr<Validation> known = Validate(target, runs);
    ASSERT_TRUE(known.ok()) << known.status();
    const ErrorSummary raw = Summarize(PredictRaw(target, runs).errors);
    EXPECT_EQ(raw.models, known->headline.models);
    EXPECT_LE(raw.mean_absolute, known->headline.mean_absolute + 0.015);
  }
}

TEST(Accuracy, OfEagerPyTorchLeavingOneModelOut) {
  const Validation validation = LeaveOneOutOnI7();
  EXPECT_EQ(validation.headline.models, 20);
  EXPECT_LE(validation.headline.mean_absolute, 0.10);
}

}  // namespace
}  // namespace opcost
