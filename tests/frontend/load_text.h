// Text graphs as test inputs: load one, or fail the test with the message.
#ifndef OPCOST_TESTS_FRONTEND_LOAD_TEXT_H_
#define OPCOST_TESTS_FRONTEND_LOAD_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/load.h"
#include "gtest/gtest.h"

namespace opcost::testing_support {

// A model of one graph: `graph` is "g (float[2,3] x) => (float[2,3] y) { … }".
inline std::string ModelText(const std::string& graph, int opset = 18, const std::string& more_opsets = "") {
  return absl::StrCat("<ir_version: 9, opset_import: [\"\" : ", opset, more_opsets, "]>\n", graph);
}

inline Graph MustLoad(const std::string& text, const LoadOptions& options = {}) {
  absl::StatusOr<Graph> graph = LoadText(text, options);
  if (!graph.ok()) {
    ADD_FAILURE() << graph.status() << "\n" << text;
    return Graph();
  }
  return *std::move(graph);
}

inline const Tensor* FindTensor(const Graph& graph, const std::string& name) {
  for (const Tensor& t : graph.tensors) {
    if (t.name == name) return &t;
  }
  return nullptr;
}

// "[2, 3]", "[2, n]"; "none" when the rank is not known, "absent" when there is no such tensor.
inline std::string ShapeOf(const Graph& graph, const std::string& name) {
  const Tensor* t = FindTensor(graph, name);
  if (t == nullptr) return "absent";
  return t->shape ? ToString(*t->shape, graph) : "none";
}

inline std::vector<int64_t> IntsOf(const Graph& graph, const std::string& name) {
  const Tensor* t = FindTensor(graph, name);
  if (t == nullptr || t->value == kNone) return {-999};
  return graph.values[static_cast<size_t>(t->value)].ints;
}

inline const Node* FindNode(const Graph& graph, const std::string& id) {
  for (const Node& n : graph.nodes) {
    if (n.id == id) return &n;
  }
  return nullptr;
}

inline std::vector<std::string> NotesOf(const Graph& graph, NoteKind kind) {
  std::vector<std::string> texts;
  for (const Note& note : graph.notes) {
    if (note.kind == kind) texts.push_back(note.text);
  }
  return texts;
}

}  // namespace opcost::testing_support

#endif  // OPCOST_TESTS_FRONTEND_LOAD_TEXT_H_
