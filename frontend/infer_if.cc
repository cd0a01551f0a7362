// If: the branch of a constant condition, else what both branches agree on.
#include <utility>
#include <vector>

#include "frontend/regions.h"

namespace opcost::internal {

absl::Status InferIf(Instantiation& in, NodeId id) {
  const std::vector<RegionId> bodies = in.NodeAt(id).bodies;
  const std::optional<int64_t> condition = IntScalarOf(in, InputAt(in.NodeAt(id), 0));
  std::vector<std::vector<Inferred>> results;
  for (const RegionId body : bodies) {
    Region& region = RegionAt(in, body);
    const bool is_then = region.kind == RegionKind::kThen;
    region.dead = condition && (*condition != 0) != is_then;
    const bool dead = region.dead;
    in.quiet += dead ? 1 : 0;
    const absl::Status status = InferRegion(in, body);
    in.quiet -= dead ? 1 : 0;
    if (!status.ok()) return status;
    if (dead) continue;
    std::vector<Inferred>& outputs = results.emplace_back();
    for (const TensorId t : RegionAt(in, body).outputs) outputs.push_back(Describe(in, t));
  }
  if (results.empty()) return absl::OkStatus();
  std::vector<Inferred> merged = results[0];
  for (size_t b = 1; b < results.size(); ++b) {
    for (size_t i = 0; i < merged.size() && i < results[b].size(); ++i) merged[i] = Join(merged[i], results[b][i]);
  }
  ApplyAll(in, id, std::move(merged));
  return absl::OkStatus();
}

}  // namespace opcost::internal
