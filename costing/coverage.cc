#include "costing/coverage.h"

#include <map>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

std::string Text(absl::string_view s) { return std::string(s.data(), s.size()); }

std::string QualifiedOp(const ReportNode& node) {
  return node.domain.empty() ? node.op : absl::StrCat(node.domain, "::", node.op);
}

void AddTimeShares(const Report& report, Coverage& coverage) {
  const double all = report.totals.row_sum_s;
  if (!(all > 0)) {
    coverage.time_share_by_source["free"] = 1;
    coverage.time_share_by_step[Text(Name(LookupStep::kFree))] = 1;
    return;
  }
  for (const ReportRow& row : report.rows) {
    if (!row.counted || row.t_s == 0) continue;
    const double share = row.t_s / all;
    coverage.time_share_by_source[row.step == LookupStep::kFree ? "free" : Text(Name(row.evidence))] += share;
    coverage.time_share_by_step[Text(Name(row.step))] += share;
    if (!row.in_range) coverage.time_share_outside_range += share;
  }
}

}  // namespace

Coverage CountCoverage(const Report& report) {
  Coverage coverage{.nodes = static_cast<int64_t>(report.nodes.size())};
  std::map<std::string, Coverage::Unknown> unknown;
  double all_bytes = 0;
  for (const ReportNode& node : report.nodes) {
    const double bytes = static_cast<double>(TotalBytes(node.work));
    all_bytes += bytes;
    coverage.zero_by_rule += node.zero_by_rule ? 1 : 0;
    coverage.incomplete += node.incomplete ? 1 : 0;
    coverage.foldable += node.foldable ? 1 : 0;
    if (node.status != RuleStatus::kFallback) {
      ++coverage.costed;
      continue;
    }
    Coverage::Unknown& u = unknown[QualifiedOp(node)];
    ++u.nodes;
    u.share_of_bytes += bytes;
  }
  for (auto& [op, u] : unknown) {
    u.op = op;
    u.share_of_bytes = all_bytes > 0 ? u.share_of_bytes / all_bytes : 0;
    coverage.unknown.push_back(u);
  }
  AddTimeShares(report, coverage);
  return coverage;
}

std::string EvidenceGroup(const Report& report, bool calibrated) {
  double own = 0, by_default = 0;
  for (const ReportRow& row : report.rows) {
    if (!row.counted) continue;
    (row.step == LookupStep::kDefault ? by_default : own) += row.t_s;
  }
  if (by_default > own) return "default";
  return calibrated ? "calibrated" : "seeded";
}

}  // namespace opcost
