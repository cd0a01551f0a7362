#include "frontend/structure_hash.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "base/sha256.h"
#include "frontend/read_proto.h"
#include "frontend/tensor_payload.h"

namespace opcost::internal {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::NodeProto;
using onnx::TensorProto;

// Writes values so that no two structures give the same bytes: every list and string has its length in front.
class Walk {
 public:
  std::string Finish() {
    hash_.Update(pending_);
    return hash_.FinishHex();
  }

  void Model(const onnx::ModelProto& model);

 private:
  // Elements of a tensor: hashed when there are at most this many, by the kind of place that holds them.
  enum class Role { kInitializer, kAttribute };

  void Number(int64_t value) {
    // Base 128, so that the many small ones take one byte.
    auto rest = static_cast<uint64_t>(value);
    for (; rest >= 0x80; rest >>= 7) pending_.push_back(static_cast<char>(rest | 0x80));
    pending_.push_back(static_cast<char>(rest));
  }
  // A text that occurred before is its number.
  void Text(absl::string_view text) {
    const auto [at, fresh] = texts_.try_emplace(text, static_cast<int64_t>(texts_.size()));
    Number(at->second);
    if (fresh) Bytes(text);
    constexpr size_t kPieceBytes = 65536;
    if (pending_.size() < kPieceBytes) return;
    hash_.Update(pending_);
    pending_.clear();
  }
  // The name of a value: only who else means the same value is structure.
  void Value(absl::string_view name) {
    Number(values_.try_emplace(name, static_cast<int64_t>(values_.size())).first->second);
  }
  template <class List>
  void Values(const List& list) {
    Number(list.size());
    for (const std::string& name : list) Value(name);
  }
  void Bytes(absl::string_view bytes) {
    Number(static_cast<int64_t>(bytes.size()));
    pending_.append(bytes.data(), bytes.size());
  }
  void Real(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    for (size_t i = 0; i < sizeof(bits); ++i) pending_.push_back(static_cast<char>(bits >> (8 * i)));
  }
  template <class List>
  void Texts(const List& list) {
    Number(list.size());
    for (const std::string& text : list) Text(text);
  }
  template <class List>
  void Numbers(const List& list) {
    Number(list.size());
    for (const int64_t value : list) Number(value);
  }

  template <class List>
  void Opsets(const List& list);
  void Graph(const GraphProto& graph);
  void Node(const NodeProto& node);
  void Attribute(const AttributeProto& attribute);
  void Tensor(const TensorProto& tensor, Role role);
  void Sparse(const onnx::SparseTensorProto& tensor, Role role);
  void Elements(const TensorProto& tensor);
  void Type(const onnx::TypeProto& type);
  void Shape(const onnx::TensorShapeProto& shape);
  template <class List>
  void Infos(const List& list, bool named);

