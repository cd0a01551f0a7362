#include "hardware/vocabulary.h"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace opcost {
namespace {

// The ranges are wide enough for any machine and narrow enough to catch a value in the wrong unit: 720 for GFLOP/s, 2.6
// for microseconds, 24 for GB.
constexpr ValueRange kRate = {1e6, 1e21};
constexpr ValueRange kShortTime = {0, 1};
constexpr ValueRange kRunTime = {0, 3600};
constexpr ValueRange kMeasuredTime = {0, 1e6, /*low_open=*/true};
constexpr ValueRange kCapacity = {1e6, 1e18};
constexpr ValueRange kCache = {1e3, 1e12};
constexpr ValueRange kEfficiency = {0, 100, /*low_open=*/true};
constexpr ValueRange kShare = {0, 1, /*low_open=*/true};
constexpr ValueRange kUnit = {0, 1};
// Above 1 where a cache answers instead of the memory.
constexpr ValueRange kMemoryFraction = {0, 1.5, /*low_open=*/true};
constexpr ValueRange kSize = {0, 1e30, /*low_open=*/true};
constexpr ValueRange kThreshold = {0, 1e30};

constexpr std::array kRows = {
    KeyRow{"peak", "fp64_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "fp32_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "tf32_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "fp16_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "bf16_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "fp8_flops_per_s", Dimension::kRate, TermClass::kPeak, "FLOP/s", kRate},
    KeyRow{"peak", "int8_ops_per_s", Dimension::kRate, TermClass::kPeak, "op/s", kRate},
    KeyRow{"memory", "bandwidth_bytes_per_s", Dimension::kRate, TermClass::kBandwidth, "byte/s", kRate, true},
    KeyRow{"memory", "capacity_bytes", Dimension::kSize, TermClass::kBandwidth, "byte", kCapacity},
    KeyRow{"memory", "l2_bytes", Dimension::kSize, TermClass::kBandwidth, "byte", kCache},
    KeyRow{"memory", "llc_bytes", Dimension::kSize, TermClass::kBandwidth, "byte", kCache},
    KeyRow{"host", "enqueue_s", Dimension::kTime, TermClass::kDispatch, "s", kShortTime, true},
    KeyRow{"run", "constant_s", Dimension::kTime, TermClass::kDispatch, "s", kRunTime, true},
    KeyRow{"default", "efficiency", Dimension::kRatio, TermClass::kEfficiency, "", kShare, true},
    KeyRow{"default", "memory_fraction", Dimension::kRatio, TermClass::kBandwidth, "", kMemoryFraction, true},
    KeyRow{"default", "overlap", Dimension::kRatio, TermClass::kBandwidth, "", kUnit, true},
    KeyRow{"default", "dispatch_s", Dimension::kTime, TermClass::kDispatch, "s", kShortTime, true},
};

struct PeakRow {
  Precision precision;
  absl::string_view key;
};
constexpr std::array<PeakRow, static_cast<size_t>(Precision::kCount)> kPeaks = {{
    {Precision::kFp64, "peak.fp64_flops_per_s"},
    {Precision::kFp32, "peak.fp32_flops_per_s"},
    {Precision::kFp16, "peak.fp16_flops_per_s"},
    {Precision::kBf16, "peak.bf16_flops_per_s"},
    {Precision::kFp8, "peak.fp8_flops_per_s"},
    {Precision::kInt8, "peak.int8_ops_per_s"},
}};

// The class of a term per one of them, and whether they are what a rate divides.
struct MetricRow {
  TermClass term_class;
  bool has_rate = false;
};
constexpr std::array<MetricRow, static_cast<size_t>(Metric::kCount)> kMetrics = {{
    {TermClass::kPeak, true},       // matrix_flops
    {TermClass::kPeak, true},       // flops
    {TermClass::kPeak, true},       // transcendentals
    {TermClass::kBandwidth, true},  // bytes
    {TermClass::kBandwidth, true},  // activation_bytes
    {TermClass::kBandwidth, true},  // weight_bytes
    {TermClass::kEfficiency},       // intensity
    {TermClass::kDispatch},         // dispatches
    {TermClass::kPeak},             // tiled_macs
    {TermClass::kPeak},             // border_macs
    {TermClass::kEfficiency},       // tile_steps
    {TermClass::kEfficiency},       // aliased_macs
    {TermClass::kBandwidth},        // pass_bytes
    {TermClass::kBandwidth},        // pass_set_bytes
    {TermClass::kBandwidth},        // packed_elements
    {TermClass::kDispatch},         // calls
    {TermClass::kBandwidth},        // residual_bytes
    {TermClass::kPeak},             // activation_ops
    {TermClass::kPeak},             // activation_transcendentals
    {TermClass::kEfficiency},       // rows
    {TermClass::kPeak},             // row_vectors
    {TermClass::kPeak},             // taps
    {TermClass::kEfficiency},       // planes
    {TermClass::kBandwidth},        // aliased_bytes
    {TermClass::kBandwidth},        // input_bytes
    {TermClass::kBandwidth},        // footprint_bytes
    {TermClass::kBandwidth},        // kernel_bytes
}};
const MetricRow& Row(Metric metric) { return kMetrics[static_cast<size_t>(metric)]; }

constexpr std::array<absl::string_view, 4> kReaches = {"", "above", "evicted_beyond", "displaced_from"};
constexpr std::array<absl::string_view, static_cast<size_t>(Dimension::kCount)> kDimensions = {"rate", "time", "size",
                                                                                               "ratio"};
constexpr std::array<absl::string_view, 6> kTermClasses = {"peak",     "efficiency", "bandwidth",
                                                           "dispatch", "work",       "structure"};
constexpr std::array<absl::string_view, 5> kInterpolations = {"linear", "log_linear", "time_linear", "saturating",
                                                              "sigmoid"};
constexpr std::array<absl::string_view, 5> kEvidences = {"measured", "fitted", "specified", "extrapolated", "assumed"};

// Where in `names` it stands, or InvalidArgument with the nearest and all of them.
template <size_t N>
absl::StatusOr<size_t> IndexOf(absl::string_view name, const std::array<absl::string_view, N>& names) {
  std::vector<std::string> all;
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
    all.emplace_back(names[i]);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "', expected one of ", absl::StrJoin(all, ", "), DidYouMean(name, all)));
}

