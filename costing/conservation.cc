// The laws that every report obeys, checked again on every report that leaves the tool.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "costing/report.h"

namespace opcost {
namespace {

// Sums of many terms in another order may differ by this share.
constexpr double kTolerance = 1e-9;

template <typename... Args>
absl::Status Breach(const Args&... args) {
  return absl::InternalError(absl::StrCat("conservation: ", args...));
}

std::string Exact(double v) { return absl::StrFormat("%.17g", v); }

bool Near(double a, double b) { return std::abs(a - b) <= kTolerance * std::max(std::abs(a), std::abs(b)); }

absl::Status CheckMembership(const Report& report) {
  std::vector<int32_t> row_of(report.nodes.size(), kNoId);
  for (size_t r = 0; r < report.rows.size(); ++r) {
    for (int32_t n : report.rows[r].nodes) {
      if (n < 0 || static_cast<size_t>(n) >= report.nodes.size()) return Breach("row ", r, " has node ", n);
      if (row_of[static_cast<size_t>(n)] != kNoId) {
        return Breach("node '", report.nodes[static_cast<size_t>(n)].id, "' is in rows ",
                      row_of[static_cast<size_t>(n)], " and ", r);
      }
      row_of[static_cast<size_t>(n)] = static_cast<int32_t>(r);
    }
  }
  for (size_t n = 0; n < report.nodes.size(); ++n) {
    if (row_of[n] == kNoId) return Breach("node '", report.nodes[n].id, "' is in no row");
    if (row_of[n] != report.nodes[n].subgraph) {
      return Breach("node '", report.nodes[n].id, "' says row ", report.nodes[n].subgraph, ", row ", row_of[n],
                    " holds it");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRow(const ReportRow& row) {
  if (!std::isfinite(row.t_s) || row.t_s < 0) return Breach("row '", row.id, "': time ", Exact(row.t_s));
  if (!std::isfinite(row.limit_s) || row.limit_s < 0) return Breach("row '", row.id, "': limit ", Exact(row.limit_s));
  if (row.lo_s.has_value() != row.hi_s.has_value()) return Breach("row '", row.id, "': half an interval");
  if (row.lo_s && (*row.lo_s > row.t_s || *row.hi_s < row.t_s)) {
    return Breach("row '", row.id, "': ", Exact(row.t_s), " outside its interval ", Exact(*row.lo_s), " to ",
                  Exact(*row.hi_s));
  }
  if (row.formula.empty()) return absl::OkStatus();
  const double formula = Evaluate(row.formula);
  if (formula != row.t_s) {
    return Breach("row '", row.id, "': the formula gives ", Exact(formula), ", the row has ", Exact(row.t_s));
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const Report& report) {
  double sum = 0, limit = 0;
  for (const ReportRow& row : report.rows) {
    if (absl::Status status = CheckRow(row); !status.ok()) return status;
    if (!row.counted) continue;
    sum += row.t_s;
    limit += row.limit_s;
  }
  const Totals& totals = report.totals;
  if (!Near(sum, totals.row_sum_s)) return Breach("rows sum to ", Exact(sum), ", not ", Exact(totals.row_sum_s));
  if (!Near(limit, totals.limit_s)) return Breach("limits sum to ", Exact(limit), ", not ", Exact(totals.limit_s));
  if (!Near(sum + totals.overhead_s, totals.t_s)) {
    return Breach("rows and overhead sum to ", Exact(sum + totals.overhead_s), ", not ", Exact(totals.t_s));
  }
  if (totals.lo_s && (*totals.lo_s > totals.t_s || *totals.hi_s < totals.t_s)) {
    return Breach("the total ", Exact(totals.t_s), " is outside its interval");
  }
  if (!report.total.empty() && Evaluate(report.total) != totals.t_s) {
    return Breach("the total's formula gives ", Exact(Evaluate(report.total)), ", the total is ", Exact(totals.t_s));
  }
  return absl::OkStatus();
}

constexpr std::array<Resource, 4> kArithmetic = {Resource::kMatrixMacs, Resource::kVectorOps,
                                                 Resource::kTranscendentals, Resource::kIntOps};

absl::Status CheckWork(const Report& report) {
  Work of_rows, of_nodes, inserted;
  for (const ReportRow& row : report.rows) {
    if (!row.counted) continue;
    of_rows += row.work;
    if (row.inserted) inserted += row.work;
    for (int32_t n : row.nodes) of_nodes += report.nodes[static_cast<size_t>(n)].work;
  }
  const Totals& totals = report.totals;
  if (!(of_rows == totals.work)) return Breach("the rows' work is not the total's");
  for (Resource r : kArithmetic) {
    if (of_nodes.Get(r) != totals.work.Get(r)) {
      return Breach("nodes sum to ", of_nodes.Get(r), " ", Name(r), ", the total has ", totals.work.Get(r));
    }
  }
  // Kernels of a blocked layout also move the channels that pad their blocks.
  if (report.executed.empty() && TotalBytes(of_rows) - TotalBytes(inserted) > TotalBytes(of_nodes)) {
    return Breach("fused rows move ", TotalBytes(of_rows), " bytes, their nodes ", TotalBytes(of_nodes));
  }
  if (totals.macs != totals.work.Get(Resource::kMatrixMacs) || totals.flops != Flops(totals.work)) {
    return Breach("totals say ", totals.macs, " MACs and ", totals.flops, " FLOPs, their work ",
                  totals.work.Get(Resource::kMatrixMacs), " and ", Flops(totals.work));
  }
  return absl::OkStatus();
}

absl::Status CheckShares(const std::map<std::string, double>& shares, absl::string_view what) {
  double sum = 0;
  for (const auto& [name, share] : shares) sum += share;
  return Near(sum, 1) ? absl::OkStatus() : Breach("time shares by ", what, " sum to ", Exact(sum));
}

absl::Status CheckCoverage(const Report& report) {
  const Coverage& coverage = report.coverage;
  int64_t unknown = 0;
  for (const Coverage::Unknown& u : coverage.unknown) unknown += u.nodes;
  if (coverage.nodes != static_cast<int64_t>(report.nodes.size()) || coverage.costed + unknown != coverage.nodes) {
    return Breach("coverage has ", coverage.nodes, " nodes, ", coverage.costed, " by rule and ", unknown,
                  " unknown; the report has ", report.nodes.size());
  }
  if (absl::Status status = CheckShares(coverage.time_share_by_source, "source"); !status.ok()) return status;
  return CheckShares(coverage.time_share_by_step, "look-up step");
}

// The peak is the most that the timeline has, and what lives there adds up to it.
absl::Status CheckMemory(const Report& report) {
  const MemoryUse& memory = report.memory;
  if (memory.timeline.empty()) return absl::OkStatus();
  int64_t most = memory.input_bytes, alive = 0, weights = 0;
  for (const MemoryUse::Step& step : memory.timeline) most = std::max(most, step.live_bytes);
  for (const MemoryUse::Live& live : memory.at_peak) alive += live.bytes;
  for (const auto& [dtype, bytes] : memory.weight_bytes_by_dtype) weights += bytes;
  if (most != memory.peak_activation_bytes) {
    return Breach("the timeline reaches ", most, " bytes, the peak is ", memory.peak_activation_bytes);
  }
  if (!memory.peak_node.empty() && alive != memory.peak_activation_bytes) {
    return Breach(alive, " bytes are alive at the peak, which is ", memory.peak_activation_bytes);
  }
  if (weights != memory.weight_bytes) {
    return Breach("weights sum to ", weights, " bytes over types, not ", memory.weight_bytes);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckConservation(const Report& report) {
  for (const auto& check : {&CheckMembership, &CheckTimes, &CheckWork, &CheckCoverage, &CheckMemory}) {
    if (absl::Status status = check(report); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace opcost
