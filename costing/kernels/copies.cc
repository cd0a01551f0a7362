// Kernels that copy blocks from one place to another. A block is what lies side by side in both; each costs a call, so
// that many small ones take longer than their bytes say.
#include <algorithm>

#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

absl::Span<const int64_t> From(const Extents64& dims, size_t first) {
  return absl::MakeConstSpan(dims).subspan(std::min(first, dims.size()));
}

void SetBlocks(const KernelContext& context, double elements, double block) {
  context.Set(Metric::kRows, elements / std::max(1.0, block));
}

// What lies side by side in a result whose innermost axes are the operand's: up to the first that differs. That one
// counts with `extents`.
double SharedBlock(const Extents64& in, const Extents64& out, const Extents64& extents) {
  double block = 1;
  for (size_t d = out.size(); d-- > 0 && d < in.size();) {
    block *= static_cast<double>(extents[d]);
    if (in[d] != out[d]) break;
  }
  return block;
}

void SliceBlocks(const KernelContext& context) {
  const Extents64 in = context.In(0), out = context.Out();
  SetBlocks(context, Product(out), SharedBlock(in, out, out));
}

// Operands, or results, lie beside each other in each row of the axis and those before it.
void PartBlocks(const KernelContext& context, bool concat) {
  const Extents64 whole = concat ? context.Out() : context.In(0);
  const size_t axis = AxisOf(context.node, 0, whole.size());
  const double parts = static_cast<double>(concat ? context.node.inputs.size() : context.node.outputs.size());
  context.Set(Metric::kRows, parts * Product(absl::MakeConstSpan(whole).subspan(0, std::min(axis, whole.size()))));
}

}  // namespace

void CopyKernel(const KernelContext& context) {
  if (context.node.op_type == "Slice") {
    context.count.kernel_class = KernelClass::kSlice;
    return SliceBlocks(context);
  }
  const bool concat = context.node.op_type == "Concat";
  context.count.kernel_class = concat ? KernelClass::kConcat : KernelClass::kSplit;
  PartBlocks(context, concat);
}

// Repeated once along every axis it is one copy, as a transpose is that moves nothing.
void TileKernel(const KernelContext& context) {
  const Extents64 in = context.In(0), out = context.Out();
  context.count.kernel_class = in == out ? KernelClass::kTransposeCopy : KernelClass::kTile;
  if (in.size() == out.size() && in != out) SetBlocks(context, Product(out), SharedBlock(in, out, in));
}

// What lies behind the last axis that is repeated is copied once for each place before it, then doubled in place.
void ExpandKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kExpand;
  const Extents64 out = context.Out();
  Extents64 in = context.In(0);
  if (in.size() > out.size()) return;
  in.insert(in.begin(), out.size() - in.size(), 1);
  size_t behind = out.size();
  while (behind > 0 && in[behind - 1] == out[behind - 1]) --behind;
  SetBlocks(context, Product(in), Product(From(out, behind)));
}

void PadKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kPad;
  const Extents64 in = context.In(0), out = context.Out();
  if (in.size() == out.size()) SetBlocks(context, Product(in), SharedBlock(in, out, in));
}

// Each index picks a block: what lies behind the axis. Rows of a table are long; picked along the innermost axis, it is
// one element at a time.
void GatherKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kGather;
  const Extents64 in = context.In(0);
  if (in.empty()) return;
  SetBlocks(context, Product(context.Out()), Product(From(in, AxisOf(context.node, 0, in.size()) + 1)));
}

// Each row of the indices names a block by its first coordinates.
void BlocksByCoordinatesKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kScatter;
  const Extents64 indices = context.In(1);
  if (!indices.empty()) SetBlocks(context, Product(indices), static_cast<double>(indices.back()));
}

}  // namespace opcost
