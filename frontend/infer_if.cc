// If: the branch of a constant condition, else what both branches agree on.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

// Why the results of two branches have no shape in common, or "".
std::string RankFault(Instantiation& in, const Inferred& a, const Inferred& b) {
  if (!a.shape || !b.shape || a.shape->size() == b.shape->size()) return "";
  return absl::StrCat("its branches give ", ToString(*a.shape, in.graph), " and ", ToString(*b.shape, in.graph),
                      ", and which of them runs depends on data");
}

}  // namespace

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
  for (size_t i = 0; i < results[0].size() && i < in.NodeAt(id).outputs.size(); ++i) {
    Inferred merged = results[0][i];
    for (size_t b = 1; b < results.size(); ++b) {
      if (i >= results[b].size()) continue;
      in.failure = RankFault(in, merged, results[b][i]);
      merged = Join(merged, results[b][i]);
    }
    Apply(in, id, i, std::move(merged), true);
    in.failure.clear();
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