  Sha256 hash_;
  std::string pending_;
  absl::flat_hash_map<absl::string_view, int64_t> texts_, values_;  // views into the model
};

template <class List>
void Walk::Opsets(const List& list) {
  std::map<absl::string_view, int64_t> versions;
  for (const auto& opset : list) {
    const absl::string_view domain = opset.domain() == "ai.onnx" ? absl::string_view() : opset.domain();
    int64_t& version = versions[domain];
    version = std::max<int64_t>(version, opset.version());
  }
  Number(static_cast<int64_t>(versions.size()));
  for (const auto& [domain, version] : versions) {
    Text(domain);
    Number(version);
  }
}

void Walk::Shape(const onnx::TensorShapeProto& shape) {
  Number(shape.dim_size());
  for (const auto& dim : shape.dim()) {
    Number(dim.value_case());
    if (dim.has_dim_value()) Number(dim.dim_value());
    if (dim.has_dim_param()) Text(dim.dim_param());
  }
}

void Walk::Type(const onnx::TypeProto& type) {
  Number(type.value_case());
  const auto tensor = [this](const auto& of) {
    Number(of.elem_type());
    Number(of.has_shape());
    if (of.has_shape()) Shape(of.shape());
  };
  switch (type.value_case()) {
    case onnx::TypeProto::kTensorType:
      return tensor(type.tensor_type());
    case onnx::TypeProto::kSparseTensorType:
      return tensor(type.sparse_tensor_type());
    case onnx::TypeProto::kSequenceType:
      return Type(type.sequence_type().elem_type());
    case onnx::TypeProto::kOptionalType:
      return Type(type.optional_type().elem_type());
    case onnx::TypeProto::kMapType:
      Number(type.map_type().key_type());
      return Type(type.map_type().value_type());
    case onnx::TypeProto::kOpaqueType:
      Text(type.opaque_type().domain());
      return Text(type.opaque_type().name());
    default:
      return;
  }
}

// The same bytes whichever field the elements are written in.
void Walk::Elements(const TensorProto& tensor) {
  if (!tensor.raw_data().empty()) return Bytes(tensor.raw_data());
  const int bytes = (ElementBits(tensor.data_type()) + 7) / 8;
  std::string raw;
  const auto append = [&raw](auto value, size_t width) {
    char buffer[sizeof(value)];
    std::memcpy(buffer, &value, sizeof(value));
    raw.append(buffer, std::min(width, sizeof(value)));
  };
  for (const float value : tensor.float_data()) append(value, sizeof(value));
  for (const double value : tensor.double_data()) append(value, sizeof(value));
  for (const int32_t value : tensor.int32_data()) append(value, bytes);
  for (const int64_t value : tensor.int64_data()) append(value, bytes);
  for (const uint64_t value : tensor.uint64_data()) append(value, bytes);
  Bytes(raw);
}

void Walk::Tensor(const TensorProto& tensor, Role role) {
  if (role == Role::kInitializer) {
    Value(tensor.name());
    Bytes(tensor.name());
  }
  Number(tensor.data_type());
  Numbers(tensor.dims());
  const bool decides = tensor.data_type() == TensorProto::INT64 || tensor.data_type() == TensorProto::BOOL;
  const int limit = decides ? kMaxHashedElements : role == Role::kAttribute ? kMaxHashedAttributeElements : 0;
  const bool hashed =
      ElementBits(tensor.data_type()) > 0 && ElementCount(tensor).value_or(limit + 1) <= limit && PayloadKnown(tensor);
  Number(hashed);
  if (hashed) Elements(tensor);
}

// Indices say which elements are not zero, and how many: a matter of the weights, as far as they are elements.
void Walk::Sparse(const onnx::SparseTensorProto& tensor, Role role) {
  Numbers(tensor.dims());
  Tensor(tensor.values(), role);
  Numbers(tensor.indices().dims());
}

// Kinds of value that an attribute can have, in the order of the writing below; each one present is announced.
void Walk::Attribute(const AttributeProto& attribute) {
  Text(attribute.name());
  Number(attribute.type());
  const auto announce = [this](int kind, int64_t count) {
    if (count > 0) {
      Number(kind);
      Number(count);
    }
    return count > 0;
  };
  if (announce(1, !attribute.ref_attr_name().empty())) Text(attribute.ref_attr_name());
  if (announce(2, attribute.has_f())) Real(attribute.f());
  if (announce(3, attribute.has_i())) Number(attribute.i());
  if (announce(4, attribute.has_s())) Text(attribute.s());
  if (announce(5, attribute.floats_size())) {
    for (const float value : attribute.floats()) Real(value);
  }
  if (announce(6, attribute.ints_size())) {
    for (const int64_t value : attribute.ints()) Number(value);
  }
  if (announce(7, attribute.strings_size())) Texts(attribute.strings());
  if (announce(8, attribute.has_t())) Tensor(attribute.t(), Role::kAttribute);
  if (announce(9, attribute.tensors_size())) {
    for (const TensorProto& tensor : attribute.tensors()) Tensor(tensor, Role::kAttribute);
  }
  if (announce(10, attribute.has_g())) Graph(attribute.g());
  if (announce(11, attribute.graphs_size())) {
    for (const GraphProto& graph : attribute.graphs()) Graph(graph);
  }
  if (announce(12, attribute.has_sparse_tensor())) Sparse(attribute.sparse_tensor(), Role::kAttribute);
  if (announce(13, attribute.sparse_tensors_size())) {
    for (const auto& tensor : attribute.sparse_tensors()) Sparse(tensor, Role::kAttribute);
  }
  if (announce(14, attribute.has_tp())) Type(attribute.tp());
  if (announce(15, attribute.type_protos_size())) {
    for (const auto& type : attribute.type_protos()) Type(type);
  }
  Number(0);
}

void Walk::Node(const NodeProto& node) {
  Text(node.name());
  Text(node.op_type());
  Text(node.domain() == "ai.onnx" ? absl::string_view() : node.domain());
  Text(node.overload());
  Values(node.input());
  Values(node.output());
  Number(node.attribute_size());
  for (const AttributeProto& attribute : node.attribute()) Attribute(attribute);
}

template <class List>
void Walk::Infos(const List& list, bool named) {
  Number(list.size());
  for (const onnx::ValueInfoProto& value : list) {
    Value(value.name());
    if (named) Bytes(value.name());
    Type(value.type());
  }
}

void Walk::Graph(const GraphProto& graph) {
  Number(graph.node_size());
  for (const NodeProto& node : graph.node()) Node(node);
  Number(graph.initializer_size());
  for (const TensorProto& tensor : graph.initializer()) Tensor(tensor, Role::kInitializer);
  Number(graph.sparse_initializer_size());
  for (const auto& sparse : graph.sparse_initializer()) Sparse(sparse, Role::kInitializer);
  // The names that the world outside uses.
  Infos(graph.input(), true);
  Infos(graph.output(), true);
  Infos(graph.value_info(), false);
}

void Walk::Model(const onnx::ModelProto& model) {
  values_.reserve(2 * model.graph().node_size());
  Text("opcost structure 1");
  Number(model.ir_version());
  Opsets(model.opset_import());
  Graph(model.graph());
  Number(model.functions_size());
  for (const onnx::FunctionProto& function : model.functions()) {
    Text(function.domain());
    Text(function.name());
    Text(function.overload());
    Opsets(function.opset_import());
    Values(function.input());
    Values(function.output());
    Texts(function.attribute());
    Number(function.attribute_proto_size());
    for (const AttributeProto& attribute : function.attribute_proto()) Attribute(attribute);
    Number(function.node_size());
    for (const NodeProto& node : function.node()) Node(node);
  }
}

}  // namespace

std::string StructureHash(const onnx::ModelProto& model) {
  Walk walk;
  walk.Model(model);
  return walk.Finish();
}

}  // namespace opcost::internal
