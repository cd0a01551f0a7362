#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>

#include "process.h"

namespace opcost {
namespace {

// In ONNX's text form a declared value that no node computes is a weight; here it gets zeros for elements.
void FillWeights(onnx::GraphProto& graph) {
  std::set<std::string> computed;
  for (const onnx::NodeProto& node : graph.node()) computed.insert(node.output().begin(), node.output().end());
  for (const onnx::ValueInfoProto& value : graph.value_info()) {
    if (computed.contains(value.name())) continue;
    onnx::TensorProto& weight = *graph.add_initializer();
    weight.set_name(value.name());
    weight.set_data_type(value.type().tensor_type().elem_type());
    size_t elements = 1;
    for (const auto& dim : value.type().tensor_type().shape().dim()) {
      weight.add_dims(dim.dim_value());
      elements *= static_cast<size_t>(dim.dim_value());
    }
    weight.set_raw_data(std::string(elements * sizeof(float), '\0'));
  }
}

}  // namespace

void WriteModel(const std::string& path, const std::string& text) {
  onnx::ModelProto model;
  const auto status = onnx::OnnxParser::Parse(model, text.c_str());
  if (!status.IsOK()) throw std::runtime_error(status.ErrorMessage());
  FillWeights(*model.mutable_graph());
  WriteFile(path, model.SerializeAsString());
}

}  // namespace opcost
