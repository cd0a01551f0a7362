// Times measured here are put together as they should be. No test asserts how long anything takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "costing/calibration/run_conditions.h"
#include "costing/calibration/runtime/flush_denormals.h"
#include "costing/calibration/runtime/machine_state.h"
#include "costing/calibration/runtime/measure_model.h"
#include "costing/calibration/runtime/merge_sessions.h"
#include "costing/calibration/runtime/reference_speed.h"
#include "frontend/load.h"
#include "installed.h"

namespace opcost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MeasuredKernel Kernel(const std::string& name, double seconds, size_t inputs = 1) {
  MeasuredKernel kernel{.name = name, .op_type = "Neg"};
  kernel.inputs.resize(inputs);
  kernel.outputs.resize(1);
  kernel.seconds = kernel.median_seconds = seconds;
  kernel.repeats = 7;
  return kernel;
}

TEST(Sessions, TheBestOfEachKernelIsKeptWithWhatTheyDifferBy) {
  MeasuredRun first, second;
  first.kernels = {Kernel("a", 3e-6), Kernel("b", 5e-6)};
  second.kernels = {Kernel("b", 4e-6), Kernel("a", 3.3e-6), Kernel("c", 1e-6)};
  first.profiled_s = 9e-6;
  second.profiled_s = 8.5e-6;
  const MeasuredRun merged = MergeSessions({first, second});
  ASSERT_EQ(merged.kernels.size(), 2u);
  EXPECT_EQ(merged.kernels[0].seconds, 3e-6);
  EXPECT_NEAR(merged.kernels[0].spread, 0.1, 1e-12);
  EXPECT_EQ(merged.kernels[1].seconds, 4e-6);
  EXPECT_NEAR(merged.kernels[1].spread, 0.25, 1e-12);
  EXPECT_EQ(merged.kernels[0].repeats, 14);
  EXPECT_EQ(*merged.profiled_s, 8.5e-6);
  // (0.1 · 3 + 0.25 · 4) / 7
  EXPECT_NEAR(NoiseOf(merged), 1.3 / 7, 1e-12);
  ASSERT_EQ(merged.notes.size(), 1u);
  EXPECT_THAT(merged.notes[0].text, HasSubstr("1 kernels did not run in the first session"));
}

TEST(Denormals, AreZerosWhileFlushed) {
  if (!FlushDenormals::IsSupported()) GTEST_SKIP() << "this processor has no such mode";
  volatile float least = 1e-38F, share = 0.01F;
  {
    const FlushDenormals flush;
    EXPECT_EQ(least * share, 0);
  }
  EXPECT_GT(least * share, 0);
}

TEST(Denormals, AreToldWhereTheyCostMuch) {
  EXPECT_EQ(DenormalNote(0.1, 0.097), "");
  EXPECT_EQ(DenormalNote(0.1, 0.11), "");
  EXPECT_THAT(DenormalNote(0.12, 0.09), HasSubstr("denormal numbers take 25 % of the run"));
  EXPECT_THAT(DenormalNote(0.12, 0.09), HasSubstr("it takes 90 ms"));
}

