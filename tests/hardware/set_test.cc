#include <cmath>

#include "tests/hardware/profiles.h"

namespace opcost {
namespace {

constexpr char kEdge[] = "tests/profiles/edge.toml";

TEST(SetTest, PutsALayerOnTop) {
  Target edge = Read(kEdge);
  ASSERT_TRUE(SetCoefficient(edge, "memory.bandwidth_bytes_per_s", 51.2e9).ok());
  const Coefficient& bandwidth = Get(edge, "memory.bandwidth_bytes_per_s");
  ASSERT_EQ(bandwidth.layers.size(), 2u);
  EXPECT_EQ(bandwidth.layers[1].source, "--set");
  EXPECT_EQ(bandwidth.value(), 51.2e9);
  EXPECT_EQ(bandwidth.layers[0].value, 100e9);
}

TEST(SetTest, EveryCoefficientOfEveryModeCanBeSetToItself) {
  for (const char* mode : {"fast", "slow", "flat"}) {
    Target edge = Read(kEdge, mode);
    for (size_t i = 0; i < edge.coefficients.size(); ++i) {
      const std::string key = edge.coefficients[i].key;
      const double value = edge.coefficients[i].value();
      EXPECT_TRUE(SetCoefficient(edge, key, value).ok()) << key;
      EXPECT_EQ(edge.coefficients[i].layers.back().source, "--set") << key;
    }
  }
}

TEST(SetTest, TheLastPartWillDoWhereItNamesOne) {
  Target edge = Read(kEdge);
  EXPECT_TRUE(SetCoefficient(edge, "tiling", 0.5).ok());
  EXPECT_EQ(Get(edge, "factor.tiling").value(), 0.5);
  const absl::Status many = SetCoefficient(edge, "overlap", 1);
  EXPECT_EQ(many.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(many.message().find("default.overlap, conv2d.fp32.overlap"), absl::string_view::npos) << many;
}

TEST(SetTest, AFlatEfficiencyGivesThePatternAnEntryOfItsOwn) {
  Target edge = Read(kEdge);
  ASSERT_TRUE(SetCoefficient(edge, "conv2d.fp32.efficiency", 0.5).ok());
  for (double x : {1e3, 1e7, 1e12}) EXPECT_EQ(EfficiencyAt(edge, Pattern::kConv2d, x), 0.5);
  const Entry& entry = EntryFor(edge, Pattern::kConv2d);
  EXPECT_EQ(entry.key, "conv2d.fp32");
  EXPECT_EQ(entry.declared_at, "--set");
  EXPECT_EQ(entry.evidence, Evidence::kAssumed);
  EXPECT_FALSE(entry.range);
  // What it stood beside stays: rate, factor and overlap.
  EXPECT_EQ(entry.efficiency->rate, edge.Find("rate.reference_flops_per_s"));
  EXPECT_EQ(entry.efficiency->factors.size(), 1u);
  // An entry that is like it keeps the curve, and a further --set goes on top.
  EXPECT_NEAR(EfficiencyAt(edge, Pattern::kConv2dBnAct, 1e7), 0.3, 1e-15);
  ASSERT_TRUE(SetCoefficient(edge, "conv2d.efficiency", 0.25).ok());
  EXPECT_EQ(EfficiencyAt(edge, Pattern::kConv2d, 1e7), 0.25);
  EXPECT_EQ(Get(edge, "conv2d.fp32.efficiency").layers.size(), 2u);
}

TEST(SetTest, WithoutAPrecisionItIsAllOfThem) {
  Target edge = Read(kEdge);
  ASSERT_TRUE(SetCoefficient(edge, "layernorm.efficiency", 0.5).ok());
  for (Precision precision : {Precision::kFp32, Precision::kFp16, Precision::kInt8}) {
    EXPECT_EQ(EfficiencyAt(edge, Pattern::kLayernorm, 1e6, precision), 0.5);
    EXPECT_EQ(FindEntry(edge, Pattern::kLayernorm, precision).steps, 0);
  }
  // Children without an entry of their own follow, others do not.
  EXPECT_EQ(EfficiencyAt(edge, Pattern::kRmsnorm, 1e6), 0.5);
  EXPECT_EQ(EntryFor(edge, Pattern::kSoftmax).key, "elementwise.any");
}

TEST(SetTest, AnEfficiencyInThePlaceOfATimeFormulaIsOfThePeakBehindItsLaunch) {
  Target edge = Read(kEdge);
  const CoefficientId launch = EntryFor(edge, Pattern::kGemm).time->launch;
  ASSERT_NE(launch, kNoId);
  ASSERT_TRUE(SetCoefficient(edge, "gemm.efficiency", 0.5).ok());
  const Entry& entry = EntryFor(edge, Pattern::kGemm);
  ASSERT_TRUE(entry.efficiency);
  EXPECT_FALSE(entry.time);
  EXPECT_EQ(entry.key, "gemm.fp32");
  EXPECT_EQ(entry.efficiency->rate, edge.Find("peak.fp32_flops_per_s"));
  EXPECT_EQ(entry.efficiency->dispatch, launch);
  EXPECT_EQ(entry.efficiency->memory_fraction, edge.Find("default.memory_fraction"));
  EXPECT_EQ(EfficiencyAt(edge, Pattern::kGemm, 1e6), 0.5);
  EXPECT_TRUE(EntryFor(edge, Pattern::kMatmul).time);  // where it was inherited from
}

TEST(SetTest, APatternsEfficiencyIsRefusedWhereKernelsHaveClasses) {
  Target kernels = Read("tests/profiles/kernels.toml");
  const absl::Status status = SetCoefficient(kernels, "conv2d.efficiency", 0.5);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("such as kernel."), absl::string_view::npos) << status;
}

TEST(SetTest, CapacityMayBeSetWhereTheProfileHasNone) {
  Target pi = Read("profiles/raspberry-pi-5.toml");
  EXPECT_EQ(pi.capacity, kNoId);
  ASSERT_TRUE(SetCoefficient(pi, "memory.capacity_bytes", 8e9).ok());
  ASSERT_NE(pi.capacity, kNoId);
  EXPECT_EQ(pi.coefficients[static_cast<size_t>(pi.capacity)].value(), 8e9);
  ASSERT_TRUE(SetCoefficient(pi, "capacity_bytes", 4e9).ok());
  EXPECT_EQ(pi.coefficients[static_cast<size_t>(pi.capacity)].layers.size(), 2u);
}

struct Refused {
  const char* key;
  double value;
  absl::StatusCode code;
  const char* says;
};

TEST(SetTest, WhatCannotBeIsRefusedWithTheNearestOrTheRange) {
  const Refused cases[] = {
      {"memory.bandwith_bytes_per_s", 1e9, absl::StatusCode::kNotFound, "did you mean 'memory.bandwidth_bytes_per_s'?"},
      {"convd2.efficiency", 0.5, absl::StatusCode::kNotFound, "did you mean 'conv2d'?"},
      {"conv2d.fp322.efficiency", 0.5, absl::StatusCode::kNotFound, "did you mean 'fp32'?"},
      {"conv2d.fp64.efficiency", 0.5, absl::StatusCode::kInvalidArgument, "edge:fast has no fp64"},
      {"conv2d.efficency", 0.5, absl::StatusCode::kNotFound, "did you mean 'conv2d.efficiency'?"},
      {"", 0.5, absl::StatusCode::kNotFound, "is no coefficient"},
      {"tilling", 0.5, absl::StatusCode::kNotFound, "did you mean 'tiling'?"},
      {"default.overlap", 1.5, absl::StatusCode::kInvalidArgument, "at least 0 and at most 1"},
      {"default.efficiency", 0, absl::StatusCode::kInvalidArgument, "above 0"},
      {"peak.fp32_flops_per_s", -1, absl::StatusCode::kInvalidArgument, "in FLOP/s"},
      {"peak.fp32_flops_per_s", NAN, absl::StatusCode::kInvalidArgument, "nan, expected a number"},
      {"host.enqueue_s", INFINITY, absl::StatusCode::kInvalidArgument, "inf, expected a number"},
      {"conv2d.efficiency", NAN, absl::StatusCode::kInvalidArgument, "above 0"},
      {"memory.capacity_bytes", 24, absl::StatusCode::kInvalidArgument, "in byte"},
      {"conv2d.fp32.x[1]", 1e9, absl::StatusCode::kInvalidArgument, "at least 1e+06 and at most 1e+08"},
  };
  for (const Refused& c : cases) {
    Target edge = Read(kEdge);
    const absl::Status status = SetCoefficient(edge, c.key, c.value);
    EXPECT_EQ(status.code(), c.code) << c.key << ": " << status;
    EXPECT_NE(status.message().find(c.says), absl::string_view::npos) << c.key << ": " << status;
    for (const Coefficient& coefficient : edge.coefficients) {
      EXPECT_NE(coefficient.layers.back().source, "--set") << c.key;
    }
  }
}

}  // namespace
}  // namespace opcost
