#include "costing/calibration/runtime/executed_model.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

struct LevelRow {
  absl::string_view name;
  RuntimeLevel level;
};
constexpr std::array<LevelRow, 3> kLevels = {
    {{"basic", RuntimeLevel::kBasic}, {"extended", RuntimeLevel::kExtended}, {"all", RuntimeLevel::kAll}}};

// Extents as they ran, where inference left them open or other.
void TakeShapes(const MeasuredRun& run, const std::vector<NodeId>& nodes, Graph& graph) {
  for (size_t k = 0; k < nodes.size(); ++k) {
    if (nodes[k] == kNone) continue;
    size_t next = 0;
    for (TensorId id : graph.nodes[static_cast<size_t>(nodes[k])].outputs) {
      if (id == kNone || graph.tensors[static_cast<size_t>(id)].type != TypeClass::kTensor) continue;
      if (next >= run.kernels[k].outputs.size()) break;
      const MeasuredTensor& output = run.kernels[k].outputs[next++];
      Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
      tensor.dtype = output.dtype;
      Shape shape;
      for (int64_t extent : output.dims) shape.push_back({.extent = extent});
      tensor.shape = std::move(shape);
    }
  }
}

}  // namespace

absl::string_view Name(RuntimeLevel level) {
  for (const LevelRow& row : kLevels) {
    if (row.level == level) return row.name;
  }
  return "?";
}

absl::StatusOr<RuntimeLevel> ParseRuntimeLevel(absl::string_view name) {
  for (const LevelRow& row : kLevels) {
    if (row.name == name) return row.level;
  }
  return absl::InvalidArgumentError(absl::StrCat("--level ", name, ": expected basic, extended or all"));
}

absl::StatusOr<RuntimeExecution> ExecuteOnce(std::shared_ptr<const OrtLibrary> library, const Graph& graph,
                                             const Graph* other_binding, const RuntimeRequest& request) {
  absl::StatusOr<PreparedModel> prepared = PreparedModel::Make(library, graph, request);
  if (!prepared.ok()) return prepared.status();
  absl::StatusOr<OrtSession> session = prepared->Open(true);
  if (!session.ok()) return session.status();
  if (absl::Status status = session->Run(); !status.ok()) return status;
  std::vector<NodeId> nodes;
  absl::StatusOr<MeasuredRun> run = prepared->EndProfiling(*session, nodes);
  if (!run.ok()) return run.status();

  RuntimeExecution result;
  result.run = *std::move(run);
  result.join = JoinModel(graph, result.run, {.other_binding = other_binding});
  result.executed.graph = prepared->executed();
  TakeShapes(result.run, nodes, result.executed.graph);
  const size_t n = result.executed.graph.nodes.size();
  result.executed.origins.resize(n);
  result.executed.inserted.assign(n, 0);
  for (size_t k = 0; k < nodes.size(); ++k) {
    if (nodes[k] == kNone) {
      ++result.unlisted;
      continue;
    }
    const auto node = static_cast<size_t>(nodes[k]);
    result.executed.origins[node] = result.join.kernels[k].nodes;
    result.executed.inserted[node] = result.join.kernels[k].way == JoinWay::kConversion ? 1 : 0;
  }
  result.origin = absl::StrCat("ONNX Runtime ", library->version(), ", level ", Name(request.level),
                               ", as it runs on this machine");
  return result;
}

}  // namespace opcost
