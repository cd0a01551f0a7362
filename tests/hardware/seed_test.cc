// The figures of the seed: its two i7-12700K variants, its CPU curve and its GPU curves, jumps included. Expected
// values are those of the background documents, or arithmetic on the constants of their code.
#include <cmath>
#include <string>
#include <vector>

#include "tests/hardware/profiles.h"

namespace opcost {
namespace {

constexpr char kI7[] = "profiles/i7-12700k.toml";
constexpr char kOrin[] = "profiles/jetson-orin-agx.toml";

// Rate × factors × curve at `flops`.
double EffectiveRate(const Target& target, Pattern pattern, double flops) {
  const Entry& entry = EntryFor(target, pattern);
  const std::vector<double> values = Values(target);
  double rate = values[static_cast<size_t>(entry.efficiency->rate)];
  for (CoefficientId factor : entry.efficiency->factors) rate *= values[static_cast<size_t>(factor)];
  if (entry.efficiency->curve == kNoId) return rate;
  return rate * EvaluateCurve(target.curves[static_cast<size_t>(entry.efficiency->curve)], flops, values);
}

TEST(SeedTest, TinyAndLargeAre72And345Point6GigaflopsAndAFactorOf4Point8) {
  const Target tiny = Read(kI7, "tiny"), large = Read(kI7, "large");
  for (Pattern pattern : {Pattern::kMatmul, Pattern::kConv2dBnAct, Pattern::kSoftmax, Pattern::kMbconvSe}) {
    EXPECT_NEAR(EffectiveRate(tiny, pattern, 1e9), 72e9, 1e-3);
    EXPECT_NEAR(EffectiveRate(large, pattern, 1e9), 345.6e9, 1e-3);
  }
  EXPECT_NEAR(1e9 / EffectiveRate(tiny, Pattern::kMatmul, 1e9) * 1e3, 13.889, 5e-4);
  EXPECT_NEAR(1e9 / EffectiveRate(large, Pattern::kMatmul, 1e9) * 1e3, 2.894, 5e-4);
  EXPECT_NEAR(Get(large, "factor.efficiency_factor").value() / Get(tiny, "factor.efficiency_factor").value(), 3, 1e-12);
  EXPECT_NEAR(Get(large, "factor.tile_utilization").value() / Get(tiny, "factor.tile_utilization").value(), 1.6, 1e-12);
}

TEST(SeedTest, TinyAndLargeDifferInTheirTwoFactorsOnly) {
  const Target tiny = Read(kI7, "tiny"), large = Read(kI7, "large");
  ASSERT_EQ(tiny.coefficients.size(), large.coefficients.size());
  for (size_t i = 0; i < tiny.coefficients.size(); ++i) {
    const Coefficient& a = tiny.coefficients[i];
    const Coefficient& b = large.coefficients[i];
    EXPECT_EQ(a.key, b.key);
    const bool factor = a.key == "factor.efficiency_factor" || a.key == "factor.tile_utilization";
    EXPECT_EQ(a.value() != b.value(), factor) << a.key;
  }
  for (const Target* target : {&tiny, &large}) {
    const EfficiencyForm& form = *EntryFor(*target, Pattern::kMatmul).efficiency;
    EXPECT_EQ(form.work, Metric::kMatrixFlops);  // so that what has no matrix product costs memory time only
    EXPECT_EQ(target->coefficients[static_cast<size_t>(form.dispatch)].value(), 0);
    EXPECT_EQ(target->coefficients[static_cast<size_t>(form.overlap)].value(), 1);
  }
}

TEST(SeedTest, TheOtherTwoCoefficientsOfTheSeedAreNotes) {
  for (const char* mode : {"tiny", "large"}) {
    const Target target = Read(kI7, mode);
    std::string notes;
    for (const std::string& note : target.notes) notes += note;
    EXPECT_NE(notes.find("memory_bottleneck_factor"), std::string::npos);
    EXPECT_NE(notes.find("instruction_efficiency"), std::string::npos);
    Target changed = target;
    EXPECT_FALSE(SetCoefficient(changed, "memory_bottleneck_factor", 0.5).ok());
  }
}

struct At {
  double flops;
  double scale;
};

TEST(SeedTest, TheCpuCurveMissesItsOwnThreePointsAsItDid) {
  const Target seed = Read(kI7, "seed");
  for (const At& at : {At{9e6, 0.245}, At{113e6, 0.716}, At{225e6, 0.806}}) {
    EXPECT_NEAR(EfficiencyAt(seed, Pattern::kConv2dBnAct, at.flops), at.scale, 5e-4) << at.flops;
  }
  for (const At& at : {At{1e5, 54e9}, At{1e6, 54e9}, At{1e7, 90e9}, At{1e8, 252e9}, At{1e9, 360e9}, At{1e11, 360e9}}) {
    EXPECT_NEAR(EffectiveRate(seed, Pattern::kMatmul, at.flops), at.scale, 1) << at.flops;
  }
}

TEST(SeedTest, TheDefaultModeOfTheI7IsFittedAndTheSeedStaysAModeOfItsOwn) {
  const Target by_default = Read(kI7), seed = Read(kI7, "seed");
  EXPECT_EQ(by_default.mode, "default");
  EXPECT_TRUE(by_default.calibrated);
  EXPECT_FALSE(seed.calibrated);
  EXPECT_TRUE(EntryFor(by_default, Pattern::kConv2d).time);
  EXPECT_TRUE(EntryFor(seed, Pattern::kConv2d).efficiency);
}

TEST(SeedTest, TheGpuCurvesAtTheLayersThatItsAuthorsMeasured) {
  const Target orin = Read(kOrin, "50w");
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2dBnAct, 231e6), 0.741, 5e-4);
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2dBn, 925e6), 1.78, 5e-3);
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2dBn, 3699e6), 4.01, 5e-3);
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2dBn, 7399e6), 4.64, 5e-3);
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2dAct, 231e6), 1.157, 5e-4);
  EXPECT_NEAR(EfficiencyAt(orin, Pattern::kConv2d, 3.7e9), 4.86, 5e-3);
  EXPECT_EQ(Get(orin, "rate.seed_flops_per_s").value(), 958e9);
}

