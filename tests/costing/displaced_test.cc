// Terms over what leaves a cache before it is needed again, by hand: what the kernels in between displace from it, and
// what a kernel that goes over the same bytes again and again evicts itself.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

constexpr char kTile[] = R"(
[kernel.tanh.any]
source = "bench"
launch_s = { value = 1e-6, evidence = "fitted", source = "bench" }
terms = [
  { metric = "dispatches", seconds_per_unit = { value = 8e-6, evidence = "fitted", source = "bench" }, displaced_from = "memory.l2_bytes" },
]

[kernel.rnn.fp32]
source = "bench"
launch_s = { value = 1e-6, evidence = "fitted", source = "bench" }
terms = [
  { metric = "pass_bytes", seconds_per_unit = { value = 1e-11, evidence = "fitted", source = "bench" }, evicted_beyond = "memory.l2_bytes" },
]
)";

double SecondsOfAKernel(const char* model_text) {
  std::ifstream file("tests/profiles/kernels.toml");
  std::ostringstream text;
  text << file.rdbuf() << kTile;
  absl::StatusOr<Target> target = ReadTargetText(text.str(), "kernels.toml", "");
  EXPECT_TRUE(target.ok()) << target.status();
  absl::StatusOr<Graph> graph = LoadText(model_text);
  EXPECT_TRUE(graph.ok()) << graph.status();
  absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = target->runtime});
  EXPECT_TRUE(model.ok()) << model.status();
  const Report report = Estimate::Price(*model, *target)->MakeReport(*model);
  EXPECT_TRUE(CheckConservation(report).ok()) << CheckConservation(report);
  return report.rows.at(0).t_s;
}

TEST(Displaced, LaunchesCostMoreTheMoreTheirNeighboursTouch) {
  // Each of the two writes 1 MB, and the cache holds 1 MB: half of it is displaced.
  EXPECT_NEAR(
      SecondsOfAKernel("<ir_version: 8, opset_import: [\"\" : 17]> g (float[250,1000] x) => (float[250,1000] y) "
                       "{ t = Tanh(x) y = Tanh(t) }"),
      1e-6 + 8e-6 / 2, 1e-12);
  // 1 kB each: a thousandth and one.
  EXPECT_NEAR(SecondsOfAKernel("<ir_version: 8, opset_import: [\"\" : 17]> g (float[250] x) => (float[250] y) "
                               "{ t = Tanh(x) y = Tanh(t) }"),
              1e-6 + 8e-6 / 1001, 1e-12);
}

double SecondsOfACell(int hidden) {
  const std::string h = std::to_string(hidden);
  return SecondsOfAKernel(("<ir_version: 8, opset_import: [\"\" : 17]> g (float[10,1,8] x) => (float[10,1,1," + h +
                           "] y) <float[1," + h + ",8] w = {}, float[1," + h + "," + h +
                           "] r = {}> { y = RNN <hidden_size: int = " + h + "> (x, w, r) }")
                              .c_str());
}

TEST(Evicted, PassesMissMoreTheFurtherTheyGoBeyondTheCache) {
  // Ten steps over 4 · 1000² bytes, of which the cache holds a quarter: all but a sixteenth is fetched anew.
  EXPECT_NEAR(SecondsOfACell(1000), 1e-6 + 1e-11 * 4e7 * 15 / 16, 1e-11);
  EXPECT_NEAR(SecondsOfACell(500), 1e-6, 1e-11);
}

}  // namespace
}  // namespace opcost
