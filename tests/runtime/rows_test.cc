// Executed kernels as rows: which nodes of the file each carries out, what it is, and where inserted kernels stand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/load.h"
#include "frontend/runtime/executed_rows.h"
#include "tests/patterns/text_graph.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;

Classification Rows(const Graph& graph, RuntimeLevel level = RuntimeLevel::kAll) {
  const absl::StatusOr<ExecutedGraph> executed = ExecuteWithOnnxRuntime(graph, {.level = level});
  EXPECT_TRUE(executed.ok()) << executed.status();
  return ClassifyExecuted(graph, *executed);
}

// "kernel pattern: operators of its nodes", the rows that run.
std::vector<std::string> Texts(const std::string& body, RuntimeLevel level = RuntimeLevel::kExtended) {
  const Graph graph = LoadBody(body);
  std::vector<std::string> texts;
  for (const Subgraph& row : Rows(graph, level).subgraphs) {
    if (row.executed == kNone) continue;
    texts.push_back(absl::StrCat(row.kernel, " ", Name(row.pattern), ": ", Ops(graph, row.nodes)));
  }
  return texts;
}

TEST(ExecutedRows, HoldTheNodesThatTheirKernelCarriesOut) {
  EXPECT_THAT(Texts("c = Conv (x, k1) y = Relu (c)"), ElementsAre("com.microsoft::FusedConv pointwise: Conv Relu"));
  EXPECT_THAT(Texts("c = Conv <group = 11> (x, kd) y = Clip (c, zero, six)"),
              ElementsAre("com.microsoft::FusedConv depthwise: Conv Clip"));
  EXPECT_THAT(Texts("e = Sigmoid (s) y = Mul (s, e)"), ElementsAre("com.microsoft::QuickGelu gelu: Sigmoid Mul"));
}

// 20 convolutions: the stem and one of each of 8 blocks have BatchNorm and ReLU, 8 close a block with its sum, 3
// project a shortcut.
TEST(ExecutedRows, ConvolutionsAreNamedByWhatIsFoldedAndFused) {
  const absl::StatusOr<Graph> graph = LoadModel("tests/models/resnet18.bn.onnx");
  ASSERT_TRUE(graph.ok()) << graph.status();
  std::map<Pattern, int> rows;
  for (const Subgraph& row : Rows(*graph).subgraphs) ++rows[row.pattern];
  EXPECT_EQ(rows[Pattern::kConv2dBnAct], 9);
  EXPECT_EQ(rows[Pattern::kConv2dAddAct], 8);
  EXPECT_EQ(rows[Pattern::kPointwise], 3);
  EXPECT_EQ(rows[Pattern::kBatchnorm] + rows[Pattern::kElementwise] + rows[Pattern::kActivation], 0);
}

// The product between two Reshapes: they are part of how the runtime runs it, so no node is theirs.
TEST(ExecutedRows, ANodeBelongsToOneRow) {
  EXPECT_THAT(Texts("e = MatMul (s, w) y = Add (e, w1)"),
              ElementsAre("Reshape free: ", "Gemm linear: MatMul Add", "Reshape free: "));
}

TEST(ExecutedRows, WhatNoKernelCarriesOutIsFree) {
  const Graph graph = LoadBody("i = Identity (x) c = Conv (i, k3) y = Dropout (c)");
  const Classification c = Rows(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Subgraph& row = c.subgraphs[static_cast<size_t>(c.subgraph_of[n])];
    if (graph.nodes[n].op_type == "Constant") {
      EXPECT_EQ(row.pattern, Pattern::kFree);
    }
  }
  EXPECT_EQ(c.rule_set, "onnxruntime-cpu");
}

TEST(ExecutedRows, InsertedKernelsStandWhereTheyRun) {
  const absl::StatusOr<Graph> graph = LoadModel("tests/models/resnet18.onnx");
  ASSERT_TRUE(graph.ok()) << graph.status();
  const Classification c = Rows(*graph);
  std::vector<std::string> inserted;
  for (size_t i = 0; i < c.subgraphs.size(); ++i) {
    if (!c.subgraphs[i].inserted) continue;
    EXPECT_TRUE(c.subgraphs[i].nodes.empty());
    inserted.push_back(c.subgraphs[i].kernel);
    // Behind the last blocked kernel, in front of the head.
    EXPECT_EQ(c.subgraphs[i - 1].kernel, "com.microsoft.nchwc::GlobalAveragePool");
  }
  EXPECT_THAT(inserted, ElementsAre("com.microsoft.nchwc::ReorderOutput"));
}

// Blocks are those of the file, whatever runs.
TEST(ExecutedRows, KeepTheBlocksOfTheFile) {
  const absl::StatusOr<Graph> graph = LoadModel("tests/models/resnet18.onnx");
  ASSERT_TRUE(graph.ok()) << graph.status();
  const Classification executed = Rows(*graph);
  const absl::StatusOr<Classification> raw = Classify(*graph, "none");
  ASSERT_TRUE(raw.ok());
  EXPECT_EQ(executed.blocks.size(), raw->blocks.size());
  EXPECT_EQ(executed.block_of, raw->block_of);
}

}  // namespace
}  // namespace opcost
