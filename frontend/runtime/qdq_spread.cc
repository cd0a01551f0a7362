// Quantisation spreads before groups are looked for: level basic copies a DequantizeLinear for each reader and carries
// pairs across operators that only move elements.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/qdq_pairs.h"

namespace opcost::internal {
namespace {

constexpr const char* kMs = "com.microsoft";

bool SameNumber(Rewrite& rewrite, TensorId a, TensorId b) {
  if (a == b) return true;
  if (a == kNone || b == kNone) return false;
  double x = 0, y = 0;
  return UniformValue(rewrite.graph(), a, &x) && UniformValue(rewrite.graph(), b, &y) && x == y;
}

Node Like(Rewrite& rewrite, NodeId n, absl::string_view suffix, TensorId in, TensorId out) {
  Node node = rewrite.node(n);
  absl::StrAppend(&node.name, suffix);
  absl::StrAppend(&node.id, suffix);
  node.inputs[0] = in;
  node.outputs = {out};
  return node;
}

const Shape& Same(const Shape& shape) { return shape; }

// Elements that move without change; quantised or not makes no difference.
bool OnlyMoves(Rewrite& rewrite, NodeId n) {
  constexpr std::array<absl::string_view, 6> kMoving = {"MaxPool", "Reshape",   "Transpose",
                                                        "Squeeze", "Unsqueeze", "Slice"};
  return std::any_of(kMoving.begin(), kMoving.end(), [&](absl::string_view op) { return rewrite.Is(n, op); });
}

// Q, then DQ, on the way from `t` to its readers; both like `like` (its scale and zero point, which are read by
// either).
void InsertPair(Rewrite& rewrite, TensorId t, NodeId like) {
  const bool from_q = rewrite.Is(like, kQ);
  const DType integer = rewrite.tensor(from_q ? rewrite.Output(like) : rewrite.Input(like, 0)).dtype;
  const TensorId whole = rewrite.AddLike(t, "/quantized", Same), back = rewrite.AddLike(t, "/dequantized", Same);
  rewrite.tensor(whole).dtype = integer;
  rewrite.ReplaceUses(t, back);
  Node q = Like(rewrite, like, "/Q", t, whole), dq = Like(rewrite, like, "/DQ", whole, back);
  q.op_type = kQ;
  dq.op_type = kDq;
  rewrite.Add(std::move(q), {}, true);
  rewrite.Add(std::move(dq), {}, true);
}

bool PropagateBackward(Rewrite& rewrite, NodeId q) {
  if (!rewrite.Is(q, kQ) || !IsPerTensor(rewrite, q)) return false;
  const NodeId before = rewrite.Producer(rewrite.Input(q, 0));
  if (!OnlyMoves(rewrite, before) || !rewrite.IsPrivate(rewrite.Input(q, 0))) return false;
  const TensorId in = rewrite.Input(before, 0);
  if (rewrite.IsConstant(in) || rewrite.Producer(in) == kNone || !rewrite.IsPrivate(in)) return false;
  if (rewrite.ProducerOf(in, kDq) != kNone) return false;
  InsertPair(rewrite, in, q);
  return true;
}

bool PropagateForward(Rewrite& rewrite, NodeId dq) {
  if (!rewrite.Is(dq, kDq) || !IsPerTensor(rewrite, dq)) return false;
  const NodeId behind = rewrite.OnlyReader(rewrite.Output(dq));
  if (!OnlyMoves(rewrite, behind) || rewrite.Input(behind, 0) != rewrite.Output(dq)) return false;
  const TensorId out = rewrite.Output(behind);
  if (rewrite.tensor(out).is_graph_output || rewrite.Readers(out).empty()) return false;
  for (NodeId reader : rewrite.Readers(out)) {
    if (rewrite.Is(reader, kQ) || rewrite.node(reader).region != 0) return false;
  }
  InsertPair(rewrite, out, dq);
  return true;
}

// Each reader of a DequantizeLinear gets its own.
bool CopyForReaders(Rewrite& rewrite, NodeId dq) {
  if (!rewrite.Is(dq, kDq)) return false;
  const TensorId out = rewrite.Output(dq);
  bool changed = false, first = !rewrite.tensor(out).is_graph_output;
  for (NodeId reader : rewrite.Readers(out)) {
    for (size_t slot = 0; slot < rewrite.node(reader).inputs.size(); ++slot) {
      if (rewrite.Input(reader, slot) != out) continue;
      if (std::exchange(first, false) || rewrite.node(reader).region != 0) continue;
      const TensorId copy = rewrite.AddLike(out, "/duplicated", Same);
      rewrite.Add(Like(rewrite, dq, absl::StrCat("/duplicated", copy), rewrite.Input(dq, 0), copy), rewrite.origins(dq),
                  false);
      rewrite.SetInput(reader, slot, copy);
      changed = true;
    }
  }
  return changed;
}

// DQ → Q of equal quantisation.
bool DropEmptyPair(Rewrite& rewrite, NodeId q) {
  if (!rewrite.Is(q, kQ)) return false;
  const NodeId dq = rewrite.ProducerOf(rewrite.Input(q, 0), kDq);
  if (dq == kNone || !rewrite.IsPrivate(rewrite.Input(q, 0)) || !SameQuantisation(rewrite, q, dq)) return false;
  if (rewrite.tensor(rewrite.Output(q)).is_graph_output) return false;
  rewrite.ReplaceUses(rewrite.Output(q), rewrite.Input(dq, 0));
  rewrite.Remove(q);
  rewrite.Remove(dq);
  return true;
}

// A Transpose that came between a DQ and its operator, or an operator and its Q, gets what it lacks.
bool CompleteTranspose(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Transpose")) return false;
  const TensorId in = rewrite.Input(n, 0), out = rewrite.Output(n);
  const NodeId dq = rewrite.ProducerOf(in, kDq), reader = rewrite.OnlyReader(out);
  if (dq != kNone) {
    if (reader == kNone || rewrite.Is(reader, kQ)) return false;
    InsertPair(rewrite, out, dq);
    return true;
  }
  if (!rewrite.Is(reader, kQ) || rewrite.Producer(in) == kNone || !rewrite.IsPrivate(in)) return false;
  InsertPair(rewrite, in, reader);
  return true;
}

}  // namespace

bool IsPerTensor(Rewrite& rewrite, NodeId n) {
  for (size_t slot : {size_t{1}, size_t{2}}) {
    const TensorId t = rewrite.Input(n, slot);
    if (t == kNone) continue;
    const auto extents = rewrite.Extents(t);
    if (!rewrite.IsConstant(t) || !extents || NumElements(*rewrite.tensor(t).shape) != 1) return false;
  }
  return true;
}

bool SameQuantisation(Rewrite& rewrite, NodeId a, NodeId b) {
  return IsPerTensor(rewrite, a) && IsPerTensor(rewrite, b) &&
         SameNumber(rewrite, rewrite.Input(a, 1), rewrite.Input(b, 1)) &&
         SameNumber(rewrite, rewrite.Input(a, 2), rewrite.Input(b, 2));
}

// Dequantised constants are computed at run time, and so is what follows from them.
void UnfoldDequantized(Rewrite& rewrite) {
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    const Node& node = rewrite.node(n);
    const bool starts = node.op_type == kDq && (node.domain.empty() || node.domain == kMs);
    const bool follows = std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](TensorId t) { return t != kNone && !rewrite.IsConstant(t); });
    if (!starts && !follows) continue;
    for (TensorId t : node.outputs) {
      if (t != kNone) rewrite.tensor(t).is_constant = false;
    }
  }
}

bool RepairQuantised(Rewrite& rewrite) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    changed |= DropEmptyPair(rewrite, n) || CompleteTranspose(rewrite, n);
  }
  return changed;
}

bool SpreadQuantisation(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) changed |= PropagateForward(rewrite, static_cast<NodeId>(i));
  for (size_t i = rewrite.size(); i-- > 0;) changed |= PropagateBackward(rewrite, static_cast<NodeId>(i));
  for (size_t i = 0; i < rewrite.size(); ++i) changed |= CopyForReaders(rewrite, static_cast<NodeId>(i));
  return changed;
}

}  // namespace opcost::internal
