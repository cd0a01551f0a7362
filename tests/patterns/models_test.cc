// Facts of published architectures on real exports, and what holds for every classification.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/load.h"
#include "frontend/patterns/classify.h"
#include "frontend/patterns/graph_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace opcost {
namespace {

Graph Load(const std::string& path) {
  absl::StatusOr<Graph> graph = LoadModel(path);
  EXPECT_TRUE(graph.ok()) << path << ": " << graph.status();
  return graph.ok() ? *std::move(graph) : Graph{};
}

std::map<std::string, int> CountBlocks(const Classification& c) {
  std::map<std::string, int> count;
  for (const Block& block : c.blocks) ++count[std::string(Name(block.pattern))];
  return count;
}
std::map<std::string, int> CountRows(const Classification& c) {
  std::map<std::string, int> count;
  for (const Subgraph& row : c.subgraphs) ++count[std::string(Name(row.pattern))];
  return count;
}

struct Fact {
  const char* model;
  std::map<std::string, int> blocks;
};

// From the papers and the layer tables in torchvision's documentation.
TEST(Models, HaveTheBlocksOfTheirArchitecture) {
  for (const Fact& fact : std::vector<Fact>{
           {"resnet18", {{"residual_basic", 8}}},
           {"resnet18.bn", {{"residual_basic", 8}}},
           {"resnet34", {{"residual_basic", 16}}},
           {"resnet50", {{"residual_bottleneck", 16}}},
           {"resnet50.bn", {{"residual_bottleneck", 16}}},
           {"resnet101", {{"residual_bottleneck", 33}}},
           {"resnet152", {{"residual_bottleneck", 50}}},
           {"fcn_resnet50", {{"residual_bottleneck", 16}}},
           {"deeplabv3_resnet50", {{"residual_bottleneck", 16}}},
           {"mobilenet_v2", {{"mbconv", 17}}},
           {"mobilenet_v2.bn", {{"mbconv", 17}}},
           {"mobilenet_v3_large", {{"mbconv", 7}, {"mbconv_se", 8}, {"squeeze_excite", 8}}},
           {"mobilenet_v3_small", {{"mbconv", 2}, {"mbconv_se", 9}, {"squeeze_excite", 9}}},
           {"efficientnet_b0", {{"mbconv_se", 16}, {"squeeze_excite", 16}}},
           {"efficientnet_b0.bn", {{"mbconv_se", 16}, {"squeeze_excite", 16}}},
           {"efficientnet_b1", {{"mbconv_se", 23}, {"squeeze_excite", 23}}},
           {"efficientnet_b2", {{"mbconv_se", 23}, {"squeeze_excite", 23}}},
           {"vit_b_16", {{"transformer_block", 12}}},
           {"vit_b_32", {{"transformer_block", 12}}},
           {"vit_l_16", {{"transformer_block", 24}}},
           {"vit_h_14", {{"transformer_block", 32}}},
           // 2 + 2 + 5 + 2 layers of an MBConv, a window and a grid attention.
           {"maxvit_t",
            {{"mbconv_se", 11}, {"squeeze_excite", 11}, {"transformer_block", 22}, {"window_attention", 22}}},
           {"modern/bert_base_ts", {{"transformer_block", 12}}},
           {"modern/bert_base_dynamo", {{"transformer_block", 12}}},
           {"modern/ort_bert_base_fused", {{"transformer_block", 12}}},
           {"modern/gpt2_ts", {{"transformer_block", 12}}},
           {"modern/gpt2_past_ts", {{"transformer_block", 12}}},
           {"modern/ort_gpt2_past_fused", {{"transformer_block", 12}}},
           {"modern/genai_llama_fp32", {{"gated_mlp", 2}, {"transformer_block", 2}}},
           // Each layer of these decoders rotates queries and keys.
           {"modern/qwen25_05b",
            {{"gated_mlp", 24}, {"grouped_query_attention", 24}, {"rotary", 48}, {"transformer_block", 24}}},
           {"modern/llama32_1b_past_bf16",
            {{"gated_mlp", 16}, {"grouped_query_attention", 16}, {"rotary", 32}, {"transformer_block", 16}}},
           {"modern/llama32_1b_l4",
            {{"gated_mlp", 4}, {"grouped_query_attention", 4}, {"rotary", 8}, {"transformer_block", 4}}},
           // RotaryEmbedding is an operator there.
           {"modern/llama32_1b_l2_opset23_past",
            {{"gated_mlp", 2}, {"grouped_query_attention", 2}, {"transformer_block", 2}}},
           {"modern/ort_llama_l2_fused",
            {{"gated_mlp", 2}, {"grouped_query_attention", 2}, {"rotary", 4}, {"transformer_block", 2}}},
           {"modern/q_llama_int4_qdq",
            {{"gated_mlp", 2}, {"grouped_query_attention", 2}, {"rotary", 4}, {"transformer_block", 2}}},
           {"modern/q_llama_matmulnbits4",
            {{"gated_mlp", 2}, {"grouped_query_attention", 2}, {"rotary", 4}, {"transformer_block", 2}}},
           {"modern/qwen3_moe_l2",
            {{"grouped_query_attention", 2}, {"moe", 2}, {"rotary", 4}, {"transformer_block", 2}}},
           {"modern/vit_b_16_ts", {{"transformer_block", 12}}},
           {"modern/vit_b_16_dynamo", {{"transformer_block", 12}}},
           {"modern/vit_b_16_opset23", {{"transformer_block", 12}}},
           {"modern/swin_tiny_hf", {{"transformer_block", 12}, {"window_attention", 12}}},
           {"modern/t5_small_encoder", {{"transformer_block", 6}}},
           {"modern/whisper_tiny_encoder", {{"transformer_block", 4}}},
           {"modern/segformer_b0", {{"transformer_block", 8}}},
           // Four of its layers attend to the whole image.
           {"modern/sam_vit_b_encoder", {{"transformer_block", 12}, {"window_attention", 8}}},
           {"modern/sd15_unet_fp16", {{"gated_mlp", 16}, {"transformer_block", 16}}},
           // Four C2f in the backbone, four in the neck; C3k2 in YOLO11, and one stage of attention.
           {"modern/yolov8n_dynamo", {{"c2f", 8}, {"sppf", 1}}},
           {"modern/yolo11n_nms_ts", {{"c2f", 8}, {"conv_attention", 1}, {"sppf", 1}}},
           {"modern/timm_convnext_tiny", {{"convnext_block", 18}}},
           {"modern/timm_maxvit_tiny_rw_224",
            {{"mbconv_se", 11}, {"squeeze_excite", 11}, {"transformer_block", 22}, {"window_attention", 22}}},
           {"modern/q_resnet18_qdq_int8", {{"residual_basic", 8}}},
           {"modern/q_resnet18_qdq_fp8", {{"residual_basic", 8}}},
           {"modern/q_resnet18_qoperator", {{"residual_basic", 8}}},
           {"modern/ort_resnet18_all_nchwc", {{"residual_basic", 8}}},
           // ResNet-50-D, one encoder layer on the coarsest map, six decoder layers with deformable cross attention.
           {"modern/rtdetr_r50", {{"residual_bottleneck", 16}, {"transformer_block", 7}}},
           {"modern/resnet50_dynamo", {{"residual_bottleneck", 16}}},
           {"modern/resnet50_raw_op18", {{"residual_bottleneck", 16}}},
           {"modern/fp16_resnet50_converted", {{"residual_bottleneck", 16}}},
           {"modern/tf_resnet50_nchw_in", {{"residual_bottleneck", 16}}},
           {"modern/ort_resnet18_extended", {{"residual_basic", 8}}},
           {"modern/r3d_18_dynamo", {{"residual_basic", 8}}},
           {"modern/ort_mobilenet_v2_all_nchwc", {{"mbconv", 17}}},
           {"modern/timm_tf_efficientnet_lite0", {{"mbconv", 16}}},
           // 8 fused stages' layers and 30 with squeeze-excite, after two plain residual convolutions.
           {"modern/timm_efficientnetv2_rw_s_ts", {{"fused_mbconv", 8}, {"mbconv_se", 30}, {"squeeze_excite", 30}}},
           {"vgg16", {}},
           {"densenet121", {}},
           {"inception_v3", {}},
           // 4 + 8 + 4 units, each with a shuffle; activations behind the last 1x1, so none of the above.
           {"shufflenet_v2_x1_0", {{"channel_shuffle", 16}}},
       }) {
    const Graph graph = Load(absl::StrCat("tests/models/", fact.model, ".onnx"));
    for (const std::string& set : RuleSetNames()) {
      if (set == kOnnxRuntimeCpu) continue;  // its rows are kernels
      const absl::StatusOr<Classification> c = Classify(graph, set);
      ASSERT_TRUE(c.ok());
      EXPECT_EQ(CountBlocks(*c), fact.blocks) << fact.model << " under " << set;
    }
  }
}

// Every convolution and product lands in a row of its kind.
TEST(Models, HaveTheRowsOfTheirArchitecture) {
  struct RowFact {
    const char* model;
    const char* set;
    const char* pattern;
    int count;
  };
  for (const RowFact& fact : std::vector<RowFact>{
           {"vgg16", "pytorch-eager", "conv2d_act", 13},
           {"vgg16", "pytorch-eager", "gemm", 3},
           {"vgg16_bn.bn", "pytorch-eager", "conv2d_bn_act", 13},
           // 53 convolutions: 16 close a block with its sum, 4 project a shortcut, the others have BN and ReLU.
           {"resnet50.bn", "pytorch-eager", "conv2d_add_act", 16},
           {"resnet50.bn", "pytorch-eager", "conv2d_bn", 4},
           {"resnet50.bn", "pytorch-eager", "conv2d_bn_act", 33},
           {"mobilenet_v2", "pytorch-eager", "mbconv", 17},
           {"efficientnet_b0", "pytorch-eager", "mbconv_se", 16},
           {"vit_b_16", "pytorch-eager", "attention", 12},
           {"vit_b_16", "pytorch-eager", "gelu", 12},
           {"vit_b_16", "pytorch-eager", "layernorm", 25},
           // QKV and both MLP layers; the output projections and the head are Gemm.
           {"vit_b_16", "pytorch-eager", "linear", 36},
           {"vit_b_16", "pytorch-eager", "gemm", 13},
           {"maxvit_t", "pytorch-eager", "attention", 22},
           {"inception_v3", "pytorch-eager", "conv2d_act", 94},
           {"mobilenet_v2", "none", "depthwise", 17},
           {"mobilenet_v2", "none", "pointwise", 34},
           {"shufflenet_v2_x1_0", "none", "depthwise", 19},
       }) {
    const Graph graph = Load(absl::StrCat("tests/models/", fact.model, ".onnx"));
    const absl::StatusOr<Classification> c = Classify(graph, fact.set);
    ASSERT_TRUE(c.ok());
    EXPECT_EQ(CountRows(*c)[fact.pattern], fact.count) << fact.model << " " << fact.set << " " << fact.pattern;
  }
}

TEST(Models, BlocksAreNamedByTheirModule) {
  const Graph graph = Load("tests/models/resnet50.onnx");
  const absl::StatusOr<Classification> c = Classify(graph, "none");
  ASSERT_TRUE(c.ok());
  ASSERT_EQ(c->blocks.size(), 16u);
  EXPECT_EQ(c->blocks[0].name, "layer1/layer1.0");
  EXPECT_EQ(c->blocks[15].name, "layer4/layer4.2");
}

// Some path leaves the row and comes back: it could not run as one.
bool LeavesAndReturns(const GraphView& view, const Subgraph& row) {
  std::vector<uint8_t> state(view.graph.nodes.size(), 0);  // 1 inside, 2 reached from inside
  for (NodeId n : row.nodes) state[static_cast<size_t>(n)] = 1;
  for (NodeId n = row.nodes.front(); n <= row.nodes.back(); ++n) {
    if (view.IsStatic(n)) continue;
    for (TensorId t : view.Inputs(n)) {
      const NodeId from = view.LiveProducer(t);
      const uint8_t reached = from == kNone ? 0 : state[static_cast<size_t>(from)];
      if (state[static_cast<size_t>(n)] == 1 && reached == 2) return true;
      if (state[static_cast<size_t>(n)] == 0 && reached != 0) state[static_cast<size_t>(n)] = 2;
    }
  }
  return false;
}

void CheckRows(const GraphView& view, const Classification& c) {
  const Graph& graph = view.graph;
  std::vector<int> seen(graph.nodes.size(), 0);
  NodeId last_first = -1;
  for (size_t i = 0; i < c.subgraphs.size(); ++i) {
    const Subgraph& row = c.subgraphs[i];
    ASSERT_FALSE(row.nodes.empty());
    EXPECT_TRUE(std::is_sorted(row.nodes.begin(), row.nodes.end()));
    EXPECT_TRUE(std::binary_search(row.nodes.begin(), row.nodes.end(), row.anchor));
    EXPECT_GT(row.nodes[0], last_first);
    last_first = row.nodes[0];
    for (NodeId n : row.nodes) {
      ++seen[static_cast<size_t>(n)];
      EXPECT_EQ(c.subgraph_of[static_cast<size_t>(n)], static_cast<int32_t>(i));
      EXPECT_EQ(graph.nodes[static_cast<size_t>(n)].region, graph.nodes[static_cast<size_t>(row.nodes[0])].region);
    }
    EXPECT_FALSE(row.nodes.size() > 1 && LeavesAndReturns(view, row))
        << graph.nodes[static_cast<size_t>(row.anchor)].id;
  }
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](int n) { return n == 1; }));
}

