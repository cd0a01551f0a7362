// The networks that calibration measures: the same ones everywhere, valid by ONNX's own checker, priced whole.
#include "costing/calibration/generate/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "frontend/schemas.h"
#include "hardware/read_target.h"
#include "onnx/checker.h"
#include "onnx/onnx_pb.h"

namespace opcost {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kOfEach = 6;  // networks of a family: every choice of most of them

template <typename Check>
void ForEach(Check check) {
  for (const NetworkFamily& family : NetworkFamilies()) {
    for (const uint64_t seed : {1, 5}) {
      for (int64_t i = 0; i < kOfEach; ++i) {
        const absl::StatusOr<GeneratedNetwork> network = GenerateNetwork(family.name, i, seed);
        ASSERT_TRUE(network.ok()) << family.name << " " << i << ": " << network.status();
        SCOPED_TRACE(network->name);
        check(*network);
      }
    }
  }
}

TEST(Generate, SeedAndIndexSayWhichNetworkItIs) {
  std::set<std::string> models;
  for (const NetworkFamily& family : NetworkFamilies()) {
    for (const int64_t index : {0, 1, 2}) {
      for (const uint64_t seed : {1, 2}) {
        const absl::StatusOr<GeneratedNetwork> network = GenerateNetwork(family.name, index, seed);
        const absl::StatusOr<GeneratedNetwork> again = GenerateNetwork(family.name, index, seed);
        ASSERT_TRUE(network.ok() && again.ok()) << family.name << ": " << network.status();
        EXPECT_EQ(network->model, again->model) << network->name;
        EXPECT_EQ(network->family, family.name);
        models.insert(network->model);
      }
    }
  }
  // Fused layers and single ones of a few shapes leave nothing to the seed; other families do.
  EXPECT_GE(models.size(), NetworkFamilies().size() * 5);
}

// Pinned: who has measured a network must find it again. Changes with the families, never with the machine.
TEST(Generate, RandomNumbersAreTheSameEverywhere) {
  const absl::StatusOr<GeneratedNetwork> network = GenerateNetwork("convnet", 0, 1);
  ASSERT_TRUE(network.ok()) << network.status();
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(network->model));
  EXPECT_EQ(model.graph().name(), "convnet-000");
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(2).dim_value(), 112);
}

TEST(Generate, AnUnknownFamilyNamesTheNearest) {
  const absl::StatusOr<GeneratedNetwork> network = GenerateNetwork("convnets", 0, 1);
  EXPECT_EQ(network.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(network.status().message()), HasSubstr("did you mean 'convnet'?"));
}

TEST(Generate, EveryRoundHasEveryFamilyAndNoNetworkTwice) {
  const int64_t round = NetworksInRound();
  const std::vector<NetworkChoice> order = NetworkOrder(2 * round + 5);
  ASSERT_EQ(order.size(), static_cast<size_t>(2 * round + 5));
  std::set<std::pair<std::string, int64_t>> seen;
  std::set<std::string> families;
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_TRUE(seen.emplace(order[i].family, order[i].index).second) << order[i].family;
    if (i < NetworkFamilies().size()) families.insert(order[i].family);
  }
  EXPECT_EQ(families.size(), NetworkFamilies().size()) << "the first networks are one of each family";
}

// Weights become inputs: ONNX's checker wants to see the files that hold them.
onnx::ModelProto WithoutWeights(onnx::ModelProto model) {
  onnx::GraphProto& graph = *model.mutable_graph();
  const auto initializers = graph.initializer();
  graph.clear_initializer();
  for (const onnx::TensorProto& tensor : initializers) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) {
      *graph.add_initializer() = tensor;
      continue;
    }
    onnx::ValueInfoProto& input = *graph.add_input();
    input.set_name(tensor.name());
    auto& type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(tensor.data_type());
    type.mutable_shape();
    for (const int64_t extent : tensor.dims()) type.mutable_shape()->add_dim()->set_dim_value(extent);
  }
  return model;
}

TEST(Generate, EveryNetworkPassesTheCheckerAndStrictShapeInference) {
  internal::RegisterContribSchemas();
  ForEach([](const GeneratedNetwork& network) {
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(network.model));
    EXPECT_GE(model.graph().output_size(), 1);
    EXPECT_NO_THROW(onnx::checker::check_model(WithoutWeights(model), /*full_check=*/true));
  });
}

// How many are found only data can tell.
bool FollowsFromData(const Node& node) { return node.op_type == "NonZero" || node.op_type == "NonMaxSuppression"; }

TEST(Generate, EveryNetworkIsPricedWholeAndHasStaticShapes) {
  const absl::StatusOr<Target> target = FindTarget("tests/profiles/kernels.toml", {});
  ASSERT_TRUE(target.ok()) << target.status();
  ForEach([&](const GeneratedNetwork& network) {
    const absl::StatusOr<Model> parsed = Model::FromBytes(network.model, network.name);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    absl::StatusOr<Graph> graph = parsed->Instantiate({});
    ASSERT_TRUE(graph.ok()) << graph.status();
    EXPECT_TRUE(graph->bindings.empty());
    for (const Tensor& tensor : graph->tensors) {
      ASSERT_TRUE(tensor.shape) << tensor.name;
      const bool by_data =
          tensor.producer != kNone && FollowsFromData(graph->nodes[static_cast<size_t>(tensor.producer)]);
      for (const Dim& dim : *tensor.shape) EXPECT_TRUE(dim.known() || by_data) << tensor.name;
    }
    const absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = target->runtime});
    ASSERT_TRUE(model.ok()) << model.status();
    for (size_t k = 0; k < model->executed->kernels.size(); ++k) {
      EXPECT_TRUE(model->executed->kernels[k].kernel_class) << model->executed->executed.graph.nodes[k].id;
    }
    const absl::StatusOr<Estimate> estimate = Estimate::Price(*model, *target);
    ASSERT_TRUE(estimate.ok()) << estimate.status();
    const Report report = estimate->MakeReport(*model);
    EXPECT_TRUE(report.coverage.unknown.empty()) << report.coverage.unknown[0].op;
    EXPECT_GT(estimate->Total(), 0);
  });
}

}  // namespace
}  // namespace opcost
