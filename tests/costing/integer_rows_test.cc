// Q/DQ around an operator as one integer operator, under a rule set whose runtime runs it so: one row, the stored
// bytes, integer multiply-accumulates. Small primes, so that every figure has one reading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr char kScales[] =
    "s = Constant<value_float = 0.5>() z = Constant<value = uint8 {3}>() ws = Constant<value_float = 0.25>() "
    "wz = Constant<value = int8 {0}>() ";

struct Row {
  std::string ops;
  Work work;
  Precision precision = Precision::kFp32;
};

// Rows by the name of their anchor.
std::map<std::string, Row> Rows(const std::string& body, const std::string& rule_set) {
  const std::string text =
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,3,5,7] x, int8[11,3,1,1] w, "
      "float[11,3,1,1] floats) => (float[1,11,5,7] y) { " +
      std::string(kScales) + body + "}";
  absl::StatusOr<Graph> graph = LoadText(text);
  EXPECT_TRUE(graph.ok()) << graph.status();
  absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = {.rule_set = rule_set}});
  absl::StatusOr<Target> target = ReadTarget("tests/profiles/edge.toml");
  EXPECT_TRUE(model.ok() && target.ok());
  const Report report = Estimate::Price(*model, *target)->MakeReport(*model);
  EXPECT_TRUE(CheckConservation(report).ok()) << CheckConservation(report);
  std::map<std::string, Row> rows;
  for (size_t i = 0; i < report.rows.size(); ++i) {
    const Subgraph& subgraph = model->classification.subgraphs[i];
    Row row{.work = report.rows[i].work, .precision = report.rows[i].precision};
    for (NodeId n : subgraph.nodes) {
      const std::string& op = model->graph.nodes[static_cast<size_t>(n)].op_type;
      if (op != "Constant") row.ops += (row.ops.empty() ? "" : " ") + op;
    }
    if (!row.ops.empty()) {
      rows[model->graph.nodes[static_cast<size_t>(subgraph.anchor)].op_type] = row;
    }
  }
  return rows;
}

constexpr char kQuantised[] =
    "xq = QuantizeLinear(x, s, z) xd = DequantizeLinear(xq, s, z) wd = DequantizeLinear(w, ws, wz) "
    "c = Conv(xd, wd) r = Relu(c) rq = QuantizeLinear(r, s, z) y = DequantizeLinear(rq, s, z)";

TEST(IntegerRows, AConvolutionBetweenScalesIsOneRowOnStoredBytes) {
  const std::map<std::string, Row> rows = Rows(kQuantised, "tensorrt");
  ASSERT_EQ(rows.count("Conv"), 1u);
  const Row& conv = rows.at("Conv");
  EXPECT_EQ(conv.ops, "DequantizeLinear DequantizeLinear Conv Relu QuantizeLinear");
  EXPECT_EQ(conv.precision, Precision::kInt8);
  EXPECT_EQ(conv.work.Get(Resource::kMatrixMacs, DType::kUInt8), 11 * 3 * 5 * 7);
  EXPECT_EQ(conv.work.Get(Resource::kMatrixMacs, DType::kFloat32), 0);
  EXPECT_EQ(conv.work.Get(Resource::kActivationBytesRead, DType::kUInt8), 3 * 5 * 7);
  EXPECT_EQ(conv.work.Get(Resource::kActivationBytesRead, DType::kInt8), 11 * 3);  // the weights are an input here
  EXPECT_EQ(conv.work.Get(Resource::kBytesWritten, DType::kUInt8), 11 * 5 * 7);
  EXPECT_EQ(conv.work.Get(Resource::kBytesWritten, DType::kFloat32), 0);
  EXPECT_EQ(conv.work.Get(Resource::kDispatches), 1);
}

TEST(IntegerRows, EagerFrameworksRunWhatIsWritten) {
  const std::map<std::string, Row> rows = Rows(kQuantised, "pytorch-eager");
  const Row& conv = rows.at("Conv");
  EXPECT_EQ(conv.ops, "Conv Relu");
  EXPECT_EQ(conv.work.Get(Resource::kMatrixMacs, DType::kFloat32), 11 * 3 * 5 * 7);
}

TEST(IntegerRows, FloatWeightsKeepAProductInFloats) {
  const std::map<std::string, Row> rows = Rows(
      "xq = QuantizeLinear(x, s, z) xd = DequantizeLinear(xq, s, z) c = Conv(xd, floats) "
      "cq = QuantizeLinear(c, s, z) y = DequantizeLinear(cq, s, z)",
      "tensorrt");
  EXPECT_EQ(rows.at("Conv").ops, "Conv");
  EXPECT_EQ(rows.at("Conv").precision, Precision::kFp32);
}

// The residual branch reads what the convolution reads: dequantised for both, owned by the first, and its operations
// counted once.
TEST(IntegerRows, WhatSeveralReadIsReadByEachAsItIsStored) {
  const std::map<std::string, Row> rows = Rows(
      "wd = DequantizeLinear(w, ws, wz) xq = QuantizeLinear(x, s, z) xd = DequantizeLinear(xq, s, z) "
      "c = Conv(xd, wd) cq = QuantizeLinear(c, s, z) cd = DequantizeLinear(cq, s, z) "
      "p = MaxPool<kernel_shape = [1,1]>(cd) pq = QuantizeLinear(p, s, z) pd = DequantizeLinear(pq, s, z) "
      "a = Add(cd, pd) aq = QuantizeLinear(a, s, z) y = DequantizeLinear(aq, s, z)",
      "tensorrt");
  const int64_t map = 11 * 5 * 7;
  EXPECT_EQ(rows.at("MaxPool").ops, "DequantizeLinear MaxPool QuantizeLinear");
  EXPECT_EQ(rows.at("MaxPool").work.Get(Resource::kActivationBytesRead, DType::kUInt8), map);
  const Row& add = rows.at("Add");
  EXPECT_EQ(add.ops, "DequantizeLinear Add QuantizeLinear");
  EXPECT_EQ(add.work.Get(Resource::kActivationBytesRead, DType::kUInt8), 2 * map);
  EXPECT_EQ(add.work.Get(Resource::kActivationBytesRead, DType::kFloat32), 0);
  EXPECT_EQ(add.work.Get(Resource::kBytesWritten, DType::kUInt8), map);
}

}  // namespace
}  // namespace opcost
