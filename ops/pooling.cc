// Pooling: one operation for each position of the window, padding included.
#include "ops/rule.h"

namespace opcost {
namespace {

Amount Taps(const Tally& t) {
  Amount taps = 1;
  for (int64_t k : IntsAttribute(t.node(), "kernel_shape")) taps = taps * Amount(k);
  return taps;
}

void Pool(Tally& t, const Rule&) { t.Ops(t.InType(0), t.OutElements(0) * Taps(t)); }
void GlobalPool(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InElements(0)); }

// Power and sum for each position; 1 T per output (the root).
void LpPool(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.OutElements(0) * Taps(t) * 2);
  t.Transcendentals(t.InType(0), t.OutElements(0));
}
void GlobalLpPool(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(0) * 2);
  t.Transcendentals(t.InType(0), t.OutElements(0));
}

// Values go back to their indices: X and I are read, the output is written whole.
void MaxUnpool(Tally&, const Rule&) {}

// Each region reads at most the whole of its map: rois · C · H · W compares.
void MaxRoiPool(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InDim(1, 0) * t.InElementsFrom(0, 1)); }

constexpr const char* kPool = "∏k ops per output element";
constexpr const char* kGlobal = "numel(X) ops";

constexpr Rule kRules[] = {
    {kOnnx, "MaxPool", 1, kNewest, Pool, "pool", kC, kPool},
    {kOnnx, "AveragePool", 1, kNewest, Pool, "pool", kC, kPool},
    {kOnnx, "LpPool", 1, kNewest, LpPool, "pool", kC, "2 · ∏k ops + 1 T per output element"},
    {kOnnx, "GlobalMaxPool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
    {kOnnx, "GlobalAveragePool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
    {kOnnx, "GlobalLpPool", 1, kNewest, GlobalLpPool, "pool", kC, "2 · numel(X) ops; 1 T per output element"},
    {kOnnx, "MaxUnpool", 9, kNewest, MaxUnpool, "move", kC, "reads and writes, no arithmetic"},
    {kOnnx, "MaxRoiPool", 1, kNewest, MaxRoiPool, "pool", kB, "rois · C · H · W ops: every region the whole map"},
    {kMicrosoft, "NhwcMaxPool", 1, kNewest, Pool, "pool", kC, kPool},
    {kMicrosoft, "MaxpoolWithMask", 1, kNewest, Pool, "pool", kC, kPool},
    {kNhwc, "MaxPool", 1, kNewest, Pool, "pool", kC, kPool},
    {kNhwc, "AveragePool", 1, kNewest, Pool, "pool", kC, kPool},
    {kNhwc, "GlobalMaxPool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
    {kNhwc, "GlobalAveragePool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
    {kNchwc, "MaxPool", 1, kNewest, Pool, "pool", kC, kPool},
    {kNchwc, "AveragePool", 1, kNewest, Pool, "pool", kC, kPool},
    {kNchwc, "GlobalMaxPool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
    {kNchwc, "GlobalAveragePool", 1, kNewest, GlobalPool, "pool", kC, kGlobal},
};

}  // namespace

absl::Span<const Rule> PoolingRules() { return kRules; }

}  // namespace opcost
