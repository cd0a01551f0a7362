// The definitions of operators outside ONNX, seen through ONNX's own schema API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "frontend/contrib/contrib.h"
#include "frontend/schemas.h"
#include "onnx/checker.h"
#include "onnx/defs/parser.h"
#include "onnx/defs/schema.h"
#include "onnx/shape_inference/implementation.h"

namespace opcost::internal {
namespace {

onnx::ModelProto Parse(const std::string& node, const std::string& inputs, const std::string& output) {
  static const bool registered = [] {
    RegisterContribSchemas();
    return true;
  }();
  EXPECT_TRUE(registered);
  onnx::ModelProto model;
  const std::string text =
      "<ir_version: 9, opset_import: [\"\" : 17, \"com.microsoft\" : 1, "
      "\"com.microsoft.nchwc\" : 1]>\ng (" +
      inputs + ") => (" + output + ") {\n" + node + "\n}";
  const auto status = onnx::OnnxParser(text.c_str()).Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

TEST(ContribSchema, EveryRowIsADefinition) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto family : ContribFamilies()) {
    for (const ContribOperator& row : family) {
      SCOPED_TRACE(std::string(row.domain) + "::" + row.op_type);
      EXPECT_TRUE(seen.insert({row.domain, row.op_type}).second) << "twice";
      const onnx::OpSchema schema = Define(row);
      EXPECT_EQ(schema.Name(), row.op_type);
      EXPECT_EQ(schema.domain(), row.domain);
      EXPECT_EQ(schema.SinceVersion(), 1);
      EXPECT_FALSE(schema.inputs().empty());
      EXPECT_FALSE(schema.outputs().empty());
      EXPECT_TRUE(schema.has_type_and_shape_inference_function());
      // Nothing that has to be there follows something that may be left out at the end.
      EXPECT_GE(schema.max_input(), schema.min_input());
    }
  }
  EXPECT_GE(seen.size(), 150u);
}

TEST(ContribSchema, FoundLazilyForFilesWithAndWithoutAnImport) {
  for (const int version : {0, 1, 7}) {
    const onnx::OpSchema* schema = FindSchema("GroupQueryAttention", version, "com.microsoft");
    ASSERT_NE(schema, nullptr) << version;
    EXPECT_EQ(schema, FindSchema("GroupQueryAttention", 1, "com.microsoft")) << "built once";
  }
  EXPECT_EQ(FindSchema("GroupQueryAttention", 1, "com.example"), nullptr);
  // Before ONNX had it, ONNX Runtime wrote it into ONNX's domain.
  EXPECT_EQ(FindSchema("LayerNormalization", 14, "")->SinceVersion(), 1);
  EXPECT_EQ(FindSchema("LayerNormalization", 17, "")->SinceVersion(), 17);
}

TEST(ContribSchema, FormalParameters) {
  const onnx::OpSchema& schema = *FindSchema("FusedConv", 1, "com.microsoft");
  ASSERT_EQ(schema.inputs().size(), 4u);
  EXPECT_EQ(schema.inputs()[1].GetName(), "W");
  EXPECT_EQ(schema.inputs()[1].GetOption(), onnx::OpSchema::Single);
  EXPECT_EQ(schema.inputs()[3].GetOption(), onnx::OpSchema::Optional);
  EXPECT_EQ(schema.attributes().at("group").type, onnx::AttributeProto::INT);
  EXPECT_FALSE(schema.attributes().at("group").required);
  EXPECT_TRUE(FindSchema("MatMulNBits", 1, "com.microsoft")->attributes().at("K").required);
  EXPECT_EQ(FindSchema("BeamSearch", 1, "com.microsoft")->attributes().at("decoder").type, onnx::AttributeProto::GRAPH);
}

TEST(ContribSchema, OnnxsCheckerAndInferenceKnowThemOnceRegistered) {
  onnx::ModelProto model = Parse(
      "c = com.microsoft.FusedConv <pads = [1,1,1,1], strides = [2,2], activation = \"Relu\"> (x, w)\n"
      "y = com.microsoft.nchwc.ReorderOutput <channels = 5> (c)",
      "float[2,3,11,13] x, float[5,3,3,3] w", "float[n,c,h,w] y");
  EXPECT_NO_THROW(onnx::checker::check_model(model));
  onnx::shape_inference::InferShapes(model);
  const onnx::TensorShapeProto& shape = model.graph().output(0).type().tensor_type().shape();
  ASSERT_EQ(shape.dim_size(), 4);
  EXPECT_EQ(shape.dim(1).dim_value(), 5);
  EXPECT_EQ(shape.dim(2).dim_value(), 6);
  EXPECT_EQ(shape.dim(3).dim_value(), 7);
}

TEST(ContribSchema, OnnxsCheckerRefusesWhatTheyForbid) {
  const std::string inputs = "float[2,32] x, uint8[7,1,16] w, float[7] s";
  EXPECT_NO_THROW(onnx::checker::check_model(
      Parse("y = com.microsoft.MatMulNBits <K = 32, N = 7, block_size = 32> (x, w, s)", inputs, "float[n,m] y")));
  // K is missing; an input too few.
  EXPECT_ANY_THROW(onnx::checker::check_model(
      Parse("y = com.microsoft.MatMulNBits <N = 7, block_size = 32> (x, w, s)", inputs, "float[n,m] y")));
  EXPECT_ANY_THROW(onnx::checker::check_model(
      Parse("y = com.microsoft.MatMulNBits <K = 32, N = 7, block_size = 32> (x, w)", inputs, "float[n,m] y")));
}

}  // namespace
}  // namespace opcost::internal