// The code of the source, with its own constants: log10 of an edge rounded, the position in a segment clamped.
double Segment(double flops, double start, double width, double low, double high) {
  const double t = std::fmin(1, std::fmax(0, (std::log10(flops) - start) / width));
  return low + (high - low) * t;
}
double Small(double flops) {
  if (flops < 1e6) return 0.01;
  return flops < 10e6 ? Segment(flops, 6, 1, 0.02, 0.06) : Segment(flops, 7, 0.7, 0.06, 0.20);
}
double ConvBn(double flops) {
  if (flops < 50e6) return Small(flops);
  if (flops < 200e6) return Segment(flops, 7.7, 0.6, 0.35, 0.80) * 0.67;
  if (flops < 500e6) return Segment(flops, 8.3, 0.4, 0.73, 0.80);
  return flops < 5e9 ? Segment(flops, 8.7, 1, 0.80, 4.50) : Segment(flops, 9.7, 0.6, 4.50, 5.00);
}
double Conv(double flops) {
  if (flops < 50e6) return Small(flops);
  if (flops < 200e6) return Segment(flops, 7.7, 0.6, 0.60, 1.13);
  if (flops < 500e6) return Segment(flops, 8.3, 0.4, 1.13, 1.30);
  return flops < 5e9 ? Segment(flops, 8.7, 1, 1.30, 5.40) : Segment(flops, 9.7, 0.6, 5.40, 5.60);
}
double Other(double flops) {
  if (flops < 50e6) return Small(flops);
  if (flops < 200e6) return Segment(flops, 7.7, 0.6, 0.35, 0.80);
  if (flops < 500e6) return Segment(flops, 8.3, 0.4, 0.60, 1.15);
  return flops < 5e9 ? Segment(flops, 8.7, 1, 0.90, 1.40) : Segment(flops, 9.7, 0.6, 1.40, 1.50);
}
double Mbconv(double flops) {
  if (flops < 10e6) return 0.025;
  if (flops < 30e6) return Segment(flops, 7, 0.48, 0.025, 0.035);
  return flops < 50e6 ? Segment(flops, 7.48, 0.22, 0.035, 0.055) : Segment(flops, 7.7, 0.6, 0.055, 0.10);
}
double Depthwise(double) { return 0.03; }

struct SeedCurve {
  Pattern pattern;
  double (*value)(double);
};
const SeedCurve kCurves[] = {
    {Pattern::kConv2dBn, ConvBn}, {Pattern::kConv2dBnAct, ConvBn}, {Pattern::kConv2d, Conv},
    {Pattern::kConv2dAct, Conv},  {Pattern::kPointwise, Conv},     {Pattern::kMatmul, Other},
    {Pattern::kLinear, Other},    {Pattern::kAttention, Other},    {Pattern::kElementwise, Other},
    {Pattern::kMbconv, Mbconv},   {Pattern::kMbconvSe, Mbconv},    {Pattern::kDepthwise, Depthwise},
};

