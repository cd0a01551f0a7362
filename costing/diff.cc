#include "costing/diff.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "costing/join.h"
#include "costing/split.h"

namespace opcost {
namespace {

constexpr double kTolerance = 1e-9;  // relative; of sums of many terms, and of ratios that count as the same
constexpr absl::string_view kOverhead = "overhead";
constexpr absl::string_view kStructure = "structure";

std::string Text(absl::string_view s) { return std::string(s.data(), s.size()); }

double CountedSeconds(const ReportRow& row) { return row.counted ? row.t_s : 0; }

bool Near(double a, double b) { return std::abs(a - b) <= kTolerance * std::max(std::abs(a), std::abs(b)); }

// Rows of A, then rows of B, joined where they share joined nodes.
class RowSets {
 public:
  RowSets(const Report& a, const Report& b, const NodeJoin& join) : a_(a), b_(b), up_(a.rows.size() + b.rows.size()) {
    std::iota(up_.begin(), up_.end(), 0);
    for (size_t i = 0; i < join.b_of_a.size(); ++i) {
      if (join.b_of_a[i] == kNoId) continue;
      const int32_t row_a = a.nodes[i].subgraph, row_b = b.nodes[static_cast<size_t>(join.b_of_a[i])].subgraph;
      if (row_a >= 0 && row_b >= 0) Unite(static_cast<size_t>(row_a), a.rows.size() + static_cast<size_t>(row_b));
    }
    UniteRowsWithoutNodes();
  }

  std::vector<DiffGroup> Groups() {
    std::vector<DiffGroup> groups;
    absl::flat_hash_map<size_t, size_t> index;
    for (size_t i = 0; i < up_.size(); ++i) {
      const auto [it, inserted] = index.try_emplace(Root(i), groups.size());
      if (inserted) groups.emplace_back();
      DiffGroup& group = groups[it->second];
      if (i < a_.rows.size()) {
        group.rows_a.push_back(static_cast<int32_t>(i));
      } else {
        group.rows_b.push_back(static_cast<int32_t>(i - a_.rows.size()));
      }
    }
    return groups;
  }

 private:
  // What a runtime inserts has no node; its id names it.
  void UniteRowsWithoutNodes() {
    absl::flat_hash_map<absl::string_view, size_t> of_a;
    for (size_t i = 0; i < a_.rows.size(); ++i) {
      if (a_.rows[i].nodes.empty()) of_a.emplace(a_.rows[i].id, i);
    }
    for (size_t i = 0; i < b_.rows.size(); ++i) {
      if (!b_.rows[i].nodes.empty()) continue;
      const auto it = of_a.find(b_.rows[i].id);
      if (it != of_a.end()) Unite(it->second, a_.rows.size() + i);
    }
  }

  size_t Root(size_t i) {
    while (up_[i] != i) i = up_[i] = up_[up_[i]];
    return i;
  }
  void Unite(size_t i, size_t j) {
    const size_t a = Root(i), b = Root(j);
    up_[std::max(a, b)] = std::min(a, b);
  }

