#include "frontend/model_builder.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontend/onnx_types.h"
#include "frontend/schemas.h"
#include "onnx/defs/schema.h"
#include "onnx/defs/shape_inference.h"
#include "onnx/onnx_pb.h"

namespace opcost {
namespace {

constexpr char kWeightFile[] = "weights.bin";
constexpr int64_t kWeightAlignment = 64;
constexpr int kIrVersion = 8;      // opset 18 and less
constexpr int kNewIrVersion = 10;  // of ONNX 1.16 on, opset 21
constexpr int kNewOpset = 21;
// Of what a node that was refused is said to make.
constexpr size_t kStandInRank = 6;

using Dims = std::vector<int64_t>;

int64_t Elements(const std::vector<int64_t>& dims) {
  int64_t n = 1;
  for (int64_t d : dims) n *= d;
  return n;
}

onnx::TypeProto TypeOf(const BuiltTensor& tensor) {
  onnx::TypeProto type;
  type.mutable_tensor_type()->set_elem_type(internal::ToElemType(tensor.dtype));
  onnx::TensorShapeProto& shape = *type.mutable_tensor_type()->mutable_shape();
  for (int64_t extent : tensor.dims) {
    onnx::TensorShapeProto::Dimension& dim = *shape.add_dim();
    if (extent != kOpenExtent) dim.set_dim_value(extent);
  }
  return type;
}

// IEEE half of a normal float within its range; what lies outside becomes 0.
uint16_t ToHalf(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  constexpr uint32_t kBias = 127 - 15, kMantissaShift = 23 - 10, kMaxExponent = 31;
  const uint32_t exponent = (bits >> 23) & 0xFF;
  const uint32_t sign = (bits >> 16) & 0x8000;
  if (exponent <= kBias || exponent - kBias >= kMaxExponent) return static_cast<uint16_t>(sign);
  return static_cast<uint16_t>(sign | ((exponent - kBias) << 10) | ((bits & 0x7FFFFF) >> kMantissaShift));
}

template <typename T>
void Append(std::string& raw, T value) {
  raw.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendInteger(std::string& raw, DType dtype, int64_t value) {
  switch (BitWidth(dtype)) {
    case 64:
      return Append(raw, value);
    case 32:
      return Append(raw, static_cast<int32_t>(value));
    default:
      return Append(raw, static_cast<int8_t>(value));
  }
}

void SetAttribute(const BuiltAttribute& from, onnx::AttributeProto& to) {
  to.set_name(from.name);
  if (const auto* i = std::get_if<int64_t>(&from.value)) {
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(*i);
  } else if (const auto* f = std::get_if<double>(&from.value)) {
    to.set_type(onnx::AttributeProto::FLOAT);
    to.set_f(static_cast<float>(*f));
  } else if (const auto* s = std::get_if<std::string>(&from.value)) {
    to.set_type(onnx::AttributeProto::STRING);
    to.set_s(*s);
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&from.value)) {
    to.set_type(onnx::AttributeProto::INTS);
    for (int64_t value : *ints) to.add_ints(value);
  } else {
    to.set_type(onnx::AttributeProto::FLOATS);
    for (double value : std::get<std::vector<double>>(from.value)) to.add_floats(static_cast<float>(value));
  }
}

// ONNX's view of the node that is being added.
class BuildContext final : public onnx::InferenceContext {
 public:
  BuildContext(const onnx::NodeProto& node, absl::Span<const BuiltTensor> inputs,
               const std::map<std::string, const onnx::TensorProto*>& constants)
      : node_(node), outputs_(static_cast<size_t>(node.output_size())) {
    for (const BuiltTensor& input : inputs) {
      present_.push_back(!input.name.empty());
      types_.push_back(TypeOf(input));
      const auto it = constants.find(input.name);
      data_.push_back(it == constants.end() ? nullptr : it->second);
    }
  }

