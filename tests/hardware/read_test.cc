// Reading, on the invented target: every feature of the format arrives where it belongs.
#include <fstream>
#include <sstream>

#include "tests/hardware/profiles.h"

namespace opcost {
namespace {

constexpr char kEdge[] = "tests/profiles/edge.toml";

TEST(ReadTest, Header) {
  const Target edge = Read(kEdge);
  EXPECT_EQ(edge.id, "edge");
  EXPECT_EQ(edge.mode, "fast");
  EXPECT_EQ(edge.FullName(), "edge:fast");
  EXPECT_EQ(edge.device_class, "npu");
  EXPECT_EQ(edge.modes, (std::vector<std::string>{"fast", "slow", "flat"}));
  EXPECT_EQ(edge.sources.at("guess"), "A guess");
  EXPECT_TRUE(edge.calibrated);
  EXPECT_EQ(edge.facts.at("calibration.date"), "2026-11-21");
  EXPECT_EQ(edge.facts.at("validation.mape"), "4.5");
  EXPECT_EQ(edge.sha256.size(), 64u);
}

TEST(ReadTest, ALayerSaysWhereItsValueStands) {
  const Coefficient peak = Get(Read(kEdge), "peak.fp32_flops_per_s");
  ASSERT_EQ(peak.layers.size(), 1u);
  EXPECT_EQ(peak.layers[0].source, "edge.toml:17");
  EXPECT_EQ(peak.provenance, "The data sheet of a machine that does not exist; 10 units x 100 FLOP/clk x 1 GHz");
  EXPECT_EQ(peak.unit, "FLOP/s");
  EXPECT_EQ(peak.term_class, TermClass::kPeak);
}

TEST(ReadTest, ALimitReplacesTheCeilingAndNothingElse) {
  const Target edge = Read(kEdge);
  EXPECT_EQ(edge.peak[static_cast<size_t>(Precision::kFp32)], edge.Find("peak.tf32_flops_per_s"));
  EXPECT_EQ(EntryFor(edge, Pattern::kDepthwise).efficiency->rate, edge.Find("peak.fp32_flops_per_s"));
  EXPECT_TRUE(edge.Supports(Precision::kInt8));
  EXPECT_FALSE(edge.Supports(Precision::kFp64));
}

TEST(ReadTest, EfficiencyForm) {
  const Target edge = Read(kEdge);
  const Entry& entry = EntryFor(edge, Pattern::kConv2d);
  EXPECT_EQ(entry.key, "conv2d.fp32");
  ASSERT_TRUE(entry.efficiency);
  EXPECT_FALSE(entry.time);
  EXPECT_EQ(entry.efficiency->work, Metric::kMatrixFlops);
  EXPECT_EQ(entry.efficiency->rate, edge.Find("rate.reference_flops_per_s"));
  EXPECT_EQ(entry.efficiency->factors, (std::vector<CoefficientId>{edge.Find("factor.tiling")}));
  EXPECT_EQ(entry.efficiency->overlap, edge.Find("conv2d.fp32.overlap"));
  EXPECT_EQ(entry.efficiency->memory_fraction, edge.Find("default.memory_fraction"));
  EXPECT_EQ(entry.range, std::make_pair(1e6, 1e9));
  EXPECT_EQ(entry.evidence, Evidence::kExtrapolated);  // of its last point
  const Curve& curve = edge.curves[static_cast<size_t>(entry.efficiency->curve)];
  ASSERT_EQ(curve.points.size(), 5u);
  EXPECT_EQ(curve.points[1].std_dev, 0.03);
  EXPECT_EQ(curve.points[1].n, 7);
  EXPECT_EQ(curve.points[2].evidence, Evidence::kFitted);
  EXPECT_EQ(curve.points[3].x, edge.Find("conv2d.fp32.x[3]"));
  EXPECT_EQ(Get(edge, "conv2d.fp32.efficiency[3]").value(), 0.6);
  EXPECT_EQ(Get(edge, "conv2d.fp32.efficiency[4]").provenance, "A guess");
}

TEST(ReadTest, TimeForm) {
  const Target edge = Read(kEdge);
  const Entry& entry = EntryFor(edge, Pattern::kMatmul);
  ASSERT_TRUE(entry.time);
  EXPECT_EQ(entry.time->launch, edge.Find("matmul.fp32.launch_s"));
  ASSERT_EQ(entry.time->terms.size(), 3u);
  EXPECT_EQ(entry.time->terms[1].metric, Metric::kWeightBytes);
  EXPECT_EQ(entry.time->terms[1].threshold, kNoId);
  EXPECT_EQ(entry.time->terms[2].threshold, edge.Find("matmul.fp32.bytes_above.above"));
  EXPECT_EQ(entry.relative_spread, 0.1);
  // Seconds a unit halve when the machine gets twice as fast, as times do, and stand for a rate or a bandwidth.
  const Coefficient& per_flop = Get(edge, "matmul.fp32.matrix_flops.seconds_per_unit");
  EXPECT_EQ(per_flop.dimension, Dimension::kTime);
  EXPECT_EQ(per_flop.term_class, TermClass::kPeak);
  EXPECT_EQ(Get(edge, "matmul.fp32.bytes_above.seconds_per_unit").term_class, TermClass::kBandwidth);
}

TEST(ReadTest, KernelsOfARuntime) {
  const Target target = Read("tests/profiles/kernels.toml");
  const RuntimeFacts facts{.rule_set = "onnxruntime-cpu", .version = "1.26", .level = "all", .threads = 1};
  EXPECT_EQ(target.runtime, facts);
  const Entry& entry = target.entries[static_cast<size_t>(
      FindEntry(target, KernelClass::kMatvecStored, Pattern::kGemm, Precision::kFp32).entry)];
  EXPECT_EQ(entry.key, "kernel.matvec_stored.fp32");
  ASSERT_EQ(entry.time->terms.size(), 2u);
  EXPECT_EQ(entry.time->terms[1].reach, TermReach::kEvicted);
  EXPECT_EQ(entry.time->terms[1].threshold, target.Find("memory.llc_bytes"));
  EXPECT_EQ(entry.time->terms[1].seconds_per_unit,
            target.Find("kernel.matvec_stored.fp32.weight_bytes_evicted_llc.seconds_per_unit"));
  // Terms share the size of a cache: one key moves them all.
  const Entry& stream = target.entries[static_cast<size_t>(
      FindEntry(target, KernelClass::kSoftmax, Pattern::kSoftmax, Precision::kFp32).entry)];
  EXPECT_EQ(stream.key, "kernel.stream.any");
  EXPECT_EQ(stream.time->terms[1].name, "bytes_above_l2");
  EXPECT_EQ(stream.time->terms[2].threshold, entry.time->terms[1].threshold);
}

TEST(LookupTest, AKernelTakesItsClassThenItsParentsThenItsPattern) {
  const Target target = Read("tests/profiles/kernels.toml");
  const auto find = [&](KernelClass kernel_class, Pattern pattern, Precision precision) {
    const Lookup found = FindEntry(target, kernel_class, pattern, precision);
    return std::make_pair(target.entries[static_cast<size_t>(found.entry)].key, found.steps);
  };
  using Found = std::pair<std::string, int>;
  EXPECT_EQ(find(KernelClass::kConvBlocked, Pattern::kConv2d, Precision::kFp32), Found("kernel.conv_blocked.fp32", 0));
  EXPECT_EQ(find(KernelClass::kConvBlockedDepthwise, Pattern::kDepthwise, Precision::kFp32),
            Found("kernel.conv_blocked.fp32", 1));
  EXPECT_EQ(find(KernelClass::kCast, Pattern::kMove, Precision::kInt8), Found("kernel.stream.any", 1));
  // No class of the chain has an entry, no pattern either: one step up the classes, two up the patterns.
  EXPECT_EQ(find(KernelClass::kConvPlain, Pattern::kConv2d, Precision::kFp32), Found("default", 3));
}

TEST(ReadTest, AnyPrecisionRelativeToThePeakIsThePeakOfEach) {
  const Target edge = Read(kEdge);
  EXPECT_EQ(EntryFor(edge, Pattern::kPointwise, Precision::kFp16).efficiency->rate, edge.Find("peak.fp16_flops_per_s"));
  EXPECT_EQ(EntryFor(edge, Pattern::kPointwise, Precision::kInt8).efficiency->rate, edge.Find("peak.int8_ops_per_s"));
  EXPECT_EQ(EntryFor(edge, Pattern::kPointwise, Precision::kInt8).key, "pointwise.any");
  // One curve behind all of them: x is intensity, halfway between 1 and 11.
  EXPECT_NEAR(EfficiencyAt(edge, Pattern::kPointwise, 6, Precision::kFp16), 0.35, 1e-15);
}

TEST(ReadTest, ExactPointsAndTheHost) {
  const Target edge = Read(kEdge);
  ASSERT_EQ(edge.exact.size(), 1u);
  EXPECT_EQ(edge.exact[0].signature, "an invented shape");
  EXPECT_EQ(Get(edge, "exact[0].seconds").value(), 123e-6);
  EXPECT_EQ(edge.host_enqueue, edge.Find("host.enqueue_s"));
  EXPECT_EQ(edge.run_constant, edge.Find("run.constant_s"));
  EXPECT_EQ(edge.capacity, edge.Find("memory.capacity_bytes"));
}

TEST(LookupTest, OwnThenParentsThenDefault) {
  const Target edge = Read(kEdge);
  const auto steps = [&](Pattern pattern, Precision precision) { return FindEntry(edge, pattern, precision).steps; };
  const auto key = [&](Pattern pattern, Precision precision) { return EntryFor(edge, pattern, precision).key; };
  EXPECT_EQ(key(Pattern::kConv2dBnAct, Precision::kFp32), "conv2d_bn_act.fp32");
  EXPECT_EQ(steps(Pattern::kConv2dBnAct, Precision::kFp32), 0);
  // conv2d_add_act → conv2d_act → conv2d.
  EXPECT_EQ(key(Pattern::kConv2dAddAct, Precision::kFp32), "conv2d.fp32");
  EXPECT_EQ(steps(Pattern::kConv2dAddAct, Precision::kFp32), 2);
  // softmax → reduce → elementwise, at any precision.
  EXPECT_EQ(key(Pattern::kSoftmax, Precision::kFp16), "elementwise.any");
  EXPECT_EQ(steps(Pattern::kSoftmax, Precision::kFp16), 2);
  // conv2d → any → the default, which has an entry for each precision.
  EXPECT_EQ(key(Pattern::kConv2d, Precision::kFp16), "default");
  EXPECT_EQ(steps(Pattern::kConv2d, Precision::kFp16), 2);
  EXPECT_EQ(EntryFor(edge, Pattern::kConv2d, Precision::kFp16).efficiency->rate, edge.Find("peak.fp16_flops_per_s"));
  // Nothing runs at fp64 here: the slowest default answers.
  EXPECT_EQ(EntryFor(edge, Pattern::kConv2d, Precision::kFp64).efficiency->rate, edge.Find("peak.fp32_flops_per_s"));
}

TEST(LookupTest, LikeSharesTheCurve) {
  const Target edge = Read(kEdge);
  EXPECT_EQ(EntryFor(edge, Pattern::kConv2dBnAct).efficiency->curve,
            EntryFor(edge, Pattern::kConv2d).efficiency->curve);
}

TEST(ModeTest, AModeLaysALayerOnTop) {
  const Target slow = Read(kEdge, "slow");
  const Coefficient& peak = Get(slow, "peak.fp32_flops_per_s");
  ASSERT_EQ(peak.layers.size(), 2u);
  EXPECT_EQ(peak.layers[0].value, 1e12);
  EXPECT_EQ(peak.layers[1].value, 0.5e12);
  EXPECT_NE(peak.layers[1].source.find(" (mode slow)"), std::string::npos);
  EXPECT_EQ(Get(slow, "memory.bandwidth_bytes_per_s").layers.size(), 1u);
  EXPECT_EQ(slow.notes.size(), 2u);
  EXPECT_EQ(slow.mode_description, "Half the clock");
}

TEST(ModeTest, InheritedCurvesAreNoBetterThanTheModeSays) {
  const Target fast = Read(kEdge), slow = Read(kEdge, "slow");
  EXPECT_EQ(EntryFor(fast, Pattern::kDepthwise).evidence, Evidence::kMeasured);
  EXPECT_EQ(EntryFor(slow, Pattern::kDepthwise).evidence, Evidence::kExtrapolated);
  EXPECT_EQ(EntryFor(fast, Pattern::kElementwise).evidence, Evidence::kMeasured);
  EXPECT_EQ(EntryFor(slow, Pattern::kElementwise).evidence, Evidence::kExtrapolated);
}

TEST(ModeTest, AModeInheritsAndReplaces) {
  const Target flat = Read(kEdge, "flat");
  EXPECT_EQ(Get(flat, "peak.fp32_flops_per_s").value(), 0.5e12);  // from slow
  EXPECT_EQ(Get(flat, "factor.tiling").value(), 0.4);
  EXPECT_EQ(EntryFor(flat, Pattern::kMatmul).key, "any.fp32");
  EXPECT_TRUE(flat.exact.empty());
  EXPECT_EQ(flat.host_enqueue, kNoId);
  EXPECT_EQ(flat.Find("host.enqueue_s"), kNoId);
  EXPECT_EQ(flat.Find("conv2d.fp32.overlap"), kNoId);
  EXPECT_FALSE(flat.calibrated);
}

TEST(ModeTest, AnUnknownModeNamesTheNearest) {
  const absl::Status status = ReadTarget(kEdge, "slwo").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "'slwo' is no mode of edge, expected one of fast, slow, flat; did you mean 'slow'?");
}

TEST(FindTest, ByNameByPathAndWithAMode) {
  const std::vector<std::string> folders = {"tests/no_such_folder", "tests/profiles", "profiles"};
  EXPECT_EQ(FindTarget("edge", folders)->FullName(), "edge:fast");
  EXPECT_EQ(FindTarget("edge:slow", folders)->FullName(), "edge:slow");
  EXPECT_EQ(FindTarget("tests/profiles/edge.toml", {})->FullName(), "edge:fast");
  EXPECT_EQ(FindTarget("tests/profiles/edge.toml:slow", {})->FullName(), "edge:slow");
  EXPECT_EQ(FindTarget("xeon-8480+", folders)->FullName(), "xeon-8480+");
}

TEST(FindTest, WhatIsNotThereIsNotFoundWithTheNearest) {
  const std::vector<std::string> folders = {"profiles"};
  const absl::Status status = FindTarget("i7-12700", folders).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("did you mean 'i7-12700k'?"), absl::string_view::npos) << status;
  for (const char* spec : {"", ":", "i7-12700k:", "no/such.toml", "i7-12700k:lrage", "../i7-12700k", "/"}) {
    EXPECT_FALSE(FindTarget(spec, folders).ok()) << spec;
  }
  EXPECT_EQ(FindTarget("i7-12700k", {}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(FindTarget("profiles", {"."}).ok());  // a folder is no profile
}

TEST(FindTest, ListsEachNameOnce) {
  EXPECT_EQ(ListTargets({"tests/profiles", "tests/profiles", "tests/none"}),
            (std::vector<std::string>{"edge", "kernels"}));
}

}  // namespace
}  // namespace opcost
