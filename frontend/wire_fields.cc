#include "frontend/wire_fields.h"

#include <array>
#include <cstddef>

#include "onnx/onnx_pb.h"

namespace opcost::internal {
namespace {

using google::protobuf::MessageLite;
using K = MessageKind;
using U = FieldUse;

// Opener<&GraphProto::add_node>::Call: the member function as a plain one over the base class.
template <auto kOpen>
struct Opener;
template <class Parent, class Child, Child* (Parent::*kOpen)()>
struct Opener<kOpen> {
  static MessageLite* Call(MessageLite& parent) { return (static_cast<Parent&>(parent).*kOpen)(); }
};

using onnx::AttributeProto;
using onnx::FunctionProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::SparseTensorProto;

// By parent, then by number.
constexpr std::array kFields = {
    WireField{K::kModel, 1, "ir_version"},
    WireField{K::kModel, 2, "producer_name"},
    WireField{K::kModel, 3, "producer_version"},
    WireField{K::kModel, 4, "domain"},
    WireField{K::kModel, 5, "model_version"},
    WireField{K::kModel, 6, "doc_string", U::kDrop},
    WireField{K::kModel, 7, "graph", U::kOpen, K::kGraph, Opener<&ModelProto::mutable_graph>::Call},
    WireField{K::kModel, 8, "opset_import"},
    WireField{K::kModel, 14, "metadata_props", U::kText},
    WireField{K::kModel, 20, "training_info", U::kDrop, K::kTraining},
    WireField{K::kModel, 25, "functions", U::kOpen, K::kFunction, Opener<&ModelProto::add_functions>::Call},
    WireField{K::kModel, 26, "configuration", U::kText},

    WireField{K::kGraph, 1, "node", U::kOpen, K::kNode, Opener<&GraphProto::add_node>::Call},
    WireField{K::kGraph, 2, "name"},
    WireField{K::kGraph, 5, "initializer", U::kOpen, K::kTensor, Opener<&GraphProto::add_initializer>::Call},
    WireField{K::kGraph, 10, "doc_string", U::kDrop},
    WireField{K::kGraph, 11, "input", U::kKeep, K::kValueInfo},
    WireField{K::kGraph, 12, "output", U::kKeep, K::kValueInfo},
    WireField{K::kGraph, 13, "value_info", U::kKeep, K::kValueInfo},
    WireField{K::kGraph, 14, "quantization_annotation", U::kText},
    WireField{K::kGraph, 15, "sparse_initializer", U::kOpen, K::kSparseTensor,
              Opener<&GraphProto::add_sparse_initializer>::Call},
    WireField{K::kGraph, 16, "metadata_props", U::kText},

    WireField{K::kNode, 1, "input"},
    WireField{K::kNode, 2, "output"},
    WireField{K::kNode, 3, "name"},
    WireField{K::kNode, 4, "op_type"},
    WireField{K::kNode, 5, "attribute", U::kOpen, K::kAttribute, Opener<&NodeProto::add_attribute>::Call},
    WireField{K::kNode, 6, "doc_string", U::kDrop},
    WireField{K::kNode, 7, "domain"},
    WireField{K::kNode, 8, "overload"},
    WireField{K::kNode, 9, "metadata_props", U::kText},
    WireField{K::kNode, 10, "device_configurations", U::kText},

    WireField{K::kAttribute, 1, "name"},
    WireField{K::kAttribute, 2, "f"},
    WireField{K::kAttribute, 3, "i"},
    WireField{K::kAttribute, 4, "s", U::kText},
    WireField{K::kAttribute, 5, "t", U::kOpen, K::kTensor, Opener<&AttributeProto::mutable_t>::Call},
    WireField{K::kAttribute, 6, "g", U::kOpen, K::kGraph, Opener<&AttributeProto::mutable_g>::Call},
    WireField{K::kAttribute, 7, "floats"},
    WireField{K::kAttribute, 8, "ints"},
    WireField{K::kAttribute, 9, "strings"},
    WireField{K::kAttribute, 10, "tensors", U::kOpen, K::kTensor, Opener<&AttributeProto::add_tensors>::Call},
    WireField{K::kAttribute, 11, "graphs", U::kOpen, K::kGraph, Opener<&AttributeProto::add_graphs>::Call},
    WireField{K::kAttribute, 13, "doc_string", U::kDrop},
    WireField{K::kAttribute, 14, "tp", U::kKeep, K::kType},
    WireField{K::kAttribute, 15, "type_protos", U::kKeep, K::kType},
    WireField{K::kAttribute, 20, "type"},
    WireField{K::kAttribute, 21, "ref_attr_name"},
    WireField{K::kAttribute, 22, "sparse_tensor", U::kOpen, K::kSparseTensor,
              Opener<&AttributeProto::mutable_sparse_tensor>::Call},
    WireField{K::kAttribute, 23, "sparse_tensors", U::kOpen, K::kSparseTensor,
              Opener<&AttributeProto::add_sparse_tensors>::Call},

    WireField{K::kTensor, 1, "dims"},
    WireField{K::kTensor, 2, "data_type"},
    WireField{K::kTensor, 3, "segment"},
    WireField{K::kTensor, 4, "float_data", U::kPayload},
    WireField{K::kTensor, 5, "int32_data", U::kPayload},
    WireField{K::kTensor, 6, "string_data", U::kPayload},
    WireField{K::kTensor, 7, "int64_data", U::kPayload},
    WireField{K::kTensor, 8, "name"},
    WireField{K::kTensor, 9, "raw_data", U::kPayload},
    WireField{K::kTensor, 10, "double_data", U::kPayload},
    WireField{K::kTensor, 11, "uint64_data", U::kPayload},
    WireField{K::kTensor, 12, "doc_string", U::kDrop},
    WireField{K::kTensor, 13, "external_data"},
    WireField{K::kTensor, 14, "data_location"},
    WireField{K::kTensor, 16, "metadata_props", U::kText},

    WireField{K::kSparseTensor, 1, "values", U::kOpen, K::kTensor, Opener<&SparseTensorProto::mutable_values>::Call},
    WireField{K::kSparseTensor, 2, "indices", U::kOpen, K::kTensor, Opener<&SparseTensorProto::mutable_indices>::Call},
    WireField{K::kSparseTensor, 3, "dims"},

    WireField{K::kFunction, 1, "name"},
    WireField{K::kFunction, 4, "input"},
    WireField{K::kFunction, 5, "output"},
    WireField{K::kFunction, 6, "attribute"},
    WireField{K::kFunction, 7, "node", U::kOpen, K::kNode, Opener<&FunctionProto::add_node>::Call},
    WireField{K::kFunction, 8, "doc_string", U::kDrop},
    WireField{K::kFunction, 9, "opset_import"},
    WireField{K::kFunction, 10, "domain"},
    WireField{K::kFunction, 11, "attribute_proto", U::kOpen, K::kAttribute,
              Opener<&FunctionProto::add_attribute_proto>::Call},
    WireField{K::kFunction, 12, "value_info", U::kKeep, K::kValueInfo},
    WireField{K::kFunction, 13, "overload"},
    WireField{K::kFunction, 14, "metadata_props", U::kText},

    WireField{K::kValueInfo, 1, "name"},
    WireField{K::kValueInfo, 2, "type", U::kKeep, K::kType},

    WireField{K::kType, 1, "tensor_type", U::kKeep, K::kTensorType},
    WireField{K::kType, 4, "sequence_type", U::kKeep, K::kSequenceType},
    WireField{K::kType, 5, "map_type", U::kKeep, K::kMapType},
    WireField{K::kType, 8, "sparse_tensor_type", U::kKeep, K::kTensorType},
    WireField{K::kType, 9, "optional_type", U::kKeep, K::kSequenceType},

    WireField{K::kTensorType, 2, "shape", U::kKeep, K::kShape},

    WireField{K::kSequenceType, 1, "elem_type", U::kKeep, K::kType},

    WireField{K::kMapType, 2, "value_type", U::kKeep, K::kType},
};

constexpr bool Sorted() {
  for (size_t i = 1; i < kFields.size(); ++i) {
    const WireField& a = kFields[i - 1];
    const WireField& b = kFields[i];
    if (a.parent > b.parent || (a.parent == b.parent && a.number >= b.number)) return false;
  }
  return true;
}
static_assert(Sorted());

// kFirst[k]: where the fields of message kind k start, so that a look-up is a walk over one message's few fields.
constexpr size_t kKinds = static_cast<size_t>(K::kLeaf) + 1;
constexpr std::array<size_t, kKinds + 1> kFirst = [] {
  std::array<size_t, kKinds + 1> first = {};
  for (size_t kind = 0; kind <= kKinds; ++kind) {
    size_t at = 0;
    while (at < kFields.size() && static_cast<size_t>(kFields[at].parent) < kind) ++at;
    first[kind] = at;
  }
  return first;
}();

constexpr std::array<absl::string_view, kKinds> kNames = {
    "model",      "graph", "node",        "attribute",     "tensor",   "sparse tensor", "function", "training",
    "value_info", "type",  "tensor type", "sequence type", "map type", "shape",         "message"};

}  // namespace

absl::string_view Name(MessageKind kind) { return kNames[static_cast<size_t>(kind)]; }

const WireField* FindWireField(MessageKind parent, uint64_t number) {
  const size_t kind = static_cast<size_t>(parent);
  for (size_t i = kFirst[kind]; i < kFirst[kind + 1]; ++i) {
    if (static_cast<uint64_t>(kFields[i].number) == number) return &kFields[i];
  }
  return nullptr;
}

}  // namespace opcost::internal
