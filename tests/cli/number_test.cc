#include "cli/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

namespace opcost {
namespace {

struct NumberRow {
  Measure measure;
  double value;
  const char* text;
};

// Four significant digits; a rounding that reaches the next prefix takes it ("1000.00 M" is nobody's number).
constexpr NumberRow kNumbers[] = {
    {Measure::kCount, 0, "0"},
    {Measure::kCount, 7, "7"},
    {Measure::kCount, 999, "999"},
    {Measure::kCount, 1000, "1.000 k"},
    {Measure::kCount, 4089184256, "4.089 G"},
    {Measure::kCount, 999949, "999.9 k"},
    {Measure::kCount, 999951, "1.000 M"},
    {Measure::kCount, 999999999, "1.000 G"},
    {Measure::kCount, -12345, "-12.35 k"},
    {Measure::kCount, 9.3e18, "9.300 E"},
    {Measure::kCount, 9.3e22, "93,000 E"},
    {Measure::kBytes, 0, "0 B"},
    {Measure::kBytes, 512, "512 B"},
    {Measure::kBytes, 1023, "1,023 B"},
    {Measure::kBytes, 1024, "1.000 KiB"},
    {Measure::kBytes, 1047552, "1,023 KiB"},
    {Measure::kBytes, 1048000, "1,023 KiB"},
    {Measure::kBytes, 1048570, "1.000 MiB"},
    {Measure::kBytes, 102228128, "97.49 MiB"},
    {Measure::kSeconds, 0, "0 s"},
    {Measure::kSeconds, 13.889e-3, "13.89 ms"},
    {Measure::kSeconds, 2.89351851e-3, "2.894 ms"},
    {Measure::kSeconds, 0.99996, "1.000 s"},
    {Measure::kSeconds, 0.00099996, "1.000 ms"},
    {Measure::kSeconds, 1234.5, "1,234 s"},
    {Measure::kSeconds, 2.6e-6, "2.600 µs"},
    {Measure::kSeconds, 3.1e-10, "310.0 ps"},
    {Measure::kSeconds, -6.776e-21, "-6.776e-21 s"},
    {Measure::kShare, 0.12345, "12.3 %"},
    {Measure::kShare, -0.0001, "0.0 %"},
    {Measure::kShare, 1, "100.0 %"},
    {Measure::kShare, 12.5, "1,250.0 %"},
    {Measure::kNumber, 61.7, "61.70"},
    {Measure::kNumber, 0.0731, "0.07310"},
    {Measure::kNumber, 3, "3"},
    {Measure::kNumber, 9.9996, "10.00"},
    {Measure::kNumber, 12345.6, "12,346"},
    {Measure::kNumber, 0.0000123, "1.230e-05"},
    {Measure::kPerSecond, 7.2e11, "720.0 GFLOP/s"},
    {Measure::kBytesPerSecond, 7.68e10, "76.80 GB/s"},
    {Measure::kInteger, 1234567, "1,234,567"},
};

TEST(Number, FourDigitsAndAPrefix) {
  for (const NumberRow& row : kNumbers) EXPECT_EQ(Format(row.measure, row.value), row.text) << row.value;
}

TEST(Number, WhatIsNoNumberIsADash) {
  EXPECT_EQ(Format(Measure::kSeconds, NAN), "–");
  EXPECT_EQ(Format(Measure::kCount, INFINITY), "–");
}

TEST(Number, UnitsAreChosen) {
  EXPECT_EQ(Format(Measure::kBytes, 1000000, Units::kSi), "1.000 MB");
  EXPECT_EQ(Format(Measure::kBytes, 1048576, Units::kIec), "1.000 MiB");
  EXPECT_EQ(Format(Measure::kCount, 4089184256, Units::kRaw), "4,089,184,256");
  EXPECT_EQ(Format(Measure::kSeconds, 0.0125, Units::kRaw), "0.0125 s");
  EXPECT_EQ(ParseUnits("raw").value(), Units::kRaw);
  EXPECT_FALSE(ParseUnits("metric").ok());
}

TEST(Number, OnlyGrowthHasAPlus) {
  EXPECT_EQ(FormatSigned(Measure::kSeconds, 0.0125), "+12.50 ms");
  EXPECT_EQ(FormatSigned(Measure::kSeconds, -0.0125), "-12.50 ms");
  EXPECT_EQ(FormatSigned(Measure::kSeconds, 0), "0 s");
}

TEST(Number, RoundTripGivesTheSameDouble) {
  for (const double value : {0.1, 1.0 / 3, 2.89351851851851851e-3, 1e300, 5e-324, 4089184256.0}) {
    EXPECT_EQ(std::strtod(RoundTrip(value).c_str(), nullptr), value);
  }
}

TEST(Number, SharesAddUpToTheWhole) {
  // Three thirds: 33.3 + 33.3 + 33.4.
  const std::vector<int> thirds = TenthsOfPercent({1.0, 1.0, 1.0});
  EXPECT_EQ(std::accumulate(thirds.begin(), thirds.end(), 0), 1000);
  EXPECT_EQ(thirds, (std::vector<int>{334, 333, 333}));
  // Seven equal parts, each 14.2857 %.
  const std::vector<int> sevenths = TenthsOfPercent({2, 2, 2, 2, 2, 2, 2});
  EXPECT_EQ(std::accumulate(sevenths.begin(), sevenths.end(), 0), 1000);
  EXPECT_EQ(TenthsOfPercent({0.0, 0.0}), (std::vector<int>{0, 0}));
  EXPECT_TRUE(TenthsOfPercent({}).empty());
}

TEST(Number, ThresholdsAreSharesOrPerCent) {
  EXPECT_DOUBLE_EQ(ParseFraction("1%").value(), 0.01);
  EXPECT_DOUBLE_EQ(ParseFraction("0.25").value(), 0.25);
  for (const char* bad : {"", "%", "x", "-1%", "nan", "inf", "1%%"}) EXPECT_FALSE(ParseFraction(bad).ok()) << bad;
}

}  // namespace
}  // namespace opcost
