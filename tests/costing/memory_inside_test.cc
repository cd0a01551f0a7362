// A curve of whole times, as calibration fits them: priced, reported and explained without a memory term of its own.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

constexpr char kCurve[] = R"(
[kernel.tanh.any]
source = "bench"
evidence = "fitted"
range = [1e3, 1e9]
work = "bytes"
x = "bytes"
relative_to = "memory.bandwidth_bytes_per_s"
interpolation = "saturating"
memory = "inside"
dispatch_s = { value = 0, evidence = "fitted", source = "bench" }
points = [
  { x = 1e4, efficiency = 0.25 },
  { x = 1e6, efficiency = 0.5 },
]
)";

TEST(MemoryInside, ACurveOfWholeTimesIsAllThereIs) {
  std::ifstream file("tests/profiles/kernels.toml");
  std::ostringstream text;
  text << file.rdbuf() << kCurve;
  absl::StatusOr<Target> target = ReadTargetText(text.str(), "kernels.toml", "");
  ASSERT_TRUE(target.ok()) << target.status();
  absl::StatusOr<Graph> graph = LoadText(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[125,1000] x) => (float[125,1000] y) { y = Tanh(x) }");
  ASSERT_TRUE(graph.ok()) << graph.status();
  absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = target->runtime});
  ASSERT_TRUE(model.ok()) << model.status();
  const Report report = Estimate::Price(*model, *target)->MakeReport(*model);
  ASSERT_EQ(report.rows.size(), 1u);
  const ReportRow& row = report.rows[0];
  // 1 MB read and written, at half of 10 GB/s: the second point.
  EXPECT_NEAR(row.t_s, 1e6 / (0.5 * 1e10), 1e-12);
  EXPECT_EQ(row.bound, Bound::kMemory);
  EXPECT_EQ(row.evidence, Evidence::kFitted);
  EXPECT_TRUE(CheckConservation(report).ok()) << CheckConservation(report);
}

}  // namespace
}  // namespace opcost
