#include "transformer.h"

#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <vector>

#include "absl/strings/str_cat.h"
#include "onnx/onnx_pb.h"

namespace opcost::bench {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

constexpr int64_t kTokens = 128;
constexpr int64_t kHeads = 6;
constexpr int64_t kHeadWidth = 66;
constexpr int64_t kWidth = kHeads * kHeadWidth;
constexpr int64_t kInner = 4 * kWidth;

struct Weight {
  std::string name;
  std::vector<int64_t> dims;
};

class Builder {
 public:
  explicit Builder(onnx::GraphProto& graph) : graph_(graph) {}

  std::string Node(const std::string& op, std::initializer_list<std::string> inputs) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(absl::StrCat(scope_, "/", op, "_", graph_.node_size()));
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(absl::StrCat(node.name(), "_output_0"));
    return node.output(0);
  }
  void Ints(const std::string& name, std::initializer_list<int64_t> values) {
    AttributeProto& attribute = Attribute(name, AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }
  void Int(const std::string& name, int64_t value) { Attribute(name, AttributeProto::INT).set_i(value); }
  std::string NewWeight(const std::string& name, std::vector<int64_t> dims) {
    weights.push_back({absl::StrCat(scope_, ".", name), std::move(dims)});
    return weights.back().name;
  }
  std::string Layer(int index, const std::string& input);

  std::vector<Weight> weights;

 private:
  AttributeProto& Attribute(const std::string& name, AttributeProto::AttributeType type) {
    AttributeProto& attribute = *graph_.mutable_node(graph_.node_size() - 1)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  }
  std::string LayerNorm(const std::string& name, const std::string& x);
  std::string Linear(const std::string& name, const std::string& x, int64_t from, int64_t to);
  std::string Heads(const std::string& x, std::initializer_list<int64_t> order);
  std::string Gelu(const std::string& x);

  onnx::GraphProto& graph_;
  std::string scope_;
};

// 9 nodes.
std::string Builder::LayerNorm(const std::string& name, const std::string& x) {
  const std::string mean = Node("ReduceMean", {x});
  Ints("axes", {-1});
  const std::string centred = Node("Sub", {x, mean});
  const std::string variance = Node("ReduceMean", {Node("Pow", {centred, "two"})});
  Ints("axes", {-1});
  const std::string deviation = Node("Sqrt", {Node("Add", {variance, "epsilon"})});
  const std::string normal = Node("Div", {centred, deviation});
  return Node("Add",
              {Node("Mul", {normal, NewWeight(name + ".weight", {kWidth})}), NewWeight(name + ".bias", {kWidth})});
}

// 2 nodes.
std::string Builder::Linear(const std::string& name, const std::string& x, int64_t from, int64_t to) {
  const std::string product = Node("MatMul", {x, NewWeight(name + ".weight", {from, to})});
  return Node("Add", {product, NewWeight(name + ".bias", {to})});
}

// 2 nodes.
std::string Builder::Heads(const std::string& x, std::initializer_list<int64_t> order) {
  const std::string split = Node("Reshape", {x, "split_heads"});
  const std::string turned = Node("Transpose", {split});
  Ints("perm", order);
  return turned;
}

// 5 nodes.
std::string Builder::Gelu(const std::string& x) {
  const std::string error = Node("Erf", {Node("Div", {x, "sqrt_two"})});
  return Node("Mul", {Node("Mul", {x, Node("Add", {error, "one"})}), "half"});
}

std::string Builder::Layer(int index, const std::string& input) {
  scope_ = absl::StrCat("/encoder/layer.", index);
  const std::string x = LayerNorm("norm1", input);
  const std::string q = Heads(Linear("query", x, kWidth, kWidth), {0, 2, 1, 3});
  const std::string k = Heads(Linear("key", x, kWidth, kWidth), {0, 2, 3, 1});
  const std::string v = Heads(Linear("value", x, kWidth, kWidth), {0, 2, 1, 3});
  const std::string scores = Node("Add", {Node("Div", {Node("MatMul", {q, k}), "scale"}), "mask"});
  const std::string probabilities = Node("Softmax", {scores});
  Int("axis", -1);
  const std::string context = Node("Transpose", {Node("MatMul", {probabilities, v})});
  Ints("perm", {0, 2, 1, 3});
  const std::string joined = Node("Reshape", {context, "join_heads"});
  const std::string attended = Node("Add", {input, Linear("output", joined, kWidth, kWidth)});
  const std::string inner = Gelu(Linear("up", LayerNorm("norm2", attended), kWidth, kInner));
  return Node("Add", {attended, Linear("down", inner, kInner, kWidth)});
}

void Scalar(onnx::GraphProto& graph, const std::string& name, float value) {
  TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(TensorProto::FLOAT);
  tensor.set_raw_data(std::string(reinterpret_cast<const char*>(&value), sizeof(value)));
}

void ShapeTensor(onnx::GraphProto& graph, const std::string& name, const std::vector<int64_t>& values) {
  TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(TensorProto::INT64);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor.add_int64_data(value);
}

// An extent, or the name of a symbol where there is one.
struct Axis {
  int64_t extent = 1;
  const char* symbol = nullptr;
};

void Value(onnx::ValueInfoProto& info, const std::string& name, std::initializer_list<Axis> axes) {
  info.set_name(name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(TensorProto::FLOAT);
  for (const Axis& axis : axes) {
    auto& dim = *type.mutable_shape()->add_dim();
    if (axis.symbol != nullptr) {
      dim.set_dim_param(axis.symbol);
    } else {
      dim.set_dim_value(axis.extent);
    }
  }
}

TensorProto Header(const Weight& weight, bool external) {
  TensorProto tensor;
  for (const int64_t extent : weight.dims) tensor.add_dims(extent);
  tensor.set_data_type(TensorProto::FLOAT);
  tensor.set_name(weight.name);
  if (external) {
    tensor.set_data_location(TensorProto::EXTERNAL);
    auto& entry = *tensor.add_external_data();
    entry.set_key("location");
    entry.set_value("weights.bin");
  }
  return tensor;
}

int64_t Bytes(const Weight& weight) {
  int64_t bytes = sizeof(float);
  for (const int64_t extent : weight.dims) bytes *= extent;
  return bytes;
}

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

// Wire tags: field number << 3 | 2.
constexpr char kModelGraph = 7 << 3 | 2;
constexpr char kGraphInitializer = 5 << 3 | 2;
constexpr char kTensorRawData = 9 << 3 | 2;

// What stands before a weight's bytes in the graph.
std::string WeightStart(const Weight& weight) {
  const std::string tensor = Header(weight, false).SerializeAsString() + kTensorRawData + Varint(Bytes(weight));
  return std::string(1, kGraphInitializer) + Varint(tensor.size() + Bytes(weight)) + tensor;
}

bool WriteWeights(std::FILE* file, const std::vector<Weight>& weights) {
  // Any numbers do; nobody reads them.
  std::vector<float> numbers(1 << 18);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 1021) / 1021;
  for (const Weight& weight : weights) {
    const std::string start = WeightStart(weight);
    if (std::fwrite(start.data(), 1, start.size(), file) != start.size()) return false;
    for (size_t left = Bytes(weight); left > 0;) {
      const size_t piece = std::min(left, numbers.size() * sizeof(float));
      if (std::fwrite(numbers.data(), 1, piece, file) != piece) return false;
      left -= piece;
    }
  }
  return true;
}

}  // namespace

