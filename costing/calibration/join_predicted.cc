// Nameless kernels of ONNX Runtime, found among the kernels that are predicted of it.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "costing/calibration/join_ownership.h"
#include "frontend/runtime/executed.h"

namespace opcost {
namespace {

using Counts = std::map<std::string, int64_t>;

// "1.26.0" is 26; the newest that is known well where the run does not say.
int MinorVersion(const RunFacts& facts) {
  constexpr int kUsual = 26, kOldest = 12, kNewest = 31;
  const std::vector<std::string> parts = absl::StrSplit(facts.runtime_version, '.');
  int minor = 0;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[1], &minor)) return kUsual;
  return std::clamp(minor, kOldest, kNewest);
}

int64_t Common(const Counts& a, const Counts& b) {
  int64_t common = 0;
  for (const auto& [name, n] : a) {
    if (const auto it = b.find(name); it != b.end()) common += std::min(n, it->second);
  }
  return common;
}

// A profile says neither level nor instruction set: the prediction that has most kernels in common with it.
std::optional<ExecutedGraph> BestPrediction(const Ownership& o, const JoinOptions& options) {
  Counts measured;
  for (const MeasuredKernel& kernel : o.run.kernels) ++measured[kernel.op_type];
  std::optional<ExecutedGraph> best;
  int64_t best_score = 0;
  for (RuntimeLevel level : {RuntimeLevel::kAll, RuntimeLevel::kExtended, RuntimeLevel::kBasic}) {
    for (int64_t block : {16, 8}) {
      if (level != RuntimeLevel::kAll && block != 16) continue;
      absl::StatusOr<ExecutedGraph> executed =
          ExecuteWithOnnxRuntime(o.graph, {.minor_version = MinorVersion(o.run.facts),
                                           .level = level,
                                           .block = block,
                                           .other_binding = options.other_binding});
      if (!executed.ok()) continue;
      Counts predicted;
      for (const Node& node : executed->graph.nodes) ++predicted[node.op_type];
      const int64_t total = static_cast<int64_t>(executed->graph.nodes.size());
      const int64_t score = 2 * Common(measured, predicted) - total;
      if (best && score <= best_score) continue;
      best = *std::move(executed);
      best_score = score;
    }
  }
  return best;
}

bool SameSizes(const MeasuredKernel& kernel, const Graph& graph, const Node& node) {
  if (kernel.outputs.empty() || !kernel.outputs[0].is_present) return true;
  if (node.outputs.empty() || node.outputs[0] == kNone) return false;
  const std::optional<Shape>& shape = graph.tensors[static_cast<size_t>(node.outputs[0])].shape;
  if (!shape) return false;
  const std::vector<int64_t>& dims = kernel.outputs[0].dims;
  return dims.size() == shape->size() &&
         std::equal(dims.begin(), dims.end(), shape->begin(), [](int64_t d, const Dim& s) { return d == s.extent; });
}

// Predicted kernels that a named one is.
std::vector<uint8_t> TakenByNamed(const Ownership& o, const ExecutedGraph& executed) {
  std::map<NodeId, std::vector<size_t>> by_origin;
  for (size_t p = 0; p < executed.origins.size(); ++p) {
    for (NodeId origin : executed.origins[p]) by_origin[origin].push_back(p);
  }
  std::vector<uint8_t> taken(executed.origins.size(), 0);
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    for (NodeId node : o.kernels[k].nodes) {
      for (size_t p : by_origin[node]) {
        if (executed.graph.nodes[p].op_type == o.run.kernels[k].op_type) taken[p] = 1;
      }
    }
  }
  return taken;
}

// What the runtime puts in when it moves a Transpose or a quantiser. It calls such a kernel by its operator.
constexpr std::array<absl::string_view, 7> kPutIn = {"Transpose", "Gather",         "Squeeze",         "Unsqueeze",
                                                     "Cast",      "QuantizeLinear", "DequantizeLinear"};

bool IsPutIn(const Ownership& o, size_t k) {
  const std::string& op_type = o.run.kernels[k].op_type;
  return o.names[k].base == op_type && std::find(kPutIn.begin(), kPutIn.end(), op_type) != kPutIn.end();
}

void MatchPredicted(const JoinOptions& options, Ownership& o) {
  const std::optional<ExecutedGraph> executed = BestPrediction(o, options);
  if (!executed) return;
  std::vector<uint8_t> taken = TakenByNamed(o, *executed);
  const std::vector<int32_t> named = o.owner;
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    if (o.kernels[k].way != JoinWay::kNone) continue;
    for (size_t p = 0; p < taken.size(); ++p) {
      const Node& node = executed->graph.nodes[p];
      if (taken[p] != 0 || node.op_type != o.run.kernels[k].op_type) continue;
      if (!SameSizes(o.run.kernels[k], executed->graph, node)) continue;
      const std::vector<NodeId>& origins = executed->origins[p];
      const bool free = std::all_of(origins.begin(), origins.end(),
                                    [&](NodeId origin) { return named[static_cast<size_t>(origin)] == kNone; });
      if (!free) continue;
      taken[p] = 1;
      o.kernels[k].way = origins.empty() ? JoinWay::kConversion : JoinWay::kStructure;
      for (NodeId origin : origins) o.Give(k, origin);
      break;
    }
  }
}

}  // namespace

void ClaimPredicted(const JoinOptions& options, Ownership& o) {
  const auto nameless = [](const JoinedKernel& kernel) { return kernel.way == JoinWay::kNone; };
  if (o.run.facts.runtime != "onnxruntime" || std::none_of(o.kernels.begin(), o.kernels.end(), nameless)) return;
  MatchPredicted(options, o);
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    if (nameless(o.kernels[k]) && IsPutIn(o, k)) o.kernels[k].way = JoinWay::kConversion;
  }
}

}  // namespace opcost
