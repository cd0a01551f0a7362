#include "costing/split.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

double Sum(const std::vector<DiffTerm>& terms) {
  double sum = 0;
  for (const DiffTerm& t : terms) sum += t.delta_s;
  return sum;
}

DiffTerm Of(const std::vector<DiffTerm>& terms, absl::string_view key) {
  for (const DiffTerm& t : terms) {
    if (t.key == key) return t;
  }
  std::string all;
  for (const DiffTerm& t : terms) all += t.key + ", ";
  ADD_FAILURE() << "no " << key << " among " << all;
  return {};
}

struct Numbers {
  double peak = 1000, factor = 0.5, tile = 0.2, bandwidth = 100, dispatch = 0, overlap = 1;
  int64_t flops = 3000, bytes = 1;
};

Formula Row(const Numbers& n) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(n.flops, n.bytes));
  TinyTarget t = TinyTarget::Plain(n.peak, n.bandwidth);
  EfficiencyForm& form = *t.target().entries[0].efficiency;
  form.factors = {t.Ratio("efficiency_factor", n.factor), t.Ratio("tile_utilization", n.tile)};
  form.dispatch = t.Time("dispatch_s", n.dispatch);
  form.overlap = t.Ratio("overlap", n.overlap, TermClass::kBandwidth);
  return Analyze(m.model(), t.target()).rows[0].formula;
}

TEST(Split, EqualFormulasHaveNoTerms) { EXPECT_TRUE(SplitDifference(Row({}), Row({})).empty()); }

TEST(Split, LogarithmicSharesWithinAClass) {
  // 30 s → 30 / 4.8 s: ln 3 against ln 1.6.
  const auto terms = SplitDifference(Row({}), Row({.factor = 1.5, .tile = 0.32}));
  ASSERT_EQ(terms.size(), 2u);
  const double delta = 30 / 4.8 - 30;
  EXPECT_NEAR(Of(terms, "efficiency_factor").delta_s, delta * std::log(3) / std::log(4.8), 1e-12);
  EXPECT_NEAR(*Of(terms, "efficiency_factor").ratio, 3, 1e-12);
  EXPECT_NEAR(Of(terms, "tile_utilization").delta_s, delta * std::log(1.6) / std::log(4.8), 1e-12);
  EXPECT_NEAR(*Of(terms, "tile_utilization").ratio, 1.6, 1e-12);
  EXPECT_NEAR(Sum(terms), delta, 1e-12);
}

TEST(Split, ShapleyAcrossClasses) {
  // Peak × 2 and efficiency × 2: 30 s → 7.5 s. Each alone leaves 15, so each gets (15 + 7.5) / 2.
  const auto terms = SplitDifference(Row({}), Row({.peak = 2000, .factor = 1.0}));
  EXPECT_NEAR(Of(terms, "peak.fp32_flops_per_s").delta_s, -11.25, 1e-12);
  EXPECT_NEAR(Of(terms, "efficiency_factor").delta_s, -11.25, 1e-12);
}

TEST(Split, ThroughTheMaximum) {
  // Compute 30 s → 3 s, memory 10 s throughout: bandwidth is no player, the peak takes all 20 s.
  const auto terms = SplitDifference(Row({.bytes = 1000}), Row({.peak = 10000, .bytes = 1000}));
  ASSERT_EQ(terms.size(), 1u);
  EXPECT_NEAR(Of(terms, "peak.fp32_flops_per_s").delta_s, -20, 1e-12);
  // With the bandwidth too (10 s → 5 s). Peak first: 30 → 10 → 5; bandwidth first: 30 → 30 → 5.
  const auto both = SplitDifference(Row({.bytes = 1000}), Row({.peak = 10000, .bandwidth = 200, .bytes = 1000}));
  EXPECT_NEAR(Of(both, "peak.fp32_flops_per_s").delta_s, -22.5, 1e-12);
  EXPECT_NEAR(Of(both, "memory.bandwidth_bytes_per_s").delta_s, -2.5, 1e-12);
}

