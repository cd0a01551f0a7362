#include "frontend/external_tensors.h"

#include <utility>

#include "frontend/load.h"
#include "frontend/onnx_types.h"
#include "frontend/read_proto.h"

namespace opcost {

absl::StatusOr<std::vector<ExternalTensor>> ListExternalTensors(const std::string& path) {
  const absl::StatusOr<internal::ParsedModel> parsed = internal::ReadProto(path, LoadOptions().max_payload_bytes);
  if (!parsed.ok()) return parsed.status();
  std::vector<ExternalTensor> tensors;
  for (const onnx::TensorProto& proto : parsed->proto.graph().initializer()) {
    if (proto.data_location() != onnx::TensorProto::EXTERNAL) continue;
    ExternalTensor tensor{.name = proto.name(), .dtype = internal::FromElemType(proto.data_type())};
    tensor.dims.assign(proto.dims().begin(), proto.dims().end());
    for (const auto& entry : proto.external_data()) {
      if (entry.key() == "location") tensor.location = entry.value();
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace opcost
