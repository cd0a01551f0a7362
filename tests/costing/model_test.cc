// Both forms by hand, the order of the look-up, precisions, repeats, branches, the host's side.
#include <cmath>

#include "costing/analyze.h"
#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

double Seconds(TinyModel& m, const TinyTarget& t) {
  TinyTarget copy = t;
  return Estimate::Price(m.model(), copy.target())->Total();
}

TEST(EfficiencyForm, DispatchPlusOverlap) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 700));
  TinyTarget t = TinyTarget::Plain(1000, 100);  // compute 3 s, memory 7 s
  EXPECT_DOUBLE_EQ(Seconds(m, t), 7);
  EfficiencyForm& form = *t.target().entries[0].efficiency;
  form.factors = {t.Ratio("half", 0.5), t.Ratio("fifth", 0.2)};    // compute 30 s
  form.memory_fraction = t.Ratio("default.memory_fraction", 0.7);  // memory 10 s
  EXPECT_DOUBLE_EQ(Seconds(m, t), 30);
  form.overlap = t.Ratio("w", 0.6);  // 30 + 0.4 · 10
  EXPECT_DOUBLE_EQ(Seconds(m, t), 34);
  form.dispatch = t.Time("default.dispatch_s", 5);
  EXPECT_DOUBLE_EQ(Seconds(m, t), 39);
}

TEST(EfficiencyForm, CurveOfEachMetric) {
  // Through (1, 0.1) and (100, 0.9), linear in log x.
  const auto with = [](Metric x, double at) {
    TinyModel m;
    Work work = MatrixWork(2000, 100);
    work.Add(Resource::kVectorOps, DType::kFloat32, 500);
    m.Add("Conv", Pattern::kConv2d, work);
    TinyTarget t = TinyTarget::Plain(1000, 1e12);
    EfficiencyForm& form = *t.target().entries[0].efficiency;
    form.curve = t.AddCurve("c", x, Interpolation::kLogLinear, {{at / 10, 0.1}, {at * 10, 0.9}});
    return Seconds(m, t);
  };
  // In the middle of the logarithms the efficiency is 0.5: 2000 / (1000 · 0.5).
  EXPECT_NEAR(with(Metric::kMatrixFlops, 2000), 4, 1e-9);
  EXPECT_NEAR(with(Metric::kFlops, 2500), 4, 1e-9);
  EXPECT_NEAR(with(Metric::kBytes, 100), 4, 1e-9);
  EXPECT_NEAR(with(Metric::kIntensity, 25), 4, 1e-9);
}

TEST(EfficiencyForm, WorkIsTheNamedMetric) {
  TinyModel m;
  Work work = MatrixWork(2000, 1);
  work.Add(Resource::kVectorOps, DType::kFloat32, 500);
  m.Add("Conv", Pattern::kConv2d, work);
  TinyTarget t = TinyTarget::Plain(1000, 1e12);
  EXPECT_DOUBLE_EQ(Seconds(m, t), 2);
  t.target().entries[0].efficiency->work = Metric::kFlops;
  EXPECT_DOUBLE_EQ(Seconds(m, t), 2.5);
}

TEST(TimeForm, LaunchTermsAndHinges) {
  TinyModel m;
  Work work = MatrixWork(3000, 700);
  work.Add(Resource::kWeightBytesRead, DType::kFloat32, 110);
  m.Add("MatMul", Pattern::kMatmul, work);
  TinyTarget t = TinyTarget::Plain(1000, 100);
  Entry& entry = t.AddEntry("matmul.fp32", Pattern::kMatmul, Precision::kFp32);
  TimeForm form;
  form.launch = t.Time("launch", 0.5);
  form.terms.push_back({Metric::kMatrixFlops, TermReach::kAll, t.Time("per_flop", 0.002), kNoId});
  form.terms.push_back({Metric::kBytes, TermReach::kBeyond, t.Time("per_byte", 0.01),
                        t.Add("cache", 800, Dimension::kSize, TermClass::kBandwidth)});
  form.terms.push_back({Metric::kWeightBytes, TermReach::kAll, t.Time("per_weight", 0.03), kNoId});
  entry.time = form;
  // 0.5 + 3000 · 0.002 + (810 − 800) · 0.01 + 110 · 0.03
  EXPECT_NEAR(Seconds(m, t), 9.9, 1e-12);
  t.target().coefficients[static_cast<size_t>(form.terms[1].threshold)].layers.push_back({"--set", 900});
  EXPECT_NEAR(Seconds(m, t), 9.8, 1e-12);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.rows[0].bound, Bound::kCompute);
  ASSERT_EQ(r.rows[0].terms.size(), 4u);
  EXPECT_EQ(r.rows[0].terms[0].name, "launch");
  EXPECT_EQ(r.rows[0].terms[3].name, "weight_bytes");
  EXPECT_NEAR(r.rows[0].terms[3].t_s, 3.3, 1e-12);
}

