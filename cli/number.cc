#include "cli/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace opcost {
namespace {

constexpr const char* kMissing = "–";
constexpr double kKilo = 1e3;
constexpr double kKibi = 1024;
constexpr int kDigits = 4;

constexpr std::array<const char*, 7> kSiUp = {"", "k", "M", "G", "T", "P", "E"};
constexpr std::array<const char*, 7> kIecUp = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr std::array<const char*, 5> kSiDown = {"", "m", "µ", "n", "p"};

// Puts commas into the whole part of a plain decimal number.
std::string Separate(const std::string& digits) {
  const size_t begin = digits[0] == '-' ? 1 : 0;
  const size_t end = std::min(digits.find('.'), digits.size());
  std::string separated;
  for (size_t at = 0; at < digits.size(); ++at) {
    if (at > begin && at < end && (end - at) % 3 == 0) separated.push_back(',');
    separated.push_back(digits[at]);
  }
  return separated;
}

std::string Fixed(double value, int decimals) {
  char buffer[400];
  const int n = std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return std::string(buffer, static_cast<size_t>(n));
}

// Rounded to `digits` significant digits, without separators.
std::string Rounded(double value, int digits) {
  if (value == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
  std::string text = Fixed(value, std::max(0, digits - 1 - magnitude));
  // Rounding may have added a digit in front: 9.9996 is 10.00, not 10.000.
  const double rounded = std::strtod(text.c_str(), nullptr);
  if (rounded != 0) {
    const int after = static_cast<int>(std::floor(std::log10(std::fabs(rounded))));
    if (after > magnitude) text = Fixed(value, std::max(0, digits - 1 - after));
  }
  return text;
}

// value = scaled × base^step with 1 <= |scaled| < base after rounding, as far as there are prefixes.
template <size_t N>
std::string Scaled(double value, double base, const std::array<const char*, N>& prefixes, const char* unit) {
  size_t step = 0;
  double scaled = value;
  while (step + 1 < N && std::fabs(std::strtod(Rounded(scaled, kDigits).c_str(), nullptr)) >= base) {
    scaled /= base;
    ++step;
  }
  // Below the first prefix a whole number is exact.
  const bool whole = step == 0 && scaled == std::floor(scaled);
  const std::string number = whole ? Fixed(scaled, 0) : Rounded(scaled, kDigits);
  const std::string suffix = absl::StrCat(prefixes[step], unit);
  return absl::StrCat(Separate(number), suffix.empty() ? "" : " ", suffix);
}

std::string Seconds(double value) {
  if (value == 0) return "0 s";
  constexpr double kSmallest = 1e-13;
  if (std::fabs(value) < kSmallest) return absl::StrCat(Significant(value), " s");
  size_t step = 0;
  double scaled = value;
  while (step + 1 < kSiDown.size() && std::fabs(std::strtod(Rounded(scaled, kDigits).c_str(), nullptr)) < 1) {
    scaled *= kKilo;
    ++step;
  }
  return absl::StrCat(Separate(Rounded(scaled, kDigits)), " ", kSiDown[step], "s");
}

std::string Raw(double value) {
  const bool exact = value == std::floor(value) && std::fabs(value) < 9e15;
  return exact ? WithThousands(static_cast<int64_t>(value)) : RoundTrip(value);
}

}  // namespace

absl::StatusOr<Units> ParseUnits(absl::string_view name) {
  if (name == "si") return Units::kSi;
  if (name == "iec") return Units::kIec;
  if (name == "raw") return Units::kRaw;
  return absl::InvalidArgumentError(absl::StrCat("--units ", name, ": expected si, iec or raw"));
}

std::string WithThousands(int64_t value) { return Separate(absl::StrCat(value)); }

std::string RoundTrip(double value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::string Significant(double value, int digits) {
  if (!std::isfinite(value)) return kMissing;
  constexpr double kSmallest = 1e-4;
  if (value != 0 && std::fabs(value) < kSmallest) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*e", digits - 1, value);
    return buffer;
  }
  const bool small_whole = value == std::floor(value) && std::fabs(value) < kKilo;
  return Separate(small_whole ? Fixed(value, 0) : Rounded(value, digits));
}

std::string Format(Measure measure, double value, Units units) {
  if (!std::isfinite(value)) return kMissing;
  if (units == Units::kRaw && measure != Measure::kShare) {
    const char* unit = measure == Measure::kSeconds ? " s" : "";
    return absl::StrCat(Raw(value), unit);
  }
  switch (measure) {
    case Measure::kCount:
      return Scaled(value, kKilo, kSiUp, "");
    case Measure::kInteger:
      return WithThousands(static_cast<int64_t>(value));
    case Measure::kBytes:
      return units == Units::kSi ? Scaled(value, kKilo, kSiUp, "B") : Scaled(value, kKibi, kIecUp, "B");
    case Measure::kSeconds:
      return Seconds(value);
    case Measure::kShare: {
      constexpr double kPercent = 100;
      const std::string text = Fixed(value * kPercent, 1);
      // What rounds to nothing has no sign.
      return absl::StrCat(text == "-0.0" ? "0.0" : Separate(text), " %");
    }
    case Measure::kPerSecond:
      return Scaled(value, kKilo, kSiUp, "FLOP/s");
    case Measure::kBytesPerSecond:
      return Scaled(value, kKilo, kSiUp, "B/s");
    case Measure::kNumber:
    case Measure::kText:
    case Measure::kInterval:
      return Significant(value);
  }
  return Significant(value);
}

std::string FormatSigned(Measure measure, double value, Units units) {
  return absl::StrCat(value > 0 ? "+" : "", Format(measure, value, units));
}

std::vector<int> TenthsOfPercent(absl::Span<const double> weights) {
  constexpr int kWhole = 1000;
  std::vector<int> tenths(weights.size(), 0);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(sum > 0) || !std::isfinite(sum)) return tenths;
  std::vector<std::pair<double, size_t>> rest;
  int given = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double exact = std::max(0.0, weights[i]) / sum * kWhole;
    tenths[i] = static_cast<int>(std::floor(exact));
    given += tenths[i];
    rest.emplace_back(exact - tenths[i], i);
  }
  std::stable_sort(rest.begin(), rest.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (size_t i = 0; i < rest.size() && given < kWhole; ++i, ++given) ++tenths[rest[i].second];
  return tenths;
}

