// Extents of the graph inputs: what the user bound, what the file states, and 1 with a note where neither says
// anything.
#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "frontend/dim_expression.h"
#include "frontend/instantiate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

using Dimension = onnx::TensorShapeProto::Dimension;

// Calls visit(dimension, axis) for each dimension of a type, inside sequences, optionals and maps too.
template <typename Visit>
void ForEachDim(const onnx::TypeProto& type, Visit visit) {
  switch (type.value_case()) {
    case onnx::TypeProto::kTensorType:
      for (int i = 0; i < type.tensor_type().shape().dim_size(); ++i) visit(type.tensor_type().shape().dim(i), i);
      break;
    case onnx::TypeProto::kSparseTensorType:
      for (int i = 0; i < type.sparse_tensor_type().shape().dim_size(); ++i) {
        visit(type.sparse_tensor_type().shape().dim(i), i);
      }
      break;
    case onnx::TypeProto::kSequenceType:
      ForEachDim(type.sequence_type().elem_type(), visit);
      break;
    case onnx::TypeProto::kOptionalType:
      ForEachDim(type.optional_type().elem_type(), visit);
      break;
    case onnx::TypeProto::kMapType:
      ForEachDim(type.map_type().value_type(), visit);
      break;
    default:
      break;
  }
}

struct Occurrence {
  std::string input;
  int axis;
};

struct Symbols {
  std::vector<std::string> order;           // of the inputs, in order of appearance
  std::map<std::string, Occurrence> first;  // where each occurs first
  std::vector<std::string> names;           // everything that --dim may name
};

// The symbols that a dim_param is made of.
std::vector<std::string> AtomsOf(const Instantiation& in, const std::string& param) {
  const std::map<std::string, int64_t>& dims = in.options.dims;
  if (dims.count(param) != 0) return {param};
  std::optional<std::vector<std::string>> atoms = DimAtoms(param);
  if (!atoms) return {param};
  if (atoms->size() == 1 && atoms->front() == param) return *std::move(atoms);
  if (IsPlainArithmetic(param)) return *std::move(atoms);
  const bool all_stand_alone = std::all_of(
      atoms->begin(), atoms->end(), [&](const std::string& a) { return in.params->contains(a) || dims.count(a) != 0; });
  return all_stand_alone ? *std::move(atoms) : std::vector<std::string>{param};
}

// Everything that the file writes for an extent, in the main graph: the same however it is bound.
absl::flat_hash_set<std::string> ParamsOf(const onnx::GraphProto& g) {
  absl::flat_hash_set<std::string> params;
  const auto add = [&](const auto& infos) {
    for (const auto& info : infos) {
      ForEachDim(info.type(), [&](const Dimension& d, int) {
        if (d.has_dim_param() && !d.dim_param().empty()) params.insert(d.dim_param());
      });
    }
  };
  add(g.input());
  add(g.output());
  add(g.value_info());
  return params;
}

