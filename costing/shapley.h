// Fair shares of a difference among what changed.
#ifndef OPCOST_COSTING_SHAPLEY_H_
#define OPCOST_COSTING_SHAPLEY_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"

namespace opcost {

// More players than this are not asked for.
inline constexpr size_t kMostPlayers = 20;

// Owen values: Shapley's, for players that move in groups. `value(mask)` is the outcome when the players in `mask` (bit
// i = player i) have changed. A group's players sum to that group's Shapley value among the groups; all sum to
// value(all) − value(none). With one player a group these are plain Shapley values.
std::vector<double> OwenValues(absl::Span<const int32_t> group_of, absl::FunctionRef<double(uint32_t)> value);

}  // namespace opcost

#endif  // OPCOST_COSTING_SHAPLEY_H_
