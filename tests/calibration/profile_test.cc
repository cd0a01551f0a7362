// Profiles written from fits: what their sections hold, that they read back as what was fitted, and how files change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>

#include "costing/calibration/calibrate.h"
#include "costing/calibration/known_forms.h"
#include "costing/calibration/reference_time.h"
#include "costing/calibration/update_profile.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Fit OneForm() {
  Fit fit{.specs = KernelForms(), .machine = {.caches = {.l2_bytes = 1048576, .llc_bytes = 33554432}}};
  FittedForm form{.spec = static_cast<int32_t>(KernelClass::kMatvecStored), .precision = Precision::kFp32};
  form.terms = {{{Metric::kDispatches, TermScope::kAll}, 2e-6, 1e-7},
                {{Metric::kWeightBytes, TermScope::kMissedEachRun}, 3e-11, 0},
                {{Metric::kWeightBytes, TermScope::kAll}, 2.5e-11, 0}};
  form.range_term = form.terms[2].term;
  form.range = {100, 4000};
  form.samples = 7;
  form.networks = {"a", "b"};
  form.relative_spread = 0.25;
  form.observed = {{.x = 200, .value = 3e9, .std_dev = 1e8, .n = 4}};
  fit.forms = {form};
  fit.refusals = {{"gru", "only 2 samples"}};
  return fit;
}

MeasuredRun OneKernel(const std::string& network, const std::string& op_type) {
  MeasuredRun run{.network = network, .path = "f"};
  run.kernels.push_back({.name = "k", .op_type = op_type, .inputs = {{.dims = {7}}}, .outputs = {{.dims = {7}}}});
  return run;
}

std::string Sections(const Fit& fit, const CalibrationFacts& facts = {.date = "2026-11-21", .tool = "t"}) {
  return CalibrationSections(fit, facts, {OneKernel("a", "Relu"), OneKernel("b", "Tanh"), OneKernel("other", "Abs")});
}

TEST(CalibrationSections, HoldEveryTermWithItsUncertainty) {
  const std::string text = Sections(OneForm());
  EXPECT_THAT(text, HasSubstr("[kernel.matvec_stored.fp32]\n"));
  EXPECT_THAT(
      text,
      HasSubstr("launch_s = { value = 2e-06, evidence = \"fitted\", source = \"calibration\", note = \"± 1e-07\" }"));
  // The range is the first term's.
  EXPECT_THAT(text, HasSubstr("range = [100, 4000]"));
  EXPECT_LT(text.find("value = 2.5e-11"), text.find("value = 3e-11"));
  EXPECT_THAT(text, HasSubstr("evicted_beyond = \"memory.llc_bytes\""));
  EXPECT_THAT(text, HasSubstr("{ x = 200, value = 3e+09, std_dev = 100000000, n = 4 }"));
  EXPECT_THAT(text, HasSubstr("refused = [\n  \"gru: only 2 samples\",\n]"));
}

TEST(CalibrationSections, NameTheNetworksByStructure) {
  const std::string text = Sections(OneForm());
  EXPECT_THAT(text,
              HasSubstr("[calibration.networks]\n\"a\" = \"" + StructureOf(OneKernel("a", "Relu")) + "\"\n\"b\" = "));
  EXPECT_THAT(text, Not(HasSubstr("\"other\"")));
  EXPECT_EQ(StructureOf(OneKernel("x", "Relu")), StructureOf(OneKernel("y", "Relu")));
  EXPECT_NE(StructureOf(OneKernel("x", "Relu")), StructureOf(OneKernel("x", "Tanh")));
}

TEST(CalibrationSections, LaunchesAreWithoutTheProfiler) {
  Fit fit = OneForm();
  fit.profiler_s = 0.5e-6;
  EXPECT_THAT(Sections(fit), HasSubstr("launch_s = { value = 1.5e-06,"));
  fit.profiler_s = 3e-6;  // never negative
  EXPECT_THAT(Sections(fit), HasSubstr("launch_s = { value = 0,"));
}

