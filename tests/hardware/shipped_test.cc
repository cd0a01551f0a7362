// The shipped profiles: all are read in all modes, every number names its source, and peaks and bandwidths are those of
// the machines' data sheets by arithmetic of their own.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/hardware/profiles.h"

namespace opcost {
namespace {

const std::vector<std::string> kFolder = {"profiles"};

std::string PathOf(const std::string& name) { return absl::StrCat("profiles/", name, ".toml"); }

// Every target in every mode.
std::vector<Target> All() {
  std::vector<Target> targets;
  for (const std::string& name : ListTargets(kFolder)) {
    const Target first = Read(PathOf(name));
    if (first.modes.empty()) targets.push_back(first);
    for (const std::string& mode : first.modes) targets.push_back(Read(PathOf(name), mode));
  }
  return targets;
}

TEST(ShippedTest, TheTargetsThatWerePromised) {
  const std::vector<std::string> names = ListTargets(kFolder);
  const std::set<std::string> have(names.begin(), names.end());
  for (const char* name : {"i7-12700k", "jetson-orin-agx", "a100-sxm-80gb", "h100-sxm", "l4", "t4", "rtx-4090",
                           "xeon-8380", "xeon-8480+", "epyc-7763", "epyc-9654", "epyc-zen4-1t", "sapphire-rapids-1t",
                           "altra-max-m128-30", "graviton3", "raspberry-pi-5", "apple-m2"}) {
    EXPECT_TRUE(have.count(name)) << name;
  }
  for (const std::string& name : names) {
    EXPECT_EQ(CheckTarget(PathOf(name)), std::vector<std::string>{});
    EXPECT_EQ(Read(PathOf(name)).id, name);
  }
  const std::vector<std::string> i7 = Read(PathOf("i7-12700k")).modes;
  for (const char* mode : {"tiny", "large", "seed"}) EXPECT_EQ(std::count(i7.begin(), i7.end(), mode), 1) << mode;
  const std::vector<std::string> orin = Read(PathOf("jetson-orin-agx")).modes;
  for (const char* mode : {"15w", "30w", "50w", "maxn"})
    EXPECT_EQ(std::count(orin.begin(), orin.end(), mode), 1) << mode;
}

TEST(ShippedTest, EveryNumberNamesASourceOfItsFileAndItsLine) {
  for (const Target& target : All()) {
    for (const Coefficient& coefficient : target.coefficients) {
      bool from_source = false;
      for (const auto& [name, text] : target.sources) {
        from_source = from_source || absl::StartsWith(coefficient.provenance, text);
      }
      EXPECT_TRUE(from_source) << target.FullName() << " " << coefficient.key << ": " << coefficient.provenance;
      ASSERT_FALSE(coefficient.layers.empty());
      for (const Layer& layer : coefficient.layers) {
        EXPECT_TRUE(Contains(coefficient.range, layer.value)) << coefficient.key;
        EXPECT_EQ(layer.source.rfind(target.id + ".toml:", 0), 0u) << layer.source;
      }
    }
  }
}

TEST(ShippedTest, EveryReferenceLeadsSomewhereAndEveryCoefficientIsReferredTo) {
  for (const Target& target : All()) {
    std::set<CoefficientId> used(target.peak.begin(), target.peak.end());
    used.insert({target.bandwidth, target.capacity, target.host_enqueue, target.run_constant});
    for (const Curve& curve : target.curves) {
      for (const CurvePoint& point : curve.points) used.insert({point.x, point.y});
    }
    for (const ExactPoint& point : target.exact) used.insert(point.seconds);
    for (const Entry& entry : target.entries) {
      ASSERT_NE(entry.efficiency.has_value(), entry.time.has_value()) << entry.key;
      EXPECT_FALSE(entry.declared_at.empty());
      if (entry.time) {
        used.insert(entry.time->launch);
        for (const TimeTerm& term : entry.time->terms) used.insert({term.seconds_per_unit, term.threshold});
        continue;
      }
      const EfficiencyForm& form = *entry.efficiency;
      const bool memory_inside = form.bandwidth == kNoId;
      for (CoefficientId id : {form.bandwidth, form.memory_fraction, form.overlap}) {
        EXPECT_EQ(id == kNoId, memory_inside) << target.FullName() << " " << entry.key;
        used.insert(id);
      }
      for (CoefficientId id : {form.rate, form.dispatch}) {
        EXPECT_NE(id, kNoId) << target.FullName() << " " << entry.key;
        used.insert(id);
      }
      used.insert(form.factors.begin(), form.factors.end());
    }
    for (size_t i = 0; i < target.coefficients.size(); ++i) {
      EXPECT_TRUE(used.count(static_cast<CoefficientId>(i))) << target.FullName() << " " << target.coefficients[i].key;
    }
    std::set<std::string> keys;
    for (const Coefficient& coefficient : target.coefficients) {
      EXPECT_TRUE(keys.insert(coefficient.key).second) << coefficient.key;
    }
  }
}

TEST(ShippedTest, EveryPatternAtEveryPrecisionIsPricedByItsOwnPrecision) {
  for (const Target& target : All()) {
    for (Precision precision : AllPrecisions()) {
      if (!target.Supports(precision)) continue;
      for (int i = 0; i < static_cast<int>(Pattern::kCount); ++i) {
        const Lookup found = FindEntry(target, static_cast<Pattern>(i), precision);
        ASSERT_NE(found.entry, kNoId);
        const Entry& entry = target.entries[static_cast<size_t>(found.entry)];
        EXPECT_TRUE(!entry.precision || entry.precision == precision) << target.FullName() << " " << entry.key;
      }
    }
  }
}

struct PeakFact {
  const char* target;
  const char* mode;
  const char* key;
  double units, operations_per_clock, gigahertz;
};

// Units × operations a clock and unit × clock of the data sheets.
const PeakFact kPeaks[] = {
    {"i7-12700k", "default", "peak.fp64_flops_per_s", 8, 16, 4.7},
    {"i7-12700k", "default", "peak.fp32_flops_per_s", 8, 32, 4.7},
    {"i7-12700k", "default", "peak.int8_ops_per_s", 8, 128, 4.7},
    {"xeon-8380", "", "peak.fp64_flops_per_s", 40, 32, 2.3},
    {"xeon-8380", "", "peak.fp32_flops_per_s", 40, 64, 2.3},
    {"xeon-8380", "", "peak.int8_ops_per_s", 40, 256, 2.3},
    {"xeon-8480+", "", "peak.fp64_flops_per_s", 56, 32, 2.0},
    {"xeon-8480+", "", "peak.fp32_flops_per_s", 56, 64, 2.0},
    {"xeon-8480+", "", "peak.fp16_flops_per_s", 56, 128, 2.0},
    {"xeon-8480+", "", "peak.bf16_flops_per_s", 56, 1024, 2.0},
    {"xeon-8480+", "", "peak.int8_ops_per_s", 56, 2048, 2.0},
    {"epyc-7763", "", "peak.fp64_flops_per_s", 64, 16, 3.5},
    {"epyc-7763", "", "peak.fp32_flops_per_s", 64, 32, 3.5},
    {"epyc-7763", "", "peak.int8_ops_per_s", 64, 64, 3.5},
    {"epyc-9654", "", "peak.fp64_flops_per_s", 96, 16, 3.55},
    {"epyc-9654", "", "peak.fp32_flops_per_s", 96, 32, 3.55},
    {"epyc-9654", "", "peak.bf16_flops_per_s", 96, 64, 3.55},
    {"epyc-9654", "", "peak.int8_ops_per_s", 96, 128, 3.55},
    {"altra-max-m128-30", "", "peak.fp64_flops_per_s", 128, 8, 3.0},
    {"altra-max-m128-30", "", "peak.fp32_flops_per_s", 128, 16, 3.0},
    {"altra-max-m128-30", "", "peak.fp16_flops_per_s", 128, 32, 3.0},
    {"altra-max-m128-30", "", "peak.int8_ops_per_s", 128, 64, 3.0},
    {"graviton3", "", "peak.fp64_flops_per_s", 64, 16, 2.6},
    {"graviton3", "", "peak.fp32_flops_per_s", 64, 32, 2.6},
    {"graviton3", "", "peak.fp16_flops_per_s", 64, 64, 2.6},
    {"graviton3", "", "peak.bf16_flops_per_s", 64, 128, 2.6},
    {"graviton3", "", "peak.int8_ops_per_s", 64, 256, 2.6},
    {"raspberry-pi-5", "", "peak.fp64_flops_per_s", 4, 8, 2.4},
    {"raspberry-pi-5", "", "peak.fp32_flops_per_s", 4, 16, 2.4},
    {"raspberry-pi-5", "", "peak.fp16_flops_per_s", 4, 32, 2.4},
    {"raspberry-pi-5", "", "peak.int8_ops_per_s", 4, 64, 2.4},
    {"apple-m2", "", "peak.fp64_flops_per_s", 4, 16, 3.49},
    {"apple-m2", "", "peak.fp32_flops_per_s", 4, 32, 3.49},
    {"apple-m2", "", "peak.fp16_flops_per_s", 4, 64, 3.49},
    {"apple-m2", "", "peak.int8_ops_per_s", 4, 128, 3.49},
    {"jetson-orin-agx", "maxn", "peak.fp64_flops_per_s", 16, 4, 1.3005},
    {"jetson-orin-agx", "maxn", "peak.fp32_flops_per_s", 16, 256, 1.3005},
    {"jetson-orin-agx", "maxn", "peak.tf32_flops_per_s", 16, 1024, 1.3005},
    {"jetson-orin-agx", "maxn", "peak.fp16_flops_per_s", 16, 2048, 1.3005},
    {"jetson-orin-agx", "maxn", "peak.bf16_flops_per_s", 16, 2048, 1.3005},
    {"jetson-orin-agx", "maxn", "peak.int8_ops_per_s", 16, 4096, 1.3005},
    {"jetson-orin-agx", "50w", "peak.fp64_flops_per_s", 16, 4, 0.816},
    {"jetson-orin-agx", "50w", "peak.fp32_flops_per_s", 16, 256, 0.816},
    {"jetson-orin-agx", "50w", "peak.tf32_flops_per_s", 16, 1024, 0.816},
    {"jetson-orin-agx", "50w", "peak.fp16_flops_per_s", 16, 2048, 0.816},
    {"jetson-orin-agx", "50w", "peak.bf16_flops_per_s", 16, 2048, 0.816},
    {"jetson-orin-agx", "50w", "peak.int8_ops_per_s", 16, 4096, 0.816},
    {"jetson-orin-agx", "30w", "peak.fp64_flops_per_s", 8, 4, 0.612},
    {"jetson-orin-agx", "30w", "peak.fp32_flops_per_s", 8, 256, 0.612},
    {"jetson-orin-agx", "30w", "peak.tf32_flops_per_s", 8, 1024, 0.612},
    {"jetson-orin-agx", "30w", "peak.fp16_flops_per_s", 8, 2048, 0.612},
    {"jetson-orin-agx", "30w", "peak.bf16_flops_per_s", 8, 2048, 0.612},
    {"jetson-orin-agx", "30w", "peak.int8_ops_per_s", 8, 4096, 0.612},
    {"jetson-orin-agx", "15w", "peak.fp64_flops_per_s", 6, 4, 0.408},
    {"jetson-orin-agx", "15w", "peak.fp32_flops_per_s", 6, 256, 0.408},
    {"jetson-orin-agx", "15w", "peak.tf32_flops_per_s", 6, 1024, 0.408},
    {"jetson-orin-agx", "15w", "peak.fp16_flops_per_s", 6, 2048, 0.408},
    {"jetson-orin-agx", "15w", "peak.bf16_flops_per_s", 6, 2048, 0.408},
    {"jetson-orin-agx", "15w", "peak.int8_ops_per_s", 6, 4096, 0.408},
    {"a100-sxm-80gb", "", "peak.fp64_flops_per_s", 108, 64, 1.41},
    {"a100-sxm-80gb", "", "peak.fp32_flops_per_s", 108, 128, 1.41},
    {"a100-sxm-80gb", "", "peak.tf32_flops_per_s", 108, 1024, 1.41},
    {"a100-sxm-80gb", "", "peak.fp16_flops_per_s", 108, 2048, 1.41},
    {"a100-sxm-80gb", "", "peak.bf16_flops_per_s", 108, 2048, 1.41},
    {"a100-sxm-80gb", "", "peak.int8_ops_per_s", 108, 4096, 1.41},
    {"h100-sxm", "", "peak.fp64_flops_per_s", 132, 128, 1.98},
    {"h100-sxm", "", "peak.fp32_flops_per_s", 132, 256, 1.98},
    {"h100-sxm", "", "peak.tf32_flops_per_s", 132, 2048, 1.83},
    {"h100-sxm", "", "peak.fp16_flops_per_s", 132, 4096, 1.83},
    {"h100-sxm", "", "peak.bf16_flops_per_s", 132, 4096, 1.83},
    {"h100-sxm", "", "peak.fp8_flops_per_s", 132, 8192, 1.83},
    {"h100-sxm", "", "peak.int8_ops_per_s", 132, 8192, 1.83},
    {"l4", "", "peak.fp64_flops_per_s", 58, 4, 2.04},
    {"l4", "", "peak.fp32_flops_per_s", 58, 256, 2.04},
    {"l4", "", "peak.tf32_flops_per_s", 58, 512, 2.04},
    {"l4", "", "peak.fp16_flops_per_s", 58, 1024, 2.04},
    {"l4", "", "peak.bf16_flops_per_s", 58, 1024, 2.04},
    {"l4", "", "peak.fp8_flops_per_s", 58, 2048, 2.04},
    {"l4", "", "peak.int8_ops_per_s", 58, 2048, 2.04},
    {"t4", "", "peak.fp32_flops_per_s", 40, 128, 1.59},
    {"t4", "", "peak.fp16_flops_per_s", 40, 1024, 1.59},
    {"t4", "", "peak.int8_ops_per_s", 40, 2048, 1.59},
    {"rtx-4090", "", "peak.fp64_flops_per_s", 128, 4, 2.52},
    {"rtx-4090", "", "peak.fp32_flops_per_s", 128, 256, 2.52},
    {"rtx-4090", "", "peak.fp16_flops_per_s", 128, 512, 2.52},
    {"rtx-4090", "", "peak.bf16_flops_per_s", 128, 512, 2.52},
    {"rtx-4090", "", "peak.fp8_flops_per_s", 128, 1024, 2.52},
    {"rtx-4090", "", "peak.int8_ops_per_s", 128, 2048, 2.52},
};

TEST(ShippedTest, PeaksAreUnitsTimesOperationsTimesClock) {
  std::set<std::string> checked;
  for (const PeakFact& fact : kPeaks) {
    const Target target = Read(PathOf(fact.target), fact.mode);
    const double product = fact.units * fact.operations_per_clock * fact.gigahertz * 1e9;
    EXPECT_NEAR(Get(target, fact.key).value() / product, 1, 1e-6) << target.FullName() << " " << fact.key;
    checked.insert(absl::StrCat(target.FullName(), " ", fact.key));
  }
  // Both ways: no shipped peak is missing in the table, but those that are the best that was measured on one thread.
  // Modes of the i7 share one.
  for (const Target& target : All()) {
    if (target.id == "epyc-zen4-1t" || target.id == "sapphire-rapids-1t") {
      EXPECT_EQ(Get(target, "peak.fp32_flops_per_s").evidence, Evidence::kMeasured);
      continue;
    }
    if (target.id == "i7-12700k" && target.mode != "default") continue;
    for (const Coefficient& coefficient : target.coefficients) {
      if (!absl::StartsWith(coefficient.key, "peak.")) continue;
      EXPECT_TRUE(checked.count(absl::StrCat(target.FullName(), " ", coefficient.key)))
          << target.FullName() << " " << coefficient.key;
    }
  }
}

struct BandwidthFact {
  const char* target;
  const char* mode;
  double gigabytes_per_s;
};

const BandwidthFact kBandwidths[] = {
    {"i7-12700k", "default", 76.8},
    {"xeon-8380", "", 204.8},
    {"xeon-8480+", "", 307.2},
    {"epyc-7763", "", 204.8},
    {"epyc-9654", "", 460.8},
    {"altra-max-m128-30", "", 204.8},
    {"graviton3", "", 307.2},
    {"raspberry-pi-5", "", 17.1},
    {"apple-m2", "", 102.4},
    {"jetson-orin-agx", "maxn", 204.8},
    {"jetson-orin-agx", "50w", 204.8},
    {"jetson-orin-agx", "30w", 204.8},
    {"jetson-orin-agx", "15w", 136.5},
    {"a100-sxm-80gb", "", 2039},
    {"h100-sxm", "", 3352},
    {"l4", "", 300},
    {"t4", "", 320},
    {"rtx-4090", "", 1008},
};

TEST(ShippedTest, BandwidthsAreThoseOfTheDataSheets) {
  for (const BandwidthFact& fact : kBandwidths) {
    EXPECT_NEAR(Get(Read(PathOf(fact.target), fact.mode), "memory.bandwidth_bytes_per_s").value(),
                fact.gigabytes_per_s * 1e9, 1)
        << fact.target << ":" << fact.mode;
  }
}

TEST(ShippedTest, CapacitiesAreKnownWhereTheDeviceHasOneOnly) {
  const std::map<std::string, double> gigabytes = {
      {"jetson-orin-agx", 64}, {"a100-sxm-80gb", 80}, {"h100-sxm", 80}, {"l4", 24}, {"t4", 16}, {"rtx-4090", 24}};
  for (const std::string& name : ListTargets(kFolder)) {
    const Target target = Read(PathOf(name));
    const auto found = gigabytes.find(name);
    ASSERT_EQ(target.capacity != kNoId, found != gigabytes.end()) << name;
    if (found == gigabytes.end()) continue;
    EXPECT_EQ(Get(target, "memory.capacity_bytes").value(), found->second * 1e9) << name;
  }
}

// Traps that tables of accelerators fall into.
TEST(ShippedTest, Traps) {
  // Power-capped boards get a sustained rate: the plateau of large fp32 products, 0.48 to 0.50 and 0.29 to 0.30 of
  // peak.
  const Target t4 = Read(PathOf("t4")), l4 = Read(PathOf("l4"));
  const auto share = [](const Target& t) {
    return Get(t, "rate.sustained_fp32_flops_per_s").value() / Get(t, "peak.fp32_flops_per_s").value();
  };
  EXPECT_NEAR(share(t4), 0.49, 0.01);
  EXPECT_NEAR(share(l4), 0.295, 0.01);
  EXPECT_NEAR(EfficiencyAt(l4, Pattern::kLinear, 1.778e11), 1.0, 1e-3);
  // No bf16 on Turing, no fp8 on Ampere, no native fp16 on Alder Lake.
  EXPECT_FALSE(t4.Supports(Precision::kBf16));
  EXPECT_FALSE(Read(PathOf("a100-sxm-80gb")).Supports(Precision::kFp8));
  EXPECT_FALSE(Read(PathOf("i7-12700k")).Supports(Precision::kFp16));
  EXPECT_FALSE(Read(PathOf("i7-12700k")).Supports(Precision::kBf16));
  // Where fp32 may run as TF32, the ceiling is the TF32 peak.
  for (const char* name : {"a100-sxm-80gb", "h100-sxm", "l4", "jetson-orin-agx"}) {
    const Target target = Read(PathOf(name));
    EXPECT_EQ(target.peak[static_cast<size_t>(Precision::kFp32)], target.Find("peak.tf32_flops_per_s")) << name;
  }
  // The clocks of the two parts of an H100 differ: 66.9 T at 1.98 GHz, 989.4 T at 1.83 GHz.
  const Target h100 = Read(PathOf("h100-sxm"));
  EXPECT_NEAR(Get(h100, "peak.bf16_flops_per_s").value() / Get(h100, "peak.fp32_flops_per_s").value(),
              4096 * 1.83 / (256 * 1.98), 1e-5);
}

// Curves against the published medians of the same measurements (share of the boost peak by size).
struct CurveFact {
  const char* target;
  Pattern pattern;
  double flops, share_of_peak;
};

TEST(ShippedTest, CurvesAreThePublishedMedians) {
  const double middle = std::pow(10, 0.25);  // of a half-decade bin, from its lower edge
  for (const CurveFact& fact : {
           CurveFact{"a100-sxm-80gb", Pattern::kLinear, 1e9, 0.58},
           CurveFact{"a100-sxm-80gb", Pattern::kGemm, 1e11, 0.91},
           CurveFact{"a100-sxm-80gb", Pattern::kMatmul, 1e9, 0.51},
           CurveFact{"a100-sxm-80gb", Pattern::kMatmul, 1e10, 0.71},
           CurveFact{"a100-sxm-80gb", Pattern::kConv2d, 1e9, 0.26},
           CurveFact{"a100-sxm-80gb", Pattern::kConv2d, 1e10, 0.49},
           CurveFact{"h100-sxm", Pattern::kLinear, 1e10, 0.56},
           CurveFact{"h100-sxm", Pattern::kMatmul, 1e9, 0.35},
           CurveFact{"t4", Pattern::kLinear, 1e12, 0.47},
           CurveFact{"t4", Pattern::kConv2d, 1e9, 0.32},
           CurveFact{"l4", Pattern::kLinear, 3.1623e8, 0.17},
           CurveFact{"l4", Pattern::kLinear, 1e9, 0.22},
       }) {
    const Target target = Read(PathOf(fact.target));
    const CoefficientId rate = EntryFor(target, fact.pattern).efficiency->rate;
    const double share = EfficiencyAt(target, fact.pattern, fact.flops * middle) *
                         target.coefficients[static_cast<size_t>(rate)].value() /
                         Get(target, "peak.fp32_flops_per_s").value();
    EXPECT_NEAR(share, fact.share_of_peak, 0.006) << fact.target << " " << Name(fact.pattern) << " " << fact.flops;
  }
}

}  // namespace
}  // namespace opcost
