// ONNX's view of one node while its outputs are inferred. The one place where ONNX's exceptions become a status.
#ifndef OPCOST_FRONTEND_NODE_CONTEXT_H_
#define OPCOST_FRONTEND_NODE_CONTEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "frontend/instantiate.h"
#include "onnx/defs/shape_inference.h"

namespace opcost::internal {

class NodeContext final : public onnx::InferenceContext {
 public:
  // `with_values`: the elements of inputs are part of what the result may depend on.
  NodeContext(Instantiation& in, NodeId id, bool with_values);

  const onnx::AttributeProto* getAttribute(const std::string& name) const override;
  size_t getNumInputs() const override { return inputs_.size(); }
  const onnx::TypeProto* getInputType(size_t index) const override;
  bool hasInput(size_t index) const override { return index < inputs_.size() && inputs_[index].present; }
  const onnx::TensorProto* getInputData(size_t index) const override;
  size_t getNumOutputs() const override { return outputs_.size(); }
  onnx::TypeProto* getOutputType(size_t index) override;
  bool hasOutput(size_t index) override;
  onnx::GraphInferencer* getGraphAttributeInferencer(const std::string& attribute_name) override;
  const onnx::SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  const onnx::TensorShapeProto* getSymbolicInput(size_t index) const override;
  std::string getDisplayName() const override;

  const onnx::TypeProto& output(size_t index) const { return outputs_[index]; }

  // Runs the operator's shape function; an exception of ONNX comes back as InvalidArgument with its reason.
  absl::Status Infer();

 private:
  struct Input {
    bool present = false;
    bool typed = false;
    onnx::TypeProto type;
    const Value* value = nullptr;
    mutable std::optional<onnx::TensorProto> data;
    mutable std::optional<onnx::TensorShapeProto> symbolic;
  };

  Instantiation& in_;
  NodeId id_;
  const onnx::NodeProto& proto_;
  std::vector<Input> inputs_;
  std::vector<onnx::TypeProto> outputs_;
};

// The type message of a tensor; nullopt when nothing is known of it.
std::optional<onnx::TypeProto> TypeOf(Instantiation& in, TensorId id);
onnx::TypeProto TypeOf(Instantiation& in, const Inferred& inferred);
// What a type message says, with the symbols that this model knows.
Inferred FromType(Instantiation& in, const onnx::TypeProto& type);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_NODE_CONTEXT_H_
