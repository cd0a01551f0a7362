// From rows to the model's time: regions add up, the dearer branch counts, and where the host enqueues asynchronously
// the longer side holds.
#include "absl/types/span.h"
#include "costing/pricing.h"

namespace opcost {
namespace {

struct Sums {
  ExprId device = kNoId;
  ExprId host = kNoId;
};

class RegionSummer {
 public:
  RegionSummer(const CountedModel& model, Pricing& impl) : model_(model), impl_(impl) {
    rows_.resize(model.graph.regions.size() + (model.graph.regions.empty() ? 1 : 0));
    for (size_t i = 0; i < impl.rows.size(); ++i) rows_[static_cast<size_t>(impl.rows[i].region)].push_back(i);
  }

  Sums Sum(RegionId region) {
    ExprPool& pool = impl_.pool;
    std::vector<ExprId> device, host;
    int64_t dispatches = 0;
    for (size_t i : rows_[static_cast<size_t>(region)]) {
      const PricedRow& row = impl_.rows[i];
      if (impl_.PriceOf(i).step != LookupStep::kFree) device.push_back(impl_.PriceOf(i).seconds);
      dispatches += row.dispatches * row.repeats;
      for (NodeId id : model_.classification.subgraphs[i].nodes) AddBodies(id, device, host);
    }
    Sums sums{pool.Sum(device)};
    if (impl_.target.host_enqueue != kNoId) {
      host.insert(host.begin(), pool.Mul(pool.OfWork(dispatches, Metric::kDispatches),
                                         pool.OfCoefficient(impl_.target.host_enqueue)));
      sums.host = pool.Sum(host);
    }
    return sums;
  }

 private:
  void AddBodies(NodeId id, std::vector<ExprId>& device, std::vector<ExprId>& host) {
    Branches branches{.owner = id};
    std::vector<ExprId> branch_hosts;
    for (RegionId body : model_.graph.nodes[static_cast<size_t>(id)].bodies) {
      const Region& region = model_.graph.regions[static_cast<size_t>(body)];
      if (region.dead) continue;
      const Sums sums = Sum(body);
      const bool branch = region.kind == RegionKind::kThen || region.kind == RegionKind::kElse;
      (branch ? branches.seconds : device).push_back(sums.device);
      if (sums.host != kNoId) (branch ? branch_hosts : host).push_back(sums.host);
      if (branch) branches.regions.push_back(body);
    }
    if (branches.regions.empty()) return;
    device.push_back(impl_.pool.Max(branches.seconds));
    if (!branch_hosts.empty()) host.push_back(impl_.pool.Max(branch_hosts));
    if (branches.regions.size() > 1) impl_.branches.push_back(std::move(branches));
  }

  const CountedModel& model_;
  Pricing& impl_;
  std::vector<std::vector<size_t>> rows_;  // by RegionId
};

}  // namespace

void SumUp(const CountedModel& model, Pricing& impl) {
  RegionSummer summer(model, impl);
  const Sums sums = summer.Sum(0);
  ExprPool& pool = impl.pool;
  impl.device = sums.device;
  impl.host = sums.host;
  impl.total = impl.host == kNoId ? impl.device : pool.Max({impl.host, impl.device});
  if (impl.target.run_constant != kNoId) {
    impl.total = pool.Sum({impl.total, pool.OfCoefficient(impl.target.run_constant)});
  }
}

std::vector<bool> CountingRegions(const Graph& graph, const Pricing& impl) {
  std::vector<bool> loses(graph.regions.size());
  for (const Branches& b : impl.branches) {
    size_t dearest = 0;
    for (size_t i = 1; i < b.seconds.size(); ++i) {
      if (impl.At(b.seconds[i]) > impl.At(b.seconds[dearest])) dearest = i;
    }
    for (size_t i = 0; i < b.regions.size(); ++i) loses[static_cast<size_t>(b.regions[i])] = i != dearest;
  }
  std::vector<bool> counts(graph.regions.size() + (graph.regions.empty() ? 1 : 0), true);
  for (size_t r = 0; r < graph.regions.size(); ++r) {
    for (RegionId up = static_cast<RegionId>(r); up != kNone; up = graph.regions[static_cast<size_t>(up)].parent) {
      if (graph.regions[static_cast<size_t>(up)].dead || loses[static_cast<size_t>(up)]) counts[r] = false;
    }
  }
  return counts;
}

}  // namespace opcost
