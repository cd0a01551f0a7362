// Nodes and rows of a report. What equal rows have in common is worked out once for each distinct price.
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "costing/extract.h"
#include "costing/intervals.h"
#include "costing/report_parts.h"

namespace opcost {
namespace {

std::string Text(absl::string_view s) { return std::string(s.data(), s.size()); }

ReportTensor MakeTensor(const Graph& graph, TensorId id) {
  if (id == kNone) return {};
  const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
  ReportTensor result{.name = tensor.name, .dtype = tensor.dtype, .ranked = tensor.shape.has_value()};
  if (!tensor.shape) return result;
  result.shape.reserve(tensor.shape->size());
  for (const Dim& d : *tensor.shape) {
    result.shape.push_back(
        {d.extent, d.known() || d.symbol == kNone ? std::string() : graph.symbols[static_cast<size_t>(d.symbol)]});
  }
  return result;
}

ReportNode MakeNode(const CountedModel& model, size_t index) {
  const Node& node = model.graph.nodes[index];
  const NodeCount& count = model.counts[index];
  ReportNode result{.id = node.id,
                    .name = node.name,
                    .domain = node.domain,
                    .op = node.op_type,
                    .scope = node.scope,
                    .call_path = node.call_path};
  result.subgraph = model.classification.subgraph_of[index];
  result.inputs.reserve(node.inputs.size());
  for (TensorId id : node.inputs) result.inputs.push_back(MakeTensor(model.graph, id));
  result.outputs.reserve(node.outputs.size());
  for (TensorId id : node.outputs) result.outputs.push_back(MakeTensor(model.graph, id));
  result.repeats = Repeats(model.graph, node.region).value_or(1);
  result.work = result.repeats == 1 ? count.work : count.work.Times(result.repeats);
  result.rule = Text(count.rule);
  result.status = count.status;
  result.zero_by_rule = count.zero_by_rule;
  result.incomplete = count.incomplete;
  result.foldable = node.foldable;
  return result;
}

// The larger side of the parts: compute wins a tie.
Bound BoundOf(const Pricing& pricing, const RowPrice& price) {
  std::array<double, static_cast<size_t>(Bound::kNone)> sides{};
  for (const RowPrice::Part& part : price.parts) {
    if (part.side != Bound::kNone) sides[static_cast<size_t>(part.side)] += pricing.At(part.seconds);
  }
  const auto largest = std::max_element(sides.begin(), sides.end());
  return *largest > 0 ? static_cast<Bound>(largest - sides.begin()) : Bound::kNone;
}

Bound LimitBoundOf(const Pricing& pricing, const RowPrice& price) {
  const double compute = pricing.At(price.limit_compute), memory = pricing.At(price.limit_memory);
  if (compute == 0 && memory == 0) return Bound::kNone;
  return compute >= memory ? Bound::kCompute : Bound::kMemory;
}

// How the number that sets the row's time came about: of the efficiency where there is one, else of the rate it
// multiplies (a measured efficiency is a measured product, whatever its reference rate is).
Evidence EvidenceOf(const Pricing& pricing, const RowPrice& price, Bound bound) {
  const Target& target = pricing.target;
  const auto of = [&](CoefficientId id) { return target.coefficients[static_cast<size_t>(id)].evidence; };
  if (price.exact != kNoId) return of(price.exact);
  const Entry& entry = target.entries[static_cast<size_t>(price.entry)];
  if (!entry.efficiency) return entry.evidence;
  const EfficiencyForm& form = *entry.efficiency;
  if (bound == Bound::kDispatch && form.dispatch != kNoId) return of(form.dispatch);
  const bool memory_apart = form.bandwidth != kNoId;  // else it is inside the curve
  if (bound == Bound::kMemory && memory_apart)
    return of(form.memory_fraction == kNoId ? form.bandwidth : form.memory_fraction);
  if (form.curve == kNoId && form.factors.empty()) return of(form.rate);
  Evidence worst = Evidence::kMeasured;
  for (CoefficientId factor : form.factors) worst = std::max(worst, of(factor));
  if (form.curve != kNoId && price.range_x != kNoId) {
    const Curve& curve = target.curves[static_cast<size_t>(form.curve)];
    worst = std::max(worst, ReadCurve(curve, pricing.At(price.range_x), pricing.coefficients).evidence);
  }
  return worst;
}

// Everything that equal rows share.
ReportRow MakeShared(const Pricing& pricing, const RowPrice& price, const std::optional<Interval>& interval) {
  ReportRow row{.precision = price.precision, .t_s = pricing.At(price.seconds), .limit_s = pricing.At(price.limit)};
  row.step = price.step;
  row.formula = ExtractFormula(pricing.pool, price.seconds, pricing.target, pricing.values);
  if (price.step == LookupStep::kFree) {
    row.evidence = Evidence::kMeasured;
    return row;
  }
  if (interval) {
    row.lo_s = interval->lo;
    row.hi_s = interval->hi;
  }
  row.limit_bound = LimitBoundOf(pricing, price);
  row.bound = price.step == LookupStep::kExact ? row.limit_bound : BoundOf(pricing, price);
  for (const RowPrice::Part& part : price.parts) row.terms.push_back({Text(part.name), pricing.At(part.seconds)});
  row.in_range = InRange(pricing.target, price, pricing.values, pricing.coefficients);
  row.evidence = EvidenceOf(pricing, price, row.bound);
  if (!row.in_range) row.evidence = std::max(row.evidence, Evidence::kExtrapolated);
  row.entry = price.step == LookupStep::kExact ? pricing.target.coefficients[static_cast<size_t>(price.exact)].key
                                               : pricing.target.entries[static_cast<size_t>(price.entry)].key;
  return row;
}

// Arithmetic as the file asks for it, so that it adds up to the file's; bytes and dispatches as the kernel has them.
Work WorkOfKernel(const CountedModel& model, const Subgraph& subgraph, int64_t repeats) {
  Work work;
  for (NodeId id : subgraph.nodes) {
    for (const Work::Entry& e : model.counts[static_cast<size_t>(id)].work.entries()) {
      if (IsArithmetic(e.resource)) work.Add(e.resource, e.dtype, e.amount);
    }
  }
  if (subgraph.executed != kNone) {
    for (const Work::Entry& e : model.executed->counts[static_cast<size_t>(subgraph.executed)].work.entries()) {
      if (!IsArithmetic(e.resource)) work.Add(e.resource, e.dtype, e.amount);
    }
  }
  return repeats == 1 ? work : work.Times(repeats);
}

Work WorkOf(const CountedModel& model, const Pricing& pricing, size_t i) {
  const Subgraph& subgraph = model.classification.subgraphs[i];
  const PricedRow& row = pricing.rows[i];
  if (model.executed) return WorkOfKernel(model, subgraph, row.repeats);
  if (subgraph.nodes.empty()) return row.fused == kNoId ? Work() : pricing.fused[static_cast<size_t>(row.fused)];
  // What a runtime folds is counted like everything else; only its time is not.
  const bool folds = std::any_of(subgraph.nodes.begin(), subgraph.nodes.end(),
                                 [&](NodeId id) { return model.graph.nodes[static_cast<size_t>(id)].foldable; });
  if (row.fused != kNoId && !folds) {
    const Work& fused = pricing.fused[static_cast<size_t>(row.fused)];
    return row.repeats == 1 ? fused : fused.Times(row.repeats);
  }
  const bool single = subgraph.nodes.size() == 1 && subgraph.integer == DType::kUnknown;
  const Work once = single ? model.counts[static_cast<size_t>(subgraph.nodes[0])].work
                           : ExecutedWork(model, subgraph, /*runtime_folds=*/false);
  return row.repeats == 1 ? once : once.Times(row.repeats);
}

}  // namespace

std::vector<ReportNode> MakeNodes(const CountedModel& model) {
  std::vector<ReportNode> nodes;
  nodes.reserve(model.graph.nodes.size());
  for (size_t i = 0; i < model.graph.nodes.size(); ++i) nodes.push_back(MakeNode(model, i));
  return nodes;
}

std::vector<ReportRow> MakeRows(const CountedModel& model, const Pricing& pricing,
                                const std::vector<ReportNode>& nodes) {
  const std::vector<std::optional<Interval>> intervals = PriceIntervals(pricing);
  std::vector<ReportRow> shared;
  shared.reserve(pricing.prices.size());
  for (size_t p = 0; p < pricing.prices.size(); ++p) {
    shared.push_back(MakeShared(pricing, pricing.prices[p], intervals[p]));
  }
  std::vector<ReportRow> rows;
  rows.reserve(pricing.rows.size());
  for (size_t i = 0; i < pricing.rows.size(); ++i) {
    const Subgraph& subgraph = model.classification.subgraphs[i];
    ReportRow row = shared[static_cast<size_t>(pricing.rows[i].price)];
    row.pattern = subgraph.pattern;
    row.kernel = subgraph.kernel;
    row.inserted = subgraph.inserted;
    row.nodes.assign(subgraph.nodes.begin(), subgraph.nodes.end());
    row.repeats = pricing.rows[i].repeats;
    row.work = WorkOf(model, pricing, i);
    row.counted = pricing.region_counts[static_cast<size_t>(pricing.rows[i].region)];
    if (subgraph.block != kNone) {
      const Block& block = model.classification.blocks[static_cast<size_t>(subgraph.block)];
      row.block = block.name;
      row.block_pattern = block.pattern;
    }
    const NodeId anchor = subgraph.anchor != kNone ? subgraph.anchor
                          : subgraph.nodes.empty() ? kNone
                                                   : subgraph.nodes.front();
    if (anchor == kNone) {
      row.id = row.name = absl::StrCat(subgraph.kernel.empty() ? "inserted" : subgraph.kernel, " ", i);
      if (subgraph.executed != kNone) {
        const std::string& name = model.executed->executed.graph.nodes[static_cast<size_t>(subgraph.executed)].name;
        if (!name.empty()) row.name = name;
      }
    } else {
      const ReportNode& node = nodes[static_cast<size_t>(anchor)];
      row.id = node.id;
      row.name = node.name.empty() ? node.id : node.name;
      row.scope = node.scope;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace opcost
