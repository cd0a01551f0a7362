// A classification that is kept for other bindings is the one that would have been made.
#include "frontend/patterns/alike.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "frontend/load.h"
#include "frontend/patterns/classify.h"

namespace opcost {
namespace {

void ExpectEqual(const Classification& a, const Classification& b, const std::string& where) {
  ASSERT_EQ(a.subgraphs.size(), b.subgraphs.size()) << where;
  EXPECT_EQ(a.subgraph_of, b.subgraph_of) << where;
  EXPECT_EQ(a.block_of, b.block_of) << where;
  for (size_t i = 0; i < a.subgraphs.size(); ++i) {
    EXPECT_EQ(a.subgraphs[i].pattern, b.subgraphs[i].pattern) << where << " row " << i;
    EXPECT_EQ(a.subgraphs[i].anchor, b.subgraphs[i].anchor) << where << " row " << i;
  }
}

TEST(Alike, KeptWhereItHolds) {
  struct Case {
    const char* model;
    std::vector<std::map<std::string, int64_t>> bindings;
  };
  const Case cases[] = {
      {"bert_base_dynamo", {{{"seq", 128}}, {{"seq", 384}}, {{"batch", 8}, {"seq", 128}}, {{"seq", 1}}}},
      {"gpt2_past_ts", {{{"past", 127}}, {{"past", 255}}, {{"past", 127}, {"batch", 7}}, {{"past", 1}}}},
      {"qwen25_05b", {{{"seq", 64}}, {{"seq", 2}}, {{"seq", 128}}, {{"seq", 2048}}}},
      {"qwen3_moe_l2", {{{"seq", 64}}, {{"seq", 128}}, {{"seq", 3}, {"batch", 5}}}},
      {"speech_bilstm_dynamo", {{{"frames", 400}}, {{"frames", 100}}, {{"frames", 100}, {"batch", 3}}}},
      {"timm_convnext_tiny", {{{"batch", 2}}, {{"batch", 3}}, {{"batch", 1}}}},
      {"timm_maxvit_tiny_rw_224", {{{"batch", 2}}, {{"batch", 3}}, {{"batch", 1}}}},
      {"q_resnet18_qdq_int8", {{{"batch", 2}}, {{"batch", 3}}, {{"batch", 1}}}},
      {"segformer_b0", {{{"batch", 2}}, {{"batch", 3}}, {{"batch", 1}}}},
  };
  int kept = 0, made_again = 0;
  for (const Case& c : cases) {
    const auto model = Model::Read(std::string("tests/models/modern/") + c.model + ".onnx");
    ASSERT_TRUE(model.ok()) << model.status();
    std::vector<Graph> graphs;
    for (const auto& dims : c.bindings) {
      auto graph = model->Instantiate({.dims = dims});
      ASSERT_TRUE(graph.ok()) << c.model << ": " << graph.status();
      graphs.push_back(*std::move(graph));
    }
    for (size_t i = 0; i < graphs.size(); ++i) {
      EXPECT_TRUE(ClassifyAlike(graphs[i], graphs[i]));
      for (size_t j = 0; j < i; ++j) {
        if (!ClassifyAlike(graphs[i], graphs[j])) {
          ++made_again;
          continue;
        }
        ++kept;
        for (const char* rules : {"none", "pytorch-eager", "tensorrt"}) {
          ExpectEqual(*Classify(graphs[i], rules), *Classify(graphs[j], rules), std::string(c.model) + " " + rules);
        }
      }
    }
  }
  // Batches and lengths above 1 are alike; a length of 1 or one beyond what is evaluated is not.
  EXPECT_GE(kept, 10);
  EXPECT_GE(made_again, 5);
}

// Two additions of which one is a residual sum only while the lengths agree.
TEST(Alike, NotWhereRulesSeeADifference) {
  const auto model = Model::FromText(R"(
    <ir_version: 8, opset_import: ["" : 17]>
    lengths (float[n, 7] x, float[m, 7] y) => (float[k, 7] z)
    { r = Relu(y) z = Add(x, r) })");
  ASSERT_TRUE(model.ok()) << model.status();
  const auto graph = [&](int64_t n, int64_t m) { return *model->Instantiate({.dims = {{"n", n}, {"m", m}}}); };
  EXPECT_TRUE(ClassifyAlike(graph(3, 3), graph(5, 5)));
  EXPECT_TRUE(ClassifyAlike(graph(1, 3), graph(1, 5)));
  EXPECT_FALSE(ClassifyAlike(graph(3, 3), graph(1, 5)));
}

TEST(Alike, NotAcrossFiles) {
  const auto graph = [](const char* op) {
    const auto model = Model::FromText(std::string(R"(<ir_version: 8, opset_import: ["" : 17]>
      one (float[n, 7] x) => (float[n, 7] y) { y = )") +
                                       op + "(x) }");
    return *model->Instantiate({.dims = {{"n", 2}}});
  };
  EXPECT_TRUE(ClassifyAlike(graph("Relu"), graph("Relu")));
  EXPECT_FALSE(ClassifyAlike(graph("Relu"), graph("Tanh")));
}

}  // namespace
}  // namespace opcost