  const onnx::AttributeProto* getAttribute(const std::string& name) const override {
    for (const onnx::AttributeProto& attribute : node_.attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }
  size_t getNumInputs() const override { return types_.size(); }
  const onnx::TypeProto* getInputType(size_t i) const override {
    return i < types_.size() && present_[i] ? &types_[i] : nullptr;
  }
  bool hasInput(size_t i) const override { return i < types_.size() && present_[i]; }
  const onnx::TensorProto* getInputData(size_t i) const override { return i < data_.size() ? data_[i] : nullptr; }
  size_t getNumOutputs() const override { return outputs_.size(); }
  onnx::TypeProto* getOutputType(size_t i) override { return &outputs_.at(i); }
  bool hasOutput(size_t i) override { return i < outputs_.size(); }
  onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override { return nullptr; }
  const onnx::SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  const onnx::TensorShapeProto* getSymbolicInput(size_t) const override { return nullptr; }

  const onnx::TypeProto& output(size_t i) const { return outputs_[i]; }

 private:
  const onnx::NodeProto& node_;
  std::vector<bool> present_;
  std::vector<onnx::TypeProto> types_;
  std::vector<const onnx::TensorProto*> data_;
  std::vector<onnx::TypeProto> outputs_;
};

// nullopt where the rank does not follow.
std::optional<BuiltTensor> FromType(const std::string& name, const onnx::TypeProto& type) {
  if (!type.has_tensor_type() || !type.tensor_type().has_shape()) return std::nullopt;
  BuiltTensor tensor{name, internal::FromElemType(type.tensor_type().elem_type()), {}};
  if (tensor.dtype == DType::kUnknown) return std::nullopt;
  for (const auto& dim : type.tensor_type().shape().dim()) {
    tensor.dims.push_back(dim.has_dim_value() ? dim.dim_value() : kOpenExtent);
  }
  return tensor;
}

}  // namespace

struct ModelBuilder::Impl {
  onnx::ModelProto model;
  std::map<std::string, const onnx::TensorProto*> constants;
  std::map<std::string, int> domains;
  absl::Status status;
  int opset = 0;
  int64_t weight_bytes = 0;
  int nodes = 0, initializers = 0;

