#include "frontend/attribute_kinds.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "frontend/instantiate.h"
#include "frontend/onnx_types.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

using onnx::AttributeProto;

struct KindRow {
  AttributeProto::AttributeType kind;
  bool (*holds)(const AttributeProto&);
};
constexpr std::array kKinds = {
    KindRow{AttributeProto::INT, [](const AttributeProto& a) { return a.has_i(); }},
    KindRow{AttributeProto::INTS, [](const AttributeProto& a) { return a.ints_size() > 0; }},
    KindRow{AttributeProto::FLOAT, [](const AttributeProto& a) { return a.has_f(); }},
    KindRow{AttributeProto::FLOATS, [](const AttributeProto& a) { return a.floats_size() > 0; }},
    KindRow{AttributeProto::STRING, [](const AttributeProto& a) { return a.has_s(); }},
    KindRow{AttributeProto::STRINGS, [](const AttributeProto& a) { return a.strings_size() > 0; }},
    KindRow{AttributeProto::TENSOR, [](const AttributeProto& a) { return a.has_t(); }},
    KindRow{AttributeProto::TENSORS, [](const AttributeProto& a) { return a.tensors_size() > 0; }},
    KindRow{AttributeProto::SPARSE_TENSOR, [](const AttributeProto& a) { return a.has_sparse_tensor(); }},
    KindRow{AttributeProto::SPARSE_TENSORS, [](const AttributeProto& a) { return a.sparse_tensors_size() > 0; }},
    KindRow{AttributeProto::GRAPH, [](const AttributeProto& a) { return a.has_g(); }},
    KindRow{AttributeProto::GRAPHS, [](const AttributeProto& a) { return a.graphs_size() > 0; }},
    KindRow{AttributeProto::TYPE_PROTO, [](const AttributeProto& a) { return a.has_tp(); }},
    KindRow{AttributeProto::TYPE_PROTOS, [](const AttributeProto& a) { return a.type_protos_size() > 0; }},
};

const std::string& KindName(AttributeProto::AttributeType kind) { return AttributeProto::AttributeType_Name(kind); }

// What the operator's definition has against the node's attributes, or "". Attributes that it does not know are fine.
std::string Fault(const onnx::OpSchema& schema, const onnx::NodeProto& node) {
  for (const auto& [name, known] : schema.attributes()) {
    const AttributeProto* attribute = FindAttribute(node, name);
    if (attribute == nullptr) {
      if (known.required) return absl::StrCat("no attribute '", name, "', expected ", KindName(known.type));
    } else if (attribute->type() != known.type) {
      return absl::StrCat("attribute '", name, "' is ", KindName(attribute->type()), ", expected ",
                          KindName(known.type));
    }
  }
  return "";
}

}  // namespace

std::string KindFault(const AttributeProto& attribute) {
  const AttributeProto::AttributeType kind = attribute.type();
  for (const KindRow& row : kKinds) {
    if (row.kind == kind || !row.holds(attribute)) continue;
    if (kind == AttributeProto::UNDEFINED) return absl::StrCat("names no kind, expected ", KindName(row.kind));
    return absl::StrCat("holds ", KindName(row.kind), ", expected ", KindName(kind), " as it says");
  }
  return kind == AttributeProto::UNDEFINED ? "names no kind and holds nothing, expected a value" : "";
}

absl::Status CheckAttributes(Instantiation& in) {
  for (size_t i = 0; i < in.protos.size(); ++i) {
    if (in.operators[i]->schema == nullptr) continue;
    const std::string fault = Fault(*in.operators[i]->schema, *in.protos[i]);
    if (fault.empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("node '", Label(in, static_cast<NodeId>(i)), "' (", in.operators[i]->op_type, "): ", fault));
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
