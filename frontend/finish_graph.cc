// The last step: consumers, identities, values as plain data, and the notes that need the whole graph.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "frontend/instantiate.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {
namespace {

// What nodes read themselves was noted when they were added.
void AddBodyReads(Graph& graph) {
  // A body that returns a tensor of the graph around it reads that tensor on its owner's behalf.
  for (size_t r = 0; r < graph.regions.size(); ++r) {
    const Region& region = graph.regions[r];
    if (region.owner == kNone) continue;
    for (const TensorId t : region.outputs) {
      Tensor& tensor = graph.tensors[static_cast<size_t>(t)];
      if (tensor.region == static_cast<RegionId>(r)) continue;
      if (std::find(tensor.consumers.begin(), tensor.consumers.end(), region.owner) == tensor.consumers.end()) {
        tensor.consumers.push_back(region.owner);
        std::sort(tensor.consumers.begin(), tensor.consumers.end());
      }
    }
  }
}

// Names that are unique stay; others get their first output, then their position.
void AddIdentities(Graph& graph) {
  absl::flat_hash_map<absl::string_view, size_t> first;  // node of that name
  first.reserve(graph.nodes.size());
  std::vector<bool> repeated(graph.nodes.size(), false);
  bool any = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (node.call_path.empty()) {
      node.id = node.name;
    } else {
      node.id = absl::StrCat(absl::StrJoin(node.call_path, "/"), "/", node.name);
    }
    bool unique = !node.name.empty();
    if (unique) {
      const auto [it, inserted] = first.emplace(node.id, i);
      if (!inserted) repeated[it->second] = true;
      unique = inserted;
    }
    repeated[i] = !unique;
    any = any || !unique;
  }
  if (!any) return;
  absl::flat_hash_set<std::string> taken;
  std::vector<std::pair<size_t, std::string>> renamed;  // the map looks at the old ones
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!repeated[i]) continue;
    const Node& node = graph.nodes[i];
    std::string id = node.name.empty() ? absl::StrCat(node.id, node.op_type) : node.id;
    for (const TensorId t : node.outputs) {
      if (t == kNone) continue;
      absl::StrAppend(&id, "@", graph.tensors[static_cast<size_t>(t)].name);
      break;
    }
    if (first.contains(id) || !taken.insert(id).second) {
      absl::StrAppend(&id, "#", i);
      taken.insert(id);
    }
    renamed.emplace_back(i, std::move(id));
  }
  for (auto& [i, id] : renamed) graph.nodes[i].id = std::move(id);
}

// Values that are wholly known and in use; indices follow.
void KeepValues(Instantiation& in) {
  std::vector<int32_t> kept(static_cast<size_t>(in.values.size()), kNone);
  const auto keep = [&](int32_t& index) {
    if (index == kNone) return;
    Value& value = in.values.Mutable(index);
    int32_t& target = kept[static_cast<size_t>(index)];
    if (target == kNone && value.known()) {
      target = static_cast<int32_t>(in.graph.values.size());
      in.graph.values.push_back(std::move(static_cast<TensorValue&>(value)));
    }
    index = target;
  };
  for (Tensor& t : in.graph.tensors) keep(t.value);
  for (Node& n : in.graph.nodes) {
    for (Attribute& a : n.attributes) keep(a.value);
  }
}

bool StatesShape(const onnx::TypeProto* type) {
  if (type == nullptr || !type->has_tensor_type() || !type->tensor_type().has_shape()) return false;
  const onnx::TensorShapeProto& shape = type->tensor_type().shape();
  return std::all_of(shape.dim().begin(), shape.dim().end(),
                     [](const auto& d) { return d.has_dim_value() || !d.dim_param().empty(); });
}

