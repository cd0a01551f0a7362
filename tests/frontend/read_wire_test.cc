// What the skimming reader keeps is what protobuf's own parser gives, less the payloads above the limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/read_proto.h"
#include "frontend/tensor_payload.h"
#include "frontend/wire.h"
#include "onnx/defs/parser.h"

namespace opcost::internal {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;

constexpr int64_t kLimit = 65536;

ModelProto SkimBytes(const std::string& bytes, int64_t max_payload = kLimit,
                     int64_t max_float = kMaxFloatPayloadBytes) {
  ByteReader input{absl::string_view(bytes)};
  ModelProto model;
  const absl::Status status = Skim(input, {max_payload, max_float}, model);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(input.position(), bytes.size());
  return model;
}

TensorProto Raw(const std::string& name, TensorProto::DataType type, int64_t elements, int64_t bytes) {
  TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(type);
  tensor.add_dims(elements);
  tensor.set_raw_data(std::string(bytes, 'w'));
  return tensor;
}

// Every tensor of the model, wherever it is.
void ForEachTensor(GraphProto& graph, const std::function<void(TensorProto&)>& visit);
void ForEachTensor(AttributeProto& attribute, const std::function<void(TensorProto&)>& visit) {
  if (attribute.has_t()) visit(*attribute.mutable_t());
  for (TensorProto& tensor : *attribute.mutable_tensors()) visit(tensor);
  if (attribute.has_sparse_tensor()) visit(*attribute.mutable_sparse_tensor()->mutable_values());
  if (attribute.has_g()) ForEachTensor(*attribute.mutable_g(), visit);
}
void ForEachTensor(GraphProto& graph, const std::function<void(TensorProto&)>& visit) {
  for (TensorProto& tensor : *graph.mutable_initializer()) visit(tensor);
  for (auto& sparse : *graph.mutable_sparse_initializer()) {
    visit(*sparse.mutable_values());
    visit(*sparse.mutable_indices());
  }
  for (NodeProto& node : *graph.mutable_node()) {
    for (AttributeProto& attribute : *node.mutable_attribute()) ForEachTensor(attribute, visit);
  }
}

// Weights of 3 KB and 200 KB in each place that a tensor can be, with small fields before and after them.
ModelProto WeightsEverywhere() {
  const TensorProto large = Raw("large", TensorProto::FLOAT, 51200, 204800);
  const TensorProto middle = Raw("middle", TensorProto::FLOAT, 761, 3044);
  ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("test");
  GraphProto& graph = *model.mutable_graph();
  graph.set_name("g");
  for (const TensorProto& tensor : {large, middle, Raw("shape", TensorProto::INT64, 5, 40)}) {
    *graph.add_initializer() = tensor;
  }
  auto& sparse = *graph.add_sparse_initializer();
  *sparse.mutable_values() = Raw("sparse", TensorProto::FLOAT, 51200, 204800);
  *sparse.mutable_indices() = Raw("indices", TensorProto::INT64, 51200, 409600);
  sparse.add_dims(1000003);
  NodeProto& constant = *graph.add_node();
  constant.set_op_type("Constant");
  AttributeProto& value = *constant.add_attribute();
  value.set_name("value");
  value.set_type(AttributeProto::TENSOR);
  *value.mutable_t() = large;
  constant.add_output("c");
  NodeProto& branch = *graph.add_node();
  branch.set_op_type("If");
  AttributeProto& body = *branch.add_attribute();
  body.set_name("then_branch");
  body.set_type(AttributeProto::GRAPH);
  *body.mutable_g()->add_initializer() = large;
  *body.mutable_g()->add_node() = constant;
  body.mutable_g()->set_name("then");
  branch.set_name("after the body");
  graph.add_input()->set_name("x");
  auto& function = *model.add_functions();
  function.set_name("f");
  *function.add_node() = constant;
  function.set_domain("d");
  return model;
}

TEST(Skim, DropsExactlyThePayloadsAboveTheLimits) {
  ModelProto model = WeightsEverywhere();
  const ModelProto read = SkimBytes(model.SerializeAsString());

  int dropped = 0;
  const auto drop = [&dropped](TensorProto& tensor) {
    // 3044 bytes of floats are above the limit for floats, 40 bytes of int64 below that for integers.
    if (tensor.name() == "shape") return;
    tensor.clear_raw_data();
    ++dropped;
  };
  ForEachTensor(*model.mutable_graph(), drop);
  ForEachTensor(*model.mutable_functions(0)->mutable_node(0)->mutable_attribute(0), drop);
  EXPECT_EQ(dropped, 8);
  EXPECT_EQ(read.SerializeAsString(), model.SerializeAsString());
  EXPECT_FALSE(PayloadKnown(read.graph().initializer(0)));
  EXPECT_TRUE(PayloadKnown(read.graph().initializer(2)));
}

TEST(Skim, KeepsEverythingBelowLargeLimits) {
  const std::string bytes = WeightsEverywhere().SerializeAsString();
  EXPECT_EQ(SkimBytes(bytes, 1 << 20, 1 << 20).SerializeAsString(), bytes);
}

TEST(Skim, LimitOfNothingDropsSmallPayloadsToo) {
  ModelProto model;
  *model.mutable_graph()->add_initializer() = Raw("w", TensorProto::FLOAT, 2, 8);
  EXPECT_EQ(SkimBytes(model.SerializeAsString(), 0).graph().initializer(0).raw_data(), "");
}

// The limits are on the payload itself: at the limit it stays, a byte above it goes.
TEST(Skim, LimitIsExact) {
  ModelProto model;
  *model.mutable_graph()->add_initializer() = Raw("a", TensorProto::FLOAT, 256, 1024);
  *model.mutable_graph()->add_initializer() = Raw("b", TensorProto::FLOAT, 257, 1028);
  *model.mutable_graph()->add_initializer() = Raw("c", TensorProto::INT64, 8192, 65536);
  *model.mutable_graph()->add_initializer() = Raw("d", TensorProto::INT64, 8193, 65544);
  const ModelProto read = SkimBytes(model.SerializeAsString());
  std::vector<bool> known;
  for (const TensorProto& tensor : read.graph().initializer()) known.push_back(PayloadKnown(tensor));
  EXPECT_THAT(known, testing::ElementsAre(true, false, true, false));
}

TEST(Skim, EveryKindOfPayloadField) {
  TensorProto floats, ints, longs, doubles, uints, strings;
  constexpr int kMany = 20011;
  const auto init = [](TensorProto& tensor, TensorProto::DataType type) {
    tensor.set_data_type(type);
    tensor.add_dims(kMany);
  };
  init(floats, TensorProto::FLOAT);
  init(ints, TensorProto::INT32);
  init(longs, TensorProto::INT64);
  init(doubles, TensorProto::DOUBLE);
  init(uints, TensorProto::UINT64);
  init(strings, TensorProto::STRING);
  for (int i = 0; i < kMany; ++i) {
    floats.add_float_data(1.0F);
    ints.add_int32_data(i * 100003);
    longs.add_int64_data(int64_t{i} << 40);
    doubles.add_double_data(1.0);
    uints.add_uint64_data(uint64_t{1} << 60);
    strings.add_string_data("eleven chars");
  }
  ModelProto model;
  for (const TensorProto& tensor : {floats, ints, longs, doubles, uints, strings}) {
    *model.mutable_graph()->add_initializer() = tensor;
  }
  const ModelProto read = SkimBytes(model.SerializeAsString());
  ASSERT_EQ(read.graph().initializer_size(), 6);
  for (const TensorProto& tensor : read.graph().initializer()) {
    EXPECT_FALSE(PayloadKnown(tensor)) << tensor.data_type();
    EXPECT_LT(tensor.ByteSizeLong(), 64U) << tensor.data_type();
    EXPECT_THAT(tensor.dims(), testing::ElementsAre(kMany));
  }
}

// Repeated numbers may also be written one field each. A tensor that is partly kept has no payload at all.
TEST(Skim, UnpackedElementsCountTogether) {
  std::string tensor = "\x08\x99\x4e\x10\x01";  // dims 10009, float
  for (int i = 0; i < 10009; ++i) tensor += std::string("\x25\0\0\x80\x3f", 5);
  const auto enclose = [](char tag, const std::string& content) {
    std::string bytes(1, tag);
    for (size_t rest = content.size();; rest >>= 7) {
      bytes.push_back(static_cast<char>(rest >= 0x80 ? (rest & 0x7f) | 0x80 : rest));
      if (rest < 0x80) break;
    }
    return bytes + content;
  };
  const std::string bytes = enclose(0x3a, enclose(0x2a, tensor));
  ModelProto bare;
  ASSERT_TRUE(bare.ParseFromString(bytes));
  ASSERT_EQ(bare.graph().initializer(0).float_data_size(), 10009);
  const ModelProto read = SkimBytes(bytes);
  EXPECT_EQ(read.graph().initializer(0).float_data_size(), 0);
  EXPECT_THAT(read.graph().initializer(0).dims(), testing::ElementsAre(10009));
}

TEST(Skim, UnknownFieldsAreSkippedWhateverTheirSize) {
  ModelProto model = WeightsEverywhere();
  std::string bytes = model.SerializeAsString();
  // Field 99, 300,000 bytes.
  bytes += "\x9a\x06\xe0\xa7\x12" + std::string(300000, 'u');
  EXPECT_EQ(SkimBytes(bytes).graph().name(), "g");
}

// With limits above everything, reading must equal protobuf's parse, less documentation and metadata of large messages.
TEST(Skim, RealModelsComeOutAsProtobufReadsThem) {
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/models")) {
    if (entry.path().extension() != ".onnx") continue;
    std::ifstream file(entry.path());
    std::stringstream bytes;
    bytes << file.rdbuf();
    ModelProto bare;
    ASSERT_TRUE(bare.ParseFromString(bytes.str()));
    EXPECT_EQ(SkimBytes(bytes.str(), int64_t{1} << 40, int64_t{1} << 40).SerializeAsString(), bare.SerializeAsString())
        << entry.path();
    // Weights of these files lie outside: the small limits drop nothing either.
    EXPECT_EQ(SkimBytes(bytes.str()).graph().node_size(), bare.graph().node_size()) << entry.path();
    ++models;
  }
  EXPECT_GE(models, 22);
}

}  // namespace
}  // namespace opcost::internal
