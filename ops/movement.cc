// Operators that move bytes and compute nothing.
#include "ops/rule.h"

namespace opcost {
namespace {

// Each input read once, each used output written once.
void Move(Tally&, const Rule&) {}

// Of the data only what lands in the output is read.
void Slice(Tally& t, const Rule&) { t.ReadsAtMost(0, t.OutElements(0)); }

// Only the used parts are read. Without `axis` it is axis 0.
void Split(Tally& t, const Rule&) {
  Amount used = 0;
  for (int slot = 0; slot < t.num_outputs(); ++slot) {
    const Tensor* part = t.Out(slot);
    if (part != nullptr && t.IsUsed(*part)) used = used + t.OutElements(slot);
  }
  t.ReadsAtMost(0, used);
}

// Kept rows depend on data: at most all.
void Compress(Tally& t, const Rule&) {
  t.WritesAtMost(0, t.InElements(0));
  t.Bound();
}

// Sums overlapping patches: 1 op per input element.
void Col2Im(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InElements(0)); }

constexpr const char* kMove = "reads and writes, no arithmetic";
constexpr const char* kSlice = "reads and writes what is kept";

constexpr Rule kRules[] = {
    {kOnnx, "Concat", 1, kNewest, Move, "move", kC, kMove},
    {kOnnx, "Split", 1, kNewest, Split, "move", kC, "reads and writes the used parts"},
    {kOnnx, "Slice", 1, kNewest, Slice, "move", kC, kSlice},
    {kOnnx, "Pad", 1, kNewest, Move, "move", kC, kMove},
    {kOnnx, "Expand", 8, kNewest, Move, "move", kC, kMove},
    {kOnnx, "Tile", 1, kNewest, Move, "move", kC, kMove},
    {kOnnx, "DepthToSpace", 1, kNewest, Move, "move", kC, kMove},
    {kOnnx, "SpaceToDepth", 1, kNewest, Move, "move", kC, kMove},
    {kOnnx, "CenterCropPad", 18, kNewest, Slice, "move", kC, kSlice},
    {kOnnx, "ReverseSequence", 10, kNewest, Move, "move", kC, kMove},
    {kOnnx, "Trilu", 14, kNewest, Move, "move", kC, kMove},
    {kOnnx, "Compress", 9, kNewest, Compress, "move", kB, "reads all; writes at most all"},
    {kOnnx, "Col2Im", 18, kNewest, Col2Im, "col2im", kC, "numel(X) ops"},
    {kMicrosoft, "Pad", 1, kNewest, Move, "move", kC, kMove},
    {kMicrosoft, "Trilu", 1, kNewest, Move, "move", kC, kMove},
    {kMicrosoft, "UnfoldTensor", 1, kNewest, Move, "move", kC, kMove},
    {kMicrosoft, "RemovePadding", 1, kNewest, Slice, "move", kC, kSlice},
    {kMicrosoft, "RestorePadding", 1, kNewest, Move, "move", kC, kMove},
    {kMicrosoft, "SampleOp", 1, kNewest, Move, "move", kC, kMove},
    {kNchwc, "ReorderInput", 1, kNewest, Move, "reorder", kC, kMove},
    {kNchwc, "ReorderOutput", 1, kNewest, Move, "reorder", kC, kMove},
};

}  // namespace

absl::Span<const Rule> MovementRules() { return kRules; }

}  // namespace opcost
