// Level extended: transposed operands and constant scales become attributes of the product.
#include <optional>
#include <vector>

#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

bool IsProduct(Rewrite& rewrite, NodeId n) {
  return rewrite.Is(n, "MatMul") || rewrite.Is(n, "com.microsoft.FusedMatMul");
}

// What a product can read without the Transpose in front of it.
struct Folded {
  bool swaps = false;  // the last two axes change places
  bool batch = false;  // the first axis moves behind the others of the batch
};

std::optional<Folded> FoldablePerm(const std::vector<int64_t>& perm) {
  const size_t rank = perm.size();
  if (rank < 2) return std::nullopt;
  const auto is = [&](auto axis) {
    for (size_t d = 0; d < rank; ++d) {
      if (perm[d] != static_cast<int64_t>(axis(d))) return false;
    }
    return true;
  };
  const size_t last = rank - 1;
  if (is([&](size_t d) { return d == last ? last - 1 : d == last - 1 ? last : d; })) return Folded{true, false};
  if (rank < 3) return std::nullopt;
  if (is([&](size_t d) { return d == last ? last : d == last - 1 ? 0 : d + 1; })) return Folded{false, true};
  if (is([&](size_t d) { return d == last ? 0 : d + 1; })) return Folded{true, true};
  return std::nullopt;
}

void MakeFused(Rewrite& rewrite, NodeId n) {
  Node& node = rewrite.node(n);
  node.op_type = "FusedMatMul";
  node.domain = "com.microsoft";
  node.opset = node.since_version = 1;
}

bool FoldTranspose(Rewrite& rewrite, NodeId n, size_t slot) {
  const NodeId transpose = rewrite.ProducerOf(rewrite.Input(n, slot), "Transpose");
  if (transpose == kNone) return false;
  const std::optional<Folded> folded = FoldablePerm(IntsAttribute(rewrite.node(transpose), "perm"));
  if (!folded) return false;
  const char* swap = slot == 0 ? "transA" : "transB";
  const char* batch = slot == 0 ? "transBatchA" : "transBatchB";
  if (folded->batch && IntAttribute(rewrite.node(n), swap, 0) != 0) return false;
  if (IntAttribute(rewrite.node(n), batch, 0) != 0) return false;
  if (folded->batch && rewrite.Rank(rewrite.Input(n, 0)) != rewrite.Rank(rewrite.Input(n, 1))) return false;
  MakeFused(rewrite, n);
  if (folded->swaps) SetAttribute(rewrite.node(n), swap, int64_t{1} - IntAttribute(rewrite.node(n), swap, 0));
  if (folded->batch) SetAttribute(rewrite.node(n), batch, int64_t{1});
  rewrite.Absorb(n, transpose);
  const TensorId between = rewrite.Output(transpose);
  rewrite.SetInput(n, slot, rewrite.Input(transpose, 0));
  if (rewrite.tensor(between).consumers.empty() && !rewrite.tensor(between).is_graph_output) rewrite.Remove(transpose);
  return true;
}

// The other operand of a product or a division by a constant number; kNone when `n` is none.
TensorId Scaled(Rewrite& rewrite, NodeId n) {
  if (rewrite.Is(n, "Div")) return rewrite.Scalar(rewrite.Input(n, 1)) ? rewrite.Input(n, 0) : kNone;
  if (!rewrite.Is(n, "Mul")) return kNone;
  if (rewrite.Scalar(rewrite.Input(n, 1))) return rewrite.Input(n, 0);
  return rewrite.Scalar(rewrite.Input(n, 0)) ? rewrite.Input(n, 1) : kNone;
}

bool FoldInputScale(Rewrite& rewrite, NodeId n, size_t slot) {
  const NodeId scale = rewrite.Producer(rewrite.Input(n, slot));
  if (scale == kNone) return false;
  const TensorId in = Scaled(rewrite, scale);
  if (in == kNone || rewrite.IsConstant(in)) return false;
  MakeFused(rewrite, n);
  SetAttribute(rewrite.node(n), "alpha", 1.0);
  rewrite.Absorb(n, scale);
  rewrite.SetInput(n, slot, in);
  return true;
}

bool FoldOutputScale(Rewrite& rewrite, NodeId n) {
  const NodeId scale = rewrite.OnlyReader(rewrite.Output(n));
  if (scale == kNone || Scaled(rewrite, scale) != rewrite.Output(n)) return false;
  const TensorId out = rewrite.Output(scale);
  MakeFused(rewrite, n);
  SetAttribute(rewrite.node(n), "alpha", 1.0);
  rewrite.Absorb(n, scale);
  rewrite.Remove(scale);
  rewrite.SetOutput(n, 0, out);
  return true;
}

}  // namespace

bool FuseIntoMatMul(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (!IsProduct(rewrite, n) || rewrite.tensor(rewrite.Output(n)).dtype != DType::kFloat32) continue;
    for (size_t slot : {size_t{0}, size_t{1}}) {
      changed |= FoldTranspose(rewrite, n, slot);
      changed |= FoldInputScale(rewrite, n, slot);
    }
    changed |= FoldOutputScale(rewrite, n);
  }
  return changed;
}

}  // namespace opcost::internal