Symbols CollectSymbols(Instantiation& in) {
  Symbols symbols;
  if (!in.params) in.params = ParamsOf(in.parsed.proto.graph());
  for (const TensorId id : in.graph.inputs) {
    const onnx::TypeProto* type = in.declared[static_cast<size_t>(id)];
    if (type == nullptr) continue;
    ForEachDim(*type, [&](const Dimension& d, int axis) {
      if (!d.has_dim_param() || d.dim_param().empty()) return;
      for (const std::string& atom : AtomsOf(in, d.dim_param())) {
        if (symbols.first.emplace(atom, Occurrence{in.TensorAt(id).name, axis}).second) symbols.order.push_back(atom);
      }
    });
  }
  symbols.names = symbols.order;
  std::vector<std::string> others;
  for (const std::string& param : *in.params) {
    for (std::string& atom : AtomsOf(in, param)) {
      if (symbols.first.count(atom) == 0) others.push_back(std::move(atom));
    }
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  symbols.names.insert(symbols.names.end(), others.begin(), others.end());
  return symbols;
}

std::string Listed(const std::vector<std::string>& names) {
  constexpr size_t kShown = 20;
  if (names.empty()) return "; the model has none";
  std::vector<std::string> shown(names.begin(), names.begin() + static_cast<int64_t>(std::min(kShown, names.size())));
  return absl::StrCat("; the model has ", absl::StrJoin(shown, ", "), names.size() > kShown ? ", …" : "");
}

absl::Status CheckDims(Instantiation& in, const Symbols& symbols) {
  for (const auto& [name, extent] : in.options.dims) {
    if (std::find(symbols.names.begin(), symbols.names.end(), name) == symbols.names.end()) {
      return absl::NotFoundError(absl::StrCat("--dim ", name, ": no symbol of that name",
                                              DidYouMean(name, symbols.names), Listed(symbols.names)));
    }
    if (extent < 0) {
      return absl::InvalidArgumentError(absl::StrCat("--dim ", name, "=", extent, ": an extent is 0 or more"));
    }
    in.graph.bindings[name] = extent;
  }
  return absl::OkStatus();
}

absl::Status CheckShapes(Instantiation& in, const std::map<std::string, TensorId>& inputs) {
  std::vector<std::string> names;
  for (const auto& [name, id] : inputs) names.push_back(name);
  for (const auto& [name, extents] : in.options.shapes) {
    if (inputs.count(name) == 0) {
      return absl::NotFoundError(
          absl::StrCat("--shape ", name, ": no input of that name", DidYouMean(name, names), Listed(names)));
    }
    for (const int64_t e : extents) {
      if (e < 0) return absl::InvalidArgumentError(absl::StrCat("--shape ", name, ": an extent is 0 or more, not ", e));
    }
    if (Product(extents) < 0) {
      return absl::InvalidArgumentError(absl::StrCat("--shape ", name, ": the number of elements overflows"));
    }
  }
  return absl::OkStatus();
}

// The shape given for an input binds the symbols that stand alone in it.
absl::Status BindFromShape(Instantiation& in, TensorId id, const std::vector<int64_t>& extents) {
  const std::string& name = in.TensorAt(id).name;
  const onnx::TypeProto* type = in.declared[static_cast<size_t>(id)];
  if (type == nullptr || !type->has_tensor_type() || !type->tensor_type().has_shape()) return absl::OkStatus();
  const onnx::TensorShapeProto& shape = type->tensor_type().shape();
  if (shape.dim_size() != static_cast<int>(extents.size())) {
    return absl::InvalidArgumentError(absl::StrCat("--shape ", name, ": ", extents.size(),
                                                   " extents, but the input has ", shape.dim_size(), " axes"));
  }
  for (int i = 0; i < shape.dim_size(); ++i) {
    const Dimension& d = shape.dim(i);
    const int64_t extent = extents[static_cast<size_t>(i)];
    if (d.has_dim_value() && d.dim_value() != extent) in.shapes_rebound = true;
    if (!d.has_dim_param() || d.dim_param().empty()) continue;
    const std::vector<std::string> atoms = AtomsOf(in, d.dim_param());
    if (atoms.size() != 1 || atoms[0] != d.dim_param()) continue;
    const auto [bound, inserted] = in.graph.bindings.emplace(atoms[0], extent);
    if (!inserted && bound->second != extent) {
      return absl::InvalidArgumentError(absl::StrCat("--shape ", name, ": axis ", i, " is the symbol '", atoms[0],
                                                     "', which is ", bound->second, " elsewhere, not ", extent));
    }
  }
  return absl::OkStatus();
}

void BindRest(Instantiation& in, const Symbols& symbols) {
  for (const std::string& name : symbols.order) {
    if (!in.graph.bindings.emplace(name, 1).second) continue;
    in.unbound.insert(name);
    const Occurrence& at = symbols.first.at(name);
    in.Note(NoteKind::kUnboundSymbol,
            absl::StrCat("symbol '", name, "' (input '", at.input, "', axis ", at.axis,
                         ") is not bound and counts as 1; bind it with --dim ", name, "=N"),
            name);
  }
}

int64_t InputExtent(Instantiation& in, const std::string& input, const Dimension& d, int axis,
                    const std::vector<int64_t>* given) {
  if (given != nullptr) {
    const int64_t extent = (*given)[static_cast<size_t>(axis)];
    if (d.has_dim_param()) {
      const Dim declared = DeclaredDim(in, d);
      if (declared.known() && declared.extent != extent) {
        in.Note(NoteKind::kModel,
                absl::StrCat("axis ", axis, " of input '", input, "' is declared as ", d.dim_param(), " = ",
                             declared.extent, ", but --shape says ", extent),
                input);
      }
    }
    return extent;
  }
  const Dim declared = DeclaredDim(in, d);
  if (declared.known()) return declared.extent;
  if (d.has_dim_param() && !d.dim_param().empty()) {
    in.Note(NoteKind::kUnboundSymbol,
            absl::StrCat("axis ", axis, " of input '", input, "' is '", d.dim_param(),
                         "', which has no value under the bindings, and counts as 1; set it with --shape ", input,
                         "=AxBx…"),
            input);
    return 1;
  }
  in.Note(NoteKind::kUnboundSymbol,
          absl::StrCat("axis ", axis, " of input '", input,
                       "' has neither extent nor name and counts as 1; set it with ", "--shape ", input, "=AxBx…"),
          input);
  return 1;
}

// Replaces symbols in a type that is no tensor.
void BindType(Instantiation& in, onnx::TypeProto& type) {
  ForEachDim(type, [&](const Dimension& d, int) {
    auto& mutable_dim = const_cast<Dimension&>(d);
    const Dim dim = DeclaredDim(in, d);
    if (dim.known()) mutable_dim.set_dim_value(dim.extent);
  });
}

void TypeInput(Instantiation& in, TensorId id) {
  Tensor& t = in.TensorAt(id);
  const auto given_at = in.options.shapes.find(t.name);
  const std::vector<int64_t>* given = given_at == in.options.shapes.end() ? nullptr : &given_at->second;
  const onnx::TypeProto* type = in.declared[static_cast<size_t>(id)];
  if (type != nullptr) {
    t.dtype = ElementOf(*type);
    t.type = ClassOf(*type);
    if (t.type == TypeClass::kSequence || t.type == TypeClass::kOptional || t.type == TypeClass::kMap) {
      auto bound = std::make_shared<onnx::TypeProto>(*type);
      BindType(in, *bound);
      in.rich_types[id] = std::move(bound);
      return;
    }
  }
  const bool has_shape = type != nullptr && (type->tensor_type().has_shape() || type->sparse_tensor_type().has_shape());
  if (!has_shape) {
    if (given != nullptr) {
      t.shape.emplace();
      for (const int64_t e : *given) t.shape->push_back({e, kNone});
      return;
    }
    in.Note(NoteKind::kUnresolvedShape,
            absl::StrCat("input '", t.name, "' has no shape in the file; give it with --shape ", t.name, "=AxBx…"),
            t.name);
    return;
  }
  const std::string name = t.name;
  Shape shape;
  ForEachDim(*type, [&](const Dimension& d, int axis) {
    shape.push_back({InputExtent(in, name, d, axis, given), kNone});
  });
  in.TensorAt(id).shape = std::move(shape);
}

}  // namespace

