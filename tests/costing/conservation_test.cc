// A good report passes; each way of breaking one is caught.
#include <functional>

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

Report Good() {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 700));
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(1100, 130));
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().run_constant = t.Time("run.constant_s", 0.25);
  return Analyze(m.model(), t.target());
}

TEST(Conservation, AGoodReport) { EXPECT_TRUE(CheckConservation(Good()).ok()) << CheckConservation(Good()); }

TEST(Conservation, EveryBreachIsFound) {
  const std::vector<std::function<void(Report&)>> breaches = {
      [](Report& r) { r.rows[0].t_s *= 1 + 1e-15; },
      [](Report& r) { r.rows[0].t_s = -1; },
      [](Report& r) { r.rows[0].lo_s = 1; },
      [](Report& r) { r.rows[0].lo_s = r.rows[0].t_s * 2, r.rows[0].hi_s = r.rows[0].t_s * 3; },
      [](Report& r) { r.rows[0].nodes.clear(); },
      [](Report& r) { r.rows[1].nodes.push_back(0); },
      [](Report& r) { r.rows[1].nodes[0] = 99; },
      [](Report& r) { r.nodes[0].subgraph = 1; },
      [](Report& r) { r.nodes[0].work.Add(Resource::kMatrixMacs, DType::kFloat32, 1); },
      [](Report& r) { r.rows[0].work.Add(Resource::kMatrixMacs, DType::kFloat32, 1); },
      [](Report& r) { r.rows[0].counted = false; },
      [](Report& r) { r.totals.t_s *= 1.001; },
      [](Report& r) { r.totals.row_sum_s *= 1.001; },
      [](Report& r) { r.totals.overhead_s = 0; },
      [](Report& r) { r.totals.limit_s = 0; },
      [](Report& r) { r.totals.macs += 1; },
      [](Report& r) { r.totals.flops += 1; },
      [](Report& r) {
        r.totals.lo_s = r.totals.t_s * 2;
        r.totals.hi_s = r.totals.t_s * 3;
      },
      [](Report& r) { r.coverage.nodes += 1; },
      [](Report& r) { r.coverage.costed -= 1; },
      [](Report& r) { r.coverage.time_share_by_source.begin()->second -= 0.01; },
      [](Report& r) { r.coverage.time_share_by_step.clear(); },
      [](Report& r) {
        r.rows[0].formula.nodes.back().value = 3, r.rows[0].formula.nodes.back().kind = ExprKind::kWork;
      },
  };
  for (size_t i = 0; i < breaches.size(); ++i) {
    Report r = Good();
    breaches[i](r);
    const absl::Status status = CheckConservation(r);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << i;
  }
}

}  // namespace
}  // namespace opcost
