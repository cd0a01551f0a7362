#include "costing/entry_pricer.h"

#include <algorithm>
#include <vector>

namespace opcost {
namespace {

// Which side of a row's time a term is on: what moves data is memory, what is counted by launches is dispatch.
Bound SideOf(Metric metric) {
  if (metric == Metric::kDispatches || metric == Metric::kCalls) return Bound::kDispatch;
  return Unit(metric) == "byte" || metric == Metric::kPackedElements ? Bound::kMemory : Bound::kCompute;
}

}  // namespace

ExprId EntryPricer::WorkLeaf(const PriceKey& key, Metric metric) {
  if (metric != Metric::kIntensity) return pool_.OfWork(At(key.amounts, metric), metric);
  // No traffic counts as one byte, so that intensity stays finite.
  const int64_t bytes = std::max<int64_t>(At(key.amounts, Metric::kBytes), 1);
  return pool_.Div(WorkLeaf(key, Metric::kFlops), pool_.OfWork(bytes, Metric::kBytes));
}

ExprId EntryPricer::AllRuns(const PriceKey& key, ExprId once) {
  return key.repeats == 1 ? once : pool_.Mul(pool_.OfCount(key.repeats), once);
}

RowPrice EntryPricer::Build(const PriceKey& key) {
  RowPrice price{.step = key.step, .entry = key.entry, .precision = key.precision, .exact = key.exact};
  if (key.step == LookupStep::kFree) {
    price.seconds = price.limit = price.limit_compute = price.limit_memory = pool_.OfCount(0);
    return price;
  }
  Limit(key, price);
  ExprId once;
  if (key.step == LookupStep::kExact) {
    once = pool_.OfCoefficient(key.exact);
    price.parts.push_back({"measured", Bound::kNone, once});
  } else {
    const Entry& entry = target_.entries[static_cast<size_t>(key.entry)];
    once = entry.efficiency ? ByEfficiency(key, *entry.efficiency, price) : ByTime(key, *entry.time, price);
  }
  price.seconds = AllRuns(key, once);
  for (RowPrice::Part& part : price.parts) part.seconds = AllRuns(key, part.seconds);
  return price;
}

void EntryPricer::Limit(const PriceKey& key, RowPrice& price) {
  const CoefficientId peak = target_.peak[static_cast<size_t>(key.precision)];
  price.limit_compute = peak == kNoId
                            ? pool_.OfCount(0)
                            : AllRuns(key, pool_.Div(WorkLeaf(key, Metric::kMatrixFlops), pool_.OfCoefficient(peak)));
  price.limit_memory =
      target_.bandwidth == kNoId
          ? pool_.OfCount(0)
          : AllRuns(key, pool_.Div(WorkLeaf(key, Metric::kBytes), pool_.OfCoefficient(target_.bandwidth)));
  price.limit = pool_.Max({price.limit_compute, price.limit_memory});
}

ExprId EntryPricer::ByEfficiency(const PriceKey& key, const EfficiencyForm& form, RowPrice& price) {
  ExprId rate = pool_.OfCoefficient(form.rate);
  for (CoefficientId factor : form.factors) rate = pool_.Mul(rate, pool_.OfCoefficient(factor));
  if (form.curve != kNoId) {
    const ExprId x = WorkLeaf(key, target_.curves[static_cast<size_t>(form.curve)].x);
    rate = pool_.Mul(rate, pool_.OfCurve(form.curve, x));
    price.curve = form.curve;
    if (At(key.amounts, form.work) > 0) price.range_x = x;
  } else if (At(key.amounts, form.work) > 0) {
    price.range_x = WorkLeaf(key, form.work);
  }
  const ExprId compute = pool_.Div(WorkLeaf(key, form.work), rate);
  ExprId once = compute;
  ExprId memory = kNoId;
  if (form.bandwidth != kNoId) {
    ExprId traffic = pool_.OfCoefficient(form.bandwidth);
    if (form.memory_fraction != kNoId) traffic = pool_.Mul(traffic, pool_.OfCoefficient(form.memory_fraction));
    memory = pool_.Div(WorkLeaf(key, Metric::kBytes), traffic);
    once = form.overlap == kNoId ? pool_.Max({compute, memory})
                                 : pool_.Overlap(compute, memory, pool_.OfCoefficient(form.overlap));
  }
  if (form.dispatch != kNoId) {
    const ExprId dispatch = pool_.Mul(WorkLeaf(key, Metric::kDispatches), pool_.OfCoefficient(form.dispatch));
    price.parts.push_back({"dispatch", Bound::kDispatch, dispatch});
    once = pool_.Sum({dispatch, once});
  }
  const bool moves = memory == kNoId && SideOf(form.work) == Bound::kMemory;
  price.parts.push_back({"compute", moves ? Bound::kMemory : Bound::kCompute, compute});
  if (memory != kNoId) price.parts.push_back({"memory", Bound::kMemory, memory});
  return once;
}

ExprId EntryPricer::ByTime(const PriceKey& key, const TimeForm& form, RowPrice& price) {
  std::vector<ExprId> sum;
  if (form.launch != kNoId) {
    sum.push_back(pool_.Mul(WorkLeaf(key, Metric::kDispatches), pool_.OfCoefficient(form.launch)));
    price.parts.push_back({"launch", Bound::kDispatch, sum.back()});
  }
  for (const TimeTerm& term : form.terms) {
    const ExprId amount = WorkLeaf(key, term.metric);
    if (price.range_x == kNoId) price.range_x = amount;
    sum.push_back(pool_.Mul(Reached(key, term, amount), pool_.OfCoefficient(term.seconds_per_unit)));
    price.parts.push_back(
        {term.name.empty() ? Name(term.metric) : absl::string_view(term.name), SideOf(term.metric), sum.back()});
  }
  return pool_.Sum(sum);
}

ExprId EntryPricer::Reached(const PriceKey& key, const TimeTerm& term, ExprId amount) {
  if (term.reach == TermReach::kAll) return amount;
  const ExprId threshold = pool_.OfCoefficient(term.threshold);
  if (term.reach == TermReach::kBeyond) return pool_.Hinge(amount, threshold);
  if (term.reach == TermReach::kDisplaced) {
    const ExprId touched = pool_.OfWork(At(key.amounts, Metric::kKernelBytes), Metric::kKernelBytes);
    return pool_.Mul(amount, pool_.Div(touched, pool_.Sum({touched, threshold})));
  }
  // What touches nothing evicts nothing.
  const Metric distance = ReuseDistance(term.metric);
  const ExprId touched = pool_.OfWork(std::max<int64_t>(1, At(key.amounts, distance)), distance);
  if (distance == Metric::kPassSetBytes) {
    const ExprId square = pool_.Mul(touched, touched);
    return pool_.Mul(amount, pool_.Div(pool_.Hinge(square, pool_.Mul(threshold, threshold)), square));
  }
  return pool_.Mul(amount, pool_.Div(pool_.Hinge(touched, threshold), touched));
}

bool InRange(const Target& target, const RowPrice& price, const std::vector<double>& values,
             const std::vector<double>& coefficients) {
  if (price.range_x == kNoId || price.step == LookupStep::kExact) return true;
  const double x = values[static_cast<size_t>(price.range_x)];
  const Entry& entry = target.entries[static_cast<size_t>(price.entry)];
  if (entry.range) return x >= entry.range->first && x <= entry.range->second;
  if (price.curve == kNoId) return true;
  const std::vector<CurvePoint>& points = target.curves[static_cast<size_t>(price.curve)].points;
  if (points.size() < 2) return true;  // a constant has no range
  return x >= coefficients[static_cast<size_t>(points.front().x)] &&
         x <= coefficients[static_cast<size_t>(points.back().x)];
}

}  // namespace opcost
