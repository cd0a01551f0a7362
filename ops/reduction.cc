// Reductions: one operation for each element of the input.
#include <bit>

#include "ops/rule.h"

namespace opcost {
namespace {

// From version 13 (ReduceSum) and 18 (the others) on, no axes may mean "reduce nothing".
bool ReducesNothing(const Tally& t) {
  if (t.Int("noop_with_empty_axes", 0) == 0) return false;
  if (!IntsAttribute(t.node(), "axes").empty()) return false;
  return !t.Has(1) || (t.InElements(1).complete && t.InElements(1).value == 0);
}

// `rule.per.ops` for each element of X; `per.transcendentals` for each result.
void Reduce(Tally& t, const Rule& rule) {
  if (ReducesNothing(t)) return t.View();
  t.Ops(t.InType(0), t.InElements(0) * rule.per.ops);
  if (rule.per.transcendentals > 0) t.Transcendentals(t.InType(0), t.OutElements(0));
}

// exp and sum of each element, log of each result.
void ReduceLogSumExp(Tally& t, const Rule& rule) {
  Reduce(t, rule);
  if (!ReducesNothing(t)) t.Transcendentals(t.InType(0), t.InElements(0));
}

void Scanned(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.InElements(0)); }

// Sorting by compares: n · ceil(log2 n); at most every element is distinct.
void Unique(Tally& t, const Rule&) {
  const Amount n = t.InElements(0);
  const int bits = n.value > 1 ? static_cast<int>(std::bit_width(static_cast<uint64_t>(n.value - 1))) : 0;
  t.Ops(t.InType(0), n * bits);
  for (int slot = 0; slot < 4; ++slot) t.WritesAtMost(slot, n);
  t.Bound();
}

// One compare per element; at most every element is an index of `rank` numbers.
void NonZero(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(0));
  const int rank = t.InRank(0);
  t.WritesAtMost(0, t.InElements(0) * (rank < 0 ? Amount::Unknown() : Amount(rank)));
  t.Bound();
}

constexpr const char* kReduce = "numel(X) ops";
constexpr const char* kBounded = "numel(X) ops; the output's size depends on data: at most numel(X) indices";

constexpr Rule kRules[] = {
    {kOnnx, "ReduceSum", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceMean", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceMax", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceMin", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceProd", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceL1", 1, kNewest, Reduce, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ReduceL2", 1, kNewest, Reduce, "reduce", kC, "2 · numel(X) ops; 1 T per result", {2, 1}},
    {kOnnx, "ReduceSumSquare", 1, kNewest, Reduce, "reduce", kC, "2 · numel(X) ops", {2, 0}},
    {kOnnx, "ReduceLogSum", 1, kNewest, Reduce, "reduce", kC, "numel(X) ops; 1 T per result", {1, 1}},
    {kOnnx,
     "ReduceLogSumExp",
     1,
     kNewest,
     ReduceLogSumExp,
     "reduce",
     kC,
     "numel(X) ops + numel(X) T; 1 T per result",
     {1, 1}},
    {kOnnx, "ArgMax", 1, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "ArgMin", 1, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "CumSum", 11, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "CumProd", 26, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "TopK", 1, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kMicrosoft, "IsAllFinite", 1, kNewest, Scanned, "reduce", kC, kReduce, {1, 0}},
    {kOnnx, "Unique", 11, kNewest, Unique, "unique", kB, "n · ceil(log2 n) ops; at most n distinct values"},
    {kMicrosoft, "Unique", 1, kNewest, Unique, "unique", kB, "n · ceil(log2 n) ops; at most n distinct values"},
    {kOnnx, "NonZero", 9, kNewest, NonZero, "nonzero", kB, kBounded},
};

}  // namespace

absl::Span<const Rule> ReductionRules() { return kRules; }

}  // namespace opcost
