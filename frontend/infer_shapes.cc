// Types, shapes and small values, node by node in execution order.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/instantiate.h"
#include "frontend/node_context.h"
#include "frontend/onnx_types.h"
#include "frontend/open_extents.h"

namespace opcost::internal {
namespace {

template <typename T>
void AppendRaw(std::string& key, T x) {
  key.append(reinterpret_cast<const char*>(&x), sizeof(x));
}

// Whether any element matters that is known: all of them, unless the operator reads none and not all are known.
bool UsesValues(Instantiation& in, const Operator& op, const Node& node) {
  if (!op.shape_only) return true;
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](TensorId t) { return t == kNone || in.ValueOf(t) != nullptr; });
}

// Everything that inference may look at; "" when that cannot be written down.
void MemoryKey(Instantiation& in, NodeId id, bool with_values, std::string& key) {
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  const Node& node = in.NodeAt(id);
  key.clear();
  AppendRaw(key, op.serial);
  AppendRaw(key, static_cast<uint32_t>(node.outputs.size()));
  for (const TensorId t : node.outputs) key.push_back(t == kNone ? '0' : '1');
  AppendRaw(key, static_cast<uint32_t>(node.inputs.size()));
  for (const TensorId id_in : node.inputs) {
    if (id_in == kNone) {
      key.push_back('n');
      continue;
    }
    const Tensor& t = in.TensorAt(id_in);
    if (t.type != TypeClass::kTensor) {
      key.clear();
      return;
    }
    key.push_back(static_cast<char>(t.dtype));
    key.push_back(t.shape ? static_cast<char>('A' + t.shape->size() % 128) : '?');
    if (t.shape) {
      for (const Dim& d : *t.shape) AppendRaw(key, d.known() ? d.extent : -2 - static_cast<int64_t>(d.symbol));
    }
    if (with_values) AppendRaw(key, t.value);
  }
  for (const onnx::AttributeProto& a : in.protos[static_cast<size_t>(id)]->attribute()) a.AppendToString(&key);
}

// Small outputs computed from small inputs.
void Evaluate(Instantiation& in, NodeId id, std::vector<Inferred>& outputs) {
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  if (op.evaluator == nullptr) return;
  const Node& node = in.NodeAt(id);
  std::vector<const Value*> values;
  std::vector<const Tensor*> tensors;
  for (const TensorId t : node.inputs) {
    values.push_back(in.ValueOf(t));
    tensors.push_back(t == kNone ? nullptr : &in.TensorAt(t));
  }
  const Operands operands{*in.protos[static_cast<size_t>(id)], op.since_version, values, tensors, node.outputs.size()};
  Results results = op.evaluator(operands);
  for (size_t i = 0; i < results.size() && i < outputs.size(); ++i) {
    if (!results[i] || !Keepable(results[i]->dtype, results[i]->size())) continue;
    Inferred& out = outputs[i];
    if (out.dtype == DType::kUnknown) out.dtype = results[i]->dtype;
    out.shape.emplace();
    for (const int64_t d : results[i]->dims) out.shape->push_back({d, kNone});
    out.value = in.values.Intern(*std::move(results[i]));
  }
}

// A Constant's type and value are its attribute's.
bool InferConstant(Instantiation& in, NodeId id) {
  const Node& node = in.NodeAt(id);
  if (node.op_type != "Constant" || !node.domain.empty() || node.outputs.size() != 1 || node.outputs[0] == kNone) {
    return false;
  }
  const onnx::NodeProto& proto = *in.protos[static_cast<size_t>(id)];
  for (int i = 0; i < proto.attribute_size(); ++i) {
    const onnx::AttributeProto& a = proto.attribute(i);
    if (a.type() != onnx::AttributeProto::TENSOR) continue;
    Inferred out;
    out.dtype = FromElemType(a.t().data_type());
    out.shape.emplace();
    for (const int64_t d : a.t().dims()) out.shape->push_back({d, kNone});
    out.value = node.attributes[static_cast<size_t>(i)].value;
    Apply(in, id, 0, std::move(out), true);
    return true;
  }
  return false;
}

bool Resolved(Instantiation& in, const Node& node) {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId t) {
    if (t == kNone) return true;
    const Tensor& tensor = in.TensorAt(t);
    if (tensor.type != TypeClass::kTensor) return true;
    return tensor.dtype != DType::kUnknown && tensor.shape &&
           std::none_of(tensor.shape->begin(), tensor.shape->end(),
                        [](const Dim& d) { return !d.known() && d.symbol == kNone; });
  });
}

std::string UnboundHint(Instantiation& in) {
  for (const opcost::Note& note : in.graph.notes) {
    if (note.kind == NoteKind::kUnboundSymbol) {
      return absl::StrCat("; '", note.where, "' was not bound and counted as 1");
    }
  }
  return "";
}

