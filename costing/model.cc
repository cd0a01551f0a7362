// The cost model: the work of each subgraph over the rates of the target, as expressions.
#include <algorithm>
#include <array>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "costing/pricing.h"
#include "costing/signature.h"

namespace opcost {

Estimate::Estimate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Estimate::Estimate(Estimate&&) noexcept = default;
Estimate& Estimate::operator=(Estimate&&) noexcept = default;
Estimate::~Estimate() = default;

Work ExecutedWork(const CountedModel& model, const Subgraph& subgraph, bool runtime_folds) {
  const auto folded = [&](NodeId id) { return runtime_folds && model.graph.nodes[static_cast<size_t>(id)].foldable; };
  if (subgraph.nodes.size() == 1) {
    const NodeId only = subgraph.nodes[0];
    return folded(only) ? Work() : model.counts[static_cast<size_t>(only)].work;
  }
  std::vector<NodeId> executed;
  for (NodeId id : subgraph.nodes) {
    if (!folded(id)) executed.push_back(id);
  }
  if (executed.empty()) return Work();
  return FuseCounts(model.graph, executed, model.counts);
}

namespace {

// Everything that a price depends on besides the target.
struct PriceKey {
  LookupStep step;
  EntryId entry;
  Precision precision;
  CoefficientId exact;
  int64_t repeats;
  Amounts amounts;
  bool operator==(const PriceKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const PriceKey& k) {
    return H::combine(std::move(h), k.step, k.entry, k.precision, k.exact, k.repeats, k.amounts);
  }
};

// Which side of a row's time a term is on: what moves data is memory, what is counted by launches is dispatch.
Bound SideOf(Metric metric) {
  if (metric == Metric::kDispatches || metric == Metric::kCalls) return Bound::kDispatch;
  return Unit(metric) == "byte" || metric == Metric::kPackedElements ? Bound::kMemory : Bound::kCompute;
}

class Pricer {
 public:
  Pricer(const CountedModel& model, Pricing& impl, const PriceOptions& options)
      : model_(model), impl_(impl), folds_(RuntimeFolds(model.classification.rule_set)) {
    if (!options.exact_points) return;
    for (const ExactPoint& p : impl.target.exact) exact_.emplace(p.signature, p.seconds);
  }

  void PriceRow(const Subgraph& subgraph) {
    if (model_.executed) return PriceKernel(subgraph);
    PricedRow row;
    if (!subgraph.nodes.empty()) {
      row.region = model_.graph.nodes[static_cast<size_t>(subgraph.nodes.front())].region;
      row.repeats = Repeats(model_.graph, row.region).value_or(1);
    }
    const Work* work = OneNodeWork(subgraph);
    if (work == nullptr) {
      row.fused = static_cast<int32_t>(impl_.fused.size());
      impl_.fused.push_back(ExecutedWork(model_, subgraph, folds_));
      work = &impl_.fused.back();
    }
    row.dispatches = work->Get(Resource::kDispatches);
    row.price = Find({subgraph, model_.graph, *work, AmountsOf(*work), std::nullopt}, row.repeats);
    impl_.rows.push_back(row);
  }

  // A kernel that is known; what no kernel carries out is free.
  void PriceKernel(const Subgraph& subgraph) {
    PricedRow row;
    if (subgraph.executed == kNone) {
      row.region = model_.graph.nodes[static_cast<size_t>(subgraph.nodes.front())].region;
      row.price = FindPrice({LookupStep::kFree, kNoId, Precision::kFp32, kNoId, row.repeats, {}});
      impl_.rows.push_back(row);
      return;
    }
    const ExecutedModel& executed = *model_.executed;
    const size_t k = static_cast<size_t>(subgraph.executed);
    const Graph& graph = executed.executed.graph;
    const Subgraph kernel{.pattern = subgraph.pattern, .nodes = {subgraph.executed}};
    row.region = graph.nodes[k].region;
    row.repeats = Repeats(graph, row.region).value_or(1);
    row.dispatches = At(executed.kernels[k].amounts, Metric::kDispatches);
    row.price =
        Find({kernel, graph, executed.counts[k].work, executed.kernels[k].amounts, executed.kernels[k].kernel_class},
             row.repeats);
    impl_.rows.push_back(row);
  }

 private:
  // The count itself where a row is one node that runs: nothing to fuse, nothing to copy.
  const Work* OneNodeWork(const Subgraph& subgraph) const {
    if (subgraph.nodes.size() != 1) return nullptr;
    const size_t id = static_cast<size_t>(subgraph.nodes[0]);
    if (folds_ && model_.graph.nodes[id].foldable) return nullptr;
    return &model_.counts[id].work;
  }

  // What is priced: nodes of a graph, what they do, and the class of their kernel where that is known.
  struct Subject {
    const Subgraph& subgraph;
    const Graph& graph;
    const Work& work;
    Amounts amounts;
    std::optional<KernelClass> kernel_class;
  };