SymbolId InternSymbol(Instantiation& in, absl::string_view name) {
  const auto [it, inserted] =
      in.symbol_index.emplace(std::string(name), static_cast<SymbolId>(in.graph.symbols.size()));
  if (inserted) in.graph.symbols.emplace_back(name);
  return it->second;
}

std::string ExtentName(Instantiation& in, TensorId id, size_t axis) {
  const Tensor& t = in.TensorAt(id);
  std::string name = absl::StrCat(t.name, ":", axis);
  if (in.symbol_owner.emplace(name, id).first->second == id) return name;
  const Region& region = in.graph.regions[static_cast<size_t>(t.region)];
  if (region.owner != kNone) {
    const char* body = region.kind == RegionKind::kThen   ? "/then_branch/"
                       : region.kind == RegionKind::kElse ? "/else_branch/"
                                                          : "/body/";
    name = absl::StrCat(Label(in, region.owner), body, name);
    if (in.symbol_owner.emplace(name, id).first->second == id) return name;
  }
  return absl::StrCat(name, "#", id);
}

Dim DeclaredDim(Instantiation& in, const Dimension& d) {
  if (d.has_dim_value()) return {d.dim_value() >= 0 ? d.dim_value() : -1, kNone};
  if (!d.has_dim_param() || d.dim_param().empty()) return {};
  const auto bound = in.graph.bindings.find(d.dim_param());
  if (bound != in.graph.bindings.end()) return {bound->second, kNone};
  const std::optional<int64_t> value =
      EvaluateDim(d.dim_param(), [&](absl::string_view atom) -> std::optional<int64_t> {
        const auto it = in.graph.bindings.find(std::string(atom));
        if (it == in.graph.bindings.end()) return std::nullopt;
        return it->second;
      });
  return value && *value >= 0 ? Dim{*value, kNone} : Dim{};
}

absl::Status BindSymbols(Instantiation& in) {
  const Symbols symbols = CollectSymbols(in);
  std::map<std::string, TensorId> inputs;
  for (const TensorId id : in.graph.inputs) inputs.emplace(in.TensorAt(id).name, id);
  if (absl::Status s = CheckDims(in, symbols); !s.ok()) return s;
  if (absl::Status s = CheckShapes(in, inputs); !s.ok()) return s;
  for (const auto& [name, extents] : in.options.shapes) {
    if (absl::Status s = BindFromShape(in, inputs.at(name), extents); !s.ok()) return s;
  }
  BindRest(in, symbols);
  for (const TensorId id : in.graph.inputs) TypeInput(in, id);
  return absl::OkStatus();
}

}  // namespace opcost::internal