// A target shape written into the file cannot follow another input shape.
absl::Status CheckReshape(Instantiation& in, NodeId id) {
  if (in.probing) return absl::OkStatus();
  const Node& node = in.NodeAt(id);
  if (node.op_type != "Reshape" || !node.domain.empty() || node.inputs.empty() || node.outputs.empty()) {
    return absl::OkStatus();
  }
  if (node.inputs[0] == kNone || node.outputs[0] == kNone || IsDead(in.graph, node.region)) return absl::OkStatus();
  const bool baked = node.inputs.size() < 2 || (node.inputs[1] != kNone && in.TensorAt(node.inputs[1]).is_constant);
  const Tensor& data = in.TensorAt(node.inputs[0]);
  const Tensor& out = in.TensorAt(node.outputs[0]);
  if (!baked || !data.shape) return absl::OkStatus();
  const std::optional<int64_t> have = NumElements(*data.shape);
  if (!have) return absl::OkStatus();
  // With a -1 that does not come out whole ONNX gives no shape at all; the rest of the target says how it was baked.
  const Value* target = node.inputs.size() > 1 ? in.ValueOf(node.inputs[1]) : nullptr;
  const std::vector<int64_t> attribute = target != nullptr ? target->ints : IntsAttribute(node, "shape");
  if (out.shape) {
    const std::optional<int64_t> want = NumElements(*out.shape);
    if (!want || *want == *have) return absl::OkStatus();
  } else {
    if (std::find(attribute.begin(), attribute.end(), -1) == attribute.end()) return absl::OkStatus();
  }
  std::string wanted = "[";
  for (const int64_t d : attribute) absl::StrAppend(&wanted, wanted.size() > 1 ? ", " : "", d);
  return absl::InvalidArgumentError(
      absl::StrCat("node '", Label(in, id), "' (Reshape): the file fixes its target to ", wanted, "], but its input ",
                   ToString(*data.shape, in.graph), " has ", *have,
                   " elements; give a shape that fits or export the model with dynamic axes", UnboundHint(in)));
}

absl::Status InferNode(Instantiation& in, NodeId id) {
  if (InferConstant(in, id)) return absl::OkStatus();
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  const bool with_values = UsesValues(in, op, in.NodeAt(id));
  const bool resolved = Resolved(in, in.NodeAt(id));
  std::string& key = in.memory_key;
  MemoryKey(in, id, with_values, key);
  const Remembered* result = nullptr;
  Remembered fresh;
  if (const auto it = key.empty() ? in.memory.end() : in.memory.find(key); it != in.memory.end()) {
    result = &it->second;
  } else {
    fresh = InferFresh(in, id, with_values);
    result = key.empty() ? &fresh : &in.memory.emplace(key, std::move(fresh)).first->second;
  }
  in.failure = result->failure;
  // Nothing is remembered while this runs, so `result` stays where it is.
  for (size_t i = 0; i < result->outputs.size(); ++i) {
    Inferred out = result->outputs[i];
    FollowFirst(in, id, i, out);
    Apply(in, id, i, std::move(out), resolved);
  }
  in.failure.clear();
  return CheckReshape(in, id);
}

// A value is constant when the file alone determines it.
void MarkConstant(Instantiation& in, NodeId id) {
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  Node& node = in.NodeAt(id);
  const bool generator = op.domain.empty() && op.op_type == "Constant";
  bool any = false;
  bool constant = !op.random && node.bodies.empty();
  bool from_data = op.random || !node.bodies.empty();
  const bool only_shape = op.domain.empty() && (op.op_type == "Shape" || op.op_type == "Size");
  for (const TensorId t : node.inputs) {
    if (t == kNone) continue;
    any = true;
    constant = constant && in.TensorAt(t).is_constant;
    from_data = from_data || (!only_shape && in.from_data[static_cast<size_t>(t)] != 0);
  }
  constant = constant && (any || generator);
  node.foldable = constant;
  for (const TensorId t : node.outputs) {
    if (t == kNone) continue;
    Tensor& tensor = in.TensorAt(t);
    tensor.is_constant = constant;
    in.from_data[static_cast<size_t>(t)] = from_data ? 1 : 0;
    if (generator) tensor.kind = TensorKind::kConstant;
  }
}

}  // namespace

Remembered InferFresh(Instantiation& in, NodeId id, bool with_values) {
  NodeContext context(in, id, with_values);
  Remembered result;
  if (const absl::Status status = context.Infer(); !status.ok()) result.failure = std::string(status.message());
  const size_t n = in.NodeAt(id).outputs.size();
  for (size_t i = 0; i < n; ++i) {
    // A function that threw may have left half a type behind; its element type is sound, its shape is not.
    Inferred out = FromType(in, context.output(i));
    if (!result.failure.empty()) out.shape.reset();
    result.outputs.push_back(std::move(out));
  }
  if (result.failure.empty()) CloseExtents(in, id, result.outputs);
  if (with_values) Evaluate(in, id, result.outputs);
  InferSequences(in, id, result.outputs);
  return result;
}

std::string Label(Instantiation& in, NodeId id) {
  const Node& node = in.NodeAt(id);
  std::string label;
  for (const std::string& call : node.call_path) absl::StrAppend(&label, call, "/");
  if (!node.name.empty()) return absl::StrCat(label, node.name);
  for (const TensorId t : node.outputs) {
    if (t != kNone) return absl::StrCat(label, node.op_type, "@", in.TensorAt(t).name);
  }
  return absl::StrCat(label, node.op_type);
}

absl::Status InferNodes(Instantiation& in, NodeId first, NodeId last) {
  for (NodeId id = first; id < last;) {
    MarkConstant(in, id);
    const std::vector<RegionId>& bodies = in.NodeAt(id).bodies;
    if (bodies.empty()) {
      if (absl::Status s = InferNode(in, id); !s.ok()) return s;
      ++id;
      continue;
    }
    const NodeId next = in.region_nodes[static_cast<size_t>(bodies.back())].second;
    if (absl::Status s = InferControl(in, id); !s.ok()) return s;
    id = next;
  }
  return absl::OkStatus();
}

absl::Status InferShapes(Instantiation& in) {
  in.memory.reserve(1024);
  return InferNodes(in, in.region_nodes[0].first, in.region_nodes[0].second);
}

}  // namespace opcost::internal