  int32_t Find(const Subject& subject, int64_t repeats) {
    PriceKey key{LookupStep::kFree, kNoId, Precision::kFp32, kNoId, repeats, subject.amounts};
    if (!std::all_of(key.amounts.begin(), key.amounts.end(), [](int64_t a) { return a == 0; })) Look(subject, key);
    return FindPrice(key);
  }

  int32_t FindPrice(const PriceKey& key) {
    const auto [it, inserted] = index_.try_emplace(key, static_cast<int32_t>(impl_.prices.size()));
    if (inserted) impl_.prices.push_back(Build(key));
    return it->second;
  }

  void Look(const Subject& subject, PriceKey& key) {
    key.precision = Supported(PrecisionOf(subject.graph, subject.subgraph, subject.work));
    if (!exact_.empty()) {
      const auto it = exact_.find(Signature(subject.graph, subject.subgraph.nodes));
      if (it != exact_.end()) {
        key.step = LookupStep::kExact;
        key.exact = it->second;
      }
    }
    const Lookup found = LookUp(subject, key.precision);
    key.entry = found.entry;
    if (key.step == LookupStep::kExact) return;
    if (impl_.target.entries[static_cast<size_t>(found.entry)].is_default) {
      key.step = LookupStep::kDefault;
    } else {
      key.step = found.steps == 0 ? LookupStep::kPattern : LookupStep::kParent;
    }
  }

  // Looked up once a pattern or class.
  Lookup LookUp(const Subject& subject, Precision precision) {
    const auto key = std::make_tuple(subject.subgraph.pattern, subject.kernel_class, precision);
    const auto [it, inserted] = lookups_.try_emplace(key);
    if (inserted) {
      it->second = subject.kernel_class
                       ? FindEntry(impl_.target, *subject.kernel_class, subject.subgraph.pattern, precision)
                       : FindEntry(impl_.target, subject.subgraph.pattern, precision);
    }
    return it->second;
  }

  // A precision that the target has no peak for runs in fp32, or in whatever the target has.
  Precision Supported(Precision wanted) {
    if (impl_.target.Supports(wanted)) return wanted;
    ++impl_.lacking[wanted];
    if (impl_.target.Supports(Precision::kFp32)) return Precision::kFp32;
    for (Precision p : AllPrecisions()) {
      if (impl_.target.Supports(p)) return p;
    }
    return Precision::kFp32;
  }

  ExprId WorkLeaf(const PriceKey& key, Metric metric) {
    if (metric != Metric::kIntensity) return impl_.pool.OfWork(At(key.amounts, metric), metric);
    // No traffic counts as one byte, so that intensity stays finite.
    const int64_t bytes = std::max<int64_t>(At(key.amounts, Metric::kBytes), 1);
    return impl_.pool.Div(WorkLeaf(key, Metric::kFlops), impl_.pool.OfWork(bytes, Metric::kBytes));
  }

  ExprId AllRuns(const PriceKey& key, ExprId once) {
    return key.repeats == 1 ? once : impl_.pool.Mul(impl_.pool.OfCount(key.repeats), once);
  }

  RowPrice Build(const PriceKey& key) {
    RowPrice price{.step = key.step, .entry = key.entry, .precision = key.precision, .exact = key.exact};
    if (key.step == LookupStep::kFree) {
      price.seconds = price.limit = price.limit_compute = price.limit_memory = impl_.pool.OfCount(0);
      return price;
    }
    Limit(key, price);
    ExprId once;
    if (key.step == LookupStep::kExact) {
      once = impl_.pool.OfCoefficient(key.exact);
      price.parts.push_back({"measured", Bound::kNone, once});
    } else {
      const Entry& entry = impl_.target.entries[static_cast<size_t>(key.entry)];
      once = entry.efficiency ? ByEfficiency(key, *entry.efficiency, price) : ByTime(key, *entry.time, price);
    }
    price.seconds = AllRuns(key, once);
    for (RowPrice::Part& part : price.parts) part.seconds = AllRuns(key, part.seconds);
    return price;
  }

  void Limit(const PriceKey& key, RowPrice& price) {
    ExprPool& pool = impl_.pool;
    const CoefficientId peak = impl_.target.peak[static_cast<size_t>(key.precision)];
    price.limit_compute = peak == kNoId
                              ? pool.OfCount(0)
                              : AllRuns(key, pool.Div(WorkLeaf(key, Metric::kMatrixFlops), pool.OfCoefficient(peak)));
    price.limit_memory =
        impl_.target.bandwidth == kNoId
            ? pool.OfCount(0)
            : AllRuns(key, pool.Div(WorkLeaf(key, Metric::kBytes), pool.OfCoefficient(impl_.target.bandwidth)));
    price.limit = pool.Max({price.limit_compute, price.limit_memory});
  }

