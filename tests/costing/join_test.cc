#include "costing/join.h"

#include "gtest/gtest.h"

namespace opcost {
namespace {

ReportTensor Tensor(std::string name, std::vector<int64_t> shape) {
  ReportTensor t{.name = std::move(name), .dtype = DType::kFloat32};
  for (int64_t e : shape) t.shape.push_back({e, ""});
  return t;
}
ReportNode Node(std::string name, std::string op, std::vector<ReportTensor> in, std::vector<ReportTensor> out) {
  ReportNode n{.id = name, .name = std::move(name), .op = std::move(op)};
  n.inputs = std::move(in);
  n.outputs = std::move(out);
  return n;
}
Report Of(std::vector<ReportNode> nodes) {
  Report r;
  r.nodes = std::move(nodes);
  return r;
}

TEST(Join, ByNameThenTensorThenStructure) {
  const Report a = Of({Node("conv", "Conv", {Tensor("x", {3})}, {Tensor("t1", {5})}),
                       Node("old", "Relu", {Tensor("t1", {5})}, {Tensor("t2", {5})}),
                       Node("", "Mul", {Tensor("t2", {5})}, {Tensor("t3", {5})}),
                       Node("gone", "Gelu", {Tensor("t3", {5})}, {Tensor("t4", {5})})});
  const Report b = Of({Node("conv", "Conv", {Tensor("x", {3})}, {Tensor("u1", {7})}),
                       Node("new", "Relu", {Tensor("u1", {7})}, {Tensor("t2", {7})}),
                       Node("", "Mul", {Tensor("t2", {5})}, {Tensor("u3", {5})})});
  const NodeJoin join = JoinNodes(a, b);
  EXPECT_EQ(join.b_of_a, (std::vector<int32_t>{0, 1, 2, kNoId}));
  EXPECT_EQ(join.matched.by_name, 1);
  EXPECT_EQ(join.matched.by_tensor, 1);
  EXPECT_EQ(join.matched.by_structure, 1);
  EXPECT_EQ(join.matched.only_a, 1);
  EXPECT_EQ(join.matched.only_b, 0);
}

TEST(Join, ANumberedNameOfAnotherOperatorIsNoMatch) {
  const Report a = Of({Node("n_1", "Conv", {Tensor("x", {3})}, {Tensor("p", {5})})});
  const Report b = Of({Node("n_1", "Relu", {Tensor("x", {3})}, {Tensor("q", {5})})});
  EXPECT_EQ(JoinNodes(a, b).b_of_a, std::vector<int32_t>{kNoId});
}

TEST(Join, EqualNamesDoNotDecide) {
  const Report a = Of({Node("n", "Conv", {Tensor("x", {3})}, {Tensor("p", {5})}),
                       Node("n", "Conv", {Tensor("p", {5})}, {Tensor("q", {5})})});
  const Report b = Of({Node("n", "Conv", {Tensor("x", {3})}, {Tensor("q", {5})})});
  EXPECT_EQ(JoinNodes(a, b).b_of_a, (std::vector<int32_t>{kNoId, 0}));  // by tensor
}

TEST(Join, NeighboursTellEqualLayersApart) {
  // Two equal Relus behind differently placed, named convolutions; nameless, other tensor names, other order.
  const Report a = Of({Node("left", "Conv", {Tensor("x", {3})}, {Tensor("l", {5})}),
                       Node("right", "Conv", {Tensor("x", {3})}, {Tensor("r", {5})}),
                       Node("", "Relu", {Tensor("l", {5})}, {Tensor("l2", {5})}),
                       Node("", "Relu", {Tensor("r", {5})}, {Tensor("r2", {5})})});
  const Report b = Of({Node("left", "Conv", {Tensor("x", {3})}, {Tensor("L", {5})}),
                       Node("right", "Conv", {Tensor("x", {3})}, {Tensor("R", {5})}),
                       Node("", "Relu", {Tensor("R", {5})}, {Tensor("R2", {5})}),
                       Node("", "Relu", {Tensor("L", {5})}, {Tensor("L2", {5})})});
  EXPECT_EQ(JoinNodes(a, b).b_of_a, (std::vector<int32_t>{0, 1, 3, 2}));
}

}  // namespace
}  // namespace opcost