TEST(Lookup, ExactThenPatternThenParentThenDefault) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2dBn, MatrixWork(3000, 7));
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  const auto step = [&](bool exact = true) {
    return Estimate::Price(m.model(), t.target(), {.exact_points = exact})->MakeReport(m.model()).rows[0];
  };
  EXPECT_EQ(step().step, LookupStep::kDefault);
  EXPECT_EQ(step().entry, "default");
  const auto add = [&](std::string key, Pattern pattern, double factor) {
    EfficiencyForm form = *t.target().entries[0].efficiency;
    form.factors = {t.Ratio(key + ".efficiency", factor)};
    t.AddEntry(key, pattern, Precision::kFp32).efficiency = form;
  };
  add("conv2d.fp32", Pattern::kConv2d, 0.5);
  EXPECT_EQ(step().step, LookupStep::kParent);
  EXPECT_EQ(step().entry, "conv2d.fp32");
  EXPECT_DOUBLE_EQ(step().t_s, 6);
  add("conv2d_bn.fp32", Pattern::kConv2dBn, 0.25);
  EXPECT_EQ(step().step, LookupStep::kPattern);
  EXPECT_DOUBLE_EQ(step().t_s, 12);
  t.target().exact.push_back({"Conv(){}", t.Time("exact[0].seconds", 1.5)});
  EXPECT_EQ(step().step, LookupStep::kExact);
  EXPECT_DOUBLE_EQ(step().t_s, 1.5);
  EXPECT_EQ(step().entry, "exact[0].seconds");
  EXPECT_EQ(step(/*exact=*/false).step, LookupStep::kPattern);
}

TEST(Lookup, FreeRowsCostNothing) {
  TinyModel m;
  m.Add("Reshape", Pattern::kFree, Work());
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().entries[0].efficiency->dispatch = t.Time("d", 5);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.totals.t_s, 0);
  EXPECT_EQ(r.rows[0].step, LookupStep::kFree);
  EXPECT_EQ(r.coverage.time_share_by_source.at("free"), 1);
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
}

TEST(Precisions, FromTheProductsOperands) {
  TinyModel m;
  Work mixed = MatrixWork(2000, 100, DType::kFloat16);
  mixed.Add(Resource::kVectorOps, DType::kFloat32, 100000);
  m.Add("Conv", Pattern::kConv2d, mixed);
  Work casts;
  casts.Add(Resource::kActivationBytesRead, DType::kInt64, 10000);
  casts.Add(Resource::kBytesWritten, DType::kFloat16, 20);
  casts.Add(Resource::kDispatches, DType::kUnknown, 1);
  m.Add("Cast", Pattern::kMove, casts);
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().peak[static_cast<size_t>(Precision::kFp16)] = t.Rate("peak.fp16_flops_per_s", 4000);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.rows[0].precision, Precision::kFp16);
  EXPECT_EQ(r.rows[1].precision, Precision::kFp16);
  EXPECT_DOUBLE_EQ(r.rows[0].limit_s, 1);  // memory 100 / 100; compute 2000 / 4000
}

TEST(Precisions, OneThatTheTargetLacksIsNoted) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(2000, 1, DType::kInt8));
  m.Add("Conv", Pattern::kConv2d, MatrixWork(4000, 1, DType::kInt8));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.rows[0].precision, Precision::kFp32);
  EXPECT_DOUBLE_EQ(r.totals.t_s, 6);
  int notes = 0;
  for (const Note& n : r.notes) {
    if (n.kind != NoteKind::kPrecision) continue;
    ++notes;
    EXPECT_EQ(n.text, "edge has no peak for int8: 2 rows priced as fp32");
  }
  EXPECT_EQ(notes, 1);
}

TEST(Precisions, WeightOnlyQuantisationComputesInItsInput) {
  TinyModel m;
  const TensorId a = m.AddTensor("a", {3, 5}, TensorKind::kInput, DType::kFloat16);
  m.Add("MatMulNBits", Pattern::kMatmul, MatrixWork(2000, 1, DType::kUInt8), {a});
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().peak[static_cast<size_t>(Precision::kFp16)] = t.Rate("peak.fp16_flops_per_s", 4000);
  t.target().peak[static_cast<size_t>(Precision::kInt8)] = t.Rate("peak.int8_ops_per_s", 8000);
  EXPECT_EQ(Analyze(m.model(), t.target()).rows[0].precision, Precision::kFp16);
}