TEST(ValidationSections, CountByHand) {
  const std::string text = ValidationSections({{"m.x", -0.03}, {"n", 0.2}}, "left out");
  EXPECT_THAT(text, HasSubstr("protocol = \"left out\"\nmodels_tested = 2\nmape = 11.5\nsigned_mean = 8.5\n"
                              "max_error = 20\nwithin_5 = 50\nwithin_10 = 50\nexcellent = 1\ngood = 1\n"));
  EXPECT_THAT(text, HasSubstr("[validation.errors]\n\"m.x\" = -3\n\"n\" = 20\n"));
}

// t = 2 µs + 0.1 ns a byte of a Relu: 8 bytes an element.
std::vector<MeasuredRun> Measurements() {
  std::vector<MeasuredRun> runs;
  for (int n = 0; n < 6; ++n) {
    MeasuredRun run{.network = "net" + std::to_string(n), .path = "f"};
    for (int64_t elements : {1009, 10007, 100003}) {
      const int64_t size = elements + 13 * n;
      const double seconds = 2e-6 + 1e-10 * 8 * static_cast<double>(size);
      run.kernels.push_back(
          {.name = "k", .op_type = "Relu", .inputs = {{.dims = {size}}}, .outputs = {{.dims = {size}}}});
      run.kernels.back().seconds = run.kernels.back().median_seconds = seconds;
    }
    runs.push_back(run);
  }
  return runs;
}

CalibrationRequest Request() {
  CalibrationRequest request;
  request.identity = {.id = "box", .name = "Box", .machine_source = "a box", .fit_source = "runs of a box"};
  request.identity.runtime = {.rule_set = "onnxruntime-cpu", .version = "1.26", .level = "all", .threads = 1};
  request.facts = {.date = "2026-11-21", .tool = "t"};
  request.caches = {.l2_bytes = 1e6, .llc_bytes = 1e7};
  return request;
}