absl::Status WriteTransformer(const std::string& path, const TransformerOptions& options) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("make_transformer");
  model.add_opset_import()->set_version(17);
  onnx::GraphProto graph;
  graph.set_name("transformer");
  Scalar(graph, "two", 2);
  Scalar(graph, "epsilon", 1e-5F);
  Scalar(graph, "sqrt_two", 1.41421356F);
  Scalar(graph, "one", 1);
  Scalar(graph, "half", 0.5F);
  Scalar(graph, "scale", 8.1240384F);
  ShapeTensor(graph, "split_heads", {0, 0, kHeads, kHeadWidth});
  ShapeTensor(graph, "join_heads", {0, 0, kWidth});
  const Axis batch{1, options.symbolic ? "batch" : nullptr}, tokens{kTokens, options.symbolic ? "tokens" : nullptr};
  Value(*graph.add_input(), "embeddings", {batch, tokens, {kWidth}});
  Value(*graph.add_input(), "mask", {batch, {1}, {1}, tokens});

  Builder builder(graph);
  std::string x = "embeddings";
  for (int layer = 0; layer * kNodesPerLayer < options.nodes; ++layer) x = builder.Layer(layer, x);
  Value(*graph.add_output(), x, {batch, tokens, {kWidth}});
  if (!options.weights) {
    for (const Weight& weight : builder.weights) *graph.add_initializer() = Header(weight, true);
  }

  std::string structure = graph.SerializeAsString();
  uint64_t graph_bytes = structure.size();
  if (options.weights) {
    for (const Weight& weight : builder.weights) graph_bytes += WeightStart(weight).size() + Bytes(weight);
  }
  const std::string start = model.SerializeAsString() + kModelGraph + Varint(graph_bytes) + structure;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::strerror(errno)));
  bool written = std::fwrite(start.data(), 1, start.size(), file) == start.size();
  if (options.weights) written = written && WriteWeights(file, builder.weights);
  written = std::fclose(file) == 0 && written;
  return written ? absl::OkStatus() : absl::DataLossError(absl::StrCat(path, ": ", std::strerror(errno)));
}

}  // namespace opcost::bench
