#include "costing/report.h"

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

TEST(Report, LimitAndBounds) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 100));   // 3 s, 1 s
  m.Add("Add", Pattern::kElementwise, MatrixWork(2, 700));  // memory
  TinyTarget t = TinyTarget::Plain(1000, 100);
  EfficiencyForm& form = *t.target().entries[0].efficiency;
  form.factors = {t.Ratio("half", 0.5)};
  Report r = Analyze(m.model(), t.target());
  EXPECT_DOUBLE_EQ(r.rows[0].t_s, 6);
  EXPECT_DOUBLE_EQ(r.rows[0].limit_s, 3);
  EXPECT_EQ(r.rows[0].bound, Bound::kCompute);
  EXPECT_EQ(r.rows[0].limit_bound, Bound::kCompute);
  EXPECT_EQ(r.rows[1].bound, Bound::kMemory);
  EXPECT_DOUBLE_EQ(r.totals.limit_s, 10);
  EXPECT_EQ(r.totals.bound, Bound::kMemory);  // 7 s of 13
  form.dispatch = t.Time("d", 100);
  r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.rows[0].bound, Bound::kDispatch);
  EXPECT_DOUBLE_EQ(r.rows[0].terms[0].t_s, 100);
  EXPECT_EQ(r.rows[0].terms[1].name, "compute");
}

TEST(Report, RowsBelowTheirLimitAreNotedUnlessTheProfileSaysWhy) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  t.target().entries[0].efficiency->factors = {t.Ratio("winograd", 2)};
  const auto noted = [&] {
    int n = 0;
    for (const Note& note : Analyze(m.model(), t.target()).notes) {
      n += note.text ==
           "1 row below the limit of the machine's peak and bandwidth, 2 times as fast at worst, and the profile "
           "(default) gives no reason";
    }
    return n;
  };
  EXPECT_EQ(noted(), 1);
  t.target().entries[0].may_beat_limit = "Winograd";
  EXPECT_EQ(noted(), 0);
}

TEST(Report, EvidenceOfTheTermThatSetsTheTime) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 100));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  EfficiencyForm& form = *t.target().entries[0].efficiency;
  form.curve = t.AddCurve("c", Metric::kMatrixFlops, Interpolation::kLinear, {{1000, 0.5}, {5000, 0.5}});
  form.memory_fraction =
      t.Add("default.memory_fraction", 1, Dimension::kRatio, TermClass::kBandwidth, Evidence::kAssumed);
  Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.rows[0].evidence, Evidence::kFitted);
  EXPECT_TRUE(r.rows[0].in_range);
  EXPECT_DOUBLE_EQ(r.coverage.time_share_by_source.at("fitted"), 1);
  TinyModel memory;
  memory.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 100000));
  EXPECT_EQ(Analyze(memory.model(), t.target()).rows[0].evidence, Evidence::kAssumed);
  TinyModel large;
  large.Add("Conv", Pattern::kConv2d, MatrixWork(6000, 100));
  r = Analyze(large.model(), t.target());
  EXPECT_FALSE(r.rows[0].in_range);
  EXPECT_EQ(r.rows[0].evidence, Evidence::kExtrapolated);
  EXPECT_DOUBLE_EQ(r.coverage.time_share_outside_range, 1);
}

TEST(Report, CoverageAndUnknownOperators) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 300));
  const NodeId n = m.Add("Foo", Pattern::kOther, MatrixWork(0, 100));
  m.model().counts[static_cast<size_t>(n)].status = RuleStatus::kFallback;
  m.model().graph.nodes[static_cast<size_t>(n)].domain = "com.example";
  TinyTarget t = TinyTarget::Plain(1000, 100);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.coverage.nodes, 2);
  EXPECT_EQ(r.coverage.costed, 1);
  ASSERT_EQ(r.coverage.unknown.size(), 1u);
  EXPECT_EQ(r.coverage.unknown[0].op, "com.example::Foo");
  EXPECT_DOUBLE_EQ(r.coverage.unknown[0].share_of_bytes, 0.25);
  EXPECT_EQ(r.notes[0].text, "no rule for com.example::Foo: 1 node priced as memory traffic, 25 % of all bytes");
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
}

TEST(Report, EvidenceGroups) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 300));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  EXPECT_EQ(Analyze(m.model(), t.target()).hardware.evidence, "default");
  EfficiencyForm form = *t.target().entries[0].efficiency;
  t.AddEntry("conv2d.fp32", Pattern::kConv2d, Precision::kFp32).efficiency = form;
  EXPECT_EQ(Analyze(m.model(), t.target()).hardware.evidence, "seeded");
  t.target().calibrated = true;
  EXPECT_EQ(Analyze(m.model(), t.target()).hardware.evidence, "calibrated");
}

TEST(Report, InsertedRowsHaveNoNodes) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 300));
  m.model().classification.subgraphs.push_back({.pattern = Pattern::kMove, .inserted = true, .kernel = "ReorderInput"});
  TinyTarget t = TinyTarget::Plain(1000, 100);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_TRUE(r.rows[1].inserted);
  EXPECT_EQ(r.rows[1].id, "ReorderInput 1");
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
}

}  // namespace
}  // namespace opcost