void CheckBlocks(const Classification& c) {
  for (const Block& block : c.blocks) {
    EXPECT_FALSE(block.name.empty());
    EXPECT_TRUE(IsBlock(block.pattern));
    if (block.parent == kNone) continue;
    const std::vector<NodeId>& outer = c.blocks[static_cast<size_t>(block.parent)].nodes;
    EXPECT_TRUE(std::includes(outer.begin(), outer.end(), block.nodes.begin(), block.nodes.end())) << block.name;
  }
}

std::vector<std::string> AllModels() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/models")) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Models, EveryNodeIsInOneRowThatCanRunAsOne) {
  const std::vector<std::string> paths = AllModels();
  ASSERT_GE(paths.size(), 30u);
  for (const std::string& path : paths) {
    const absl::StatusOr<Graph> graph = LoadModel(path);
    if (!graph.ok()) continue;  // the loader's tests say which files it refuses
    const GraphView view(*graph);
    for (const std::string& set : RuleSetNames()) {
      if (set == kOnnxRuntimeCpu) continue;  // its rows are kernels
      SCOPED_TRACE(absl::StrCat(path, " under ", set));
      const absl::StatusOr<Classification> c = Classify(*graph, set);
      ASSERT_TRUE(c.ok());
      CheckRows(view, *c);
      CheckBlocks(*c);
    }
  }
}

TEST(Models, NoneMakesAsManyRowsAsNodes) {
  for (const char* model : {"maxvit_t", "mobilenet_v2.bn"}) {
    const Graph graph = Load(absl::StrCat("tests/models/", model, ".onnx"));
    const absl::StatusOr<Classification> c = Classify(graph, "none");
    ASSERT_TRUE(c.ok());
    EXPECT_EQ(c->subgraphs.size(), graph.nodes.size());
  }
}

}  // namespace
}  // namespace opcost
