// Real files: every tensor of every torchvision export has a type and a shape, and nothing had to be assumed.
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/load_text.h"

namespace opcost {
namespace {

using ::testing::IsEmpty;
using testing_support::ShapeOf;

std::vector<std::string> Models() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/models")) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  }
  return paths;
}

TEST(TorchvisionModels, ResolveCompletely) {
  const std::vector<std::string> models = Models();
  ASSERT_GE(models.size(), 22u);
  for (const std::string& path : models) {
    const absl::StatusOr<Graph> g = LoadModel(path);
    ASSERT_TRUE(g.ok()) << path << ": " << g.status();
    for (const Tensor& t : g->tensors) {
      EXPECT_TRUE(t.shape && NumElements(*t.shape)) << path << ": " << t.name;
      EXPECT_NE(t.dtype, DType::kUnknown) << path << ": " << t.name;
    }
    for (const TensorId id : g->outputs) {
      const Shape& out = *g->tensors[static_cast<size_t>(id)].shape;
      const bool segmentation = path.find("resnet50") != std::string::npos && out.size() == 4;
      EXPECT_EQ(out[1].extent, segmentation ? 21 : 1000) << path;
    }
  }
}

// Twice the batch doubles every activation and no weight.
TEST(TorchvisionModels, FollowAnotherInputShape) {
  LoadOptions options;
  const absl::StatusOr<Graph> plain = LoadModel("tests/models/resnet50.onnx");
  ASSERT_TRUE(plain.ok());
  const std::string input = plain->tensors[static_cast<size_t>(plain->inputs[0])].name;
  options.shapes[input] = {7, 3, 256, 192};
  const absl::StatusOr<Graph> g = LoadModel("tests/models/resnet50.onnx", options);
  ASSERT_TRUE(g.ok()) << g.status();
  EXPECT_EQ(ToString(*g->tensors[static_cast<size_t>(g->outputs[0])].shape, *g), "[7, 1000]");
}

}  // namespace
}  // namespace opcost
