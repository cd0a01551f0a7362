#include "costing/diff.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

TinyTarget Factors(double factor, double tile) {
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().entries[0].efficiency->factors = {t.Ratio("efficiency_factor", factor), t.Ratio("tile_utilization", tile)};
  return t;
}

TEST(Diff, OfAReportWithItselfIsNothing) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget t = Factors(0.5, 0.5);
  const Diff d = MakeDiff(Analyze(m.model(), t.target()), Analyze(m.model(), t.target()), "a", "b");
  EXPECT_TRUE(d.terms.empty());
  EXPECT_TRUE(d.by_class.empty());
  EXPECT_EQ(d.groups[0].kind, DiffKind::kEqual);
  for (const DiffTotal& total : d.totals) EXPECT_EQ(total.delta(), 0) << total.name;
  EXPECT_EQ(d.totals[0].name, "latency_s");
  EXPECT_EQ(d.matched.share_of_time, 1);
  EXPECT_TRUE(CheckConservation(d).ok());
}

TEST(Diff, TwoTargetsByName) {
  TinyModel m;
  for (int64_t flops : {1000, 3000, 7000}) m.Add("MatMul", Pattern::kMatmul, MatrixWork(flops, 1));
  TinyTarget tiny = Factors(0.2, 0.5), large = Factors(0.6, 0.8);
  tiny.target().run_constant = tiny.Time("run.constant_s", 1);
  large.target().run_constant = large.Time("run.constant_s", 3);
  const Diff d = MakeDiff(Analyze(m.model(), tiny.target()), Analyze(m.model(), large.target()), "tiny", "large");
  ASSERT_TRUE(CheckConservation(d).ok()) << CheckConservation(d);
  ASSERT_EQ(d.terms.size(), 3u);
  EXPECT_EQ(d.terms[0].key, "efficiency_factor");
  EXPECT_NEAR(*d.terms[0].ratio, 3, 1e-12);
  EXPECT_EQ(d.terms[1].key, "tile_utilization");
  EXPECT_NEAR(*d.terms[1].ratio, 1.6, 1e-12);
  EXPECT_EQ(d.terms[2].key, "overhead");
  EXPECT_NEAR(d.terms[2].delta_s, 2, 1e-12);
  const double delta = 110 / 4.8 - 110;
  EXPECT_NEAR(d.terms[0].delta_s + d.terms[1].delta_s, delta, 1e-9);
  ASSERT_EQ(d.by_class.size(), 2u);
  EXPECT_EQ(d.by_class[0].term_class, TermClass::kEfficiency);
  EXPECT_NEAR(d.groups[0].a_s, 70, 1e-12);  // the largest change first
}

TEST(Diff, FlipsOfTheBound) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 500));  // 3 s, 5 s
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(9000, 500));  // 9 s, 5 s
  TinyTarget a = TinyTarget::Plain(1000, 100), b = TinyTarget::Plain(3000, 100);
  const Diff d = MakeDiff(Analyze(m.model(), a.target()), Analyze(m.model(), b.target()), "a", "b");
  ASSERT_EQ(d.groups.size(), 2u);
  EXPECT_TRUE(d.groups[0].flipped);
  EXPECT_EQ(d.groups[0].bound_a, Bound::kCompute);
  EXPECT_EQ(d.groups[0].bound_b, Bound::kMemory);
  EXPECT_FALSE(d.groups[1].flipped);
}

TEST(Diff, NewDeletedAndFusedRows) {
  TinyModel m, n;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  m.Add("Relu", Pattern::kActivation, MatrixWork(100, 1));
  m.Add("Gone", Pattern::kOther, MatrixWork(700, 1));
  n.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  n.Add("Relu", Pattern::kActivation, MatrixWork(100, 1));
  n.Add("Fresh", Pattern::kOther, MatrixWork(1100, 1));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  Report a = Analyze(m.model(), t.target()), b = Analyze(n.model(), t.target());
  // In B the first two run as one row of 2.5 s.
  b.rows[0].nodes = {0, 1};
  b.rows[0].t_s = 2.5;
  b.rows.erase(b.rows.begin() + 1);
  b.rows[1].nodes = {2};
  b.nodes[1].subgraph = 0;
  b.nodes[2].subgraph = 1;
  b.totals.t_s = b.totals.row_sum_s = 3.6;
  const Diff d = MakeDiff(a, b, "a", "b");
  ASSERT_TRUE(CheckConservation(d).ok()) << CheckConservation(d);
  ASSERT_EQ(d.groups.size(), 3u);
  EXPECT_EQ(d.groups[0].kind, DiffKind::kNew);
  EXPECT_EQ(d.groups[1].kind, DiffKind::kDeleted);
  EXPECT_EQ(d.groups[2].rows_a, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(d.groups[2].rows_b, (std::vector<int32_t>{0}));
  EXPECT_NEAR(d.groups[2].terms[0].delta_s, -0.6, 1e-12);
  EXPECT_EQ(d.terms[0].key, "structure");
  EXPECT_EQ(d.matched.by_name, 2);
  EXPECT_EQ(d.matched.only_a, 1);
  EXPECT_NEAR(d.matched.share_of_time, (3.1 + 2.5) / (3.8 + 3.6), 1e-12);
}

TEST(Diff, InsideTheIntervals) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  Report a = Analyze(m.model(), t.target()), b = a;
  t.target().coefficients[0].layers.push_back({"--set", 1100});
  b = Analyze(m.model(), t.target());
  EXPECT_FALSE(MakeDiff(a, b, "a", "b").groups[0].within_interval);
  a.rows[0].lo_s = 2.8, a.rows[0].hi_s = 3.2, b.rows[0].lo_s = 2.5, b.rows[0].hi_s = 2.9;
  EXPECT_TRUE(MakeDiff(a, b, "a", "b").groups[0].within_interval);
  b.rows[0].hi_s = 2.79;
  EXPECT_FALSE(MakeDiff(a, b, "a", "b").groups[0].within_interval);
}

TEST(Diff, ABrokenOneIsFound) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget a = Factors(0.2, 0.5), b = Factors(0.6, 0.8);
  Diff d = MakeDiff(Analyze(m.model(), a.target()), Analyze(m.model(), b.target()), "a", "b");
  d.terms[0].delta_s *= 1.01;
  EXPECT_EQ(CheckConservation(d).code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace opcost
