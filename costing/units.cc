#include "costing/units.h"

#include <array>

namespace opcost {
namespace {

constexpr std::array<absl::string_view, static_cast<size_t>(Metric::kCount) + 1> kMetricUnits = {
    {"FLOP", "FLOP", "op", "byte", "byte", "byte", "FLOP/byte", "", ""}};

}  // namespace

absl::string_view UnitOf(Metric metric) { return kMetricUnits[static_cast<size_t>(metric)]; }

absl::string_view WorkName(Metric metric) { return metric == Metric::kCount ? "repeats" : Name(metric); }

}  // namespace opcost
