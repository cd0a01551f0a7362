// One-node graphs from a line of text, for the rows of the rule tests.
#ifndef OPCOST_TESTS_OPS_GRAPH_BUILDER_H_
#define OPCOST_TESTS_OPS_GRAPH_BUILDER_H_

#include <string>

#include "frontend/graph.h"

namespace opcost {

// Tensors, separated by blanks:
//   f32[2,3]        an activation          w:f32[5,3]     an initialiser
//   i64[2]=4,5      with known elements    f32[2,?]       an unknown extent
//   f32*            unknown rank           seq:f32[2,3]   a sequence
//   -               omitted                @0             the same tensor as the first one
//   f32[2,3]!       an output that nobody uses
// Attributes: name=5 (int), name=0.5 (float), name=i:3,3 (ints), name=f:1,2 (floats), name=s:a,b (strings), anything
// else a string.
struct OneNode {
  std::string op;  // "Conv" or "com.microsoft:FusedConv"
  std::string inputs;
  std::string outputs;
  std::string attributes;
  int opset = 28;
};

// Graph outputs are the node's outputs.
Graph Build(const OneNode& spec);

// Adds another node to a graph: names in `inputs` and `outputs` such as "x:f32[2,3]" join tensors by name; a tensor
// that no node makes is an input, or an initialiser when its name begins with "w".
NodeId AddNode(Graph& graph, const std::string& op, const std::string& inputs, const std::string& outputs,
               const std::string& attributes = "");
// Marks what nobody consumes as graph outputs.
void Finish(Graph& graph);

}  // namespace opcost

#endif  // OPCOST_TESTS_OPS_GRAPH_BUILDER_H_
