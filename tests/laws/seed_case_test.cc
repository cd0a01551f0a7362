// Law 7: the case that the project exists for. A coefficient changed by 3x and another by 1.6x; the total must show it.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "costing/diff.h"
#include "frontend/load.h"
#include "gtest/gtest.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

CountedModel FromText(const std::string& graph, const Target& target) {
  absl::StatusOr<Graph> loaded = LoadText(absl::StrCat("<ir_version: 8, opset_import: [\"\" : 17]> ", graph));
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return Count(*loaded, target);
}

Report Analyze(const std::string& graph, const std::string& target_name) {
  const Target target = LoadTarget(target_name);
  const CountedModel model = FromText(graph, target);
  Report report = Estimate::Price(model, target)->MakeReport(model);
  EXPECT_TRUE(CheckConservation(report).ok()) << CheckConservation(report);
  return report;
}

// 2 · 500 · 1000 · 1000 = 1 GFLOP.
constexpr const char* kOneGflop =
    "g (float[500,1000] x, float[1000,1000] w) => (float[500,1000] y) { y = MatMul(x, w) }";
// 1024–2048–2048–512, batch 64, without bias.
constexpr const char* kMlp =
    "g (float[64,1024] x, float[1024,2048] w1, float[2048,2048] w2, float[2048,512] w3) => (float[64,512] y) "
    "{ a = MatMul(x, w1) b = MatMul(a, w2) y = MatMul(b, w3) }";
// One row times a matrix: half a FLOP a byte.
constexpr const char* kVectors =
    "g (float[1,1031] x, float[1031,2053] w1, float[2053,1021] w2) => (float[1,1021] y) "
    "{ a = MatMul(x, w1) y = MatMul(a, w2) }";

TEST(SeedCase, OneGigaflop) {
  const Report tiny = Analyze(kOneGflop, "i7-12700k:tiny"), large = Analyze(kOneGflop, "i7-12700k:large");
  EXPECT_NEAR(tiny.totals.t_s, 1e9 / 72e9, 1e-15);
  EXPECT_NEAR(large.totals.t_s, 1e9 / 345.6e9, 1e-15);
  EXPECT_NEAR(tiny.totals.t_s * 1e3, 13.889, 0.0005);
  EXPECT_NEAR(large.totals.t_s * 1e3, 2.894, 0.0005);
  EXPECT_EQ(tiny.rows[0].bound, Bound::kCompute);
  EXPECT_EQ(large.rows[0].bound, Bound::kCompute);
}

TEST(SeedCase, TheRatioSurvivesToTheTotal) {
  const Report tiny = Analyze(kMlp, "i7-12700k:tiny"), large = Analyze(kMlp, "i7-12700k:large");
  EXPECT_EQ(tiny.totals.macs * 2, 939524096);
  EXPECT_NEAR(tiny.totals.t_s / large.totals.t_s, 4.8, 4.8e-12);
  // Never 27.496 ms twice, and never faster than the machine.
  EXPECT_GT(std::abs(tiny.totals.t_s - 0.027496), 0.001);
  EXPECT_GE(large.totals.t_s, large.totals.limit_s);
}

TEST(SeedCase, TheDiffNamesBothFactorsAndNothingElse) {
  const Diff diff = MakeDiff(Analyze(kMlp, "i7-12700k:tiny"), Analyze(kMlp, "i7-12700k:large"), "tiny", "large");
  ASSERT_TRUE(CheckConservation(diff).ok()) << CheckConservation(diff);
  ASSERT_EQ(diff.terms.size(), 2u);
  EXPECT_NE(diff.terms[0].key.find("efficiency_factor"), std::string::npos) << diff.terms[0].key;
  EXPECT_NEAR(*diff.terms[0].ratio, 3, 1e-12);
  EXPECT_NE(diff.terms[1].key.find("tile_utilization"), std::string::npos) << diff.terms[1].key;
  EXPECT_NEAR(*diff.terms[1].ratio, 1.6, 1e-12);
  const double delta = diff.totals[0].delta();
  EXPECT_NEAR(diff.terms[0].delta_s + diff.terms[1].delta_s, delta, 1e-12 * std::abs(delta));
  EXPECT_NEAR(diff.terms[0].delta_s / delta, std::log(3) / std::log(4.8), 1e-12);
}

TEST(SeedCase, HiddenOnAMemoryBoundGraph) {
  const Report tiny = Analyze(kVectors, "i7-12700k:tiny"), large = Analyze(kVectors, "i7-12700k:large");
  EXPECT_EQ(tiny.totals.t_s, large.totals.t_s);
  const Target target = LoadTarget("i7-12700k:tiny");
  const CountedModel model = FromText(kVectors, target);
  int named = 0;
  for (const Estimate::Effect& e : Estimate::Price(model, target)->Sensitivity()) {
    if (e.key.find("efficiency_factor") == std::string::npos && e.key.find("tile_utilization") == std::string::npos) {
      continue;
    }
    ++named;
    EXPECT_TRUE(e.used);
    EXPECT_EQ(e.elasticity_up, 0);
    EXPECT_EQ(e.elasticity_down, 0);
    EXPECT_EQ(e.hidden_under.find("memory.bandwidth_bytes_per_s"), 0u) << e.hidden_under;
    EXPECT_NE(e.hidden_under.find("in 2 rows"), std::string::npos) << e.hidden_under;
    // The row with the least between memory and compute decides how far they are from showing.
    double margin = INFINITY;
    for (const ReportRow& row : tiny.rows) {
      double compute = 0, memory = 0;
      for (const ReportRow::Term& t : row.terms) (t.name == "compute" ? compute : memory) += t.t_s;
      margin = std::min(margin, memory / compute);
    }
    EXPECT_NEAR(e.margin, margin, 1e-12);
    EXPECT_GT(e.margin, 1);
  }
  EXPECT_EQ(named, 2);
}

TEST(SeedCase, Vgg16AndWhatKeepsItFromTheRatio) {
  const auto analyze = [](const std::string& name) {
    const Target target = LoadTarget(name);
    const CountedModel model = Count(*LoadModel("tests/models/vgg16.onnx"), target);
    return Estimate::Price(model, target)->MakeReport(model);
  };
  const Report tiny = analyze("i7-12700k:tiny"), large = analyze("i7-12700k:large");
  const double ratio = tiny.totals.t_s / large.totals.t_s;
  EXPECT_LT(ratio, 4.8);
  // Rows that are compute-bound under both keep it; the memory-bound ones do not.
  double bound_tiny = 0, bound_large = 0;
  int64_t rows = 0;
  for (size_t i = 0; i < tiny.rows.size(); ++i) {
    if (tiny.rows[i].bound != Bound::kCompute || large.rows[i].bound != Bound::kCompute) continue;
    bound_tiny += tiny.rows[i].t_s;
    bound_large += large.rows[i].t_s;
    ++rows;
  }
  EXPECT_NEAR(bound_tiny / bound_large, 4.8, 4.8e-9);
  RecordProperty("ratio", std::to_string(ratio));
  std::printf("vgg16: %.4f, kept from 4.8 by %zu of %zu rows that memory bounds under one of them\n", ratio,
              tiny.rows.size() - static_cast<size_t>(rows), tiny.rows.size());
}

}  // namespace
}  // namespace opcost
