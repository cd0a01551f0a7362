// Half precision: which operators run in single precision, and which Casts are left around them. What is expected is
// what ONNX Runtime 1.26.0 and 1.32.0 both write as optimised graphs, on x86-64.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/load.h"
#include "frontend/runtime/executed.h"

namespace opcost {
namespace {

std::string Kernels(const std::string& signature, const std::string& body, RuntimeLevel level, int minor_version = 32) {
  const std::string text = absl::StrCat(R"(<ir_version: 8, opset_import: ["" : 20]> g )", signature, R"( {
      k = Constant <value_ints = [16, 16, 1, 1]> ()  m = Constant <value_ints = [8, 8]> ()
      v = Constant <value_ints = [8]> ()
      wk = ConstantOfShape <value = float16[1] {1}> (k)  wm = ConstantOfShape <value = float16[1] {1}> (m)
      wv = ConstantOfShape <value = float16[1] {1}> (v)  )",
                                        body, " }");
  const absl::StatusOr<Graph> graph = LoadText(text);
  EXPECT_TRUE(graph.ok()) << graph.status() << "\n" << text;
  if (!graph.ok()) return "";
  const absl::StatusOr<ExecutedGraph> executed =
      ExecuteWithOnnxRuntime(*graph, {.minor_version = minor_version, .level = level});
  EXPECT_TRUE(executed.ok()) << executed.status();
  if (!executed.ok()) return "";
  std::vector<std::string> kernels;
  for (const Node& node : executed->graph.nodes) {
    const bool cast = node.op_type == "Cast";
    kernels.push_back(cast ? absl::StrCat("Cast>", IntAttribute(node, "to", 0)) : node.op_type);
  }
  return absl::StrJoin(kernels, " ");
}

constexpr const char* kHalf = "(float16[2, 16, 8, 8] x) => (float16[a, b, c, d] y)";
constexpr const char* kSingle = "(float[2, 16, 8, 8] x) => (float[a, b, c, d] y)";

std::string Basic(const std::string& body, const std::string& signature = kHalf) {
  return Kernels(signature, body, RuntimeLevel::kBasic);
}
std::string All(const std::string& body, const std::string& signature = kHalf) {
  return Kernels(signature, body, RuntimeLevel::kAll);
}

TEST(HalfPrecision, ConvolutionsRunInSinglePrecision) {
  const std::string body = "a = Conv (x, wk)  y = Relu (a)";
  // The weights are converted at every run, and nothing is fused.
  EXPECT_EQ(Basic(body), "Cast>1 Cast>1 Conv Relu Cast>10");
  EXPECT_EQ(Kernels(kHalf, body, RuntimeLevel::kExtended), "Cast>1 Cast>1 Conv Relu Cast>10");
  EXPECT_EQ(All(body), "Cast>1 ReorderInput Conv ReorderOutput Cast>10");
}

TEST(HalfPrecision, WhatMovesElementsStaysUnlessItIsAlone) {
  EXPECT_EQ(Basic("b = Transpose <perm = [0, 2, 1, 3]> (x)  y = Relu (b)"), "Transpose Cast>1 Relu Cast>10");
  EXPECT_EQ(Basic("a = Relu (x)  b = Transpose <perm = [0, 2, 3, 1]> (a)  y = Relu (b)"),
            "Cast>1 Relu Transpose Relu Cast>10");
  EXPECT_EQ(Basic("a = Relu (x)  b = Concat <axis = 1> (a, x)  y = Relu (b)"), "Cast>1 Relu Concat Relu Cast>10");
  EXPECT_EQ(Basic("a = Relu (x)  b = LayerNormalization (a, wv, wv)  y = Relu (b)"),
            "Cast>1 Cast>1 Relu LayerNormalization Relu Cast>10");
}

TEST(HalfPrecision, CastsThatUndoEachOtherGo) {
  EXPECT_EQ(Basic("a = Cast <to = 10> (x)  b = Relu (a)  y = Cast <to = 1> (b)", kSingle), "Relu Cast>1");
  EXPECT_EQ(
      Basic("a = Cast <to = 10> (x)  q = Transpose <perm = [0, 2, 1, 3]> (a)  b = Relu (q)  y = Cast <to = 1> (b)",
            kSingle),
      "Cast>10 Transpose Cast>1 Relu Cast>1");
  EXPECT_EQ(Basic("r = Relu (x)  a = Cast <to = 1> (r)  b = Softmax <axis = -1> (a)  q = Cast <to = 10> (b)  "
                  "y = Relu (q)"),
            "Cast>1 Relu Softmax Relu Cast>10");
}

// Softmax and Gelu have definitions in ONNX, and no kernel for half precision.
TEST(HalfPrecision, DefinitionsTakeThePlaceOfWhatHasNoKernel) {
  EXPECT_EQ(Basic("a = Relu (x)  y = Softmax <axis = -1> (a)"), "Cast>1 Relu ReduceMax Sub Exp ReduceSum Div Cast>10");
  EXPECT_EQ(All("a = MatMul (x, wm)  b = Add (a, wv)  y = Gelu (b)"),
            "Reshape Cast>1 Gemm Reshape Mul Sqrt Div Erf Sum Mul Cast>10");
}

// A weight that two operators read is converted at every run.
TEST(HalfPrecision, WeightsOfOneReaderAreConvertedAhead) {
  EXPECT_EQ(All("r = Add (x, wv)  a = Mul (r, wv)  y = Sub (a, a)"), "Cast>1 Cast>1 Add Mul Sub Cast>10");
  EXPECT_EQ(All("r = Add (x, wv)  y = Sub (r, r)"), "Cast>1 Add Sub Cast>10");
}

// ONNX Runtime 1.29.0 alone multiplies matrices in half precision.
TEST(HalfPrecision, ProductsIn29) {
  EXPECT_EQ(Kernels(kHalf, "y = MatMul (x, wm)", RuntimeLevel::kAll, 29), "MatMul");
  EXPECT_EQ(Kernels(kHalf, "y = MatMul (x, wm)", RuntimeLevel::kAll, 30), "Cast>1 MatMul Cast>10");
}

}  // namespace
}  // namespace opcost
