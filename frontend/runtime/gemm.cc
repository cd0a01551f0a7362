// Level basic: products with a bias become Gemm, between Reshapes where the rank asks for it; Reshapes in a row merge.
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

Node MakeNode(absl::string_view op, std::vector<TensorId> inputs, TensorId output, const Node& like) {
  Node node;
  node.op_type = std::string(op);
  node.name = absl::StrCat(like.name, "/", op);
  node.id = absl::StrCat(like.id, "/", op);
  node.scope = like.scope;
  node.opset = like.opset;
  node.since_version = like.since_version;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  return node;
}

TensorId ReshapeTo(Rewrite& rewrite, TensorId in, std::vector<int64_t> extents, const Node& like,
                   const std::vector<NodeId>& origins) {
  const TensorId out =
      rewrite.AddTensor(absl::StrCat(rewrite.tensor(in).name, "/2d"), rewrite.tensor(in).dtype, extents);
  const TensorId shape = rewrite.AddConstant("shape", DType::kInt64, {static_cast<int64_t>(extents.size())});
  (void)origins;
  rewrite.Add(MakeNode("Reshape", {in, shape}, out, like), origins, true);
  return out;
}

struct BiasedProduct {
  NodeId product = kNone, sum = kNone;
  TensorId bias = kNone;
};

// MatMul by a matrix, then Add of one element a column.
bool Matches(Rewrite& rewrite, NodeId sum, BiasedProduct* found) {
  if (!rewrite.Is(sum, "Add")) return false;
  for (size_t side : {size_t{0}, size_t{1}}) {
    const TensorId t = rewrite.Input(sum, side);
    const NodeId product = rewrite.ProducerOf(t, "MatMul");
    if (product == kNone || !rewrite.IsPrivate(t)) continue;
    const TensorId bias = rewrite.Input(sum, 1 - side), weight = rewrite.Input(product, 1);
    const auto w = rewrite.Extents(weight), b = rewrite.Extents(bias), x = rewrite.Extents(rewrite.Input(product, 0));
    if (!w || !b || !x || w->size() != 2 || x->size() < 2) continue;
    const bool vector = (b->size() == 1 && (*b)[0] == (*w)[1]);
    const bool row = b->size() == 2 && x->size() == 2 && (*b)[1] == (*w)[1] && ((*b)[0] == 1 || (*b)[0] == (*x)[0]);
    if (!vector && !row) continue;
    if (x->size() > 2 && (!rewrite.IsConstant(weight) || !rewrite.IsConstant(bias))) continue;
    if (rewrite.tensor(t).dtype != DType::kFloat32 && rewrite.tensor(t).dtype != DType::kFloat16) continue;
    *found = {product, sum, bias};
    return true;
  }
  return false;
}

void ToGemm(Rewrite& rewrite, const BiasedProduct& found) {
  const Node like = rewrite.node(found.product);
  std::vector<NodeId> origins = rewrite.origins(found.product);
  for (NodeId n : rewrite.origins(found.sum)) origins.push_back(n);
  const TensorId x = rewrite.Input(found.product, 0), w = rewrite.Input(found.product, 1);
  const TensorId out = rewrite.Output(found.sum);
  const std::vector<int64_t> extents = *rewrite.Extents(x);
  const int64_t columns = (*rewrite.Extents(w))[1];
  rewrite.Remove(found.product);
  rewrite.Remove(found.sum);
  TensorId flat = x, result = out;
  if (extents.size() > 2) {
    int64_t rows = 1;
    for (size_t d = 0; d + 1 < extents.size(); ++d) rows *= extents[d];
    flat = ReshapeTo(rewrite, x, {rows, extents.back()}, like, origins);
    result =
        rewrite.AddTensor(absl::StrCat(rewrite.tensor(out).name, "/2d"), rewrite.tensor(out).dtype, {rows, columns});
  }
  rewrite.Add(MakeNode("Gemm", {flat, w, found.bias}, result, like), origins, false);
  if (extents.size() > 2) {
    const TensorId shape = rewrite.AddConstant("shape", DType::kInt64, {static_cast<int64_t>(extents.size())});
    rewrite.Add(MakeNode("Reshape", {result, shape}, out, like), origins, true);
  }
}

// Transpose of a matrix in front of Gemm becomes transA or transB.
bool FoldTranspose(Rewrite& rewrite, NodeId gemm, size_t slot) {
  const NodeId transpose = rewrite.ProducerOf(rewrite.Input(gemm, slot), "Transpose");
  if (transpose == kNone || !rewrite.IsPrivate(rewrite.Output(transpose))) return false;
  if (rewrite.Rank(rewrite.Output(transpose)) != 2) return false;
  const char* name = slot == 0 ? "transA" : "transB";
  SetAttribute(rewrite.node(gemm), name, int64_t{1} - IntAttribute(rewrite.node(gemm), name, 0));
  const TensorId in = rewrite.Input(transpose, 0);
  rewrite.Absorb(gemm, transpose);
  rewrite.Remove(transpose);
  rewrite.SetInput(gemm, slot, in);
  return true;
}

// The normalised input of an attention block that is normalised behind its sums: read by the three projections and by
// the sum around the block.
bool IsBlockInput(Rewrite& rewrite, TensorId t) {
  if (rewrite.ProducerOf(t, "LayerNormalization") == kNone) return false;
  int products = 0, sums = 0;
  for (NodeId n : rewrite.Readers(t)) {
    products += rewrite.Is(n, "MatMul");
    sums += rewrite.Is(n, "Add");
  }
  return products == 3 && sums == 1;
}

// Level basic leaves the projections of such blocks alone, so that attention can be recognised.
bool IsAttentionProjection(Rewrite& rewrite, const BiasedProduct& found) {
  const TensorId in = rewrite.Input(found.product, 0);
  if (IsBlockInput(rewrite, in)) return true;
  if (rewrite.ProducerOf(in, "Reshape") == kNone) return false;
  const TensorId out = rewrite.Output(found.sum);
  const NodeId around = rewrite.OnlyReader(out);
  if (!rewrite.Is(around, "Add")) return false;
  return IsBlockInput(rewrite, rewrite.Input(around, rewrite.Input(around, 0) == out ? 1 : 0));
}

bool FuseAll(Rewrite& rewrite, bool keeps_attention) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    BiasedProduct found;
    if (Matches(rewrite, n, &found) && !(keeps_attention && IsAttentionProjection(rewrite, found))) {
      ToGemm(rewrite, found);
      changed = true;
    }
    if (!rewrite.Is(n, "Gemm")) continue;
    changed |= FoldTranspose(rewrite, n, 0);
    changed |= FoldTranspose(rewrite, n, 1);
  }
  return changed;
}

}  // namespace

bool FuseMatMulAdd(Rewrite& rewrite, const RuntimeOptions&) { return FuseAll(rewrite, true); }

bool FuseMatMulAddLate(Rewrite& rewrite, const RuntimeOptions&) { return FuseAll(rewrite, false); }

}  // namespace opcost::internal
