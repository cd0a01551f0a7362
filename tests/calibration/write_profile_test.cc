#include "costing/calibration/write_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace opcost {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Fit OneForm() {
  Fit fit{.specs = KernelForms(), .machine = {.caches = {.l2_bytes = 1048576, .llc_bytes = 33554432}}};
  fit.forms.resize(fit.specs.size());
  FittedForm form;
  form.terms = {{{Metric::kDispatches, TermScope::kAll}, 2e-6, 1e-7},
                {{Metric::kWeightBytes, TermScope::kMissedEachRun}, 3e-11, 0},
                {{Metric::kWeightBytes, TermScope::kAll}, 2.5e-11, 0}};
  form.range_term = form.terms[2].term;
  form.range = {100, 4000};
  form.samples = 7;
  form.networks = {"a", "b"};
  form.relative_spread = 0.25;
  fit.forms[static_cast<size_t>(KernelClass::kMatvecStored)] = form;
  fit.refusals = {{"gru", "only 2 samples"}};
  return fit;
}

TEST(CalibrationSections, HoldEveryTermWithItsUncertainty) {
  Validation validation;
  validation.models = {{.network = "m.x", .error = -0.03}};
  validation.headline = Summarize({-0.03});
  const std::string text = CalibrationSections(OneForm(), {.date = "2026-11-21", .tool = "t"}, &validation);
  EXPECT_THAT(text, HasSubstr("[kernel.matvec_stored.fp32]\n"));
  EXPECT_THAT(
      text,
      HasSubstr("launch_s = { value = 2e-06, evidence = \"fitted\", source = \"calibration\", note = \"± 1e-07\" }"));
  // The range is the first term's.
  EXPECT_THAT(text, HasSubstr("range = [100, 4000]"));
  EXPECT_LT(text.find("value = 2.5e-11"), text.find("value = 3e-11"));
  EXPECT_THAT(text, HasSubstr("evicted_beyond = \"memory.llc_bytes\""));
  EXPECT_THAT(text, HasSubstr("refused = [\n  \"gru: only 2 samples\",\n]"));
  EXPECT_THAT(text, HasSubstr("networks = [\"a\", \"b\"]"));
  EXPECT_THAT(text, HasSubstr("\"m.x\" = -0.03"));
}

TEST(CalibrationSections, LaunchesAreWithoutTheProfiler) {
  Fit fit = OneForm();
  fit.profiler_s = 0.5e-6;
  EXPECT_THAT(CalibrationSections(fit, {}, nullptr), HasSubstr("launch_s = { value = 1.5e-06,"));
  fit.profiler_s = 3e-6;  // never negative
  EXPECT_THAT(CalibrationSections(fit, {}, nullptr), HasSubstr("launch_s = { value = 0,"));
}

TEST(UpdateProfile, ReplacesItsOwnSectionsAndNoOthers) {
  const std::string old =
      "format = 1  # kept\n\n[source]\nspec = \"sheet\"\n\n[pattern.softmax.fp32]\nlaunch_s = 1\n\n"
      "[kernel.matvec_stored.fp32]\nterms = [\n  { metric = \"old\" },\n]\n\n[calibration]\ndate = \"old\"\n\n"
      "[validation]\nmodels = 3\n\n[validation.errors]\nx = 1\n";
  const std::string text = UpdateProfile(old, CalibrationSections(OneForm(), {.date = "2026-11-21"}, nullptr));
  EXPECT_THAT(text, HasSubstr("format = 1  # kept\n"));
  EXPECT_THAT(text, HasSubstr("[pattern.softmax.fp32]\nlaunch_s = 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"old\"")));
  EXPECT_THAT(text, HasSubstr("[validation.errors]"));  // no new validation: the old one stays
  EXPECT_THAT(text, HasSubstr("spec = \"sheet\"\ncalibration = "));
  EXPECT_EQ(UpdateProfile(text, CalibrationSections(OneForm(), {.date = "2026-11-21"}, nullptr)), text);
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(WriteFileKeepingOld, KeepsWhatWasThere) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "opcost_write_profile";
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
  EXPECT_FALSE(WriteFileKeepingOld((folder / "none/box.toml").string(), "x", "d").ok());
}

}  // namespace
}  // namespace opcost