  const Report& a_;
  const Report& b_;
  std::vector<size_t> up_;
};

// The bound of the row with the most time.
Bound BoundOf(const Report& report, const std::vector<int32_t>& rows) {
  double most = -1;
  Bound bound = Bound::kNone;
  for (int32_t r : rows) {
    const ReportRow& row = report.rows[static_cast<size_t>(r)];
    if (CountedSeconds(row) <= most) continue;
    most = CountedSeconds(row);
    bound = row.bound;
  }
  return bound;
}

bool Overlaps(const ReportRow& a, const ReportRow& b) {
  return a.lo_s && a.hi_s && b.lo_s && b.hi_s && std::max(*a.lo_s, *b.lo_s) <= std::min(*a.hi_s, *b.hi_s);
}

void FillTimes(const Report& a, const Report& b, DiffGroup& group) {
  for (int32_t r : group.rows_a) group.a_s += CountedSeconds(a.rows[static_cast<size_t>(r)]);
  for (int32_t r : group.rows_b) group.b_s += CountedSeconds(b.rows[static_cast<size_t>(r)]);
  group.bound_a = BoundOf(a, group.rows_a);
  group.bound_b = BoundOf(b, group.rows_b);
  const auto side = [](Bound x) { return x == Bound::kCompute || x == Bound::kMemory; };
  group.flipped = side(group.bound_a) && side(group.bound_b) && group.bound_a != group.bound_b;
  group.name = group.rows_a.empty() ? b.rows[static_cast<size_t>(group.rows_b.front())].name
                                    : a.rows[static_cast<size_t>(group.rows_a.front())].name;
  if (group.rows_a.empty()) {
    group.kind = DiffKind::kNew;
  } else if (group.rows_b.empty()) {
    group.kind = DiffKind::kDeleted;
  } else {
    group.kind = group.a_s == group.b_s ? DiffKind::kEqual : DiffKind::kChanged;
  }
}

void FillTerms(const Report& a, const Report& b, DiffGroup& group) {
  if (group.a_s == group.b_s) return;
  if (group.rows_a.size() == 1 && group.rows_b.size() == 1) {
    const ReportRow& row_a = a.rows[static_cast<size_t>(group.rows_a[0])];
    const ReportRow& row_b = b.rows[static_cast<size_t>(group.rows_b[0])];
    group.within_interval = Overlaps(row_a, row_b);
    if (row_a.counted && row_b.counted && !row_a.formula.empty() && !row_b.formula.empty()) {
      group.terms = SplitDifference(row_a.formula, row_b.formula);
      return;
    }
  }
  group.terms.push_back({TermClass::kStructure, Text(kStructure), group.b_s - group.a_s, std::nullopt});
}

// Run constants, and the host where it is the longer side.
void AddOverhead(Diff& diff) {
  const double a = diff.a.totals.overhead_s, b = diff.b.totals.overhead_s;
  if (a == 0 && b == 0) return;
  DiffGroup group{.name = Text(kOverhead), .kind = a == b ? DiffKind::kEqual : DiffKind::kChanged, .a_s = a, .b_s = b};
  if (a != b) group.terms.push_back({TermClass::kDispatch, Text(kOverhead), b - a, std::nullopt});
  diff.groups.push_back(std::move(group));
}

bool Larger(const DiffTerm& x, const DiffTerm& y) {
  if (std::abs(x.delta_s) != std::abs(y.delta_s)) return std::abs(x.delta_s) > std::abs(y.delta_s);
  return std::tie(x.term_class, x.key) < std::tie(y.term_class, y.key);
}

void SumTerms(Diff& diff) {
  std::map<std::pair<TermClass, std::string>, DiffTerm> named;
  std::map<TermClass, DiffTerm> classes;
  for (const DiffGroup& group : diff.groups) {
    for (const DiffTerm& t : group.terms) {
      const auto [it, inserted] = named.try_emplace({t.term_class, t.key}, t);
      if (!inserted) {
        DiffTerm& sum = it->second;
        sum.delta_s += t.delta_s;
        if (sum.ratio && (!t.ratio || !Near(*sum.ratio, *t.ratio))) sum.ratio.reset();
      }
      DiffTerm& of_class = classes[t.term_class];
      of_class.term_class = t.term_class;
      of_class.key = Text(Name(t.term_class));
      of_class.delta_s += t.delta_s;
    }
  }
  for (auto& [key, term] : named) diff.terms.push_back(std::move(term));
  for (auto& [key, term] : classes) diff.by_class.push_back(std::move(term));
  std::sort(diff.terms.begin(), diff.terms.end(), &Larger);
  std::sort(diff.by_class.begin(), diff.by_class.end(), &Larger);
}

void AddTotals(Diff& diff) {
  const auto add = [&diff](absl::string_view name, double (*of)(const Report&)) {
    diff.totals.push_back({Text(name), of(diff.a), of(diff.b)});
  };
  add("latency_s", [](const Report& r) { return r.totals.t_s; });
  add("limit_s", [](const Report& r) { return r.totals.limit_s; });
  add("macs", [](const Report& r) { return static_cast<double>(r.totals.macs); });
  add("flops", [](const Report& r) { return static_cast<double>(r.totals.flops); });
  add("int_ops", [](const Report& r) { return static_cast<double>(r.totals.int_ops); });
  add("transcendentals", [](const Report& r) { return static_cast<double>(r.totals.transcendentals); });
  add("bytes", [](const Report& r) { return static_cast<double>(TotalBytes(r.totals.work)); });
  add("dispatches", [](const Report& r) { return static_cast<double>(r.totals.work.Get(Resource::kDispatches)); });
  add("weight_bytes", [](const Report& r) { return static_cast<double>(r.memory.weight_bytes); });
  add("peak_bytes", [](const Report& r) { return static_cast<double>(r.memory.peak_activation_bytes); });
  add("parameters", [](const Report& r) { return static_cast<double>(r.memory.parameters); });
  add("nodes", [](const Report& r) { return static_cast<double>(r.nodes.size()); });
  add("rows", [](const Report& r) { return static_cast<double>(r.rows.size()); });
}

double ShareMatched(const Diff& diff) {
  double all = 0, both = 0;
  for (const DiffGroup& g : diff.groups) {
    all += g.a_s + g.b_s;
    if (!g.rows_a.empty() && !g.rows_b.empty()) both += g.a_s + g.b_s;
  }
  return all > 0 ? both / all : 1;
}

}  // namespace

Diff MakeDiff(Report a, Report b, std::string label_a, std::string label_b) {
  Diff diff{.a = std::move(a), .b = std::move(b), .label_a = std::move(label_a), .label_b = std::move(label_b)};
  AddTotals(diff);
  const NodeJoin join = JoinNodes(diff.a, diff.b);
  diff.matched = join.matched;
  diff.groups = RowSets(diff.a, diff.b, join).Groups();
  for (DiffGroup& group : diff.groups) {
    FillTimes(diff.a, diff.b, group);
    FillTerms(diff.a, diff.b, group);
  }
  diff.matched.share_of_time = ShareMatched(diff);
  AddOverhead(diff);
  std::stable_sort(diff.groups.begin(), diff.groups.end(), [](const DiffGroup& x, const DiffGroup& y) {
    return std::abs(x.b_s - x.a_s) > std::abs(y.b_s - y.a_s);
  });
  SumTerms(diff);
  return diff;
}

absl::Status CheckConservation(const Diff& diff) {
  const double a = diff.a.totals.t_s, b = diff.b.totals.t_s;
  const double scale = std::max(std::abs(a), std::abs(b));
  const auto check = [&](double sum, double expected, absl::string_view what) {
    if (std::abs(sum - expected) <= kTolerance * scale) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("conservation: ", what, " sum to ", absl::StrFormat("%.17g", sum),
                                            ", the total has ", absl::StrFormat("%.17g", expected)));
  };
  double sum_a = 0, sum_b = 0, group_terms = 0, terms = 0, classes = 0;
  for (const DiffGroup& g : diff.groups) {
    sum_a += g.a_s;
    sum_b += g.b_s;
    double own = 0;
    for (const DiffTerm& t : g.terms) own += t.delta_s;
    if (absl::Status s = check(own, g.b_s - g.a_s, absl::StrCat("terms of '", g.name, "'")); !s.ok()) return s;
    group_terms += own;
  }
  for (const DiffTerm& t : diff.terms) terms += t.delta_s;
  for (const DiffTerm& t : diff.by_class) classes += t.delta_s;
  for (const auto& [sum, expected, what] : {std::tuple(sum_a, a, "groups of A"), std::tuple(sum_b, b, "groups of B"),
                                            std::tuple(group_terms, b - a, "groups' terms"),
                                            std::tuple(terms, b - a, "terms"), std::tuple(classes, b - a, "classes")}) {
    if (absl::Status s = check(sum, expected, what); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace opcost
