// The cost model: the work of each subgraph over the rates of the target, as expressions.
#include <algorithm>
#include <array>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "costing/entry_pricer.h"
#include "costing/pricing.h"
#include "costing/signature.h"

namespace opcost {

Estimate::Estimate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Estimate::Estimate(Estimate&&) noexcept = default;
Estimate& Estimate::operator=(Estimate&&) noexcept = default;
Estimate::~Estimate() = default;

namespace {

// Q/DQ and what they stand around as one kernel: it reads and writes what is stored, and multiplies that. What
// dequantising for several readers takes is counted once, in the row that owns it.
Work IntegerWork(const CountedModel& model, const Subgraph& subgraph) {
  std::vector<NodeId> nodes = subgraph.nodes;
  nodes.insert(nodes.end(), subgraph.reads_through.begin(), subgraph.reads_through.end());
  std::sort(nodes.begin(), nodes.end());
  Work elsewhere;
  for (NodeId n : subgraph.reads_through) elsewhere += model.counts[static_cast<size_t>(n)].work;
  const Work fused = FuseCounts(model.graph, nodes, model.counts);
  Work work;
  for (const Work::Entry& e : fused.entries()) {
    const int64_t owned = IsArithmetic(e.resource) ? e.amount - elsewhere.Get(e.resource, e.dtype) : e.amount;
    work.Add(e.resource, e.resource == Resource::kMatrixMacs ? subgraph.integer : e.dtype, owned);
  }
  return work;
}

}  // namespace

Work ExecutedWork(const CountedModel& model, const Subgraph& subgraph, bool runtime_folds) {
  const auto folded = [&](NodeId id) { return runtime_folds && model.graph.nodes[static_cast<size_t>(id)].foldable; };
  if (subgraph.integer != DType::kUnknown) return IntegerWork(model, subgraph);
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

class Pricer {
 public:
  Pricer(const CountedModel& model, Pricing& impl, const PriceOptions& options)
      : model_(model),
        impl_(impl),
        folds_(RuntimeFolds(model.classification.rule_set)),
        entries_(impl.target, impl.pool) {
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
    if (subgraph.nodes.size() != 1 || subgraph.integer != DType::kUnknown) return nullptr;
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
    if (inserted) impl_.prices.push_back(entries_.Build(key));
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

  const CountedModel& model_;
  Pricing& impl_;
  const bool folds_;
  EntryPricer entries_;
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