TEST(Split, WorkAndDispatch) {
  const auto terms = SplitDifference(Row({}), Row({.dispatch = 2, .flops = 4500}));
  EXPECT_NEAR(Of(terms, "work: matrix_flops").delta_s, 15, 1e-12);
  EXPECT_NEAR(*Of(terms, "work: matrix_flops").ratio, 1.5, 1e-12);
  EXPECT_NEAR(Of(terms, "dispatch_s").delta_s, 2, 1e-12);
  EXPECT_FALSE(Of(terms, "dispatch_s").ratio.has_value());  // from 0
  EXPECT_NEAR(Sum(terms), 17, 1e-12);
}

TEST(Split, FactorsThatOneSideLacksStandTogether) {
  Formula a = Row({}), b = Row({.factor = 0.25});
  for (size_t i = 0; i < b.nodes.size(); ++i) {
    if (b.nodes[i].key == "efficiency_factor") b.nodes[i].key = "conv2d.fp32.efficiency";
  }
  const auto terms = SplitDifference(a, b);
  ASSERT_EQ(terms.size(), 1u);
  EXPECT_EQ(terms[0].key, "efficiency_factor → conv2d.fp32.efficiency");
  EXPECT_NEAR(terms[0].delta_s, 30, 1e-12);
  EXPECT_NEAR(*terms[0].ratio, 0.5, 1e-12);
}

TEST(Split, OtherFormsAreStructure) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  TimeForm form;
  form.launch = t.Time("launch_s", 2);
  form.terms.push_back({Metric::kMatrixFlops, TermReach::kAll, t.Time("per_flop", 0.001), kNoId});
  t.AddEntry("matmul.fp32", Pattern::kMatmul, Precision::kFp32).time = form;
  const Formula other = Analyze(m.model(), t.target()).rows[0].formula;
  const auto terms = SplitDifference(Row({.dispatch = 1}), other);  // 31 s → 5 s
  EXPECT_NEAR(Of(terms, "dispatch_s → launch_s").delta_s, 1, 1e-12);
  EXPECT_NEAR(Of(terms, "structure").delta_s, -27, 1e-12);
}

TEST(Split, SumsToTheDifferenceWhateverChanges) {
  uint64_t seed = 7;
  const auto next = [&] {  // 0.1 to 10, a simple generator is random enough
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return std::pow(10.0, static_cast<double>(seed >> 40) / static_cast<double>(1 << 24) * 2 - 1);
  };
  for (int i = 0; i < 200; ++i) {
    const auto any = [&] {
      return Numbers{next() * 1000,
                     next(),
                     next(),
                     next() * 100,
                     next(),
                     1 / (1 + next()),
                     2 * static_cast<int64_t>(next() * 1000),
                     static_cast<int64_t>(next() * 500)};
    };
    const Formula a = Row(any()), b = Row(any());
    const double delta = Evaluate(b) - Evaluate(a);
    EXPECT_NEAR(Sum(SplitDifference(a, b)), delta, 1e-12 * (Evaluate(a) + Evaluate(b)));
    for (const DiffTerm& t : SplitDifference(a, b)) EXPECT_NE(t.term_class, TermClass::kStructure);
  }
}

TEST(Split, HostileFormulasAreStructure) {
  Formula chain;
  chain.nodes.push_back({.kind = ExprKind::kWork, .key = "bytes", .value = 1});
  for (int i = 0; i < 100000; ++i) chain.nodes.push_back({.kind = ExprKind::kMul, .children = {i, i}});
  Formula other;
  other.nodes.push_back({.kind = ExprKind::kWork, .key = "bytes", .value = 3});
  const auto terms = SplitDifference(chain, other);
  EXPECT_NEAR(Of(terms, "structure").delta_s, 2, 1e-12);
  chain.nodes.resize(60);
  EXPECT_NEAR(Sum(SplitDifference(chain, other)), 2, 1e-12);
}

}  // namespace
}  // namespace opcost
