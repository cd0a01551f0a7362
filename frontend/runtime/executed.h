// What a runtime really executes of a model: its kernels after folding, fusion and layout changes.
//
// Predicted from the raw file alone, by passes that run in the runtime's own order. The result is a graph again, so
// whatever counts, classifies or prices a graph does the same with kernels: a kernel is a node with the operator,
// domain and attributes under which the runtime runs it, and its tensors have the shapes that the kernel sees (channels
// of blocked tensors are rounded up to whole blocks).
#ifndef OPCOST_FRONTEND_RUNTIME_EXECUTED_H_
#define OPCOST_FRONTEND_RUNTIME_EXECUTED_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "frontend/graph.h"

namespace opcost {

// What the runtime was asked to do; each level contains those before it.
enum class RuntimeLevel : uint8_t { kBasic, kExtended, kAll };

struct RuntimeOptions {
  int minor_version = 26;  // ONNX Runtime 1.N, N from 12 to 32
  RuntimeLevel level = RuntimeLevel::kAll;
  int64_t block = 16;  // channels in a block of the blocked layout: 16 with AVX-512, else 8
  // The same file with every symbol bound to another value, or nullptr when it has none. Extents and values that differ
  // between the two are what the runtime does not know ahead: many rewrites need them fixed.
  const Graph* other_binding = nullptr;
};

struct ExecutedGraph {
  Graph graph;
  // By NodeId of `graph`: the nodes of the original graph that this kernel carries out, ascending. Empty for a kernel
  // that only changes a layout.
  std::vector<std::vector<NodeId>> origins;
  // By NodeId of `graph`: no node of the original graph asked for this kernel.
  std::vector<uint8_t> inserted;
};

// InvalidArgument when the options name what does not exist.
absl::StatusOr<ExecutedGraph> ExecuteWithOnnxRuntime(const Graph& graph, const RuntimeOptions& options);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_RUNTIME_EXECUTED_H_
