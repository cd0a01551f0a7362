#include "costing/signature.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace opcost {
namespace {

std::string InputText(const Graph& graph, TensorId id) {
  if (id == kNone) return "-";
  const Tensor& t = graph.tensors[static_cast<size_t>(id)];
  if (!t.shape) return absl::StrCat(Name(t.dtype), "?");
  std::vector<std::string> extents;
  for (const Dim& d : *t.shape) extents.push_back(d.known() ? absl::StrCat(d.extent) : "?");
  return absl::StrCat(Name(t.dtype), "[", absl::StrJoin(extents, ","), "]");
}

// Integers and words steer an operator's work; floats (epsilon, alpha) only its values.
std::string AttributeText(const Attribute& a) {
  switch (a.kind) {
    case Attribute::Kind::kInt:
      return absl::StrCat(a.name, "=", a.i);
    case Attribute::Kind::kInts:
      return absl::StrCat(a.name, "=", absl::StrJoin(a.ints, ","));
    case Attribute::Kind::kString:
      return absl::StrCat(a.name, "=", a.s);
    default:
      return "";
  }
}

std::string NodeText(const Graph& graph, const Node& node) {
  std::vector<std::string> inputs, attributes;
  for (TensorId id : node.inputs) inputs.push_back(InputText(graph, id));
  for (const Attribute& a : node.attributes) {
    if (std::string text = AttributeText(a); !text.empty()) attributes.push_back(std::move(text));
  }
  std::sort(attributes.begin(), attributes.end());
  return absl::StrCat(node.domain, node.domain.empty() ? "" : "::", node.op_type, "(", absl::StrJoin(inputs, ","), "){",
                      absl::StrJoin(attributes, ";"), "}");
}

}  // namespace

std::string Signature(const Graph& graph, absl::Span<const NodeId> nodes) {
  std::vector<std::string> parts;
  for (NodeId id : nodes) parts.push_back(NodeText(graph, graph.nodes[static_cast<size_t>(id)]));
  return absl::StrJoin(parts, "|");
}

}  // namespace opcost
