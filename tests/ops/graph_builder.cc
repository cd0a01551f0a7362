#include "graph_builder.h"

#include <cctype>
#include <cstdlib>
#include <map>
#include <sstream>
#include <vector>

namespace opcost {
namespace {

const std::map<std::string, DType>& ShortNames() {
  static const auto* const names = new std::map<std::string, DType>{
      {"f64", DType::kFloat64},     {"f32", DType::kFloat32},   {"f16", DType::kFloat16},  {"bf16", DType::kBFloat16},
      {"f8", DType::kFloat8E4M3FN}, {"f4", DType::kFloat4E2M1}, {"i64", DType::kInt64},    {"i32", DType::kInt32},
      {"i16", DType::kInt16},       {"i8", DType::kInt8},       {"i4", DType::kInt4},      {"i2", DType::kInt2},
      {"u32", DType::kUInt32},      {"u8", DType::kUInt8},      {"u4", DType::kUInt4},     {"u2", DType::kUInt2},
      {"bool", DType::kBool},       {"str", DType::kString},    {"c64", DType::kComplex64}};
  return *names;
}

std::vector<std::string> Words(const std::string& text, char by) {
  std::vector<std::string> words;
  std::stringstream in(text);
  for (std::string word; std::getline(in, word, by);) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

bool TakePrefix(std::string& text, const std::string& prefix) {
  if (text.rfind(prefix, 0) != 0) return false;
  text.erase(0, prefix.size());
  return true;
}

// `text` without prefixes: f32[2,3]=1,2
Tensor ParseTensor(Graph& graph, std::string text) {
  Tensor t;
  if (TakePrefix(text, "w:")) t.kind = TensorKind::kInitializer;
  if (TakePrefix(text, "seq:")) t.type = TypeClass::kSequence;
  t.is_constant = t.kind == TensorKind::kInitializer;
  if (text.back() == '!') text.pop_back();
  const size_t open = text.find_first_of("[*");
  t.dtype = ShortNames().at(text.substr(0, open));
  if (text[open] == '*') return t;
  const size_t close = text.find(']');
  Shape shape;
  for (const std::string& extent : Words(text.substr(open + 1, close - open - 1), ',')) {
    shape.push_back(extent == "?" ? Dim{} : Dim{std::atoll(extent.c_str())});
  }
  t.shape = shape;
  if (close + 1 < text.size() && text[close + 1] == '=') {
    TensorValue value;
    value.dtype = t.dtype;
    for (const Dim& d : shape) value.dims.push_back(d.extent);
    for (const std::string& element : Words(text.substr(close + 2), ',')) {
      if (IsInteger(t.dtype)) value.ints.push_back(std::atoll(element.c_str()));
      if (IsFloat(t.dtype)) value.floats.push_back(std::atof(element.c_str()));
    }
    t.value = static_cast<int32_t>(graph.values.size());
    graph.values.push_back(value);
  }
  return t;
}

Attribute ParseAttribute(const std::string& text) {
  Attribute a;
  const size_t equals = text.find('=');
  a.name = text.substr(0, equals);
  std::string value = text.substr(equals + 1);
  if (TakePrefix(value, "i:")) {
    a.kind = Attribute::Kind::kInts;
    for (const std::string& word : Words(value, ',')) a.ints.push_back(std::atoll(word.c_str()));
  } else if (TakePrefix(value, "f:")) {
    a.kind = Attribute::Kind::kFloats;
    for (const std::string& word : Words(value, ',')) a.floats.push_back(std::atof(word.c_str()));
  } else if (TakePrefix(value, "s:")) {
    a.kind = Attribute::Kind::kStrings;
    a.strings = Words(value, ',');
  } else if (!value.empty() && value.find_first_not_of("-0123456789") == std::string::npos) {
    a.kind = Attribute::Kind::kInt;
    a.i = std::atoll(value.c_str());
  } else if (!value.empty() && value.find_first_not_of("-0123456789.e") == std::string::npos) {
    a.kind = Attribute::Kind::kFloat;
    a.f = std::atof(value.c_str());
  } else {
    a.kind = Attribute::Kind::kString;
    a.s = value;
  }
  return a;
}

Node NewNode(const std::string& op, const std::string& attributes) {
  Node node;
  const size_t colon = op.find(':');
  node.op_type = colon == std::string::npos ? op : op.substr(colon + 1);
  if (colon != std::string::npos) node.domain = op.substr(0, colon);
  node.name = node.id = node.op_type;
  for (const std::string& word : Words(attributes, ' ')) node.attributes.push_back(ParseAttribute(word));
  return node;
}

TensorId Add(Graph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

void StartMain(Graph& graph) {
  if (graph.regions.empty()) graph.regions.emplace_back();
}

}  // namespace

Graph Build(const OneNode& spec) {
  Graph graph;
  StartMain(graph);
  Node node = NewNode(spec.op, spec.attributes);
  node.opset = spec.opset;
  for (const std::string& word : Words(spec.inputs, ' ')) {
    if (word == "-") {
      node.inputs.push_back(kNone);
    } else if (word[0] == '@') {
      node.inputs.push_back(node.inputs[static_cast<size_t>(std::atoi(word.c_str() + 1))]);
    } else {
      const TensorId id = Add(graph, ParseTensor(graph, word));
      graph.tensors[id].consumers = {0};
      node.inputs.push_back(id);
    }
  }
  for (const std::string& word : Words(spec.outputs, ' ')) {
    if (word == "-") {
      node.outputs.push_back(kNone);
      continue;
    }
    Tensor t = ParseTensor(graph, word);
    t.producer = 0;
    t.is_graph_output = word.back() != '!';
    node.outputs.push_back(Add(graph, std::move(t)));
  }
  graph.nodes.push_back(std::move(node));
  return graph;
}

NodeId AddNode(Graph& graph, const std::string& op, const std::string& inputs, const std::string& outputs,
               const std::string& attributes) {
  StartMain(graph);
  const auto id = static_cast<NodeId>(graph.nodes.size());
  Node node = NewNode(op, attributes);
  node.opset = 28;
  node.id += '_';
  node.id += std::to_string(id);
  const auto find = [&](const std::string& word) {
    const size_t colon = word.find(':');
    const std::string name = word.substr(0, colon);
    for (size_t i = 0; i < graph.tensors.size(); ++i) {
      if (graph.tensors[i].name == name) return static_cast<TensorId>(i);
    }
    Tensor t = ParseTensor(graph, word.substr(colon + 1));
    if (name[0] == 'w') {
      t.kind = TensorKind::kInitializer;
      t.is_constant = true;
    }
    t.name = name;
    return Add(graph, std::move(t));
  };
  for (const std::string& word : Words(inputs, ' ')) {
    const TensorId tensor = find(word);
    std::vector<NodeId>& consumers = graph.tensors[static_cast<size_t>(tensor)].consumers;
    if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
    node.inputs.push_back(tensor);
  }
  for (const std::string& word : Words(outputs, ' ')) {
    const TensorId tensor = find(word);
    graph.tensors[static_cast<size_t>(tensor)].producer = id;
    node.outputs.push_back(tensor);
  }
  graph.nodes.push_back(std::move(node));
  return id;
}

void Finish(Graph& graph) {
  for (Tensor& t : graph.tensors) t.is_graph_output = t.producer != kNone && t.consumers.empty();
}

}  // namespace opcost
