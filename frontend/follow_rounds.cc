// A loop's body inferred round by round, with the values that each round has: how often it runs where its condition
// follows from counting, and what a state is that grows.
#include <algorithm>
#include <utility>
#include <vector>

#include "frontend/regions.h"

namespace opcost::internal {
namespace {

Inferred ScalarOf(DType dtype) {
  Inferred out;
  out.dtype = dtype;
  out.shape.emplace();
  return out;
}

bool Open(const Tensor& t) { return t.type == TypeClass::kTensor && (!t.shape || !NumElements(*t.shape)); }

// The body's results after its condition, as types.
std::vector<Inferred> ResultsOf(Instantiation& in, RegionId body) {
  std::vector<Inferred> results;
  const std::vector<TensorId>& outputs = RegionAt(in, body).outputs;
  for (size_t i = 1; i < outputs.size(); ++i) results.push_back(Describe(in, outputs[i]));
  return results;
}

std::optional<Rounds> Follow(Instantiation& in, RegionId body, const std::vector<Inferred>& initial, int64_t most,
                             bool ask_condition) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(body)];
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  Rounds rounds;
  rounds.entered.push_back(initial);
  for (int64_t round = 0; round < most; ++round) {
    in.round_budget -= last - first + 1;
    if (in.round_budget < 0) return std::nullopt;
    AssignRound(in, body, round);
    for (size_t i = 0; i < initial.size(); ++i) Assign(in, inputs[i + 2], rounds.entered.back()[i]);
    if (!InferRegion(in, body).ok()) return std::nullopt;
    std::vector<Inferred> results = ResultsOf(in, body);
    if (results.size() < initial.size()) return std::nullopt;
    const auto states = results.begin() + static_cast<int64_t>(initial.size());
    const std::vector<Inferred> scanned(states, results.end());
    if (round == 0) rounds.scanned = scanned;
    for (size_t i = 0; i < scanned.size(); ++i) rounds.scanned[i] = Join(rounds.scanned[i], scanned[i]);
    results.erase(states, results.end());
    rounds.entered.push_back(std::move(results));
    if (!ask_condition) continue;
    const std::optional<int64_t> goes_on = IntScalarOf(in, RegionAt(in, body).outputs[0]);
    if (!goes_on) return std::nullopt;
    if (*goes_on == 0) break;
  }
  return rounds;
}

}  // namespace

void AssignRound(Instantiation& in, RegionId body, std::optional<int64_t> round) {
  const std::vector<TensorId>& inputs = RegionAt(in, body).inputs;
  Inferred number = ScalarOf(DType::kInt64);
  if (round) number.value = in.values.Intern(IntScalar(DType::kInt64, *round));
  Assign(in, inputs[0], number);
  // The body only runs where the condition holds.
  Inferred condition = ScalarOf(DType::kBool);
  condition.value = in.values.Intern(IntScalar(DType::kBool, 1));
  Assign(in, inputs[1], condition);
}

int64_t OpenPlaces(Instantiation& in, RegionId body) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(body)];
  int64_t open = 0;
  for (NodeId id = first; id < last; ++id) {
    const Node& node = in.NodeAt(id);
    if (IsDead(in.graph, node.region)) continue;
    for (const TensorId t : node.outputs) open += t != kNone && Open(in.TensorAt(t)) ? 1 : 0;
    for (const RegionId inner : node.bodies) open += RegionAt(in, inner).trips_assumed ? 1 : 0;
  }
  return open;
}

std::optional<Rounds> FollowRounds(Instantiation& in, RegionId body, const std::vector<Inferred>& initial, int64_t most,
                                   bool ask_condition) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(body)];
  if (!ask_condition && most > in.round_budget / (last - first + 1)) return std::nullopt;
  ++in.quiet;
  std::optional<Rounds> rounds = Follow(in, body, initial, most, ask_condition);
  --in.quiet;
  return rounds;
}

}  // namespace opcost::internal
