#include "frontend/external_tensors.h"

#include <utility>

#include "frontend/load.h"
#include "frontend/onnx_types.h"
#include "frontend/read_proto.h"

namespace opcost {
namespace {

void Add(const onnx::TensorProto& proto, const std::string& name, std::vector<ExternalTensor>& tensors) {
  if (proto.data_location() != onnx::TensorProto::EXTERNAL) return;
  ExternalTensor tensor{.name = name, .dtype = internal::FromElemType(proto.data_type())};
  tensor.dims.assign(proto.dims().begin(), proto.dims().end());
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") tensor.location = entry.value();
  }
  tensors.push_back(std::move(tensor));
}

}  // namespace

absl::StatusOr<std::vector<ExternalTensor>> ListExternalTensors(const std::string& path) {
  const absl::StatusOr<internal::ParsedModel> parsed = internal::ReadProto(path, LoadOptions().max_payload_bytes);
  if (!parsed.ok()) return parsed.status();
  std::vector<ExternalTensor> tensors;
  const onnx::GraphProto& graph = parsed->proto.graph();
  for (const onnx::TensorProto& proto : graph.initializer()) Add(proto, proto.name(), tensors);
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() != "Constant" || node.output_size() != 1) continue;
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_t()) Add(attribute.t(), node.output(0), tensors);
    }
  }
  return tensors;
}

}  // namespace opcost
