// What a file stores beside its nodes: attributes as plain data, and tensors with the elements of small ones.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/build_graph.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

void DescribeStored(Builder& b, const onnx::TensorProto& proto, TensorId id) {
  Tensor& t = b.in.TensorAt(id);
  t.kind = TensorKind::kInitializer;
  t.is_constant = true;
  t.dtype = FromElemType(proto.data_type());
  t.shape.emplace();
  for (const int64_t d : proto.dims()) t.shape->push_back({d, kNone});
  if (auto value = Decode(proto)) t.value = b.in.values.Intern(*std::move(value));
}

}  // namespace

Attribute ConvertAttribute(Builder& b, const onnx::AttributeProto& a) {
  Attribute out;
  out.name = a.name();
  switch (a.type()) {
    case onnx::AttributeProto::FLOAT:
      out.kind = Attribute::Kind::kFloat;
      out.f = static_cast<double>(a.f());
      break;
    case onnx::AttributeProto::INT:
      out.kind = Attribute::Kind::kInt;
      out.i = a.i();
      break;
    case onnx::AttributeProto::STRING:
      out.kind = Attribute::Kind::kString;
      out.s = a.s();
      break;
    case onnx::AttributeProto::FLOATS:
      out.kind = Attribute::Kind::kFloats;
      out.floats.assign(a.floats().begin(), a.floats().end());
      break;
    case onnx::AttributeProto::INTS:
      out.kind = Attribute::Kind::kInts;
      out.ints.assign(a.ints().begin(), a.ints().end());
      break;
    case onnx::AttributeProto::STRINGS:
      out.kind = Attribute::Kind::kStrings;
      out.strings.assign(a.strings().begin(), a.strings().end());
      break;
    case onnx::AttributeProto::TENSOR:
      out.kind = Attribute::Kind::kTensor;
      if (auto value = Decode(a.t())) out.value = b.in.values.Intern(*std::move(value));
      break;
    case onnx::AttributeProto::GRAPH:
    case onnx::AttributeProto::GRAPHS:
      out.kind = Attribute::Kind::kGraph;
      break;
    default:
      break;
  }
  return out;
}

void AddInitializers(Builder& b, Level& level, const onnx::GraphProto& g) {
  for (const onnx::TensorProto& proto : g.initializer()) {
    const TensorId id = AddTensor(b, absl::StrCat(level.prefix, proto.name()), level.region);
    DescribeStored(b, proto, id);
    level.names->own[proto.name()] = id;
  }
  for (const onnx::SparseTensorProto& proto : g.sparse_initializer()) {
    const TensorId id = AddTensor(b, absl::StrCat(level.prefix, proto.values().name()), level.region);
    Tensor& t = b.in.TensorAt(id);
    t.kind = TensorKind::kInitializer;
    t.is_constant = true;
    t.dtype = FromElemType(proto.values().data_type());
    t.shape.emplace();
    for (const int64_t d : proto.dims()) t.shape->push_back({d, kNone});
    level.names->own[proto.values().name()] = id;
  }
}

}  // namespace opcost::internal
