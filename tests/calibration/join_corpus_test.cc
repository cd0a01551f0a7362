// Every measured network of tests/measurements against its raw file: each kernel finds its nodes, each node its kernel,
// and the multiply-accumulates of a kernel's own shapes are those of the nodes that it was given.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/analyze.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/join_model.h"
#include "costing/calibration/kernel_graph.h"
#include "frontend/load.h"
#include "ops/count.h"

namespace opcost {
namespace {

// What the measured runs bound.
const std::map<std::string, std::map<std::string, int64_t>>& Bindings() {
  static const auto* const bindings = new std::map<std::string, std::map<std::string, int64_t>>{
      {"bert_base_dynamo", {{"seq", 128}}},
      {"bert_base_ts", {{"seq", 128}}},
      {"deberta_v3_small", {{"seq", 128}}},
      {"gpt2_dynamo", {{"seq", 128}}},
      {"gpt2_past_ts", {{"past", 127}, {"total_len", 128}}},
      {"gpt2_ts", {{"seq", 128}}},
      {"lstm_lm_state_ts", {{"seq", 35}}},
      {"q_bert_l2_dynamic_int8", {{"seq", 128}}},
      {"q_llama_matmulnbits4", {{"past", 127}, {"total_len", 128}}},
      {"q_lstm_dynamic", {{"seq", 35}}},
      {"speech_bigru_ts", {{"frames", 400}}},
      {"speech_bilstm_dynamo", {{"frames", 400}}},
      {"t5_small_encoder", {{"seq", 128}}},
  };
  return *bindings;
}

struct Missing {
  const char* network;
  int64_t nodes;
  const char* reason;
};
// Nodes that no kernel is found for, and why. A network that becomes whole must leave this list.
constexpr std::array<Missing, 4> kMissing = {{
    {"timm_convnext_tiny", 2, "sums of index arithmetic that the runtime folds"},
    {"timm_maxvit_tiny_rw_224", 2, "sums of index arithmetic that the runtime folds"},
    {"timm_volo_d1_224", 1, "a Gather and a Slice of one tensor became one Split"},
    {"q_llama_matmulnbits4", 2, "products by 1 that the runtime drops"},
}};

std::string RawFile(const std::string& network) {
  for (const char* folder : {"tests/models/generated/", "tests/models/", "tests/models/modern/"}) {
    const std::string path = absl::StrCat(folder, network, ".onnx");
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

int64_t MacsOf(const Graph& graph, const std::vector<NodeId>& nodes) {
  int64_t macs = 0;
  for (NodeId node : nodes) {
    const absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[static_cast<size_t>(node)]);
    if (count.ok()) macs += count->work.Get(Resource::kMatrixMacs);
  }
  return macs;
}

// A blocked convolution computes whole blocks of channels: its MACs are the node's, with either side rounded up.
bool IsPadded(const Graph& graph, const JoinedKernel& joined, double measured, double expected) {
  constexpr double kBlock = 16;
  const auto rounded = [](double channels) { return std::ceil(channels / kBlock) * kBlock / channels; };
  for (NodeId id : joined.nodes) {
    const Node& node = graph.nodes[static_cast<size_t>(id)];
    if (node.op_type != "Conv") continue;
    const Shape& weight = *graph.tensors[static_cast<size_t>(node.inputs[1])].shape;
    const double out = rounded(static_cast<double>(weight[0].extent)),
                 in = rounded(static_cast<double>(weight[1].extent));
    for (double factor : {out, in, out * in}) {
      if (std::abs(measured - expected * factor) < 0.5) return true;
    }
  }
  return false;
}

// A norm or a factor per channel runs as a convolution of one tap: MACs that no node has.
bool StandsForChannels(const MeasuredKernel& kernel) {
  return absl::StrContains(kernel.name, "_bn_nchwc") || absl::StrContains(kernel.name, "_mul_nchwc");
}

void CheckMacs(const Graph& graph, const MeasuredRun& run, const ModelJoin& join) {
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    const MeasuredKernel& kernel = run.kernels[k];
    const Graph own = KernelGraph(kernel);
    const absl::StatusOr<NodeCount> count = CountNode(own, own.nodes[0]);
    if (!count.ok() || StandsForChannels(kernel)) continue;
    const int64_t measured = count->work.Get(Resource::kMatrixMacs), expected = MacsOf(graph, join.kernels[k].nodes);
    if (measured == expected ||
        IsPadded(graph, join.kernels[k], static_cast<double>(measured), static_cast<double>(expected))) {
      continue;
    }
    ADD_FAILURE() << run.path << ": " << kernel.op_type << " " << kernel.name << " computes " << measured
                  << " MACs, its nodes " << expected;
  }
}

void CheckRun(const std::string& path, const std::string& raw) {
  const absl::StatusOr<std::vector<MeasuredRun>> runs = Import(path);
  ASSERT_TRUE(runs.ok()) << runs.status();
  const MeasuredRun& run = runs->front();
  LoadOptions options;
  if (const auto it = Bindings().find(run.network); it != Bindings().end()) options.dims = it->second;
  const absl::StatusOr<Graph> graph = LoadModel(raw, options);
  ASSERT_TRUE(graph.ok()) << graph.status();
  const std::optional<Graph> other = BindOtherwise(*graph, [&](const std::map<std::string, int64_t>& dims) {
    LoadOptions otherwise;
    otherwise.dims = dims;
    return LoadModel(raw, otherwise);
  });
  const ModelJoin join = JoinModel(*graph, run, {.other_binding = other ? &*other : nullptr});
  EXPECT_TRUE(CheckJoin(*graph, run, join).ok()) << CheckJoin(*graph, run, join);
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    EXPECT_NE(join.kernels[k].way, JoinWay::kNone)
        << path << ": " << run.kernels[k].op_type << " " << run.kernels[k].name;
  }
  int64_t missing = 0;
  for (size_t n = 0; n < graph->nodes.size(); ++n) missing += join.fates[n] == NodeFate::kMissing ? 1 : 0;
  const auto known =
      std::find_if(kMissing.begin(), kMissing.end(), [&](const Missing& m) { return run.network == m.network; });
  EXPECT_EQ(missing, known == kMissing.end() ? 0 : known->nodes) << path;
  EXPECT_LE(join.other_sizes, run.network == "timm_volo_d1_224" ? 1 : 0) << path << ": " << join.first_other_size;
  CheckMacs(*graph, run, join);
}

void CheckFolder(const std::string& folder, int at_least) {
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    const std::string raw = RawFile(file.substr(0, file.find(".json")));
    if (raw.empty()) continue;
    CheckRun(entry.path().string(), raw);
    ++checked;
  }
  EXPECT_GE(checked, at_least) << folder;
}

TEST(JoinCorpus, GeneratedNetworks) { CheckFolder("tests/measurements/epyc_zen4/generated", 108); }

TEST(JoinCorpus, RealModels) { CheckFolder("tests/measurements/epyc_zen4/models", 61); }

}  // namespace
}  // namespace opcost