  ExprId ByEfficiency(const PriceKey& key, const EfficiencyForm& form, RowPrice& price) {
    ExprPool& pool = impl_.pool;
    ExprId rate = pool.OfCoefficient(form.rate);
    for (CoefficientId factor : form.factors) rate = pool.Mul(rate, pool.OfCoefficient(factor));
    if (form.curve != kNoId) {
      const ExprId x = WorkLeaf(key, impl_.target.curves[static_cast<size_t>(form.curve)].x);
      rate = pool.Mul(rate, pool.OfCurve(form.curve, x));
      price.curve = form.curve;
      if (At(key.amounts, form.work) > 0) price.range_x = x;
    } else if (At(key.amounts, form.work) > 0) {
      price.range_x = WorkLeaf(key, form.work);
    }
    const ExprId compute = pool.Div(WorkLeaf(key, form.work), rate);
    ExprId traffic = pool.OfCoefficient(form.bandwidth);
    if (form.memory_fraction != kNoId) traffic = pool.Mul(traffic, pool.OfCoefficient(form.memory_fraction));
    const ExprId memory = pool.Div(WorkLeaf(key, Metric::kBytes), traffic);
    ExprId once = form.overlap == kNoId ? pool.Max({compute, memory})
                                        : pool.Overlap(compute, memory, pool.OfCoefficient(form.overlap));
    if (form.dispatch != kNoId) {
      const ExprId dispatch = pool.Mul(WorkLeaf(key, Metric::kDispatches), pool.OfCoefficient(form.dispatch));
      price.parts.push_back({"dispatch", Bound::kDispatch, dispatch});
      once = pool.Sum({dispatch, once});
    }
    price.parts.push_back({"compute", Bound::kCompute, compute});
    price.parts.push_back({"memory", Bound::kMemory, memory});
    return once;
  }

  ExprId ByTime(const PriceKey& key, const TimeForm& form, RowPrice& price) {
    ExprPool& pool = impl_.pool;
    std::vector<ExprId> sum;
    if (form.launch != kNoId) {
      sum.push_back(pool.Mul(WorkLeaf(key, Metric::kDispatches), pool.OfCoefficient(form.launch)));
      price.parts.push_back({"launch", Bound::kDispatch, sum.back()});
    }
    for (const TimeTerm& term : form.terms) {
      const ExprId amount = WorkLeaf(key, term.metric);
      if (price.range_x == kNoId) price.range_x = amount;
      sum.push_back(pool.Mul(Reached(key, term, amount), pool.OfCoefficient(term.seconds_per_unit)));
      price.parts.push_back(
          {term.name.empty() ? Name(term.metric) : absl::string_view(term.name), SideOf(term.metric), sum.back()});
    }
    return pool.Sum(sum);
  }

  ExprId Reached(const PriceKey& key, const TimeTerm& term, ExprId amount) {
    ExprPool& pool = impl_.pool;
    if (term.reach == TermReach::kAll) return amount;
    const ExprId threshold = pool.OfCoefficient(term.threshold);
    if (term.reach == TermReach::kBeyond) return pool.Hinge(amount, threshold);
    // A run that touches nothing evicts nothing.
    const int64_t bytes = std::max<int64_t>(1, At(key.amounts, Metric::kFootprintBytes));
    const ExprId footprint = pool.OfWork(bytes, Metric::kFootprintBytes);
    return pool.Mul(amount, pool.Div(pool.Hinge(footprint, threshold), footprint));
  }

  const CountedModel& model_;
  Pricing& impl_;
  const bool folds_;
  absl::flat_hash_map<std::string, CoefficientId> exact_;
  absl::flat_hash_map<PriceKey, int32_t> index_;
  absl::flat_hash_map<std::tuple<Pattern, std::optional<KernelClass>, Precision>, Lookup> lookups_;
};

}  // namespace

absl::StatusOr<Estimate> Estimate::Price(const CountedModel& model, const Target& target, const PriceOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->target = target;
  for (const Coefficient& c : target.coefficients) impl->coefficients.push_back(c.value());
  impl->rows.reserve(model.classification.subgraphs.size());
  impl->fused.reserve(model.classification.subgraphs.size());
  Pricer pricer(model, *impl, options);
  for (const Subgraph& subgraph : model.classification.subgraphs) pricer.PriceRow(subgraph);
  SumUp(model, *impl);
  impl->values = impl->pool.Evaluate(impl->target.curves, impl->coefficients);
  impl->region_counts = CountingRegions(model.graph, *impl);
  return Estimate(std::move(impl));
}

double Estimate::Total() const { return impl_->At(impl_->total); }

double Estimate::TotalUnder(const std::vector<double>& coefficients) const {
  return impl_->pool.Evaluate(impl_->target.curves, coefficients)[static_cast<size_t>(impl_->total)];
}

const Target& Estimate::target() const { return impl_->target; }

}  // namespace opcost