  onnx::GraphProto& graph() { return *model.mutable_graph(); }
  void Fail(const std::string& text) {
    if (status.ok()) status = absl::InternalError(absl::StrCat("model '", model.graph().name(), "': ", text));
  }
  onnx::TensorProto& AddInitializer(const BuiltTensor& tensor) {
    onnx::TensorProto& proto = *graph().add_initializer();
    proto.set_name(tensor.name);
    proto.set_data_type(internal::ToElemType(tensor.dtype));
    for (int64_t extent : tensor.dims) proto.add_dims(extent);
    return proto;
  }
  BuiltTensor Constant(DType dtype, std::vector<int64_t> dims, std::string raw, size_t values) {
    BuiltTensor tensor{absl::StrCat("constant_", initializers++), dtype, std::move(dims)};
    if (static_cast<int64_t>(values) != Elements(tensor.dims)) {
      Fail(absl::StrCat(tensor.name, " has ", values, " values, its shape needs ", Elements(tensor.dims)));
      return tensor;
    }
    onnx::TensorProto& proto = AddInitializer(tensor);
    proto.set_raw_data(std::move(raw));
    constants[tensor.name] = &proto;
    return tensor;
  }
};

ModelBuilder::ModelBuilder(const std::string& graph_name, int opset) : impl_(std::make_unique<Impl>()) {
  impl_->opset = opset;
  impl_->domains[""] = opset;
  impl_->model.set_ir_version(opset >= kNewOpset ? kNewIrVersion : kIrVersion);
  impl_->model.set_producer_name("opcost");
  impl_->graph().set_name(graph_name);
}
ModelBuilder::~ModelBuilder() = default;

int ModelBuilder::opset() const { return impl_->opset; }
bool ModelBuilder::ok() const { return impl_->status.ok(); }

BuiltTensor ModelBuilder::Input(absl::string_view name, DType dtype, std::vector<int64_t> dims) {
  BuiltTensor tensor{std::string(name), dtype, std::move(dims)};
  onnx::ValueInfoProto& info = *impl_->graph().add_input();
  info.set_name(tensor.name);
  *info.mutable_type() = TypeOf(tensor);
  return tensor;
}

void ModelBuilder::Output(const BuiltTensor& tensor) {
  onnx::ValueInfoProto& info = *impl_->graph().add_output();
  info.set_name(tensor.name);
  *info.mutable_type() = TypeOf(tensor);
}

BuiltTensor ModelBuilder::Weight(DType dtype, std::vector<int64_t> dims) {
  BuiltTensor tensor{absl::StrCat("weight_", impl_->initializers++), dtype, std::move(dims)};
  onnx::TensorProto& proto = impl_->AddInitializer(tensor);
  proto.set_data_location(onnx::TensorProto::EXTERNAL);
  const int64_t length = PackedBytes(dtype, Elements(tensor.dims));
  const auto add = [&](const char* key, const std::string& value) {
    onnx::StringStringEntryProto& entry = *proto.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  };
  add("location", kWeightFile);
  add("offset", absl::StrCat(impl_->weight_bytes));
  add("length", absl::StrCat(length));
  impl_->weight_bytes += (length + kWeightAlignment - 1) / kWeightAlignment * kWeightAlignment;
  return tensor;
}

BuiltTensor ModelBuilder::Integers(DType dtype, std::vector<int64_t> dims, const std::vector<int64_t>& values) {
  std::string raw;
  for (int64_t value : values) AppendInteger(raw, dtype, value);
  return impl_->Constant(dtype, std::move(dims), std::move(raw), values.size());
}

BuiltTensor ModelBuilder::Floats(DType dtype, std::vector<int64_t> dims, const std::vector<float>& values) {
  std::string raw;
  for (float value : values) {
    if (dtype == DType::kFloat16) {
      Append(raw, ToHalf(value));
    } else {
      Append(raw, value);
    }
  }
  return impl_->Constant(dtype, std::move(dims), std::move(raw), values.size());
}

std::vector<BuiltTensor> ModelBuilder::Node(absl::string_view op_type, absl::string_view domain,
                                            absl::Span<const BuiltTensor> inputs,
                                            absl::Span<const BuiltAttribute> attributes, size_t outputs) {
  onnx::NodeProto& node = *impl_->graph().add_node();
  node.set_op_type(std::string(op_type));
  node.set_domain(std::string(domain));
  node.set_name(absl::StrCat(op_type, "_", impl_->nodes));
  for (const BuiltTensor& input : inputs) node.add_input(input.name);
  for (const BuiltAttribute& attribute : attributes) SetAttribute(attribute, *node.add_attribute());
  const std::string stem = absl::StrCat(absl::AsciiStrToLower(op_type), "_", impl_->nodes++);
  std::vector<BuiltTensor> results;
  for (size_t i = 0; i < outputs; ++i) {
    results.push_back({i == 0 ? stem : absl::StrCat(stem, "_", i), DType::kUnknown, Dims(kStandInRank, 1)});
    node.add_output(results.back().name);
  }
  const int version = impl_->domains.try_emplace(std::string(domain), 1).first->second;
  if (!ok()) return results;
  const onnx::OpSchema* schema = internal::FindSchema(op_type, version, domain);
  if (schema == nullptr) {
    impl_->Fail(absl::StrCat(node.name(), ": no operator ", op_type, " in version ", version, " of '", domain, "'"));
    return results;
  }
  for (const BuiltTensor& input : inputs) {
    if (std::find(input.dims.begin(), input.dims.end(), kOpenExtent) == input.dims.end()) continue;
    impl_->Fail(absl::StrCat(node.name(), ": the shape of ", input.name, " follows from data, expected known extents"));
    return results;
  }
  BuildContext context(node, inputs, impl_->constants);
  try {
    schema->GetTypeAndShapeInferenceFunction()(context);
  } catch (const std::exception& error) {
    impl_->Fail(absl::StrCat(node.name(), ": ", error.what()));
    return results;
  }
  for (size_t i = 0; i < outputs; ++i) {
    std::optional<BuiltTensor> result = FromType(results[i].name, context.output(i));
    if (!result) {
      impl_->Fail(absl::StrCat(node.name(), ": the shape of output ", i, " does not follow"));
      return results;
    }
    results[i] = *std::move(result);
    onnx::ValueInfoProto& info = *impl_->graph().add_value_info();
    info.set_name(results[i].name);
    *info.mutable_type() = TypeOf(results[i]);
  }
  return results;
}

absl::StatusOr<std::string> ModelBuilder::Serialize() const {
  if (!impl_->status.ok()) return impl_->status;
  onnx::ModelProto model = impl_->model;
  for (const auto& [domain, version] : impl_->domains) {
    onnx::OperatorSetIdProto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  }
  // Outputs of the graph are declared there and nowhere else.
  std::map<std::string, bool> outputs;
  for (const onnx::ValueInfoProto& output : model.graph().output()) outputs[output.name()] = true;
  model.mutable_graph()->clear_value_info();
  for (const onnx::ValueInfoProto& info : impl_->model.graph().value_info()) {
    if (!outputs.contains(info.name())) *model.mutable_graph()->add_value_info() = info;
  }
  std::string bytes;
  if (!model.SerializeToString(&bytes)) return absl::InternalError("the model does not fit a message of 2 GB");
  return bytes;
}

}  // namespace opcost
