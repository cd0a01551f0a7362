// The structure's digest: what must change it and what must not.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "frontend/read_proto.h"
#include "onnx/defs/parser.h"

namespace opcost::internal {
namespace {

using onnx::ModelProto;
using onnx::TensorProto;

ModelProto Base() {
  ModelProto model;
  const auto status = onnx::OnnxParser::Parse(model, R"(
      <ir_version: 8, opset_import: ["" : 17], producer_name: "p">
      agraph (float[n, 3, 11, 13] x) => (float[n, 5, s, t] y)
      <int64[2] shape = {7, 5}, float[2] two = {1.5, 2.5}> {
        [conv] c = Conv<strides = [2, 3]>(x, w)
        [half] h = Constant<value = float[1] {0.5}>()
        [mul] m = Mul(c, h)
        [loop] y = If(b) <then_branch = t () => (float[2] a) { a = Relu(m) }, else_branch = e () => (float[2] a) { a = Sin(m) }>
        [cond] b = Constant<value = bool[1] {1}>()
      })");
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  TensorProto& weight = *model.mutable_graph()->add_initializer();
  weight.set_name("w");
  weight.set_data_type(TensorProto::FLOAT);
  for (const int64_t extent : {5, 3, 2, 2}) weight.add_dims(extent);
  return model;
}

std::string HashOf(const ModelProto& model, const std::string& path = "m.onnx") {
  const auto parsed = ParseBytes(model.SerializeAsString(), path, 65536);
  EXPECT_TRUE(parsed.ok()) << parsed.status().message();
  return parsed.ok() ? parsed->structure_sha256.get() : "";
}

std::string HashAfter(const std::function<void(ModelProto&)>& change) {
  ModelProto model = Base();
  change(model);
  return HashOf(model);
}

TensorProto& Initializer(ModelProto& model, const std::string& name) {
  for (TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.name() == name) return tensor;
  }
  TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  return tensor;
}

TEST(StructureHash, IgnoresWeightsPathAndWords) {
  const std::string base = HashOf(Base());
  EXPECT_EQ(base.size(), 64U);
  EXPECT_EQ(HashOf(Base(), "elsewhere/other.onnx"), base);
  EXPECT_EQ(HashAfter([](ModelProto& m) { m.set_doc_string("words"); }), base);
  EXPECT_EQ(HashAfter([](ModelProto& m) { m.mutable_graph()->mutable_node(0)->set_doc_string("words"); }), base);
  EXPECT_EQ(HashAfter([](ModelProto& m) { m.set_producer_name("other"); }), base);
  EXPECT_EQ(HashAfter([](ModelProto& m) { m.add_metadata_props()->set_key("k"); }), base);
  EXPECT_EQ(HashAfter([](ModelProto& m) { Initializer(m, "two").set_float_data(0, 9.5F); }), base) << "another weight";
  EXPECT_EQ(HashAfter([](ModelProto& m) { Initializer(m, "two").clear_float_data(); }), base) << "weight left out";
  EXPECT_EQ(HashAfter([](ModelProto& m) { m.mutable_opset_import(0)->set_domain("ai.onnx"); }), base) << "same domain";
  EXPECT_EQ(HashAfter([](ModelProto& m) {
              TensorProto& shape = Initializer(m, "shape");
              shape.clear_int64_data();
              shape.set_raw_data(std::string("\7\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0", 16));
            }),
            base)
      << "the same elements in another field";
  EXPECT_EQ(HashAfter([](ModelProto& m) {
              m.mutable_graph()->mutable_node(0)->set_output(0, "renamed");
              m.mutable_graph()->mutable_node(2)->set_input(0, "renamed");
            }),
            base)
      << "another name inside";
}

TEST(StructureHash, SeesWhatDecidesTheCost) {
  const std::function<void(ModelProto&)> changes[] = {
      [](ModelProto& m) { m.mutable_opset_import(0)->set_version(16); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(2)->set_op_type("Add"); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(2)->set_domain("com.acme"); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(0)->set_name("other"); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_ints(0, 1); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_name("dilations"); },
      [](ModelProto& m) {
        m.mutable_graph()->mutable_node(1)->mutable_attribute(0)->mutable_t()->set_float_data(0, 0.25F);
      },
      [](ModelProto& m) {
        m.mutable_graph()->mutable_node(3)->mutable_attribute(0)->mutable_g()->mutable_node(0)->set_op_type("Cos");
      },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(2)->mutable_input()->SwapElements(0, 1); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(2)->add_input(""); },
      [](ModelProto& m) { m.mutable_graph()->mutable_node(2)->set_input(0, "x"); },
      [](ModelProto& m) {
        m.mutable_graph()->mutable_input(0)->set_name("z"), m.mutable_graph()->mutable_node(0)->set_input(0, "z");
      },
      [](ModelProto& m) { Initializer(m, "w").set_name("v"), m.mutable_graph()->mutable_node(0)->set_input(1, "v"); },
      [](ModelProto& m) {
        Initializer(m, "two").set_data_type(TensorProto::COMPLEX64), Initializer(m, "two").set_dims(0, 1);
      },
      [](ModelProto& m) { Initializer(m, "shape").set_int64_data(0, 11); },
      [](ModelProto& m) {
        m.mutable_graph()
            ->mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->mutable_dim(1)
            ->set_dim_value(2);
      },
      [](ModelProto& m) {
        m.mutable_graph()
            ->mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->mutable_dim(0)
            ->set_dim_param("k");
      },
      [](ModelProto& m) {
        m.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT16);
      },
  };
  std::set<std::string> seen = {HashOf(Base())};
  for (size_t i = 0; i < std::size(changes); ++i) {
    EXPECT_TRUE(seen.insert(HashAfter(changes[i])).second) << "change " << i;
  }
}

}  // namespace
}  // namespace opcost::internal