void MarkStatedShapes(Instantiation& in) {
  absl::flat_hash_map<absl::string_view, int32_t> names;
  for (size_t t = 0; t < in.graph.tensors.size() && t < in.declared.size(); ++t) {
    Tensor& tensor = in.graph.tensors[t];
    tensor.shape_stated = StatesShape(in.declared[t]);
    if (!tensor.shape_stated) continue;
    const auto& dims = in.declared[t]->tensor_type().shape().dim();
    if (std::all_of(dims.begin(), dims.end(), [](const auto& d) { return d.has_dim_value(); })) continue;
    for (const auto& d : dims) {
      const int32_t fresh = static_cast<int32_t>(names.size());
      tensor.stated_symbols.push_back(d.has_dim_value() ? kNone
                                                        : names.try_emplace(d.dim_param(), fresh).first->second);
    }
  }
}

// Symbols that no shape carries any more are not listed.
void KeepSymbols(Graph& graph) {
  if (graph.symbols.empty()) return;
  std::vector<SymbolId> kept(graph.symbols.size(), kNone);
  std::vector<std::string> names;
  for (Tensor& t : graph.tensors) {
    if (!t.shape) continue;
    for (Dim& d : *t.shape) {
      if (d.symbol == kNone) continue;
      SymbolId& target = kept[static_cast<size_t>(d.symbol)];
      if (target == kNone) {
        target = static_cast<SymbolId>(names.size());
        names.push_back(graph.symbols[static_cast<size_t>(d.symbol)]);
      }
      d.symbol = target;
    }
  }
  graph.symbols = std::move(names);
}

void NoteUnknownOperators(Instantiation& in) {
  struct Seen {
    int64_t nodes = 0;
    NodeId first = kNone;
  };
  std::vector<const Operator*> order;
  absl::flat_hash_map<const Operator*, Seen> seen;
  for (size_t i = 0; i < in.operators.size(); ++i) {
    const Operator* op = in.operators[i];
    if (op->schema != nullptr || op->shape_function != nullptr) continue;
    Seen& s = seen[op];
    if (s.nodes++ == 0) {
      s.first = static_cast<NodeId>(i);
      order.push_back(op);
    }
  }
  for (const Operator* op : order) {
    const Seen& s = seen[op];
    const std::string domain = op->domain.empty() ? "ai.onnx" : op->domain;
    in.Note(
        NoteKind::kUnknownOperator,
        absl::StrCat(op->op_type, " of domain '", domain, "' (version ", op->opset, ") is not defined; ", s.nodes,
                     s.nodes == 1 ? " node takes" : " nodes take", " types and shapes from the file where it has them"),
        in.graph.nodes[static_cast<size_t>(s.first)].id);
  }
}

void NoteMissingImports(Instantiation& in) {
  if (std::all_of(in.operator_pool.begin(), in.operator_pool.end(), [](const Operator& op) { return op.opset != 0; })) {
    return;
  }
  absl::flat_hash_set<std::string> told;
  for (const Node& node : in.graph.nodes) {
    if (node.opset != 0 || in.graph.opsets.count(node.domain.empty() ? "ai.onnx" : node.domain) != 0) continue;
    if (!told.insert(node.domain).second) continue;
    in.Note(NoteKind::kModel,
            absl::StrCat("the model uses domain '", node.domain, "' without importing an operator set of it"), node.id);
  }
}

// Two symbols of the file that mean the same extent and have different values: a tensor declared with one comes out
// with the other's. Told once a symbol.
void NoteUnequalSymbols(Instantiation& in) {
  if (in.graph.bindings.size() < 2 || in.shapes_rebound) return;
  for (size_t i = 0; i < in.graph.tensors.size(); ++i) {
    const onnx::TypeProto* declared = in.declared[i];
    const Tensor& tensor = in.graph.tensors[i];
    if (declared == nullptr || tensor.producer == kNone || !tensor.shape || !declared->has_tensor_type()) continue;
    const onnx::TensorShapeProto& shape = declared->tensor_type().shape();
    if (shape.dim_size() != static_cast<int>(tensor.shape->size())) continue;
    for (int axis = 0; axis < shape.dim_size(); ++axis) {
      const Dim& dim = (*tensor.shape)[static_cast<size_t>(axis)];
      const auto bound = in.graph.bindings.find(shape.dim(axis).dim_param());
      if (!dim.known() || bound == in.graph.bindings.end() || bound->second == dim.extent) continue;
      if (!in.told.insert(bound->first).second) continue;
      std::vector<std::string> others;
      for (const auto& [name, value] : in.graph.bindings) {
        if (value == dim.extent) others.push_back(absl::StrCat("'", name, "'"));
      }
      in.Note(NoteKind::kModel,
              absl::StrCat("axis ", axis, " of '", tensor.name, "' is declared as '", bound->first, "', which is ",
                           bound->second, ", but comes out as ", dim.extent,
                           others.empty() ? "" : absl::StrCat(", the value of ", absl::StrJoin(others, ", ")),
                           "; symbols that stand for the same extent need the same value: --dim ", bound->first, "=",
                           dim.extent),
              bound->first);
    }
  }
}

