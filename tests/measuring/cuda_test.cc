// A provider other than the CPU's is asked for, measured as whole runs, and its launches are not taken for its work.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "costing/calibration/runtime/measure_model.h"
#include "costing/calibration/samples.h"
#include "frontend/load.h"
#include "installed.h"

namespace opcost {
namespace {

using testing::HasSubstr;

int Appended() {
  void* library = dlopen(FAKE_CUDA, RTLD_NOW | RTLD_NOLOAD);
  return library == nullptr ? -1 : reinterpret_cast<int (*)()>(dlsym(library, "CudaProvidersAppended"))();
}

class Cuda : public testing::Test {
 protected:
  void SetUp() override {
    if (WithoutRuntime()) GTEST_SKIP();
    const absl::StatusOr<std::string> real = FindOrtLibrary(kInstalled);
    ASSERT_TRUE(real.ok()) << real.status() << " (scripts/onnxruntime.sh installs it)";
    setenv("FAKE_CUDA_OVER", real->c_str(), 1);
    absl::StatusOr<std::shared_ptr<const OrtLibrary>> loaded = OrtLibrary::Load(FAKE_CUDA);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    library_ = *std::move(loaded);
  }
  std::shared_ptr<const OrtLibrary> library_;
};

TEST_F(Cuda, WholeRunsAreMeasuredAndLaunchesAreNoWork) {
  RuntimeRequest request;
  request.provider = "cuda";
  const MeasureOptions quick{.sessions = 1, .least_s = 0.01, .most_s = 0.2};
  absl::StatusOr<Measurer> measurer = Measurer::Make(library_, request, quick);
  ASSERT_TRUE(measurer.ok()) << measurer.status();
  const int before = Appended();
  EXPECT_GT(before, 0);
  const Graph graph = LoadModel("tests/models/mobilenet_v3_small.onnx").value();
  const absl::StatusOr<Measured> measured = measurer->Measure(graph, nullptr);
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_GT(Appended(), before);
  EXPECT_TRUE(measured->run.launches_only);
  EXPECT_GT(measured->run.end_to_end_s.value_or(0), 0);
  const absl::Status status = MakeSamples({measured->run}, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("expected a profile with device kernels"));
}

}  // namespace
}  // namespace opcost
