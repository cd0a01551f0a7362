// Is a parsed model one that can be priced? Everything behind the front end relies on what this checks.
#ifndef OPCOST_FRONTEND_VALIDATE_H_
#define OPCOST_FRONTEND_VALIDATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontend/graph.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

// Bodies of control flow inside each other, functions expanded.
inline constexpr int kMaxGraphNesting = 24;
// Nodes after every call of a local function is replaced by its body.
inline constexpr int64_t kMaxExpandedNodes = 1'000'000;

struct Validated {
  std::vector<Note> notes;
  std::vector<std::string> data_files;  // ParsedModel::data_files
};

// After this holds, for the main graph, every body inside it and every function:
// - the IR version is known, operator sets are imported; names are valid UTF-8;
// - each name is defined once in its graph; each name that is read is defined there or in a graph around it; no node
//   depends on itself (nodes may stand in any order);
// - no extent is negative; no element count or byte size overflows; elements that are present are as many as they
//   should be;
// - each attribute of a node has a name of its own and holds the kind of value that it says; only functions refer to
//   attributes of their callers;
// - an attribute that says it holds a graph or tensor does; the bodies of If, Loop and Scan are there;
// - functions do not call themselves and do not expand beyond the limits above;
// - external data lies inside the model's folder.
// InvalidArgument "where: what, what was expected". Time and memory are linear in the model.
absl::StatusOr<Validated> Validate(const onnx::ModelProto& model);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_VALIDATE_H_
