#include "mutate.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "onnx/defs/parser.h"

namespace opcost::testing_internal {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;

constexpr std::array<int64_t, 19> kExtremes = {std::numeric_limits<int64_t>::min(),
                                               std::numeric_limits<int64_t>::max(),
                                               -(int64_t{1} << 31),
                                               int64_t{1} << 31,
                                               int64_t{1} << 32,
                                               int64_t{1} << 40,
                                               int64_t{1} << 62,
                                               -2,
                                               -1,
                                               0,
                                               1,
                                               2,
                                               3,
                                               5,
                                               7,
                                               127,
                                               128,
                                               255,
                                               65536};

int64_t Extreme(Random& random) { return kExtremes[Below(random, kExtremes.size())]; }

std::string HugeVarint(Random& random) {
  std::string bytes(1 + Below(random, 11), '\xff');
  if (Below(random, 4) != 0) bytes.back() = static_cast<char>(Below(random, 128));
  return bytes;
}

void MutateOnce(std::string& bytes, const std::string& donor, Random& random) {
  if (bytes.empty()) bytes.push_back(8);
  const size_t at = Below(random, bytes.size());
  const size_t length = 1 + Below(random, std::min<size_t>(bytes.size() - at, 1 + Below(random, 4096)));
  switch (Below(random, 9)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(random, 8)));
      return;
    case 1:
      bytes[at] = static_cast<char>(random());
      return;
    case 2:
      bytes.resize(at);
      return;
    case 3:
      bytes.erase(at, length);
      return;
    case 4:
      bytes.insert(Below(random, bytes.size()), bytes.substr(at, length));
      return;
    case 5: {
      const size_t from = Below(random, donor.size());
      bytes.replace(at, length, donor.substr(from, length));
      return;
    }
    case 6:
      bytes.replace(at, 1 + Below(random, 2), HugeVarint(random));
      return;
    case 7:  // a small change to what may be a length
      bytes[at] = static_cast<char>(bytes[at] + static_cast<int>(Below(random, 5)) - 2);
      return;
    default:  // the same piece many times
      for (int i = 0; i < 16; ++i) bytes.insert(at, bytes.substr(at, std::min<size_t>(length, 256)));
  }
}

template <class List>
auto* Pick(List* list, Random& random) {
  return list->empty() ? nullptr : list->Mutable(static_cast<int>(Below(random, list->size())));
}

void MutateTensor(TensorProto& tensor, Random& random) {
  switch (Below(random, 5)) {
    case 0:
      if (tensor.dims_size() > 0) tensor.set_dims(static_cast<int>(Below(random, tensor.dims_size())), Extreme(random));
      return;
    case 1:
      tensor.set_data_type(static_cast<int>(Below(random, 31)));
      return;
    case 2:
      tensor.clear_dims();
      return;
    default:
      for (int64_t& value : *tensor.mutable_int64_data()) value = Extreme(random);
      if (tensor.data_type() == TensorProto::INT64 && tensor.raw_data().size() >= 8) {
        const int64_t value = Extreme(random);
        tensor.mutable_raw_data()->replace(0, 8, std::string(reinterpret_cast<const char*>(&value), 8));
      }
  }
}

void MutateAttribute(AttributeProto& attribute, Random& random) {
  switch (Below(random, 5)) {
    case 0:
      attribute.set_i(Extreme(random));
      return;
    case 1:
      if (attribute.ints_size() > 0)
        attribute.set_ints(static_cast<int>(Below(random, attribute.ints_size())), Extreme(random));
      return;
    case 2:
      attribute.add_ints(Extreme(random));
      return;
    case 3:
      attribute.set_type(static_cast<AttributeProto::AttributeType>(Below(random, 15)));
      return;
    default:
      if (attribute.has_t()) MutateTensor(*attribute.mutable_t(), random);
      attribute.clear_ints();
  }
}

