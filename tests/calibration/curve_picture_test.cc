// What is drawn of an entry, against rates worked out by hand.
#include "costing/calibration/curve_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hardware/read_target.h"

namespace opcost {
namespace {

Target Read(const std::string& path) {
  absl::StatusOr<Target> target = ReadTarget(path);
  EXPECT_TRUE(target.ok()) << target.status();
  return target.ok() ? *std::move(target) : Target();
}

const CurvePicture& Find(const PictureSet& set, const std::string& key) {
  static const CurvePicture kNone;
  for (const CurvePicture& picture : set.pictures) {
    if (picture.key == key) return picture;
  }
  ADD_FAILURE() << key << " is not drawn";
  return kNone;
}

TEST(CurvePicture, ATimeFormIsItsSizeOverLaunchAndAllTermsOnThatSize) {
  const Target kernels = Read("tests/profiles/kernels.toml");
  const PictureSet set = MakePictures(kernels, nullptr, {});
  const CurvePicture& stream = Find(set, "kernel.stream.any");
  EXPECT_EQ(stream.form, "time");
  EXPECT_EQ(stream.metric, Metric::kBytes);
  for (const RateAt& at : stream.line) {
    const double seconds = 1e-6 + 2e-10 * at.x + 1e-10 * std::max(0.0, at.x - 1e6) + 4e-10 * std::max(0.0, at.x - 4e6);
    EXPECT_NEAR(at.rate / (at.x / seconds), 1, 1e-12) << at.x;
  }
  // What a run evicts is no matter of this size alone.
  for (const RateAt& at : Find(set, "kernel.matvec_stored.fp32").line) {
    EXPECT_NEAR(at.rate / (at.x / (2e-6 + 1e-10 * at.x)), 1, 1e-12) << at.x;
  }
}

TEST(CurvePicture, KernelsLieAtTheirSizeAndTheirGapIsInTime) {
  const Target kernels = Read("tests/profiles/kernels.toml");
  KernelError near{.network = "a",
                   .kernel = "k",
                   .entry = "kernel.matvec_stored.fp32",
                   .measured_s = 1e-4,
                   .predicted_s = 1.1e-4,
                   .x = 1e6};
  KernelError outside = near;
  outside.x = 1e8;
  outside.measured_s = 3e-4;
  outside.predicted_s = 1.5e-4;
  const PictureSet set = MakePictures(kernels, nullptr, {outside, near});
  const CurvePicture& picture = Find(set, "kernel.matvec_stored.fp32");
  ASSERT_EQ(picture.kernels.size(), 2u);
  EXPECT_DOUBLE_EQ(picture.kernels[0].x, 1e6);
  EXPECT_DOUBLE_EQ(picture.kernels[0].measured, 1e10);
  ASSERT_TRUE(picture.kernel_gap);
  EXPECT_NEAR(*picture.kernel_gap, (0.1 + 0.5) / 2, 1e-12);
  EXPECT_NEAR(picture.outside_share, 3e-4 / 4e-4, 1e-12);  // the range ends at 1e7
}

TEST(CurvePicture, AnotherProfileIsDrawnInTheSameUnits) {
  // A multiply-accumulate is two operations: 360 GFLOP/s of the seed are 180 GMAC/s.
  const Target kernels = Read("tests/profiles/kernels.toml");
  absl::StatusOr<Target> seed = ReadTarget("profiles/i7-12700k.toml", "seed");
  ASSERT_TRUE(seed.ok()) << seed.status();
  const PictureSet set = MakePictures(kernels, &*seed, {});
  const CurvePicture& conv = Find(set, "kernel.conv_blocked.fp32");
  ASSERT_EQ(conv.metric, Metric::kTiledMacs);
  ASSERT_FALSE(conv.beside.empty());
  EXPECT_NEAR(conv.beside.back().rate, 180e9, 1);
  // Bytes and operations have no axis in common.
  EXPECT_TRUE(Find(set, "kernel.stream.any").beside.empty());
}

}  // namespace
}  // namespace opcost
