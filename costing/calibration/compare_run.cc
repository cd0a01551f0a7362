#include "costing/calibration/compare_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ops/work.h"

namespace opcost {
namespace {

// Sets of things that belong together, by index.
class Sets {
 public:
  explicit Sets(size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }
  size_t Find(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Unite(size_t a, size_t b) { parent_[Find(a)] = Find(b); }

 private:
  std::vector<size_t> parent_;
};

bool IsConversion(const JoinedKernel& kernel) {
  return kernel.way == JoinWay::kConversion && kernel.nodes.empty() && kernel.serves == kNone;
}

// Of several kernels of one node only the first row holds it, and the others have its name: by row that node, else
// kNone.
std::vector<int32_t> NodesByName(const Report& report) {
  std::map<absl::string_view, int32_t> by_id;
  for (size_t n = 0; n < report.nodes.size(); ++n) by_id.try_emplace(report.nodes[n].id, static_cast<int32_t>(n));
  std::vector<int32_t> nodes;
  for (const ReportRow& row : report.rows) {
    const auto it = row.nodes.empty() ? by_id.find(row.name) : by_id.end();
    nodes.push_back(it == by_id.end() ? kNone : it->second);
  }
  return nodes;
}

// Kernels first, then rows: united through the nodes that they share, and through the kernel that they serve.
Sets UniteByNodes(const Report& report, const ModelJoin& join, const std::vector<int32_t>& node_of_row) {
  const size_t kernels = join.kernels.size();
  Sets sets(kernels + report.rows.size());
  std::vector<size_t> of_node(report.nodes.size(), sets.Find(0));
  std::vector<uint8_t> known(report.nodes.size(), 0);
  const auto take = [&](size_t item, int32_t node) {
    const size_t n = static_cast<size_t>(node);
    if (known[n] != 0) sets.Unite(item, of_node[n]);
    of_node[n] = item;
    known[n] = 1;
  };
  for (size_t k = 0; k < kernels; ++k) {
    for (NodeId node : join.kernels[k].nodes) take(k, node);
    if (join.kernels[k].serves != kNone) sets.Unite(k, static_cast<size_t>(join.kernels[k].serves));
  }
  for (size_t r = 0; r < report.rows.size(); ++r) {
    if (!report.rows[r].counted) continue;
    for (int32_t node : report.rows[r].nodes) take(kernels + r, node);
    if (node_of_row[r] != kNone) take(kernels + r, node_of_row[r]);
  }
  return sets;
}

// The runtime's name without its domain: "ReorderInput" of "com.microsoft.nchwc::ReorderInput".
std::string KernelType(absl::string_view kernel) {
  const size_t colons = kernel.rfind("::");
  return std::string(colons == absl::string_view::npos ? kernel : kernel.substr(colons + 2));
}

// Conversions have no nodes: they are compared kind by kind.
void UniteConversions(const Report& report, const MeasuredRun& run, const ModelJoin& join,
                      const std::vector<int32_t>& node_of_row, Sets& sets) {
  std::map<std::string, size_t> first;
  const auto take = [&](const std::string& kind, size_t item) {
    const auto [it, inserted] = first.try_emplace(kind, item);
    if (!inserted) sets.Unite(item, it->second);
  };
  for (size_t k = 0; k < join.kernels.size(); ++k) {
    if (IsConversion(join.kernels[k])) take(run.kernels[k].op_type, k);
  }
  for (size_t r = 0; r < report.rows.size(); ++r) {
    const ReportRow& row = report.rows[r];
    if (row.counted && row.nodes.empty() && node_of_row[r] == kNone)
      take(KernelType(row.kernel), join.kernels.size() + r);
  }
}

void AddKernel(const MeasuredRun& run, const ModelJoin& join, size_t k, ComparedGroup& group) {
  group.conversions |= IsConversion(join.kernels[k]);
  group.kernels.push_back(static_cast<int32_t>(k));
  group.measured_s += run.kernels[k].seconds;
}

void AddRow(const Report& report, size_t r, bool conversion, ComparedGroup& group) {
  group.conversions |= conversion;
  group.rows.push_back(static_cast<int32_t>(r));
  group.predicted_s += report.rows[r].t_s;
}

std::string NameOf(const Report& report, const MeasuredRun& run, const ComparedGroup& group) {
  if (group.conversions && !group.kernels.empty()) {
    return run.kernels[static_cast<size_t>(group.kernels[0])].op_type;
  }
  if (!group.rows.empty()) {
    const auto dearest = std::max_element(group.rows.begin(), group.rows.end(), [&](int32_t a, int32_t b) {
      return report.rows[static_cast<size_t>(a)].t_s < report.rows[static_cast<size_t>(b)].t_s;
    });
    return report.rows[static_cast<size_t>(*dearest)].name;
  }
  const auto dearest = std::max_element(group.kernels.begin(), group.kernels.end(), [&](int32_t a, int32_t b) {
    return run.kernels[static_cast<size_t>(a)].seconds < run.kernels[static_cast<size_t>(b)].seconds;
  });
  const MeasuredKernel& kernel = run.kernels[static_cast<size_t>(*dearest)];
  return kernel.name.empty() ? kernel.op_type : kernel.name;
}

double Share(double part, double whole) { return whole > 0 ? part / whole : 0; }

void CountNodes(const Report& report, const ModelJoin& join, JoinCoverage& coverage) {
  double macs = 0, bytes = 0, missing_macs = 0, missing_bytes = 0;
  for (size_t n = 0; n < report.nodes.size(); ++n) {
    ++coverage.fates[static_cast<size_t>(join.fates[n])];
    const double node_macs = static_cast<double>(report.nodes[n].work.Get(Resource::kMatrixMacs));
    const double node_bytes = static_cast<double>(TotalBytes(report.nodes[n].work));
    macs += node_macs;
    bytes += node_bytes;
    if (join.fates[n] != NodeFate::kMissing) continue;
    missing_macs += node_macs;
    missing_bytes += node_bytes;
  }
  coverage.missing_macs = Share(missing_macs, macs);
  coverage.missing_bytes = Share(missing_bytes, bytes);
}

void SumUp(const Report& report, const MeasuredRun& run, const ModelJoin& join, RunComparison& result) {
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    JoinCoverage::Ways& way = result.coverage.ways[static_cast<size_t>(join.kernels[k].way)];
    ++way.kernels;
    way.seconds += run.kernels[k].seconds;
    result.measured_s += run.kernels[k].seconds;
  }
  double compared = 0, error = 0;
  for (ComparedGroup& group : result.groups) {
    group.name = NameOf(report, run, group);
    result.predicted_s += group.predicted_s;
    if (group.kernels.empty()) result.coverage.unmeasured_s += group.predicted_s;
    if (group.rows.empty() && !group.conversions) result.coverage.unpredicted_s += group.measured_s;
    if (group.kernels.empty() || group.rows.empty()) continue;
    compared += group.measured_s;
    error += std::abs(group.predicted_s - group.measured_s);
  }
  result.absolute_error = Share(error, compared);
  result.compared_share = Share(compared, result.measured_s);
  CountNodes(report, join, result.coverage);
}

// "intelcorei712700k" of "Intel Core i7-12700K" and of "intel_core_i7_12700k".
std::string Letters(absl::string_view text) {
  std::string letters;
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      letters += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return letters;
}

bool SameMachine(const Report& report, const std::string& machine) {
  const std::string measured = Letters(machine);
  const std::string id = Letters(report.hardware.id.substr(0, report.hardware.id.find(':')));
  const std::string name = Letters(report.hardware.name);
  return absl::StrContains(measured, id) || absl::StrContains(measured, name) || absl::StrContains(name, measured);
}

}  // namespace

RunComparison CompareRun(const Report& report, const MeasuredRun& run, const ModelJoin& join) {
  RunComparison result;
  if (run.kernels.empty() && report.rows.empty()) return result;
  const std::vector<int32_t> node_of_row = NodesByName(report);
  Sets sets = UniteByNodes(report, join, node_of_row);
  UniteConversions(report, run, join, node_of_row, sets);
  std::map<size_t, size_t> index;
  const auto group = [&](size_t item) -> ComparedGroup& {
    const auto [it, inserted] = index.try_emplace(sets.Find(item), result.groups.size());
    if (inserted) result.groups.emplace_back();
    return result.groups[it->second];
  };
  for (size_t k = 0; k < run.kernels.size(); ++k) AddKernel(run, join, k, group(k));
  for (size_t r = 0; r < report.rows.size(); ++r) {
    const bool conversion = report.rows[r].nodes.empty() && node_of_row[r] == kNone;
    if (report.rows[r].counted) AddRow(report, r, conversion, group(run.kernels.size() + r));
  }
  SumUp(report, run, join, result);
  return result;
}

absl::Status CheckConservation(const Report& report, const MeasuredRun& run, const RunComparison& comparison) {
  constexpr double kTolerance = 1e-9;
  size_t kernels = 0, rows = 0;
  double measured = 0, predicted = 0;
  for (const ComparedGroup& group : comparison.groups) {
    kernels += group.kernels.size();
    rows += group.rows.size();
    measured += group.measured_s;
    predicted += group.predicted_s;
  }
  const size_t counted = static_cast<size_t>(
      std::count_if(report.rows.begin(), report.rows.end(), [](const ReportRow& row) { return row.counted; }));
  if (kernels != run.kernels.size() || rows != counted) {
    return absl::InternalError(absl::StrCat("groups hold ", kernels, " of ", run.kernels.size(), " kernels and ", rows,
                                            " of ", counted, " rows"));
  }
  const auto differ = [&](double a, double b) {
    return std::abs(a - b) > kTolerance * std::max(std::abs(a), std::abs(b));
  };
  if (differ(measured, comparison.measured_s) || differ(predicted, report.totals.row_sum_s)) {
    return absl::InternalError(absl::StrCat("groups add up to ", measured, " s measured and ", predicted,
                                            " s predicted, expected ", comparison.measured_s, " and ",
                                            report.totals.row_sum_s));
  }
  return absl::OkStatus();
}

std::vector<std::string> DifferencesOf(const Report& report, const RunFacts& facts) {
  std::vector<std::string> differences;
  if (!facts.machine.empty() && !SameMachine(report, facts.machine)) {
    differences.push_back(absl::StrCat("measured on '", facts.machine, "', predicted for ", report.hardware.name, " (",
                                       report.hardware.id, "): the machines differ"));
  }
  if (!facts.runtime.empty() && !absl::StartsWith(report.hardware.runtime, facts.runtime)) {
    differences.push_back(absl::StrCat("measured with ", facts.runtime, ", predicted for the runtime ",
                                       report.hardware.runtime, ": what runs together differs"));
  }
  if (!facts.precision.empty() && !report.precision.empty() && facts.precision != report.precision) {
    differences.push_back(
        absl::StrCat("measured in ", facts.precision, ", predicted in ", report.precision, " (--precision)"));
  }
  return differences;
}

}  // namespace opcost
