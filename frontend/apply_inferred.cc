// Writing down what was inferred: the file's own statements fill gaps, and an extent that nobody knows becomes a symbol
// with a note, never a number.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/instantiate.h"
#include "frontend/node_context.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

// Their shape depends on the elements of the inputs after the first; on those of the first it does not.
constexpr const char* kShapeFromLaterInputs[] = {"Reshape",  "Expand", "Slice", "Tile",   "Pad",          "Resize",
                                                 "Upsample", "TopK",   "Split", "OneHot", "CenterCropPad"};

// Whether an unknown extent of this node can come from data at all.
bool ReadsData(Instantiation& in, const Node& node) {
  // Bodies read more than their owner's inputs.
  if (!node.bodies.empty()) return true;
  const bool later = std::any_of(std::begin(kShapeFromLaterInputs), std::end(kShapeFromLaterInputs),
                                 [&](const char* name) { return node.op_type == name; });
  for (size_t i = later ? 1 : 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNone && in.from_data[static_cast<size_t>(node.inputs[i])] != 0) return true;
  }
  return false;
}

bool InputsDependOnData(Instantiation& in, const Node& node) {
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](TensorId t) { return t != kNone && in.depends_on_data[static_cast<size_t>(t)] != 0; });
}

// What the file declares is a fallback: it is stale once the user changed an extent that the file fixes.
void MergeDeclared(Instantiation& in, const onnx::TypeProto& declared, Inferred& out) {
  if (out.dtype == DType::kUnknown && out.rich == nullptr) {
    out.type = ClassOf(declared);
    out.dtype = ElementOf(declared);
    if (out.type != TypeClass::kTensor && out.type != TypeClass::kSparse) {
      out.rich = std::make_shared<onnx::TypeProto>(declared);
    }
  }
  if (in.shapes_rebound || !declared.has_tensor_type() || !declared.tensor_type().has_shape()) return;
  const onnx::TensorShapeProto& shape = declared.tensor_type().shape();
  if (!out.shape) {
    if (out.type != TypeClass::kTensor) return;
    out.shape.emplace(static_cast<size_t>(shape.dim_size()), Dim{});
  }
  if (static_cast<int>(out.shape->size()) != shape.dim_size()) return;
  for (int i = 0; i < shape.dim_size(); ++i) {
    Dim& dim = (*out.shape)[static_cast<size_t>(i)];
    if (!dim.known()) {
      const Dim stated = DeclaredDim(in, shape.dim(i));
      if (stated.known()) dim = stated;
    }
  }
}

// Names the missing extents; true when one stays a symbol of its own.
bool NameMissing(Instantiation& in, NodeId id, size_t output, Shape& shape) {
  const std::string tensor = in.TensorAt(in.NodeAt(id).outputs[output]).name;
  bool symbolic = false;
  const bool root = !InputsDependOnData(in, in.NodeAt(id));
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    Dim& dim = shape[axis];
    if (dim.known()) continue;
    if (dim.symbol != kNone) {
      symbolic = true;
      continue;
    }
    const std::optional<int64_t> most = UpperBound(in, id, output, axis);
    if (most && *most == 0) {
      dim.extent = 0;
      continue;
    }
    const std::string name = ExtentName(in, in.NodeAt(id).outputs[output], axis);
    in.symbols_met.insert(name);
    const auto assumed = in.options.assume.find(name);
    if (assumed != in.options.assume.end()) {
      dim.extent = assumed->second;
      continue;
    }
    dim.symbol = InternSymbol(in, name);
    if (most) in.at_most[dim.symbol] = *most;
    symbolic = true;
    if (!root) continue;
    const bool data = ReadsData(in, in.NodeAt(id));
    in.Note(data ? NoteKind::kDataDependent : NoteKind::kUnresolvedShape,
            absl::StrCat("axis ", axis, " of '", tensor, "' (", in.NodeAt(id).op_type, ") ",
                         !data                             ? "follows from shapes in a way that is not evaluated"
                         : in.NodeAt(id).op_type == "Loop" ? "is what its rounds make of it"
                                                           : "depends on data",
                         most ? absl::StrCat(", is at most ", *most, ",") : "", " and stays the symbol '", name,
                         "'; give it a value with --assume ", name, "=N"),
            Label(in, id));
  }
  return symbolic;
}

void NoteMissingShape(Instantiation& in, NodeId id, bool inputs_resolved) {
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  if (op.schema == nullptr && op.shape_function == nullptr) return;  // the note on unknown operators says it
  if (!inputs_resolved) {
    if (in.quiet == 0) ++in.unresolved_downstream;
    return;
  }
  in.Note(NoteKind::kUnresolvedShape,
          absl::StrCat("no shape for the output of ", op.op_type, ": ",
                       in.failure.empty() ? "its definition gives none for these inputs" : in.failure),
          Label(in, id));
}

}  // namespace

Inferred Describe(Instantiation& in, TensorId id) {
  const Tensor& t = in.TensorAt(id);
  Inferred out;
  out.type = t.type;
  out.dtype = t.dtype;
  out.shape = t.shape;
  out.value = t.value;
  const auto rich = in.rich_types.find(id);
  if (rich != in.rich_types.end()) out.rich = rich->second;
  const auto elements = in.sequences.find(id);
  if (elements != in.sequences.end()) out.elements = elements->second;
  return out;
}

void Assign(Instantiation& in, TensorId id, const Inferred& inferred) {
  Tensor& t = in.TensorAt(id);
  t.type = inferred.type;
  t.dtype = inferred.dtype;
  t.shape = inferred.shape;
  t.value = inferred.value;
  bool symbolic = false;
  if (t.shape) {
    for (const Dim& d : *t.shape) symbolic = symbolic || !d.known();
  }
  in.depends_on_data[static_cast<size_t>(id)] = symbolic ? 1 : 0;
  if (inferred.rich != nullptr) {
    in.rich_types[id] = inferred.rich;
  } else if (!in.rich_types.empty()) {
    in.rich_types.erase(id);
  }
  if (inferred.elements != nullptr) {
    in.sequences[id] = inferred.elements;
  } else if (!in.sequences.empty()) {
    in.sequences.erase(id);
  }
}

void Apply(Instantiation& in, NodeId id, size_t output, Inferred inferred, bool inputs_resolved) {
  const TensorId tensor = in.NodeAt(id).outputs[output];
  if (tensor == kNone) return;
  const onnx::TypeProto* declared = in.declared[static_cast<size_t>(tensor)];
  const bool complete =
      inferred.shape && inferred.dtype != DType::kUnknown &&
      std::all_of(inferred.shape->begin(), inferred.shape->end(), [](const Dim& d) { return d.known(); });
  if (!complete && declared != nullptr) MergeDeclared(in, *declared, inferred);
  bool symbolic = false;
  if (inferred.type == TypeClass::kTensor) {
    if (!inferred.shape) {
      NoteMissingShape(in, id, inputs_resolved);
    } else if (!complete && inputs_resolved) {
      symbolic = NameMissing(in, id, output, *inferred.shape);
    }
  }
  Assign(in, tensor, inferred);
  const bool integer = IsInteger(inferred.dtype) || inferred.dtype == DType::kBool;
  in.depends_on_data[static_cast<size_t>(tensor)] =
      symbolic || (integer && InputsDependOnData(in, in.NodeAt(id))) ? 1 : 0;
}

}  // namespace opcost::internal
