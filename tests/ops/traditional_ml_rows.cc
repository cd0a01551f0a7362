#include "rows.h"

namespace opcost {
namespace {

const Row kRows[] = {
    // 3 rows, 2 classes, 5 features; softmax 4 ops + 1 T on 6 scores, intercepts 1 op. Coefficients are weights.
    {"ai.onnx.ml:LinearClassifier",
     "f32[3,5]",
     "i64[3] f32[3,2]",
     "coefficients=f:1,2,3,4,5,6,7,8,9,10 intercepts=f:1,2 post_transform=SOFTMAX",
     {.macs = 30, .ops = 6 + 24, .trans = 6, .act = 60, .weight = 4 * 12, .written = 24 + 24},
     1},
    {"ai.onnx.ml:LinearRegressor",
     "f32[3,5]",
     "f32[3,1]",
     "coefficients=f:1,2,3,4,5",
     {.macs = 15, .act = 60, .weight = 20, .written = 12},
     1},
    // 2 vectors of 5 features: RBF 3 ops + 1 T on 3 · 2, then 2 ops for each of 2 coefficients and row.
    {"ai.onnx.ml:SVMRegressor",
     "f32[3,5]",
     "f32[3,1]",
     "support_vectors=f:1,2,3,4,5,6,7,8,9,10 coefficients=f:1,2 kernel_type=RBF n_supports=2",
     {.macs = 30, .ops = 18 + 12, .trans = 6, .act = 60, .weight = 4 * 12, .written = 12},
     1},
    {"ai.onnx.ml:SVMClassifier",
     "f32[3,5]",
     "i64[3] f32[3,2]",
     "support_vectors=f:1,2,3,4,5,6,7,8,9,10 coefficients=f:1,2 vectors_per_class=i:1,1",
     {.macs = 30, .ops = 12, .act = 60, .weight = 4 * 12, .written = 24 + 24},
     1},
    {"ai.onnx.ml:Scaler", "f32[3,5]", "f32[3,5]", "", {.ops = 30, .act = 60, .written = 60}, 1},
    // Integers are converted: the arithmetic is float32.
    {"ai.onnx.ml:Scaler", "i64[3,5]", "f32[3,5]", "", {.ops = 30, .act = 120, .written = 60}, 1},
    {"ai.onnx.ml:Imputer", "f32[3,5]", "f32[3,5]", "", {.ops = 30, .act = 60, .written = 60}, 1},
    {"ai.onnx.ml:Binarizer", "f32[3,5]", "f32[3,5]", "", {.ops = 15, .act = 60, .written = 60}, 1},
    {"ai.onnx.ml:Normalizer", "f32[3,5]", "f32[3,5]", "norm=L1", {.ops = 30, .act = 60, .written = 60}, 1},
    {"ai.onnx.ml:Normalizer", "f32[3,5]", "f32[3,5]", "norm=L2", {.ops = 45, .trans = 3, .act = 60, .written = 60}, 1},
    {"ai.onnx.ml:LabelEncoder", "i64[7]", "f32[7]", "", {.ints = 7, .act = 56, .written = 28}, 4},
    {"ai.onnx.ml:CategoryMapper", "str[7]", "i64[7]", "", {.ints = 7, .written = 56, .incomplete = true}, 1},
    {"ai.onnx.ml:OneHotEncoder", "i64[3]", "f32[3,5]", "", {.ints = 15, .act = 24, .written = 60}, 1},
    {"ai.onnx.ml:FeatureVectorizer", "f32[3,2] f32[3,5]", "f32[3,7]", "", {.act = 84, .written = 84}, 1},
    {"ai.onnx.ml:DictVectorizer", "f32[5]", "f32[1,5]", "", {.act = 20, .written = 20}, 1},
    {"ai.onnx.ml:CastMap", "f32[5]", "f32[1,5]", "", {.act = 20, .written = 20}, 1},
    // Two trees: the first of depth 2 (a root, an inner node, 3 leaves), the second of depth 1. 7 rows.
    {"ai.onnx.ml:TreeEnsembleRegressor",
     "f32[7,3]",
     "f32[7,1]",
     "nodes_treeids=i:0,0,0,0,0,1,1,1 nodes_nodeids=i:0,1,2,3,4,0,1,2 nodes_truenodeids=i:1,0,3,0,0,1,0,0 "
     "nodes_falsenodeids=i:2,0,4,0,0,2,0,0 nodes_modes=s:BRANCH_LEQ,LEAF,BRANCH_LEQ,LEAF,LEAF,BRANCH_LEQ,LEAF,LEAF",
     {.ops = 7 * (2 + 1), .act = 84, .weight = 4 * 3, .written = 28},
     3},
    {"ai.onnx.ml:TreeEnsembleClassifier",
     "f32[1,3]",
     "i64[1] f32[1,2]",
     "nodes_treeids=i:0,0,0 nodes_nodeids=i:0,1,2 nodes_truenodeids=i:1,0,0 nodes_falsenodeids=i:2,0,0 "
     "nodes_modes=s:BRANCH_LT,LEAF,LEAF",
     {.ops = 1, .act = 12, .weight = 4, .written = 8 + 8},
     3},
    // The same two trees in the newer form: nodes 0 and 1 are the first tree, node 2 the second.
    {"ai.onnx.ml:TreeEnsemble",
     "f32[7,3]",
     "f32[7,1]",
     "tree_roots=i:0,2 nodes_truenodeids=i:0,1,3 nodes_falsenodeids=i:1,2,4 nodes_trueleafs=i:1,1,1 "
     "nodes_falseleafs=i:0,1,1",
     {.ops = 7 * 3, .act = 84, .weight = 4 * 3, .written = 28},
     5},
};

}  // namespace

absl::Span<const Row> TraditionalMlRows() { return kRows; }

}  // namespace opcost