TEST(Profiler, ItsShareGrowsWithOperandsAndIsTakenOff) {
  // 2 operands show 1.1 µs too much, 7 show 2.1 µs: 0.7 µs and 0.2 µs an operand.
  const ProfilerCost cost = CostOfProfiler({.operands = 2, .shown_s = 1.4e-6, .taken_s = 0.3e-6, .profiled_s = 3.4e-6},
                                           {.operands = 7, .shown_s = 2.9e-6, .taken_s = 0.8e-6});
  EXPECT_NEAR(cost.inside.base_s, 0.7e-6, 1e-15);
  EXPECT_NEAR(cost.inside.operand_s, 0.2e-6, 1e-15);
  EXPECT_NEAR(cost.between_s, 2e-6, 1e-15);
  MeasuredRun run;
  run.profiled = true;
  run.kernels = {Kernel("a", 10e-6, 3), Kernel("short", 1e-6), Kernel("loop", 50e-6), Kernel("body", 20e-6)};
  run.kernels[3].inside = "loop";
  run.kernels[3].executions = 5;
  TakeOffProfiler(cost, run);
  EXPECT_NEAR(run.kernels[0].seconds, 8.5e-6, 1e-12);
  EXPECT_NEAR(run.kernels[1].seconds, 0.15e-6, 1e-12);                 // half of a trivial kernel, never less
  EXPECT_NEAR(run.kernels[2].seconds, (50 - 1.1 - 10) * 1e-6, 1e-12);  // and what lay between 5 bodies
  EXPECT_NEAR(run.kernels[3].seconds, (20 - 5 * 1.1) * 1e-6, 1e-12);
  EXPECT_FALSE(run.profiled);
}

TEST(Profiler, ShortKernelsAreTakenFromTheirMeans) {
  ProfilerCost cost;
  cost.inside.base_s = 1e-6;
  MeasuredRun run;
  run.kernels = {Kernel("short", 2e-6), Kernel("long", 50e-6)};
  run.kernels[0].mean_s = 2.7e-6;
  run.kernels[1].mean_s = 54e-6;
  TakeOffProfiler(cost, run);
  EXPECT_NEAR(run.kernels[0].seconds, 1.7e-6, 1e-12);
  EXPECT_NEAR(run.kernels[1].seconds, 49e-6, 1e-12);
}

TEST(Profiler, WhatIsLeftAddsUpToTheRun) {
  ProfilerCost cost;
  cost.inside.base_s = 1e-6;
  MeasuredRun run;
  run.kernels = {Kernel("a", 1001e-6), Kernel("b", 2001e-6)};
  run.end_to_end_s = 3300e-6;
  EXPECT_NEAR(TakeOffProfiler(cost, run), 3000.0 / 3300, 1e-3);
  EXPECT_NEAR(run.kernels[0].seconds, 1100e-6, 1e-6);
  EXPECT_NEAR(run.kernels[1].seconds, 2200e-6, 1e-6);
  // Twice as long: something else than its kernels took the time.
  run.end_to_end_s = 6600e-6;
  TakeOffProfiler(cost, run);
  EXPECT_LT(run.kernels[1].seconds, 1.2 * 2200e-6);
}

TEST(Profiler, WhatItTakesMoreInARunIsToldFromTheRun) {
  // 100 kernels that add up to 200 µs more than the run: the run is right.
  EXPECT_NEAR(TrustedSum(300e-6, 100e-6, 100), 100e-6, 1e-6);
  EXPECT_NEAR(TrustedSum(90e-6, 100e-6, 100), 100e-6, 1e-6);
  // A run of a second differs from itself by more than any profiler takes: the kernels are.
  EXPECT_NEAR(TrustedSum(1 + 200e-6, 1, 100), 1 + 200e-6, 1e-6);
  MeasuredRun run;
  for (int i = 0; i < 100; ++i) run.kernels.push_back(Kernel(std::to_string(i), 5e-6));
  run.end_to_end_s = 300e-6;
  ProfilerCost cost;
  cost.inside.base_s = 1e-6;
  TakeOffProfiler(cost, run);
  EXPECT_NEAR(run.kernels[7].seconds, 3e-6, 0.02e-6);
}

TEST(Profiler, WhatIsLeftAddsUpThoughNoneIsLeftWithoutTime) {
  MeasuredRun run;
  for (int i = 0; i < 100; ++i) run.kernels.push_back(Kernel(std::to_string(i), i % 2 == 0 ? 1e-6 : 9e-6));
  run.end_to_end_s = 300e-6;
  ProfilerCost cost;
  cost.dispatch_s = 0.4e-6;
  TakeOffProfiler(cost, run);
  EXPECT_NEAR(run.kernels[0].seconds, 0.2e-6, 0.01e-6);  // half of a trivial one
  EXPECT_NEAR(run.kernels[1].seconds, 5.8e-6, 0.05e-6);
}

