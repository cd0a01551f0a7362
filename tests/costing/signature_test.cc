#include "costing/signature.h"

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

TEST(Signature, OperatorsShapesTypesAttributes) {
  TinyModel m;
  const TensorId x = m.AddTensor("x", {1, 3, 7, 7}, TensorKind::kInput);
  const TensorId w = m.AddTensor("w", {5, 3, 3, 3}, TensorKind::kInitializer);
  const TensorId y = m.AddTensor("y", {1, 5, 5, 5}), z = m.AddTensor("z", {1, 5, 5, -1});
  m.Add("Conv", Pattern::kConv2d, Work(), {x, w, kNone}, {y});
  m.Add("Relu", Pattern::kActivation, Work(), {z}, {});
  m.model().graph.nodes[0].attributes = {{.name = "strides", .kind = Attribute::Kind::kInts, .ints = {1, 2}},
                                         {.name = "group", .kind = Attribute::Kind::kInt, .i = 1},
                                         {.name = "epsilon", .kind = Attribute::Kind::kFloat, .f = 3}};
  EXPECT_EQ(Signature(m.model().graph, {0, 1}),
            "Conv(float32[1,3,7,7],float32[5,3,3,3],-){group=1;strides=1,2}|Relu(float32[1,5,5,?]){}");
}

}  // namespace
}  // namespace opcost