absl::StatusOr<double> ParseBytes(absl::string_view text) {
  struct Prefix {
    absl::string_view name;
    double factor;
  };
  constexpr std::array<Prefix, 8> kPrefixes = {{{"Ki", 1024.0},
                                                {"Mi", 1024.0 * 1024},
                                                {"Gi", 1024.0 * 1024 * 1024},
                                                {"Ti", 1024.0 * 1024 * 1024 * 1024},
                                                {"k", 1e3},
                                                {"M", 1e6},
                                                {"G", 1e9},
                                                {"T", 1e12}}};
  absl::string_view number = absl::StripAsciiWhitespace(text);
  absl::ConsumeSuffix(&number, "B");
  double factor = 1;
  for (const Prefix& prefix : kPrefixes) {
    if (!absl::ConsumeSuffix(&number, prefix.name)) continue;
    factor = prefix.factor;
    break;
  }
  double value = 0;
  if (!absl::SimpleAtod(absl::StripAsciiWhitespace(number), &value) || !std::isfinite(value) || value < 0) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "': expected a size such as 1MiB or 1048576"));
  }
  return value * factor;
}

absl::StatusOr<double> ParseFraction(absl::string_view text) {
  constexpr double kPercent = 100;
  const bool percent = absl::ConsumeSuffix(&text, "%");
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value) || value < 0) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "': expected a share such as 1% or 0.01"));
  }
  return percent ? value / kPercent : value;
}

}  // namespace opcost
