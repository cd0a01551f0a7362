// Numbers as people read them: four significant digits, SI prefixes for counts and times, IEC for bytes. What a table
// shows is rounded here and nowhere else.
#ifndef OPCOST_CLI_NUMBER_H_
#define OPCOST_CLI_NUMBER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace opcost {

// What a number is, which decides how it is written and what its column is called.
enum class Measure : uint8_t {
  kText,
  kCount,    // MACs, FLOPs, nodes
  kInteger,  // small whole numbers, never abbreviated: line numbers, repeats
  kBytes,
  kSeconds,
  kShare,      // of 1, shown in per cent
  kNumber,     // a plain number: ratios, FLOP/byte, elasticities
  kPerSecond,  // FLOP/s
  kBytesPerSecond,
  kInterval,  // two times, lower and upper
};

// kAuto is kIec: SI for counts, IEC for bytes. kSi writes bytes in powers of 1000, kRaw base units in full.
enum class Units : uint8_t { kAuto, kSi, kIec, kRaw };
// InvalidArgument lists the names.
absl::StatusOr<Units> ParseUnits(absl::string_view name);

// "4.089 G", "97.49 MiB", "13.89 ms", "12.3 %", "–" for NaN. Signs are kept.
std::string Format(Measure measure, double value, Units units = Units::kAuto);
// With "+" in front of what is positive.
std::string FormatSigned(Measure measure, double value, Units units = Units::kAuto);
// Four significant digits, thousands separated, no prefix: "2.894", "1,023", "0.07310".
std::string Significant(double value, int digits = 4);
// "4,089,184,256".
std::string WithThousands(int64_t value);
// The shortest text that reads back as the same double; "null" is the caller's business for NaN and infinity.
std::string RoundTrip(double value);

// Shares in tenths of a per cent that add up to exactly 1000 (largest remainder), for weights >= 0 whose sum is the
// whole. All 0 when the weights are.
std::vector<int> TenthsOfPercent(absl::Span<const double> weights);

// "1048576", "1MiB", "32M", "1.25 GiB", for flags: k, M, G are powers of 1000, Ki, Mi, Gi of 1024; the B is optional.
// InvalidArgument says what was expected.
absl::StatusOr<double> ParseBytes(absl::string_view text);

// "1%" or "0.01", for flags. InvalidArgument says what was expected.
absl::StatusOr<double> ParseFraction(absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_CLI_NUMBER_H_