TEST(Profiler, ItTakesMoreWhereKernelsTouchMore) {
  // Trivial kernels take 1 µs and 5 µs under the profiler, of which it shows 2 µs; others 20 and 27 µs: 3 µs more, half
  // of it inside.
  ProfilerCost cost;
  cost.inside = {.base_s = 1.5e-6, .operand_s = 0.25e-6};
  const TrivialKernel trivial{.operands = 2, .shown_s = 3e-6, .taken_s = 1e-6, .profiled_s = 5e-6};
  const ColdCost cold = ExtraOfProfiler(1e6, 27e-6, 20e-6, trivial, cost);
  EXPECT_EQ(cold.kernel_bytes, 1e6);
  EXPECT_NEAR(cold.extra_s, 1.5e-6, 1e-12);
  EXPECT_EQ(ExtraOfProfiler(1e6, 22e-6, 20e-6, trivial, cost).extra_s, 0);
  EXPECT_EQ(cost.ExtraAt(1e5), 0);
  cost.cold = {{1e4, 0}, cold};
  EXPECT_EQ(cost.ExtraAt(1), 0);
  EXPECT_NEAR(cost.ExtraAt(1e5), 0.75e-6, 1e-12);
  EXPECT_NEAR(cost.ExtraAt(1e9), 1.5e-6, 1e-12);
  // A kernel that writes 25 000 floats: 100 kB.
  MeasuredRun run;
  run.kernels = {Kernel("a", 30e-6)};
  run.kernels[0].outputs[0].dims = {250, 100};
  TakeOffProfiler(cost, run);
  EXPECT_NEAR(run.kernels[0].seconds, (30 - 1.5 - 2 * 0.25 - 0.75) * 1e-6, 1e-12);
}

TEST(Sessions, MeansAreThoseOfTheQuickSessions) {
  MeasuredRun quick, slow, other;
  for (MeasuredRun* run : {&quick, &slow, &other}) run->kernels = {Kernel("a", 2e-6)};
  quick.profiled_s = 10e-6;
  quick.kernels[0].mean_s = 4e-6;
  slow.profiled_s = 12e-6;
  slow.kernels[0].mean_s = 9e-6;
  other.profiled_s = 10.2e-6;
  other.kernels[0].mean_s = 5e-6;
  EXPECT_NEAR(MergeSessions({quick, slow, other}).kernels[0].mean_s.value_or(0), 4.5e-6, 1e-15);
}

TEST(ReferenceSpeed, SlowIsWhatTakesLongerThanUsual) {
  ReferenceSpeed speed;
  EXPECT_FALSE(speed.IsSlow(1));
  speed.Add(1.0);  // a lucky moment
  for (int i = 0; i < 6; ++i) speed.Add(1.2);
  EXPECT_EQ(speed.usual_s(), 1.2);
  EXPECT_FALSE(speed.IsSlow(1.3));
  EXPECT_TRUE(speed.IsSlow(1.4));
}

TEST(ReferenceSpeed, NetworksOfSlowMomentsAreThoseToMeasureAgain) {
  EXPECT_THAT(MeasuredSlowly({{"a", {1.0}}, {"b", {1.05}}, {"c", {1.01}}, {"d", {1.2}}, {"e", {0.99}}}),
              ElementsAre("d", "b"));
  EXPECT_THAT(MeasuredSlowly({{"a", {1.0}}, {"b", {1.01}}}), IsEmpty());
  // Memory, of those that it matters to.
  const TimesBeside all = {{"a", {1, 2.0}},  {"b", {1}},         {"c", {1, 2.3}},
                           {"d", {1, 2.04}}, {"e", {1.04, 2.0}}, {"f", {1, 2.02}}};
  EXPECT_THAT(MeasuredSlowly(all), ElementsAre("c", "e"));
  EXPECT_NEAR(Slowness({1, 4.04}, all), 2 / 1.05, 1e-9);
  EXPECT_LT(Slowness({1, 0}, all), 1);
  EXPECT_THAT(MeasuredSlowly({}), IsEmpty());
}

