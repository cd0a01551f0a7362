// Inside an Estimate: how each subgraph was priced, as expressions in one pool. No strings; those come with the report.
#ifndef OPCOST_COSTING_PRICING_H_
#define OPCOST_COSTING_PRICING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/analyze.h"
#include "costing/expr.h"
#include "costing/precision.h"

namespace opcost {

// One distinct way of being priced. Equal subgraphs share one.
struct RowPrice {
  LookupStep step = LookupStep::kFree;
  EntryId entry = kNoId;
  Precision precision = Precision::kFp32;
  // All of these for all executions.
  ExprId seconds = kNoId;
  ExprId limit = kNoId, limit_compute = kNoId, limit_memory = kNoId;
  struct Part {
    absl::string_view name;  // of static storage, or of the target's
    Bound side = Bound::kNone;
    ExprId seconds = kNoId;
  };
  std::vector<Part> parts;  // before overlap; they add up to `seconds` where nothing overlaps
  ExprId range_x = kNoId;   // what the entry's range, or its curve, is a function of; kNoId without work
  CurveId curve = kNoId;
  CoefficientId exact = kNoId;
};

struct PricedRow {
  int32_t price = kNoId;  // index into Pricing::prices
  RegionId region = 0;
  int64_t repeats = 1;
  int64_t dispatches = 0;  // of one execution
  int32_t fused = kNoId;   // index into Pricing::fused; kNoId: the work of its only node
};

// Where an If has two live branches, the dearer one counts.
struct Branches {
  NodeId owner = kNone;
  std::vector<RegionId> regions;
  std::vector<ExprId> seconds;
};

// A whole model on one target.
struct Pricing {
  Target target;
  ExprPool pool;
  std::vector<RowPrice> prices;
  std::vector<PricedRow> rows;  // as Classification::subgraphs
  std::vector<Work> fused;
  std::vector<Branches> branches;
  std::vector<bool> region_counts;       // by RegionId, under the target's own coefficients
  std::map<Precision, int64_t> lacking;  // rows by precision that the target has no peak for
  ExprId device = kNoId;                 // Σ rows
  ExprId host = kNoId;                   // enqueueing them; kNoId where the target does not
  ExprId total = kNoId;
  std::vector<double> coefficients;  // the target's own
  std::vector<double> values;        // of every expression under them

  double At(ExprId id) const { return values[static_cast<size_t>(id)]; }
  const RowPrice& PriceOf(size_t row) const { return prices[static_cast<size_t>(rows[row].price)]; }
};

struct Estimate::Impl : Pricing {};

// Whether the size lies inside what the entry was calibrated on, or what its curve covers. `values` of the expressions
// that `price` refers to.
bool InRange(const Target& target, const RowPrice& price, const std::vector<double>& values,
             const std::vector<double>& coefficients);

// The work that a row's time rests on, of one execution: all members fused, without what the runtime folds.
Work ExecutedWork(const CountedModel& model, const Subgraph& subgraph, bool runtime_folds);

// Fills in the sums over rows and regions: device, host, total.
void SumUp(const CountedModel& model, Pricing& impl);
// Which regions count, from the values.
std::vector<bool> CountingRegions(const Graph& graph, const Pricing& impl);

}  // namespace opcost

#endif  // OPCOST_COSTING_PRICING_H_