Coefficient Shape(std::string key, Dimension dimension, TermClass term_class, absl::string_view unit,
                  const ValueRange& range) {
  Coefficient coefficient;
  coefficient.key = std::move(key);
  coefficient.dimension = dimension;
  coefficient.term_class = term_class;
  coefficient.unit = std::string(unit);
  coefficient.range = range;
  return coefficient;
}

}  // namespace

absl::string_view Name(Dimension dimension) { return kDimensions[static_cast<size_t>(dimension)]; }
absl::string_view Name(TermClass term_class) { return kTermClasses[static_cast<size_t>(term_class)]; }
absl::string_view Name(Evidence evidence) { return kEvidences[static_cast<size_t>(evidence)]; }
absl::string_view Name(Interpolation shape) { return kInterpolations[static_cast<size_t>(shape)]; }
absl::string_view Name(TermReach reach) { return kReaches[static_cast<size_t>(reach)]; }

absl::StatusOr<Interpolation> ParseInterpolation(absl::string_view name) {
  absl::StatusOr<size_t> index = IndexOf(name, kInterpolations);
  if (!index.ok()) return index.status();
  return static_cast<Interpolation>(*index);
}

absl::StatusOr<Evidence> ParseEvidence(absl::string_view name) {
  absl::StatusOr<size_t> index = IndexOf(name, kEvidences);
  if (!index.ok()) return index.status();
  return static_cast<Evidence>(*index);
}

