// Which nodes run together and what they are: subgraphs (the priced rows) and blocks above them.
//
// Rules are data (rules.h). A rule set names the rules that a runtime fuses by; `none` fuses nothing, and then each
// node is a subgraph of its own.
#ifndef OPCOST_FRONTEND_PATTERNS_CLASSIFY_H_
#define OPCOST_FRONTEND_PATTERNS_CLASSIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pattern.h"
#include "frontend/graph.h"

namespace opcost {

// A group of nodes that the runtime executes as one, hence one row. Every node is in exactly one subgraph.
struct Subgraph {
  Pattern pattern = Pattern::kOther;
  // In execution order. Empty only for what a runtime inserts (a layout reorder).
  std::vector<NodeId> nodes;
  // The node that gives the row its name and most of its work.
  NodeId anchor = kNone;
  int32_t block = kNone;  // index into Classification::blocks, the innermost
  bool inserted = false;
  // The type that its products multiply, where the runtime carries out Q/DQ around it as one integer operator (uint8,
  // int8, an 8-bit float); kUnknown elsewhere. `reads_through`: DequantizeLinear of other rows that it does itself.
  DType integer = DType::kUnknown;
  std::vector<NodeId> reads_through;
  NodeId executed = kNone;  // of an ExecutedGraph: the kernel that this row is; kNone where kernels are not known
  std::string kernel;       // what the runtime calls it ("com.microsoft.nchwc::Conv"); "" when it is the ONNX operator
};

struct Block {
  Pattern pattern = Pattern::kCount;
  std::string name;  // "transformer_block 3", or the common scope of its nodes
  std::vector<NodeId> nodes;
  int32_t parent = kNone;
};

struct Classification {
  std::string rule_set;
  std::vector<Subgraph> subgraphs;  // in execution order of their first node
  std::vector<Block> blocks;
  std::vector<int32_t> subgraph_of;  // by NodeId
  std::vector<int32_t> block_of;     // by NodeId; kNone
};

// The rule set whose rows are the kernels of an ExecutedGraph (frontend/runtime/executed_rows.h).
inline constexpr absl::string_view kOnnxRuntimeCpu = "onnxruntime-cpu";

// NotFound with the nearest name when `rule_set` is none of RuleSetNames(); InvalidArgument for one whose rows are
// executed kernels.
absl::StatusOr<Classification> Classify(const Graph& graph, absl::string_view rule_set);
std::vector<std::string> RuleSetNames();

// What one node is, by itself. Needs shapes for convolutions (groups, kernel).
Pattern PatternOf(const Graph& graph, const Node& node);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_CLASSIFY_H_