void MutateNode(GraphProto& graph, NodeProto& node, Random& random) {
  const NodeProto& other = *Pick(graph.mutable_node(), random);
  switch (Below(random, 8)) {
    case 0:
      node.set_op_type(other.op_type());
      return;
    case 1:
      if (node.input_size() > 0 && other.output_size() > 0) {
        node.set_input(static_cast<int>(Below(random, node.input_size())), other.output(0));
      }
      return;
    case 2:
      if (node.input_size() > 0) node.set_input(static_cast<int>(Below(random, node.input_size())), "");
      return;
    case 3:
      if (node.input_size() > 0) node.mutable_input()->RemoveLast();
      return;
    case 4:
      if (node.input_size() > 0) node.add_input(node.input(0));
      return;
    case 5:
      node.mutable_attribute()->CopyFrom(other.attribute());
      return;
    default:
      if (AttributeProto* attribute = Pick(node.mutable_attribute(), random)) MutateAttribute(*attribute, random);
  }
}

std::string FromText(const char* text) {
  ModelProto model;
  return onnx::OnnxParser::Parse(model, text).IsOK() ? model.SerializeAsString() : "";
}

}  // namespace

std::string MutateBytes(std::string bytes, const std::string& donor, Random& random) {
  const uint64_t rounds = 1 + Below(random, 4);
  for (uint64_t i = 0; i < rounds; ++i) MutateOnce(bytes, donor, random);
  return bytes;
}

void MutateMessage(ModelProto& model, Random& random) {
  GraphProto& graph = *model.mutable_graph();
  const uint64_t rounds = 1 + Below(random, 3);
  for (uint64_t i = 0; i < rounds; ++i) {
    switch (Below(random, 8)) {
      case 0:
        if (TensorProto* tensor = Pick(graph.mutable_initializer(), random)) MutateTensor(*tensor, random);
        break;
      case 1:
        if (auto* input = Pick(graph.mutable_input(), random)) {
          auto& shape = *input->mutable_type()->mutable_tensor_type()->mutable_shape();
          if (auto* dim = Pick(shape.mutable_dim(), random)) dim->set_dim_value(Extreme(random));
        }
        break;
      case 2:
        if (model.opset_import_size() > 0) model.mutable_opset_import(0)->set_version(1 + Below(random, 40));
        break;
      default:
        if (NodeProto* node = Pick(graph.mutable_node(), random)) MutateNode(graph, *node, random);
    }
  }
}

std::vector<std::string> SeedModels() {
  std::vector<std::string> seeds;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/models")) {
    constexpr uintmax_t kSmall = 60000;
    if (entry.path().extension() == ".onnx" && entry.file_size() < kSmall) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  for (const char* text : {R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
           g (float[n, 3, 17, 19] x, bool c) => (float[a, b] y) <int64[2] s = {0, -1}, float[2] f = {0.5, 2}> {
             h = local.block <k = 5> (x)
             r = If(c) <then_branch = t () => (float[u] p) { p = Relu(h) }, else_branch = e () => (float[v] p) { p = Sin(x) }>
             shape = Shape(r)
             zero = Constant<value = int64[1] {0}>()
             two = Constant<value_ints = [2]>()
             part = Slice(shape, zero, two)
             rest = Constant<value = int64[1] {-1}>()
             target = Concat<axis = 0>(part, rest)
             y = Reshape(r, target)
           }
           <domain: "local", opset_import: ["" : 17]> block <k> (p) => (q) { i = Identity(p) q = local.inner(i) }
           <domain: "local", opset_import: ["" : 17]> inner (p) => (q) { q = Neg(p) })",
                           R"(<ir_version: 9, opset_import: ["" : 18]>
           g (float[2, seq, 7] x, int64 m) => (float[a, b, c] y, seq(float[d]) z) {
             cond = Constant<value = bool {1}>()
             y = Loop(m, cond, x) <body = l (int64 i, bool go, float[2, s, 7] v) => (bool on, float[2, s, 7] w) {
                 on = Identity(go) w = Add(v, v) }>
             z = SplitToSequence<axis = 1>(y)
             n = Shape<start = 1, end = 2>(x)
             zero = Constant<value_int = 0>()
             one = Constant<value_int = 1>()
             flat = Squeeze(n)
             range = Range(zero, flat, one)
             grid = Expand(range, n)
           })"}) {
    if (std::string bytes = FromText(text); !bytes.empty()) seeds.push_back(std::move(bytes));
  }
  return seeds;
}

}  // namespace opcost::testing_internal