TEST(Calibrate, WritesAProfileThatReadsBackAsWhatWasFitted) {
  const absl::StatusOr<Calibrated> made = Calibrate(Measurements(), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(CheckTargetText(made->text, "box.toml"), std::vector<std::string>{});
  const absl::StatusOr<Target> target = ReadTargetText(made->text, "box.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_TRUE(target->calibrated);
  EXPECT_EQ(target->runtime, Request().identity.runtime);
  const std::vector<FittedForm> known = KnownForms(*target, KernelForms());
  ASSERT_EQ(known.size(), made->fit.forms.size());
  for (size_t i = 0; i < known.size(); ++i) {
    EXPECT_EQ(known[i].spec, made->fit.forms[i].spec);
    EXPECT_NEAR(known[i].terms[0].coefficient, 2e-6, 1e-11);
    EXPECT_NEAR(known[i].terms[1].coefficient, 1e-10, 1e-15);
  }
  // The best rate of bytes: 8 · (100003 + 65) bytes in 2 µs more than their 0.1 ns each.
  const double bytes = 8.0 * 100068;
  const Coefficient& bandwidth = target->coefficients[static_cast<size_t>(target->bandwidth)];
  EXPECT_NEAR(bandwidth.value(), bytes / (2e-6 + bytes * 1e-10), 1e5);
  EXPECT_EQ(bandwidth.evidence, Evidence::kMeasured);
}

TEST(Calibrate, PredictsWhatItWasFittedOnAndSaysThatItWas) {
  const std::vector<MeasuredRun> runs = Measurements();
  const absl::StatusOr<Calibrated> made = Calibrate(runs, Request());
  ASSERT_TRUE(made.ok()) << made.status();
  const absl::StatusOr<Target> target = ReadTargetText(made->text, "box.toml", "");
  absl::StatusOr<Validation> validation = Validate(*target, runs);
  ASSERT_TRUE(validation.ok()) << validation.status();
  EXPECT_EQ(validation->headline.models, 0);
  EXPECT_EQ(validation->fitted.models, 6);
  EXPECT_LT(validation->fitted.maximum, 1e-4);
  MeasuredRun unseen = runs[0];
  unseen.network = "unseen";
  unseen.kernels.pop_back();
  validation = Validate(*target, {unseen});
  ASSERT_TRUE(validation.ok());
  EXPECT_EQ(validation->headline.models, 1);
  EXPECT_EQ(validation->headline.excellent, 1);
}

TEST(Calibrate, TellsAMachineThatIsNotWhatItWas) {
  std::vector<MeasuredRun> runs = Measurements();
  EXPECT_EQ(ReferenceTime(runs), 0);
  const auto beside = [&](double seconds) {
    for (MeasuredRun& run : runs) run.reference_s = seconds;
    runs[0].reference_s = 10 * seconds;  // one of six
    return runs;
  };
  const absl::StatusOr<Calibrated> made = Calibrate(beside(400e-6), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  const absl::StatusOr<Target> target = ReadTargetText(made->text, "box.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(SpeedNote(*target, beside(405e-6)), "");
  EXPECT_THAT(SpeedNote(*target, beside(440e-6)), HasSubstr("took 1.10 times as long beside these runs"));
  EXPECT_THAT(SpeedNote(*target, beside(380e-6)), HasSubstr("took 0.95 times as long"));
  EXPECT_EQ(SpeedNote(*target, Measurements()), "");
}

TEST(Calibrate, TellsAMachineThatWasNotSteady) {
  std::vector<MeasuredRun> runs;
  const auto beside = [&](std::initializer_list<double> microseconds) {
    runs.clear();
    for (const double us : microseconds) runs.push_back({.reference_s = us * 1e-6});
    return UnsteadySpeedNotes(runs);
  };
  EXPECT_THAT(beside({}), IsEmpty());
  // One of eleven is as good as none.
  EXPECT_THAT(beside({200, 200, 201, 200, 202, 200, 201, 200, 200, 203, 290}), IsEmpty());
  EXPECT_THAT(beside({190, 190, 190, 196, 196, 200, 200, 204, 204, 204, 204}),
              ElementsAre(HasSubstr("a product of fixed size took 0.95 to 1.02 times its median")));
  runs.clear();
  for (const double ms : {2.0, 2.0, 2.2, 2.2, 2.5, 2.5}) runs.push_back({.memory_reference_s = ms * 1e-3});
  EXPECT_THAT(UnsteadySpeedNotes(runs), ElementsAre(HasSubstr("a product beyond the caches took")));
}

TEST(Calibrate, TellsMemoryThatIsNotWhatItWas) {
  std::vector<MeasuredRun> runs = Measurements();
  const auto beside = [&](double seconds) {
    for (size_t i = 0; i < runs.size(); i += 2) runs[i].memory_reference_s = seconds;  // the others stay in the caches
    return runs;
  };
  const absl::StatusOr<Calibrated> made = Calibrate(beside(2e-3), Request());
  ASSERT_TRUE(made.ok()) << made.status();
  const absl::StatusOr<Target> target = ReadTargetText(made->text, "box.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(SpeedNote(*target, beside(2.1e-3)), "");
  EXPECT_THAT(SpeedNote(*target, beside(2.4e-3)),
              HasSubstr("a product beyond the caches took 1.20 times as long beside"));
}

TEST(Recalibrate, ReplacesTheClassesThatAreAskedFor) {
  const absl::StatusOr<Calibrated> first = Calibrate(Measurements(), Request());
  ASSERT_TRUE(first.ok()) << first.status();
  std::vector<MeasuredRun> slower = Measurements();
  for (MeasuredRun& run : slower) {
    run.network = "slow_" + run.network;
    for (MeasuredKernel& kernel : run.kernels) kernel.seconds *= 2;
  }
  CalibrationRequest request = Request();
  request.fit.only = {"activation"};
  request.facts.source = "refit";
  request.identity.fit_source = "runs of a slower box";
  const absl::StatusOr<Calibrated> second = Recalibrate(first->text, "box.toml", slower, request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(second->text, HasSubstr("refit = \"runs of a slower box\""));
  EXPECT_THAT(second->text, HasSubstr("\"net0\" = "));
  EXPECT_THAT(second->text, HasSubstr("\"slow_net0\" = "));
  const absl::StatusOr<Target> target = ReadTargetText(second->text, "box.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  const auto launch = [&](const char* key) {
    const CoefficientId id = target->Find(key);
    EXPECT_NE(id, kNoId) << key;
    return id == kNoId ? 0 : target->coefficients[static_cast<size_t>(id)].value();
  };
  // The launch leans on the stream's, which was not fitted anew; what is displaced from L2 (an average kernel writes
  // 148 kB) makes up for the rest.
  const double displaced = launch("kernel.activation.any.dispatches_displaced_l2.seconds_per_unit");
  const double l2 = launch("memory.l2_bytes");
  EXPECT_NEAR(launch("kernel.activation.any.launch_s") + displaced * 148e3 / (148e3 + l2), 4e-6, 1e-7);
  EXPECT_NEAR(launch("kernel.stream.any.launch_s"), 2e-6, 1e-9);
  request.fit.only = {"softmaks"};
  EXPECT_THAT(std::string(Recalibrate(first->text, "box.toml", slower, request).status().message()),
              HasSubstr("did you mean 'softmax'"));
}

TEST(UpdateProfile, ReplacesItsOwnSectionsAndNoOthers) {
  const std::string old =
      "format = 1  # kept\n\n[source]\nspec = \"sheet\"\n\n[kernel.softmax.any]\nlaunch_s = 1\n\n"
      "[kernel.matvec_stored.fp32]\nterms = [\n  { metric = \"old\" },\n]\n\n[calibration]\ndate = \"old\"\n\n"
      "[calibration.networks]\nx = \"1\"\n\n[validation]\nmodels = 3\n";
  const std::string text = UpdateProfile(old, Sections(OneForm()));
  EXPECT_THAT(text, HasSubstr("format = 1  # kept\n"));
  EXPECT_THAT(text, HasSubstr("[kernel.softmax.any]\nlaunch_s = 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"old\"")));
  EXPECT_THAT(text, Not(HasSubstr("x = \"1\"")));
  EXPECT_THAT(text, HasSubstr("[validation]\nmodels = 3"));  // no new validation: the old one stays
  EXPECT_EQ(UpdateProfile(text, Sections(OneForm())), text);
}

TEST(SetLine, ReplacesOrAppends) {
  const std::string old = "a = 1\n\n[source]\nx = \"one\"\n\n[memory]\nb = 2\n";
  EXPECT_EQ(SetLine(old, "source", "x", "\"two\""), "a = 1\n\n[source]\nx = \"two\"\n\n[memory]\nb = 2\n");
  EXPECT_EQ(SetLine(old, "source", "y", "\"two\""), "a = 1\n\n[source]\nx = \"one\"\ny = \"two\"\n\n[memory]\nb = 2\n");
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(WriteFileKeepingOld, KeepsWhatWasThere) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "opcost_profile_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string path = folder / "box.toml";
  ASSERT_TRUE(WriteFileKeepingOld(path, "one", "2026-11-20").ok());
  ASSERT_TRUE(WriteFileKeepingOld(path, "two", "2026-11-21").ok());
  ASSERT_TRUE(WriteFileKeepingOld(path, "three", "2026-11-21").ok());
  EXPECT_EQ(ReadAll(path), "three");
  EXPECT_EQ(ReadAll(folder / "history/box/2026-11-21.toml"), "one");
  EXPECT_EQ(ReadAll(folder / "history/box/2026-11-21-2.toml"), "two");
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  const std::string history = (folder / "history/box/").string();
  EXPECT_THAT(VersionsOf(path), ElementsAre(history + "2026-11-21.toml", history + "2026-11-21-2.toml", path));
  EXPECT_FALSE(WriteFileKeepingOld((folder / "none/box.toml").string(), "x", "d").ok());
}

}  // namespace
}  // namespace opcost
