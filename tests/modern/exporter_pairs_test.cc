// One network written by several exporters: equal work, and the same rows, however each spells its norms, activations,
// attention and constants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

struct Group {
  const char* network;
  std::vector<const char*> files;
  std::map<std::string, std::vector<int64_t>> shapes;  // by input
};

const std::vector<Group>& Groups() {
  static const auto* const kGroups = new std::vector<Group>{
      {"BERT base",
       {"bert_base_dynamo", "bert_base_ts"},
       {{"input_ids", {1, 128}}, {"attention_mask", {1, 128}}, {"token_type_ids", {1, 128}}}},
      {"GPT-2", {"gpt2_dynamo", "gpt2_ts"}, {{"input_ids", {1, 128}}, {"attention_mask", {1, 128}}}},
      {"ResNet-50", {"resnet50_dynamo", "resnet50_raw_op18", "resnet50_ts"}, {{"pixel_values", {1, 3, 224, 224}}}},
      {"ViT-B/16", {"vit_b_16_dynamo", "vit_b_16_opset23", "vit_b_16_ts"}, {{"pixel_values", {1, 3, 224, 224}}}},
  };
  return *kGroups;
}

// Names that only say how much an exporter had folded: a batch norm in the convolution or behind it, a mean over the
// image as a pool or as a reduction. Views and copies are left out; exporters differ in how many they write.
std::string Comparable(Pattern pattern) {
  switch (pattern) {
    case Pattern::kConv2dBn:
    case Pattern::kPointwise:
      return "conv2d";
    case Pattern::kConv2dBnAct:
      return "conv2d_act";
    case Pattern::kReduce:
      return "pool";
    case Pattern::kFree:
    case Pattern::kMove:
      return "";
    default:
      return std::string(Name(pattern));
  }
}

struct Seen {
  int64_t macs = 0, parameters = 0;
  std::map<std::string, int> rows;
};

Seen See(const std::string& file, const Group& group) {
  LoadOptions options;
  options.shapes = group.shapes;
  absl::StatusOr<Graph> graph = LoadModel("tests/models/modern/" + file + ".onnx", options);
  EXPECT_TRUE(graph.ok()) << graph.status();
  if (!graph.ok()) return {};
  absl::StatusOr<Target> target = ReadTarget("profiles/a100-sxm-80gb.toml");
  EXPECT_TRUE(target.ok()) << target.status();
  absl::StatusOr<CountedModel> counted = CountModel(*std::move(graph), {.runtime = {.rule_set = "pytorch-eager"}});
  EXPECT_TRUE(counted.ok()) << counted.status();
  if (!counted.ok() || !target.ok()) return {};
  const Report report = Estimate::Price(*counted, *target)->MakeReport(*counted);
  Seen seen{report.totals.work.Get(Resource::kMatrixMacs), report.memory.parameters, {}};
  for (const ReportRow& row : report.rows) {
    if (const std::string name = Comparable(row.pattern); !name.empty()) ++seen.rows[name];
  }
  return seen;
}

TEST(ExporterPairs, HaveEqualWorkAndTheSameRows) {
  for (const Group& group : Groups()) {
    SCOPED_TRACE(group.network);
    const Seen first = See(group.files[0], group);
    EXPECT_GT(first.macs, 0);
    for (size_t i = 1; i < group.files.size(); ++i) {
      const Seen other = See(group.files[i], group);
      EXPECT_EQ(other.macs, first.macs) << group.files[i];
      EXPECT_EQ(other.rows, first.rows) << group.files[i];
    }
  }
}

// What the rows are is known from the networks themselves.
TEST(ExporterPairs, TheRowsAreThoseOfTheNetworks) {
  const Seen bert = See("bert_base_ts", Groups()[0]);
  EXPECT_EQ(bert.rows.at("attention"), 12);
  EXPECT_EQ(bert.rows.at("layernorm"), 2 * 12 + 1);
  EXPECT_EQ(bert.rows.at("gelu"), 12);
  EXPECT_EQ(bert.rows.at("linear"), 6 * 12);  // Q, K, V, output, and two of the feed-forward part
  const Seen resnet = See("resnet50_raw_op18", Groups()[2]);
  EXPECT_EQ(resnet.rows.at("conv2d_add_act"), 16);      // one a bottleneck
  EXPECT_EQ(resnet.rows.at("conv2d_act"), 1 + 2 * 16);  // the stem, two a bottleneck
  EXPECT_EQ(resnet.rows.at("conv2d"), 4);               // projections
}

}  // namespace
}  // namespace opcost