TEST(SeedTest, TheGpuCurvesAreThoseOfTheCodeAtEverySize) {
  const Target orin = Read(kOrin, "50w");
  for (const SeedCurve& curve : kCurves) {
    // Up to 1 MFLOP the code is flat, like the clamped end; at 1 MFLOP and at each edge the later segment holds.
    for (double log = 4; log < 12; log += 0.0137) {
      const double flops = std::pow(10, log);
      const double expected = curve.value(flops);
      EXPECT_NEAR(EfficiencyAt(orin, curve.pattern, flops), expected, 1e-6 * expected)
          << Name(curve.pattern) << " " << flops;
    }
    for (double edge : {1e6, 10e6, 30e6, 50e6, 200e6, 500e6, 5e9}) {
      const double expected = curve.value(edge);
      EXPECT_NEAR(EfficiencyAt(orin, curve.pattern, edge), expected, 1e-6 * expected)
          << Name(curve.pattern) << " " << edge;
    }
  }
}

struct Jump {
  double flops, from, to;
};

// Where a curve jumps by more than 1 %.
std::vector<Jump> Jumps(const Target& target, Pattern pattern) {
  const Curve& curve = target.curves[static_cast<size_t>(EntryFor(target, pattern).efficiency->curve)];
  const std::vector<double> values = Values(target);
  std::vector<Jump> jumps;
  for (size_t i = 1; i < curve.points.size(); ++i) {
    const auto x = [&](size_t j) { return values[static_cast<size_t>(curve.points[j].x)]; };
    const auto y = [&](size_t j) { return values[static_cast<size_t>(curve.points[j].y)]; };
    if (x(i) == x(i - 1) && std::fabs(y(i) / y(i - 1) - 1) > 0.01) jumps.push_back({x(i), y(i - 1), y(i)});
  }
  return jumps;
}

void ExpectJumps(const Target& target, Pattern pattern, const std::vector<Jump>& expected) {
  const std::vector<Jump> jumps = Jumps(target, pattern);
  ASSERT_EQ(jumps.size(), expected.size()) << Name(pattern);
  for (size_t i = 0; i < jumps.size(); ++i) {
    EXPECT_EQ(jumps[i].flops, expected[i].flops) << Name(pattern);
    EXPECT_NEAR(jumps[i].from, expected[i].from, 5e-3) << Name(pattern);
    EXPECT_NEAR(jumps[i].to, expected[i].to, 5e-3) << Name(pattern);
  }
}

TEST(SeedTest, TheGpuCurvesJumpWhereTheSeedsDoAndNowhereElse) {
  const Target orin = Read(kOrin, "50w");
  ExpectJumps(orin, Pattern::kConv2dBn, {{1e6, 0.01, 0.02}, {50e6, 0.20, 0.23}, {200e6, 0.54, 0.73}});
  ExpectJumps(orin, Pattern::kConv2d, {{1e6, 0.01, 0.02}, {50e6, 0.20, 0.60}});
  ExpectJumps(orin, Pattern::kMatmul,
              {{1e6, 0.01, 0.02}, {50e6, 0.20, 0.35}, {200e6, 0.80, 0.60}, {500e6, 1.15, 0.90}});
  ExpectJumps(orin, Pattern::kMbconv, {});
  ExpectJumps(Read(kI7, "seed"), Pattern::kMatmul, {});
}

struct OrinMode {
  const char* name;
  double units, gigahertz;
};

TEST(SeedTest, TheOtherModesOfTheOrinScaleTheBaseByTheirPeakAndSaySo) {
  for (const OrinMode& mode : {OrinMode{"15w", 6, 0.408}, OrinMode{"30w", 8, 0.612}, OrinMode{"maxn", 16, 1.3005}}) {
    const Target target = Read(kOrin, mode.name);
    const double ratio = mode.units * mode.gigahertz / (16 * 0.816);
    EXPECT_NEAR(Get(target, "rate.seed_flops_per_s").value(), 958e9 * ratio, 1e3) << mode.name;
    EXPECT_NEAR(Get(target, "peak.fp32_flops_per_s").value() / 3.342336e12, ratio, 1e-9) << mode.name;
    EXPECT_EQ(EntryFor(target, Pattern::kConv2dBnAct).evidence, std::max(Evidence::kExtrapolated, Evidence::kAssumed));
    EXPECT_EQ(EntryFor(target, Pattern::kDepthwise).evidence, Evidence::kExtrapolated);
    EXPECT_EQ(EntryFor(target, Pattern::kMatmul, Precision::kFp16).evidence, Evidence::kExtrapolated);
    EXPECT_NE(target.notes.back().find("extrapolated"), std::string::npos);
    EXPECT_EQ(Get(target, "rate.seed_flops_per_s").layers.size(), 2u);
  }
  const Target measured = Read(kOrin);
  EXPECT_EQ(measured.mode, "50w");
  EXPECT_EQ(EntryFor(measured, Pattern::kMatmul, Precision::kFp16).evidence, Evidence::kMeasured);
}

}  // namespace
}  // namespace opcost
