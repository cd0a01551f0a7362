// Loop: how often its body runs, and the types that come out of it.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

Inferred ScalarOf(DType dtype) {
  Inferred out;
  out.dtype = dtype;
  out.shape.emplace();
  return out;
}

Trips LoopTrips(Instantiation& in, NodeId id, RegionId body) {
  if (const auto given = GivenTrips(in, id)) return {*given, false, true};
  const Node& node = in.NodeAt(id);
  const std::optional<int64_t> most = IntScalarOf(in, InputAt(node, 0));
  const Region& region = RegionAt(in, body);
  const TensorId start = InputAt(node, 1);
  const std::optional<int64_t> first = IntScalarOf(in, start);
  if (first && *first == 0) return {0, false, true};
  bool stays = true;  // the condition never ends the loop
  if (!region.outputs.empty()) {
    const std::optional<int64_t> last = IntScalarOf(in, region.outputs[0]);
    stays = last && *last != 0;
    if (last && *last == 0) return {1, false, true};
  }
  constexpr int64_t kEndless = std::numeric_limits<int32_t>::max();
  if (!most || *most >= kEndless) return {1, true, false};
  if (stays && (start == kNone || first)) return {std::max<int64_t>(0, *most), false, true};
  // Once entered it runs its whole count.
  if (stays) return {std::max<int64_t>(0, *most), true, true, true};
  return {std::max<int64_t>(0, *most), true, false};
}

}  // namespace

absl::Status InferLoop(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  const Node node = in.NodeAt(id);
  if (inputs.size() < 2)
    return absl::InvalidArgumentError(absl::StrCat("node '", Label(in, id), "' (Loop): the body has ", inputs.size(),
                                                   " inputs, expected at least 2"));
  Assign(in, inputs[0], ScalarOf(DType::kInt64));
  // The body only runs where the condition holds.
  Inferred condition = ScalarOf(DType::kBool);
  condition.value = in.values.Intern(IntScalar(DType::kBool, 1));
  Assign(in, inputs[1], condition);
  std::vector<Inferred> carried;
  const size_t states = inputs.size() - 2;
  for (size_t i = 0; i < states; ++i) {
    const TensorId t = InputAt(node, i + 2);
    carried.push_back(t == kNone ? Inferred{} : Describe(in, t));
  }
  const std::vector<Inferred> initial = carried;
  if (absl::Status s = Iterate(in, body, 2, std::move(carried), 1); !s.ok()) return s;
  const Trips trips = LoopTrips(in, id, body);
  SetTrips(in, id, trips);
  const std::vector<TensorId> results = RegionAt(in, body).outputs;
  std::vector<Inferred> outputs;
  for (size_t i = 1; i < results.size(); ++i) {
    Inferred result = Describe(in, results[i]);
    const size_t state = i - 1;
    if (state < states) {
      if (trips.exact && trips.count == 0) {
        result = initial[state];
      } else if (!trips.exact || trips.count != 1) {
        // A result that the body changes holds for its last round only.
        result = Join(result, Describe(in, inputs[state + 2]));
      }
      outputs.push_back(std::move(result));
    } else {
      outputs.push_back(Stacked(result, 0, trips.exact ? Dim{trips.count, kNone} : Dim{}));
    }
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

}  // namespace opcost::internal