TEST(MachineState, WhatDisturbedIsNamed) {
  MachineState before, after;
  before = {.busy_s = 100, .stolen_s = 2, .own_s = 5, .wall_s = 50, .clock_hz = 3e9, .swapped = 10};
  after = {.busy_s = 110, .stolen_s = 2, .own_s = 15, .wall_s = 60, .clock_hz = 3.1e9, .swapped = 10};
  EXPECT_THAT(Disturbances(before, after), IsEmpty());
  after = {.busy_s = 125, .stolen_s = 3, .own_s = 15, .wall_s = 60, .clock_hz = 2e9, .swapped = 17};
  EXPECT_THAT(Disturbances(before, after),
              ElementsAre(HasSubstr("other processes took 1.5 processors"), HasSubstr("took 10 % of the time"),
                          HasSubstr("swapping: 7 pages"), HasSubstr("from 3.00 to 2.00 GHz")));
}

class Measuring : public testing::Test {
 protected:
  void SetUp() override {
    if (WithoutRuntime()) GTEST_SKIP();
    library_ = Installed();
    ASSERT_NE(library_, nullptr);
  }
  std::shared_ptr<const OrtLibrary> library_;
};

TEST_F(Measuring, EveryKernelHasATimeAndItsNodes) {
  const MeasureOptions quick{.sessions = 2, .least_s = 0.01, .most_s = 0.2};
  absl::StatusOr<Measurer> measurer = Measurer::Make(library_, {}, quick);
  ASSERT_TRUE(measurer.ok()) << measurer.status();
  EXPECT_GE(measurer->profiler().inside.base_s, 0);
  EXPECT_GT(measurer->profiler().dispatch_s, 0);
  const Graph graph = LoadModel("tests/models/mobilenet_v3_small.onnx").value();
  const absl::StatusOr<Measured> measured = measurer->Measure(graph, nullptr);
  ASSERT_TRUE(measured.ok()) << measured.status();
  const MeasuredRun& run = measured->run;
  EXPECT_EQ(run.network, "mobilenet_v3_small");
  EXPECT_EQ(run.facts.runtime, "onnxruntime");
  EXPECT_EQ(run.facts.runtime_version, library_->version());
  EXPECT_EQ(run.facts.threads, 1);
  EXPECT_FALSE(run.profiled);
  EXPECT_GT(*run.end_to_end_s, 0);
  EXPECT_EQ(measured->sessions, 2);
  // The image goes to the kernel that reorders it, or to the first convolution.
  const auto reads_image = [](const MeasuredKernel& kernel) {
    return !kernel.inputs.empty() && kernel.inputs[0].is_input;
  };
  EXPECT_EQ(std::count_if(run.kernels.begin(), run.kernels.end(), reads_image), 1);
  std::string without_nodes;
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    EXPECT_GT(run.kernels[k].seconds, 0) << run.kernels[k].name;
    EXPECT_FALSE(run.kernels[k].outputs.empty()) << run.kernels[k].name;
    if (measured->join.kernels[k].nodes.empty() && !run.kernels[k].is_conversion) without_nodes += run.kernels[k].name;
  }
  // The runtime writes its one unfused HardSwish as two kernels: the second, which ends it, has the node.
  EXPECT_THAT(without_nodes, testing::MatchesRegex("HardSigmoid_[0-9]+"));
}

TEST_F(Measuring, StopsWhenAsked) {
  MeasureOptions stopped{.sessions = 1};
  stopped.stop = [] { return true; };
  EXPECT_EQ(Measurer::Make(library_, {}, stopped).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace opcost
