#include "base/metric.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace opcost {
namespace {

struct MetricRow {
  absl::string_view name;
  absl::string_view unit;
};
constexpr std::array<MetricRow, static_cast<size_t>(Metric::kCount)> kMetrics = {{
    {"matrix_flops", "FLOP"},
    {"flops", "FLOP"},
    {"transcendentals", "op"},
    {"bytes", "byte"},
    {"activation_bytes", "byte"},
    {"weight_bytes", "byte"},
    {"intensity", "FLOP/byte"},
    {"dispatches", "dispatch"},
    {"tiled_macs", "MAC"},
    {"border_macs", "MAC"},
    {"tile_steps", "step"},
    {"aliased_macs", "MAC"},
    {"pass_bytes", "byte"},
    {"pass_set_bytes", "byte"},
    {"packed_elements", "element"},
    {"calls", "call"},
    {"residual_bytes", "byte"},
    {"activation_ops", "element"},
    {"activation_transcendentals", "element"},
    {"rows", "row"},
    {"row_vectors", "vector"},
    {"taps", "tap"},
    {"planes", "plane"},
    {"aliased_bytes", "byte"},
    {"input_bytes", "byte"},
    {"footprint_bytes", "byte"},
    {"kernel_bytes", "byte"},
}};

}  // namespace

absl::string_view Name(Metric metric) {
  return metric == Metric::kCount ? "" : kMetrics[static_cast<size_t>(metric)].name;
}

Metric ReuseDistance(Metric metric) {
  return metric == Metric::kPassBytes ? Metric::kPassSetBytes : Metric::kFootprintBytes;
}

absl::string_view Unit(Metric metric) {
  return metric == Metric::kCount ? "" : kMetrics[static_cast<size_t>(metric)].unit;
}

absl::StatusOr<Metric> ParseMetric(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    if (kMetrics[i].name == name) return static_cast<Metric>(i);
    names.emplace_back(kMetrics[i].name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "', expected one of ", absl::StrJoin(names, ", "), DidYouMean(name, names)));
}

}  // namespace opcost