TEST(Regions, LoopsMultiplyAndTheDearerBranchCounts) {
  TinyModel m;
  const NodeId loop = m.Add("Loop", Pattern::kControl, Work());
  const RegionId body = m.AddRegion(RegionKind::kLoopBody, loop, 7);
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(1000, 1), {}, {}, body);  // 7 × 1 s
  const NodeId branch = m.Add("If", Pattern::kControl, Work());
  const RegionId then_region = m.AddRegion(RegionKind::kThen, branch);
  const RegionId else_region = m.AddRegion(RegionKind::kElse, branch);
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(2000, 1), {}, {}, then_region);
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(2000, 1), {}, {}, else_region);
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1), {}, {}, else_region);  // 5 s
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_DOUBLE_EQ(r.totals.t_s, 12);
  EXPECT_DOUBLE_EQ(r.rows[1].t_s, 7);
  EXPECT_EQ(r.rows[1].repeats, 7);
  EXPECT_EQ(r.rows[1].work.Get(Resource::kMatrixMacs), 3500);
  EXPECT_FALSE(r.rows[3].counted);
  EXPECT_TRUE(r.rows[4].counted);
  EXPECT_EQ(r.totals.macs, 3500 + 2500);
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
  EXPECT_EQ(r.notes[0].text, "the dearer branch is counted: then_branch 2 s, else_branch 5 s");

  m.model().graph.regions[static_cast<size_t>(else_region)].dead = true;
  const Report dead = Analyze(m.model(), t.target());
  EXPECT_DOUBLE_EQ(dead.totals.t_s, 9);
  EXPECT_FALSE(dead.rows[5].counted);
  EXPECT_TRUE(CheckConservation(dead).ok()) << CheckConservation(dead);
}

TEST(Host, TheLongerSideHoldsPlusAConstant) {
  TinyModel m;
  for (int i = 0; i < 5; ++i) m.Add("MatMul", Pattern::kMatmul, MatrixWork(1000 + 2 * i, 1));
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  t.target().host_enqueue = t.Time("host.enqueue_s", 0.5);
  t.target().run_constant = t.Time("run.constant_s", 0.25);
  EXPECT_DOUBLE_EQ(Seconds(m, t), 5.02 + 0.25);
  t.target().coefficients[static_cast<size_t>(t.target().host_enqueue)].layers.push_back({"--set", 2});
  EXPECT_DOUBLE_EQ(Seconds(m, t), 10.25);
  const Report r = Analyze(m.model(), t.target());
  EXPECT_DOUBLE_EQ(r.totals.row_sum_s, 5.02);
  EXPECT_DOUBLE_EQ(r.totals.overhead_s, 5.23);
  EXPECT_EQ(r.totals.bound, Bound::kDispatch);
  EXPECT_EQ(r.hardware.overrides, std::vector<std::string>{"host.enqueue_s=2"});
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
}

TEST(Folding, OnlyARuntimeThatFoldsSkipsConstantNodes) {
  TinyModel m;
  const NodeId n = m.Add("Mul", Pattern::kElementwise, MatrixWork(2000, 10));
  m.model().graph.nodes[static_cast<size_t>(n)].foldable = true;
  TinyTarget t = TinyTarget::Plain(1000, 100);
  EXPECT_DOUBLE_EQ(Seconds(m, t), 2);
  m.model().classification.rule_set = "pytorch-eager";
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(r.totals.t_s, 0);
  EXPECT_EQ(r.rows[0].step, LookupStep::kFree);
  EXPECT_EQ(r.totals.macs, 1000);
  EXPECT_EQ(r.coverage.foldable, 1);
  EXPECT_TRUE(CheckConservation(r).ok()) << CheckConservation(r);
}

TEST(Sharing, EqualRowsShareTheirExpressions) {
  TinyModel m;
  for (int i = 0; i < 1000; ++i) m.Add("MatMul", Pattern::kMatmul, MatrixWork(2000, 10));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  EXPECT_DOUBLE_EQ(Seconds(m, t), 2000);
  // One row's expression, and a sum over a thousand of it.
  EXPECT_LT(Analyze(m.model(), t.target()).total.nodes.size(), 20u);
}

}  // namespace
}  // namespace opcost
