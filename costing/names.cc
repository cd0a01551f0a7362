// Printed names of the report's enums.
#include <array>

#include "costing/report.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 4> kBounds = {"compute", "memory", "dispatch", "none"};
constexpr std::array<absl::string_view, 5> kSteps = {"exact", "pattern", "parent", "default", "free"};

}  // namespace

absl::string_view Name(Bound bound) { return kBounds[static_cast<size_t>(bound)]; }
absl::string_view Name(LookupStep step) { return kSteps[static_cast<size_t>(step)]; }

}  // namespace opcost