bool Contains(const ValueRange& range, double value) {
  return (range.low_open ? value > range.low : value >= range.low) && value <= range.high;
}

std::string ToString(const ValueRange& range) {
  const std::string high = absl::StrFormat("%g", range.high);
  return absl::StrCat(range.low_open ? "above " : "at least ", absl::StrFormat("%g", range.low), " and at most ", high);
}

absl::Span<const KeyRow> KeyRows() { return kRows; }

std::vector<absl::string_view> KeysOf(absl::string_view section) {
  std::vector<absl::string_view> names;
  for (const KeyRow& row : kRows) {
    if (row.section == section) names.push_back(row.name);
  }
  return names;
}

Coefficient ShapeOf(const KeyRow& row) {
  return Shape(absl::StrCat(row.section, ".", row.name), row.dimension, row.term_class, row.unit, row.range);
}

std::string PeakKey(Precision precision) { return std::string(kPeaks[static_cast<size_t>(precision)].key); }

std::optional<Precision> PrecisionOfPeak(absl::string_view key) {
  for (const PeakRow& row : kPeaks) {
    if (row.key == key) return row.precision;
  }
  return std::nullopt;
}

Coefficient FactorShape(absl::string_view name) {
  return Shape(absl::StrCat("factor.", name), Dimension::kRatio, TermClass::kEfficiency, "", kEfficiency);
}

absl::StatusOr<Coefficient> RateShape(absl::string_view name) {
  struct Suffix {
    absl::string_view suffix, unit;
    TermClass term_class;
  };
  constexpr std::array<Suffix, 3> kSuffixes = {{{"_flops_per_s", "FLOP/s", TermClass::kPeak},
                                                {"_ops_per_s", "op/s", TermClass::kPeak},
                                                {"_bytes_per_s", "byte/s", TermClass::kBandwidth}}};
  for (const Suffix& row : kSuffixes) {
    if (absl::EndsWith(name, row.suffix)) {
      return Shape(absl::StrCat("rate.", name), Dimension::kRate, row.term_class, row.unit, kRate);
    }
  }
  return absl::InvalidArgumentError(
      "the name has no unit, expected it to end in _flops_per_s, _ops_per_s or _bytes_per_s");
}

Coefficient EfficiencyShape(std::string key) {
  return Shape(std::move(key), Dimension::kRatio, TermClass::kEfficiency, "", kEfficiency);
}

Coefficient CurveXShape(std::string key, Metric metric) {
  const Dimension dimension = metric == Metric::kIntensity ? Dimension::kRatio : Dimension::kSize;
  return Shape(std::move(key), dimension, TermClass::kEfficiency, Unit(metric), kSize);
}

Coefficient LaunchShape(std::string key) {
  return Shape(std::move(key), Dimension::kTime, TermClass::kDispatch, "s", kShortTime);
}

Coefficient TermShape(std::string key, Metric metric) {
  return Shape(std::move(key), Dimension::kTime, Row(metric).term_class, absl::StrCat("s/", Unit(metric)), kShortTime);
}

Coefficient ThresholdShape(std::string key, Metric metric) {
  return Shape(std::move(key), Dimension::kSize, Row(metric).term_class, Unit(metric), kThreshold);
}

Metric ThresholdMetric(TermReach reach, Metric metric) {
  if (reach == TermReach::kDisplaced) return Metric::kKernelBytes;
  return reach == TermReach::kEvicted ? ReuseDistance(metric) : metric;
}

Coefficient ExactShape(std::string key) {
  return Shape(std::move(key), Dimension::kTime, TermClass::kEfficiency, "s", kMeasuredTime);
}

absl::string_view RateUnit(Metric metric) {
  if (!Row(metric).has_rate) return "";
  if (Unit(metric) == "byte") return "byte/s";
  return Unit(metric) == "FLOP" ? "FLOP/s" : "op/s";
}

}  // namespace opcost
