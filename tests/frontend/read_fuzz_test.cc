// Damaged models never crash the reader, hang it or make it allocate without bound. The damage is random but
// repeatable: a failure prints its seed.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <string>
#include <vector>

#include "frontend/load.h"
#include "frontend/read_proto.h"
#include "mutate.h"

namespace opcost {
namespace {

using Clock = std::chrono::steady_clock;
using testing_internal::Random;

constexpr auto kBudget = std::chrono::seconds(5);
// Seeds are below 60 kB and healthy ones take milliseconds; a sanitizer on a busy machine is what the rest is for.
constexpr auto kLongest = std::chrono::seconds(5);
constexpr int64_t kMaxGrowthKib = int64_t{1} << 20;

int64_t PeakKib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Runs `attempt(seed)` until the time is over.
template <class Attempt>
void Repeat(Attempt attempt) {
  const int64_t before = PeakKib();
  const auto start = Clock::now();
  int attempts = 0, accepted = 0;
  for (; Clock::now() - start < kBudget; ++attempts) {
    const auto one = Clock::now();
    accepted += attempt(attempts) ? 1 : 0;
    ASSERT_LT(Clock::now() - one, kLongest) << "seed " << attempts;
    ASSERT_LT(PeakKib() - before, kMaxGrowthKib) << "seed " << attempts;
  }
  // Damage that is always or never fatal would test nothing behind the reader, or nothing in it.
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, attempts);
  testing::Test::RecordProperty("attempts", attempts);
  testing::Test::RecordProperty("accepted", accepted);
}

bool MessageIsClear(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument &&
         status.message().substr(0, 8) == absl::string_view("m.onnx: ");
}

TEST(Fuzz, BytesOfModels) {
  const std::vector<std::string> seeds = testing_internal::SeedModels();
  ASSERT_GT(seeds.size(), 3U);
  Repeat([&](int seed) {
    Random random(seed);
    const std::string& bytes = seeds[testing_internal::Below(random, seeds.size())];
    const std::string& donor = seeds[testing_internal::Below(random, seeds.size())];
    const auto model =
        internal::ParseBytes(testing_internal::MutateBytes(bytes, donor, random), "m.onnx", seed % 2 == 0 ? 65536 : 16);
    EXPECT_TRUE(model.ok() || MessageIsClear(model.status())) << "seed " << seed << ": " << model.status().message();
    return model.ok();
  });
}

TEST(Fuzz, MessagesOfModelsInstantiated) {
  std::vector<onnx::ModelProto> seeds;
  for (const std::string& bytes : testing_internal::SeedModels())
    ASSERT_TRUE(seeds.emplace_back().ParseFromString(bytes));
  Repeat([&](int seed) {
    Random random(seed);
    onnx::ModelProto damaged = seeds[testing_internal::Below(random, seeds.size())];
    testing_internal::MutateMessage(damaged, random);
    const auto model = Model::FromBytes(damaged.SerializeAsString(), "m.onnx");
    if (!model.ok()) {
      EXPECT_TRUE(MessageIsClear(model.status())) << "seed " << seed << ": " << model.status().message();
      return false;
    }
    const auto graph = model->Instantiate({});
    EXPECT_TRUE(graph.ok() || graph.status().code() == absl::StatusCode::kInvalidArgument)
        << "seed " << seed << ": " << graph.status().ToString();
    return graph.ok();
  });
}

}  // namespace
}  // namespace opcost
