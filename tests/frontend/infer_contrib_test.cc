// Shapes of operators outside ONNX's definitions. Extents follow from the operators' documentation, by hand.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::IsEmpty;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

struct Row {
  const char* name;
  const char* inputs;
  const char* node;
  std::vector<std::pair<std::string, std::string>> shapes;
};

class Contrib : public ::testing::TestWithParam<Row> {};

TEST_P(Contrib, Infers) {
  const Row& row = GetParam();
  const Graph g = MustLoad(std::string("<ir_version: 9, opset_import: [\"\" : 17, \"com.microsoft\" : 1, "
                                       "\"com.microsoft.nchwc\" : 1, \"ai.onnx.ml\" : 3]>\ng (") +
                           row.inputs + ") => (float y) {\n" + row.node + "\n}");
  for (const auto& [tensor, shape] : row.shapes) EXPECT_EQ(ShapeOf(g, tensor), shape) << tensor;
  EXPECT_THAT(NotesOf(g, NoteKind::kUnknownOperator), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Operators, Contrib,
    ::testing::Values(
        Row{"FusedConv",
            "float[2,3,11,13] x, float[5,3,3,3] w",
            "y = com.microsoft.FusedConv <pads = [1,1,1,1], strides = [2,2], activation = \"Relu\"> (x, w)",
            {{"y", "[2, 5, 6, 7]"}}},
        Row{"NhwcConv",
            "float[2,11,13,3] x, float[5,3,3,3] w",
            "y = com.microsoft.NhwcConv(x, w)",
            {{"y", "[2, 9, 11, 5]"}}},
        Row{"FusedMatMul",
            "float[2,3,5] x, float[2,7,5] w",
            "y = com.microsoft.FusedMatMul <transB = 1> (x, w)",
            {{"y", "[2, 3, 7]"}}},
        Row{"FusedMatMulBatch",
            "float[2,3,5] x, float[3,5,7] w",
            "y = com.microsoft.FusedMatMul <transBatchA = 1> (x, w)",
            {{"y", "[3, 2, 7]"}}},
        Row{"FusedGemm",
            "float[5,2] x, float[7,5] w",
            "y = com.microsoft.FusedGemm <transA = 1, transB = 1> (x, w)",
            {{"y", "[2, 7]"}}},
        Row{"SkipLayerNorm",
            "float[2,3,5] x, float[2,3,5] s, float[5] g0",
            "y, m, i, sum = com.microsoft.SkipLayerNormalization(x, s, g0)",
            {{"y", "[2, 3, 5]"}, {"m", "[2, 3, 1]"}, {"sum", "[2, 3, 5]"}}},
        Row{"EmbedLayerNorm",
            "int32[2,3] ids, int32[2,3] seg, float[101,5] we, float[7,5] pe, float[2,5] se, float[5] g0, float[5] b0",
            "y, m = com.microsoft.EmbedLayerNormalization(ids, seg, we, pe, se, g0, b0)",
            {{"y", "[2, 3, 5]"}, {"m", "[2]"}}},
        Row{"Attention",
            "float[2,3,10] x, float[10,42] w, float[42] b",
            "y, p = com.microsoft.Attention <num_heads = 2> (x, w, b)",
            {{"y", "[2, 3, 14]"}, {"p", "[2, 2, 2, 3, 7]"}}},
        Row{"AttentionPast",
            "float[2,3,10] x, float[10,42] w, float[42] b, float[2,2,2,5,7] past",
            "y, p = com.microsoft.Attention <num_heads = 2> (x, w, b, , past)",
            {{"p", "[2, 2, 2, 8, 7]"}}},
        Row{"MultiHeadAttention",
            "float[2,3,14] q, float[2,5,14] k, float[2,5,22] v",
            "y, pk, pv = com.microsoft.MultiHeadAttention <num_heads = 2> (q, k, v)",
            {{"y", "[2, 3, 22]"}, {"pk", "[2, 2, 5, 7]"}, {"pv", "[2, 2, 5, 11]"}}},
        Row{"MultiHeadAttentionPacked",
            "float[2,3,5,3,7] q",
            "y = com.microsoft.MultiHeadAttention <num_heads = 5> (q)",
            {{"y", "[2, 3, 35]"}}},
        Row{"GroupQueryAttention",
            "float[2,1,49] qkv, float[2,1,11,7] pk, float[2,1,11,7] pv, int32[2] lens",
            "t = Constant <value = int32 {13}> ()\n y, k, v = com.microsoft.GroupQueryAttention <num_heads = 5, "
            "kv_num_heads = 1> (qkv, , , pk, pv, lens, t)",
            {{"y", "[2, 1, 35]"}, {"k", "[2, 1, 13, 7]"}}},
        Row{"MatMulNBits",
            "float[2,3,32] x, uint8[7,1,16] w, float[7] s",
            "y = com.microsoft.MatMulNBits <K = 32, N = 7, bits = 4, block_size = 32> (x, w, s)",
            {{"y", "[2, 3, 7]"}}},
        Row{"MatMulIntegerToFloat",
            "uint8[2,3] x, uint8[3,5] w, float s, float t",
            "y = com.microsoft.MatMulIntegerToFloat(x, w, s, t)",
            {{"y", "[2, 5]"}}},
        Row{"QLinearAdd",
            "uint8[2,3] a, float s, uint8 z, uint8[3] b",
            "y = com.microsoft.QLinearAdd(a, s, z, b, s, z, s, z)",
            {{"y", "[2, 3]"}}},
        Row{"QLinearConcat",
            "uint8[2,3] a, float s, uint8 z, uint8[2,5] b",
            "y = com.microsoft.QLinearConcat <axis = 1> (s, z, a, s, z, b, s, z)",
            {{"y", "[2, 8]"}}},
        Row{"QLinearConvLast",
            "uint8[2,11,13,3] x, float s, uint8 z, int8[5,3,3,3] w, float[5] ws, int8[5] wz",
            "y = com.microsoft.QLinearConv <channels_last = 1> (x, s, z, w, ws, wz, s, z)",
            {{"y", "[2, 9, 11, 5]"}}},
        Row{"QLinearGlobalPool",
            "uint8[2,3,5,7] x, float s, uint8 z",
            "y = com.microsoft.QLinearGlobalAveragePool(x, s, z, s, z)",
            {{"y", "[2, 3, 1, 1]"}}},
        Row{"QGemm",
            "uint8[2,3] a, float s, uint8 z, int8[3,5] b, int8 bz",
            "y = com.microsoft.QGemm(a, s, z, b, s, bz)",
            {{"y", "[2, 5]"}}},
        Row{"BlockedConv",
            "float[2,16,7,7] x, float[32,16,3,3] w",
            "y = com.microsoft.nchwc.Conv(x, w)",
            {{"y", "[2, 32, 5, 5]"}}},
        Row{"ReorderOutput",
            "float[2,16,7,7] x",
            "y = com.microsoft.nchwc.ReorderOutput <channels = 13> (x)",
            {{"y", "[2, 13, 7, 7]"}}},
        Row{"DynamicQuantizeLSTM",
            "float[3,2,5] x, int8[2,5,28] w, int8[2,7,28] r",
            "y, h, c = com.microsoft.DynamicQuantizeLSTM <hidden_size = 7, direction = \"bidirectional\"> (x, w, r)",
            {{"y", "[3, 2, 2, 7]"}, {"h", "[2, 2, 7]"}}},
        Row{"RmsNormInDefaultDomain",
            "float[2,3] x, float[3] g0",
            "y = SimplifiedLayerNormalization(x, g0)",
            {{"y", "[2, 3]"}}},
        Row{"BiasSplitGelu",
            "float[2,3,10] x, float[10] b",
            "y = com.microsoft.BiasSplitGelu(x, b)",
            {{"y", "[2, 3, 5]"}}},
        Row{"TreeRegressor",
            "float[11,3] x",
            "y = ai.onnx.ml.TreeEnsembleRegressor <n_targets = 2> (x)",
            {{"y", "[11, 2]"}}},
        Row{"TreeClassifier",
            "float[11,3] x",
            "l, y = ai.onnx.ml.TreeEnsembleClassifier <classlabels_int64s = [0, 1, 2]> (x)",
            {{"l", "[11]"}, {"y", "[11, 3]"}}},
        Row{"Scaler", "float[11,3] x", "y = ai.onnx.ml.Scaler <scale = [2.0]> (x)", {{"y", "[11, 3]"}}}),
    [](const ::testing::TestParamInfo<Row>& info) { return std::string(info.param.name); });

TEST(Contrib, AMissingImportIsANote) {
  const Graph g = MustLoad(
      "<ir_version: 9, opset_import: [\"\" : 17]>\ng (float[2,3] x) => (float y) { y = com.microsoft.Gelu(x) }");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3]");
  EXPECT_EQ(NotesOf(g, NoteKind::kModel).size(), 1u);
}

}  // namespace
}  // namespace opcost
