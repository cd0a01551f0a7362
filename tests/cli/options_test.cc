#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_code.h"

namespace opcost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, ShapesInTheThreeHabits) {
  for (const char* text : {"x=2x3x5", "x:2x3x5", "x:2,3,5", "x=2,3,5"}) {
    const auto shape = ParseShape(text);
    ASSERT_TRUE(shape.ok()) << text;
    EXPECT_EQ(shape->first, "x");
    EXPECT_THAT(shape->second, ElementsAre(2, 3, 5)) << text;
  }
}

TEST(Options, InputNamesMayContainColonsAndEquals) {
  EXPECT_EQ(ParseShape("input:0=2x3").value().first, "input:0");
  EXPECT_EQ(ParseShape("input:0:2x3").value().first, "input:0");
  EXPECT_EQ(ParseShape("a=b=7").value().first, "a=b");
  EXPECT_TRUE(ParseShape("scalar=").value().second.empty());
}

TEST(Options, MalformedShapesAreUsageErrors) {
  for (const char* bad : {"", "x", "=2x3", "x=2xx3", "x=-1x3", "x=2x", "x=axb", "x=99999999999999999999"}) {
    const auto shape = ParseShape(bad);
    ASSERT_FALSE(shape.ok()) << bad;
    EXPECT_EQ(ExitCodeOf(shape.status()), kExitUsage) << bad;
  }
}

TEST(Options, DimsBindSeveralSymbolsAndRefuseContradictions) {
  InputOptions options{.dims = {"batch=7,seq=11", "heads=3"}};
  const auto load = ParseLoadOptions(options);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->dims, (std::map<std::string, int64_t>{{"batch", 7}, {"heads", 3}, {"seq", 11}}));
  options.dims.push_back("batch=8");
  EXPECT_THAT(std::string(ParseLoadOptions(options).status().message()), HasSubstr("'batch' is already 7"));
  for (const char* bad : {"batch", "batch=", "=7", "batch=x", "batch=-1", "a=1,,b=2"}) {
    EXPECT_EQ(ExitCodeOf(ParseLoadOptions({.dims = {bad}}).status()), kExitUsage) << bad;
  }
}

TEST(Options, SetTakesFiniteNumbers) {
  EXPECT_EQ(ParseSet("conv2d.efficiency=0.5").value(), (std::pair<std::string, double>{"conv2d.efficiency", 0.5}));
  EXPECT_DOUBLE_EQ(ParseSet("memory.bandwidth_bytes_per_s=51.2e9").value().second, 51.2e9);
  for (const char* bad : {"x", "x=", "=1", "x=nan", "x=inf", "x=1k"}) {
    EXPECT_EQ(ExitCodeOf(ParseSet(bad).status()), kExitUsage) << bad;
  }
}

TEST(Options, ErrorsFindTheirExitCode) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("file")), 3);
  EXPECT_EQ(ExitCodeOf(UsageIfNotFound(absl::NotFoundError("name"))), 2);
  EXPECT_EQ(ExitCodeOf(UsageIfNotFound(absl::InvalidArgumentError("content"))), 3);
  EXPECT_EQ(ExitCodeOf(Usage(absl::InvalidArgumentError("flag"))), 2);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("bug")), 5);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("file")), 3);
}

}  // namespace
}  // namespace opcost