// Symbols in the outputs that no note names: they follow from others.
void NoteOutputSymbols(Instantiation& in) {
  constexpr size_t kShown = 8;
  std::vector<std::string> names;
  for (const TensorId id : in.graph.outputs) {
    const std::optional<Shape>& shape = in.TensorAt(id).shape;
    for (size_t axis = 0; shape && axis < shape->size(); ++axis) {
      if ((*shape)[axis].symbol == kNone) continue;
      const std::string& name = in.graph.symbols[static_cast<size_t>((*shape)[axis].symbol)];
      const std::string flag = absl::StrCat("--assume ", name, "=");
      const bool told = std::any_of(in.graph.notes.begin(), in.graph.notes.end(),
                                    [&](const opcost::Note& n) { return n.text.find(flag) != std::string::npos; });
      if (!told && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  if (names.empty()) return;
  const size_t more = names.size() - std::min(names.size(), kShown);
  names.resize(names.size() - more);
  in.Note(NoteKind::kDataDependent,
          absl::StrCat("in the outputs '", absl::StrJoin(names, "', '"), "'", more > 0 ? " and others" : "",
                       names.size() + more == 1 ? " follows" : " follow",
                       " from the extents above; --assume gives a value as well"),
          "");
}

absl::Status CheckNames(Instantiation& in) {
  std::vector<std::string> names;
  for (const std::string& s : in.symbols_met) {
    if (s.substr(0, 5) != "trip\n") names.push_back(s);
  }
  std::sort(names.begin(), names.end());
  for (const auto& [name, extent] : in.options.assume) {
    if (!in.symbols_met.contains(name)) {
      return absl::NotFoundError(
          absl::StrCat("--assume ", name, ": no extent of that name depends on data", DidYouMean(name, names)));
    }
    if (extent < 0) {
      return absl::InvalidArgumentError(absl::StrCat("--assume ", name, "=", extent, ": an extent is 0 or more"));
    }
  }
  std::vector<std::string> loops;
  for (size_t i = 0; !in.options.trips.empty() && i < in.graph.nodes.size(); ++i) {
    const Node& node = in.graph.nodes[i];
    if (!node.bodies.empty() && node.op_type != "If") loops.push_back(node.id);
  }
  for (const auto& [name, trips] : in.options.trips) {
    if (!in.symbols_met.contains(absl::StrCat("trip\n", name))) {
      return absl::NotFoundError(absl::StrCat("--trip ", name, ": no loop of that name", DidYouMean(name, loops)));
    }
    if (trips < 0)
      return absl::InvalidArgumentError(absl::StrCat("--trip ", name, "=", trips, ": trips are 0 or more"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Finish(Instantiation& in) {
  AddBodyReads(in.graph);
  AddIdentities(in.graph);
  if (absl::Status s = CheckNames(in); !s.ok()) return s;
  NoteUnequalSymbols(in);
  NoteOutputSymbols(in);
  NoteMissingImports(in);
  NoteUnknownOperators(in);
  if (in.unresolved_downstream > 0) {
    in.Note(NoteKind::kUnresolvedShape,
            absl::StrCat(in.unresolved_downstream, " more tensors have no shape because of the above"), "");
  }
  KeepValues(in);
  KeepSymbols(in.graph);
  MarkStatedShapes(in);
  return absl::OkStatus();
}

}  // namespace opcost::internal
