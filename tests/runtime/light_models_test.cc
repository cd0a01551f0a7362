// The classic networks that come with ONNX, at each level: the operators that ONNX Runtime 1.30.0 wrote into its
// optimised graph on a machine with AVX-512 (measured; `c.` is com.microsoft.nchwc, `m.` com.microsoft).
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontend/load.h"
#include "frontend/runtime/executed.h"

namespace opcost {
namespace {

struct Written {
  const char* model;
  RuntimeLevel level;
  int nodes;
  const char* operators;
};

constexpr std::array<Written, 27> kWritten = {{
    {"bvlc_alexnet", RuntimeLevel::kBasic, 22, "Relu 7, Conv 5, MaxPool 3, Gemm 3, LRN 2, Reshape 1, Softmax 1"},
    {"bvlc_alexnet", RuntimeLevel::kExtended, 15,
     "m.FusedConv 5, MaxPool 3, LRN 2, m.FusedGemm 2, Reshape 1, Gemm 1, Softmax 1"},
    {"bvlc_alexnet", RuntimeLevel::kAll, 20,
     "c.Conv 5, c.ReorderOutput 3, c.MaxPool 3, LRN 2, c.ReorderInput 2, m.FusedGemm 2, Reshape 1, Gemm 1, Softmax 1"},
    {"densenet121", RuntimeLevel::kBasic, 491,
     "Conv 121, Relu 121, BatchNormalization 62, Mul 62, Add 62, Concat 58, AveragePool 3, MaxPool 1, "
     "GlobalAveragePool 1"},
    {"densenet121", RuntimeLevel::kExtended, 432,
     "BatchNormalization 62, Mul 62, Add 62, Relu 62, Conv 62, m.FusedConv 59, Concat 58, AveragePool 3, MaxPool 1, "
     "GlobalAveragePool 1"},
    {"densenet121", RuntimeLevel::kAll, 557,
     "c.Conv 245, c.ReorderOutput 63, Add 62, Relu 62, c.ReorderInput 62, Concat 58, c.AveragePool 3, c.MaxPool 1, "
     "GlobalAveragePool 1"},
    {"inception_v1", RuntimeLevel::kBasic, 138,
     "Conv 55, Relu 55, MaxPool 13, Concat 9, LRN 2, AveragePool 1, Reshape 1, Gemm 1, Softmax 1"},
    {"inception_v1", RuntimeLevel::kExtended, 83,
     "m.FusedConv 55, MaxPool 13, Concat 9, LRN 2, AveragePool 1, Reshape 1, Gemm 1, Softmax 1"},
    {"inception_v1", RuntimeLevel::kAll, 88,
     "c.Conv 55, c.MaxPool 13, Concat 9, c.ReorderOutput 3, LRN 2, c.ReorderInput 2, c.AveragePool 1, Reshape 1, Gemm "
     "1, Softmax 1"},
    {"inception_v2", RuntimeLevel::kBasic, 168,
     "Relu 64, Conv 60, Concat 10, AveragePool 8, BatchNormalization 6, Mul 6, Add 6, MaxPool 5, Reshape 1, Gemm 1, "
     "Softmax 1"},
    {"inception_v2", RuntimeLevel::kExtended, 110,
     "m.FusedConv 58, Concat 10, AveragePool 8, BatchNormalization 6, Mul 6, Add 6, Relu 6, MaxPool 5, Conv 2, Reshape "
     "1, Gemm 1, Softmax 1"},
    {"inception_v2", RuntimeLevel::kAll, 129,
     "c.Conv 72, c.ReorderOutput 13, Concat 10, c.AveragePool 8, Add 6, Relu 6, c.ReorderInput 6, c.MaxPool 5, Reshape "
     "1, Gemm 1, Softmax 1"},
    {"resnet50", RuntimeLevel::kBasic, 123,
     "Conv 53, Relu 49, Sum 16, MaxPool 1, AveragePool 1, Reshape 1, Gemm 1, Softmax 1"},
    {"resnet50", RuntimeLevel::kExtended, 90,
     "m.FusedConv 33, Conv 20, Sum 16, Relu 16, MaxPool 1, AveragePool 1, Reshape 1, Gemm 1, Softmax 1"},
    {"resnet50", RuntimeLevel::kAll, 59,
     "c.Conv 53, c.MaxPool 1, c.AveragePool 1, c.ReorderOutput 1, Reshape 1, Gemm 1, Softmax 1"},
    {"shufflenet", RuntimeLevel::kBasic, 154,
     "Conv 49, Relu 33, Reshape 33, Transpose 16, Sum 13, AveragePool 4, Concat 3, MaxPool 1, Gemm 1, Softmax 1"},
    {"shufflenet", RuntimeLevel::kExtended, 137,
     "Reshape 33, Conv 32, m.FusedConv 17, Transpose 16, Relu 16, Sum 13, AveragePool 4, Concat 3, MaxPool 1, Gemm 1, "
     "Softmax 1"},
    {"shufflenet", RuntimeLevel::kAll, 174,
     "Reshape 33, c.ReorderOutput 19, c.ReorderInput 18, c.Conv 17, m.FusedConv 16, Transpose 16, Conv 16, Relu 16, "
     "Sum 13, Concat 3, AveragePool 2, c.AveragePool 2, MaxPool 1, Gemm 1, Softmax 1"},
    {"squeezenet", RuntimeLevel::kBasic, 65, "Conv 26, Relu 26, Concat 8, MaxPool 3, GlobalAveragePool 1, Softmax 1"},
    {"squeezenet", RuntimeLevel::kExtended, 39, "m.FusedConv 26, Concat 8, MaxPool 3, GlobalAveragePool 1, Softmax 1"},
    {"squeezenet", RuntimeLevel::kAll, 40,
     "c.Conv 26, Concat 8, c.MaxPool 3, c.ReorderOutput 1, GlobalAveragePool 1, Softmax 1"},
    {"vgg19", RuntimeLevel::kBasic, 44, "Relu 18, Conv 16, MaxPool 5, Gemm 3, Reshape 1, Softmax 1"},
    {"vgg19", RuntimeLevel::kExtended, 26, "m.FusedConv 16, MaxPool 5, m.FusedGemm 2, Reshape 1, Gemm 1, Softmax 1"},
    {"vgg19", RuntimeLevel::kAll, 27,
     "c.Conv 16, c.MaxPool 5, m.FusedGemm 2, c.ReorderOutput 1, Reshape 1, Gemm 1, Softmax 1"},
    {"zfnet512", RuntimeLevel::kBasic, 22, "Relu 7, Conv 5, MaxPool 3, Gemm 3, LRN 2, Reshape 1, Softmax 1"},
    {"zfnet512", RuntimeLevel::kExtended, 15,
     "m.FusedConv 5, MaxPool 3, LRN 2, m.FusedGemm 2, Reshape 1, Gemm 1, Softmax 1"},
    {"zfnet512", RuntimeLevel::kAll, 20,
     "c.Conv 5, c.ReorderOutput 3, c.MaxPool 3, LRN 2, c.ReorderInput 2, m.FusedGemm 2, Reshape 1, Gemm 1, Softmax 1"},
}};

using Counts = std::map<std::string, int>;

Counts Parsed(const std::string& text) {
  Counts counts;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ", "))) {
    const std::vector<std::string> words = absl::StrSplit(part, ' ');
    EXPECT_TRUE(words.size() == 2 && absl::SimpleAtoi(words[1], &counts[words[0]])) << part;
  }
  return counts;
}

