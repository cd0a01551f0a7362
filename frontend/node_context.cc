#include "frontend/node_context.h"

#include <exception>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontend/check_channels.h"
#include "frontend/onnx_types.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

void SetDim(Instantiation& in, const Dim& dim, onnx::TensorShapeProto& shape) {
  onnx::TensorShapeProto::Dimension* d = shape.add_dim();
  if (dim.known()) {
    d->set_dim_value(dim.extent);
  } else if (dim.symbol != kNone) {
    d->set_dim_param(in.graph.symbols[static_cast<size_t>(dim.symbol)]);
  }
}

// The reason without ONNX's prefix and without the lines that say where in ONNX it arose.
std::string Reason(absl::string_view what) {
  for (const absl::string_view prefix : {"[ShapeInferenceError] ", "[TypeInferenceError] "}) {
    if (absl::StartsWith(what, prefix)) what.remove_prefix(prefix.size());
  }
  const size_t line = what.find('\n');
  return std::string(line == absl::string_view::npos ? what : what.substr(0, line));
}

template <typename Shape>
opcost::Shape FromShape(Instantiation& in, const Shape& shape) {
  opcost::Shape out;
  for (const auto& d : shape.dim()) {
    Dim dim;
    if (d.has_dim_value()) {
      dim.extent = d.dim_value() >= 0 ? d.dim_value() : -1;
    } else if (d.has_dim_param()) {
      const auto it = in.symbol_index.find(d.dim_param());
      if (it != in.symbol_index.end()) dim.symbol = it->second;
    }
    out.push_back(dim);
  }
  return out;
}

}  // namespace

onnx::TypeProto TypeOf(Instantiation& in, const Inferred& inferred) {
  if (inferred.rich != nullptr) return *inferred.rich;
  onnx::TypeProto type;
  auto* tensor = type.mutable_tensor_type();
  tensor->set_elem_type(ToElemType(inferred.dtype));
  if (inferred.shape) {
    tensor->mutable_shape();
    for (const Dim& d : *inferred.shape) SetDim(in, d, *tensor->mutable_shape());
  }
  return type;
}

std::optional<onnx::TypeProto> TypeOf(Instantiation& in, TensorId id) {
  const Tensor& t = in.TensorAt(id);
  const auto rich = in.rich_types.find(id);
  if (rich != in.rich_types.end()) return *rich->second;
  if (t.dtype == DType::kUnknown && !t.shape) return std::nullopt;
  return TypeOf(in, Describe(in, id));
}

Inferred FromType(Instantiation& in, const onnx::TypeProto& type) {
  Inferred out;
  out.type = ClassOf(type);
  out.dtype = ElementOf(type);
  if (type.has_tensor_type()) {
    if (type.tensor_type().has_shape()) out.shape = FromShape(in, type.tensor_type().shape());
  } else if (type.has_sparse_tensor_type()) {
    if (type.sparse_tensor_type().has_shape()) out.shape = FromShape(in, type.sparse_tensor_type().shape());
  } else if (type.value_case() != onnx::TypeProto::VALUE_NOT_SET) {
    out.rich = std::make_shared<onnx::TypeProto>(type);
  }
  return out;
}

NodeContext::NodeContext(Instantiation& in, NodeId id, bool with_values)
    : in_(in), id_(id), proto_(*in.protos[static_cast<size_t>(id)]) {
  const Node& node = in.NodeAt(id);
  inputs_.resize(node.inputs.size());
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorId tensor = node.inputs[i];
    if (tensor == kNone) continue;
    inputs_[i].present = true;
    if (std::optional<onnx::TypeProto> type = TypeOf(in, tensor)) {
      inputs_[i].typed = true;
      inputs_[i].type = *std::move(type);
    }
    if (with_values) inputs_[i].value = in.ValueOf(tensor);
  }
  outputs_.resize(node.outputs.size());
}

const onnx::AttributeProto* NodeContext::getAttribute(const std::string& name) const {
  return internal::FindAttribute(proto_, name);
}

const onnx::TypeProto* NodeContext::getInputType(size_t index) const {
  return index < inputs_.size() && inputs_[index].typed ? &inputs_[index].type : nullptr;
}

const onnx::TensorProto* NodeContext::getInputData(size_t index) const {
  if (index >= inputs_.size()) return nullptr;
  const Input& input = inputs_[index];
  if (input.value == nullptr || !input.value->known()) return nullptr;
  if (!input.data) input.data = Encode(*input.value);
  return &*input.data;
}

const onnx::TensorShapeProto* NodeContext::getSymbolicInput(size_t index) const {
  if (index >= inputs_.size()) return nullptr;
  const Input& input = inputs_[index];
  if (input.value == nullptr || input.value->known() || input.value->dims.size() > 1) return nullptr;
  if (input.value->dtype != DType::kInt64 && input.value->dtype != DType::kInt32) return nullptr;
  if (!input.symbolic) {
    input.symbolic.emplace();
    for (int64_t i = 0; i < input.value->size(); ++i) {
      const SymbolId state = input.value->StateAt(i);
      onnx::TensorShapeProto::Dimension* d = input.symbolic->add_dim();
      if (state == kKnownElement) {
        d->set_dim_value(input.value->ints[static_cast<size_t>(i)]);
      } else if (state != kUnknownElement) {
        d->set_dim_param(in_.graph.symbols[static_cast<size_t>(state)]);
      }
    }
  }
  return &*input.symbolic;
}

onnx::TypeProto* NodeContext::getOutputType(size_t index) {
  if (index >= outputs_.size()) throw onnx::InferenceError("an output that the node does not have");
  return &outputs_[index];
}

bool NodeContext::hasOutput(size_t index) { return index < outputs_.size() && in_.NodeAt(id_).outputs[index] != kNone; }

onnx::GraphInferencer* NodeContext::getGraphAttributeInferencer(const std::string& attribute_name) {
  throw onnx::InferenceError(absl::StrCat("the body '", attribute_name, "' is not inferred by ONNX"));
}

std::string NodeContext::getDisplayName() const { return Label(in_, id_); }

absl::Status NodeContext::Infer() {
  const Operator& op = *in_.operators[static_cast<size_t>(id_)];
  if (absl::Status status = CheckChannels(op.domain, op.op_type, *this); !status.ok()) return status;
  try {
    if (op.shape_function != nullptr) {
      op.shape_function(*this);
    } else if (op.schema != nullptr && op.schema->has_type_and_shape_inference_function()) {
      op.schema->GetTypeAndShapeInferenceFunction()(*this);
    }
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(Reason(e.what()));
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
