#include "costing/report.h"

#include <array>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/coverage.h"
#include "costing/extract.h"
#include "costing/intervals.h"
#include "costing/memory.h"
#include "costing/report_parts.h"

namespace opcost {
namespace {

constexpr absl::string_view kSetSource = "--set";

int64_t SumOf(const Work& work, Resource resource, bool (*wanted)(DType)) {
  int64_t sum = 0;
  for (const Work::Entry& e : work.entries()) {
    if (e.resource == resource && wanted(e.dtype)) sum += e.amount;
  }
  return sum;
}

// The side with most of the time; what the rows do not explain is the host's.
Bound LargestBound(const Report& report) {
  std::array<double, static_cast<size_t>(Bound::kNone) + 1> by_bound{};
  by_bound[static_cast<size_t>(Bound::kDispatch)] = report.totals.overhead_s;
  for (const ReportRow& row : report.rows) {
    if (row.counted) by_bound[static_cast<size_t>(row.bound)] += row.t_s;
  }
  size_t best = static_cast<size_t>(Bound::kNone);
  for (size_t i = 0; i < by_bound.size(); ++i) {
    if (by_bound[i] > by_bound[best]) best = i;
  }
  return static_cast<Bound>(best);
}

void FillTotals(const Pricing& pricing, Report& report) {
  Totals& totals = report.totals;
  std::vector<bool> counted;
  for (const ReportRow& row : report.rows) {
    counted.push_back(row.counted);
    if (!row.counted) continue;
    totals.work += row.work;
    totals.row_sum_s += row.t_s;
    totals.limit_s += row.limit_s;
  }
  totals.macs = totals.work.Get(Resource::kMatrixMacs);
  totals.flops = Flops(totals.work);
  totals.int_ops = 2 * SumOf(totals.work, Resource::kMatrixMacs, &IsInteger) + totals.work.Get(Resource::kIntOps);
  totals.transcendentals = totals.work.Get(Resource::kTranscendentals);
  totals.t_s = pricing.At(pricing.total);
  totals.overhead_s = totals.t_s - totals.row_sum_s;
  const TotalInterval interval = SumIntervals(pricing, PriceIntervals(pricing), counted);
  totals.lo_s = interval.lo_s;
  totals.hi_s = interval.hi_s;
  totals.interval_share = interval.share;
  totals.bound = LargestBound(report);
}

void FillModel(const CountedModel& model, Report& report) {
  report.model.path = model.graph.path;
  report.model.structure_sha256 = model.graph.structure_sha256;
  report.model.producer = model.graph.producer;
  report.model.ir = model.graph.ir_version;
  report.model.opsets = model.graph.opsets;
  report.bindings = model.graph.bindings;
  report.rule_set = model.classification.rule_set;
  if (model.executed) report.executed = model.executed->origin;
}

void FillHardware(const Target& target, Report& report) {
  auto& hardware = report.hardware;
  hardware.id = target.FullName();
  hardware.name = target.name;
  hardware.mode = target.mode;
  hardware.device_class = target.device_class;
  hardware.sha256 = target.sha256;
  hardware.runtime = target.runtime.rule_set;
  hardware.path = target.path;
  hardware.calibrated = target.calibrated;
  for (const Coefficient& c : target.coefficients) {
    if (!absl::StartsWith(c.layers.back().source, kSetSource)) continue;
    hardware.overrides.push_back(absl::StrCat(c.key, "=", c.value()));
  }
}

}  // namespace

Report Estimate::MakeReport(const CountedModel& model) const {
  Report report;
  report.tool_version = OPCOST_VERSION;
  FillModel(model, report);
  FillHardware(impl_->target, report);
  report.nodes = MakeNodes(model);
  report.rows = MakeRows(model, *impl_, report.nodes);
  FillTotals(*impl_, report);
  report.coverage = CountCoverage(report);
  report.hardware.evidence = EvidenceGroup(report, impl_->target.calibrated);
  std::optional<int64_t> capacity;
  if (impl_->target.capacity != kNoId) {
    capacity = static_cast<int64_t>(impl_->coefficients[static_cast<size_t>(impl_->target.capacity)]);
  }
  report.memory = CountMemory(model, capacity);
  for (const MemoryUse::Step& step : report.memory.timeline) {
    report.rows[static_cast<size_t>(step.row)].live_bytes = step.live_bytes;
  }
  report.total = ExtractFormula(impl_->pool, impl_->total, impl_->target, impl_->values);
  report.notes = MakeNotes(model, *impl_, report);
  return report;
}

}  // namespace opcost