Counts Predicted(const Written& row) {
  const absl::StatusOr<Graph> graph = LoadModel(absl::StrCat("tests/models/light/light_", row.model, ".onnx"));
  EXPECT_TRUE(graph.ok()) << graph.status();
  if (!graph.ok()) return {};
  const absl::StatusOr<ExecutedGraph> executed =
      ExecuteWithOnnxRuntime(*graph, {.minor_version = 30, .level = row.level});
  EXPECT_TRUE(executed.ok()) << executed.status();
  Counts counts;
  if (!executed.ok()) return counts;
  for (const Node& node : executed->graph.nodes) {
    const char* prefix = node.domain.empty() ? "" : node.domain == "com.microsoft.nchwc" ? "c." : "m.";
    ++counts[absl::StrCat(prefix, node.op_type)];
  }
  return counts;
}

TEST(LightModels, AreOptimisedAsMeasured) {
  for (const Written& row : kWritten) {
    const Counts written = Parsed(row.operators), predicted = Predicted(row);
    EXPECT_EQ(predicted, written) << row.model << " at level " << static_cast<int>(row.level);
    int nodes = 0;
    for (const auto& [op, n] : written) nodes += n;
    EXPECT_EQ(nodes, row.nodes) << row.model << ": the row does not add up";
  }
}

}  // namespace
}  // namespace opcost
