// The names of one model: who defines what, who reads it, and whether that makes an order.
#ifndef OPCOST_FRONTEND_VALIDATE_NAMES_H_
#define OPCOST_FRONTEND_VALIDATE_NAMES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

// A graph or a function body: the two things that hold nodes.
struct NodeList {
  const google::protobuf::RepeatedPtrField<onnx::NodeProto>* nodes = nullptr;
  const onnx::GraphProto* graph = nullptr;        // one of these two
  const onnx::FunctionProto* function = nullptr;  // is set
};

// The names of one NodeList while it is walked.
struct Scope {
  NodeList list;
  int current = 0;  // the node being walked
  // The defining node of each name, or kOutside for inputs and initialisers.
  static constexpr int kOutside = -1;
  absl::flat_hash_map<absl::string_view, int> producers;
  // (defining node, reading node); a body's reads count as reads of the node that owns the body.
  std::vector<std::pair<int, int>> edges;
};

// "node 'conv1' (Conv)", or "node 17 (Conv)" where it has no name.
std::string NodeLabel(const NodeList& list, int index);
// The place of the innermost scope for messages: "node 'if1' (If), graph 'then': ".
std::string Place(const std::vector<Scope>& scopes);

bool IsUtf8(absl::string_view text);

// Enters what the innermost scope's list defines. InvalidArgument: a name defined twice or that is not UTF-8.
absl::Status Define(std::vector<Scope>& scopes);
// Notes that the current node of the innermost scope reads `name`; false when nobody defines it.
bool Read(std::vector<Scope>& scopes, absl::string_view name);
// InvalidArgument names a node on a cycle.
absl::Status CheckAcyclic(const std::vector<Scope>& scopes);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_VALIDATE_NAMES_H_
