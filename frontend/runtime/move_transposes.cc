#include "frontend/runtime/move_transposes.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace opcost::internal {
namespace {

Shape PermutedShape(const Shape& shape, const Perm& perm) {
  return shape.size() == perm.size() ? Permuted(shape, perm) : shape;
}

Shape WithFrontAxes(const Shape& shape, size_t added) {
  Shape wide(added, Dim{.extent = 1});
  wide.insert(wide.end(), shape.begin(), shape.end());
  return wide;
}

Node MakeNode(const Move& move, absl::string_view op, std::vector<TensorId> inputs, TensorId output) {
  const Node& like = move.rewrite.node(move.transpose);
  Node node;
  node.op_type = std::string(op);
  node.name = node.id = absl::StrCat(move.rewrite.tensor(output).name, "/", op);
  node.scope = like.scope;
  node.opset = like.opset;
  node.since_version = like.since_version;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  return node;
}

TensorId AddTranspose(Move& move, TensorId in, const Perm& perm) {
  Rewrite& r = move.rewrite;
  const TensorId out = r.AddLike(in, "/transposed", [&](const Shape& s) { return PermutedShape(s, perm); });
  Node node = MakeNode(move, "Transpose", {in}, out);
  SetAttribute(node, "perm", perm);
  r.Add(std::move(node), r.origins(move.transpose), false);
  return out;
}

void RemoveIfUnread(Rewrite& r, NodeId n) {
  const TensorId out = r.Output(n);
  if (r.tensor(out).consumers.empty() && !r.tensor(out).is_graph_output) r.Remove(n);
}

// The elements stay in order when at most one axis has more than one.
bool KeepsOrder(const Tensor& t) {
  return t.shape && std::count_if(t.shape->begin(), t.shape->end(), [](const Dim& d) { return d.extent != 1; }) <= 1;
}

TensorId ConstantLike(Rewrite& r, TensorId t, absl::string_view suffix, absl::FunctionRef<Shape(const Shape&)> change,
                      bool keeps_value) {
  const TensorId changed = r.AddLike(t, suffix, change);
  r.tensor(changed).is_constant = true;
  r.tensor(changed).kind = r.tensor(t).kind;
  const int32_t value = r.tensor(t).value;
  if (!keeps_value || value == kNone) return changed;
  TensorValue copy = r.graph().values[static_cast<size_t>(value)];
  copy.dims.clear();
  for (const Dim& d : *r.tensor(changed).shape) copy.dims.push_back(d.extent);
  r.tensor(changed).value = static_cast<int32_t>(r.graph().values.size());
  r.graph().values.push_back(std::move(copy));
  return changed;
}

// Reads `slot` behind axes of extent 1 in front.
void UnsqueezeInput(Move& move, size_t slot, size_t added) {
  Rewrite& r = move.rewrite;
  const TensorId in = r.Input(move.node, slot);
  std::vector<int64_t> axes(added);
  std::iota(axes.begin(), axes.end(), 0);
  const auto widen = [&](const Shape& s) { return WithFrontAxes(s, added); };
  if (r.IsConstant(in)) return r.SetInput(move.node, slot, ConstantLike(r, in, "/unsqueezed", widen, true));
  const NodeId producer = r.Producer(in);
  if (r.Is(producer, "Squeeze") && r.IntValues(r.Input(producer, 1)) == axes) {
    r.SetInput(move.node, slot, r.Input(producer, 0));
    return RemoveIfUnread(r, producer);
  }
  // A Transpose in front of it moves behind it at once.
  const std::optional<Perm> perm = PermOf(r, producer);
  const TensorId from = perm ? r.Input(producer, 0) : in;
  const TensorId wide = r.AddLike(from, "/unsqueezed", widen);
  Node node = MakeNode(move, "Unsqueeze", {from, r.AddInts("axes", axes)}, wide);
  r.Add(std::move(node), r.origins(move.transpose), true);
  r.SetInput(move.node, slot, perm ? AddTranspose(move, wide, WithAxes(*perm, axes)) : wide);
  if (perm) RemoveIfUnread(r, producer);
}

}  // namespace

std::optional<Perm> PermOf(Rewrite& rewrite, NodeId n) {
  if (n == kNone || !rewrite.Is(n, "Transpose")) return std::nullopt;
  Perm perm = IntsAttribute(rewrite.node(n), "perm");
  if (!perm.empty()) return perm;
  for (size_t d = rewrite.Rank(rewrite.Input(n, 0)); d-- > 0;) perm.push_back(static_cast<int64_t>(d));
  return perm;
}

void UntransposeInput(Move& move, size_t slot) {
  Rewrite& r = move.rewrite;
  const Perm inverse = Inverse(move.perm);
  const TensorId in = r.Input(move.node, slot);
  if (r.IsConstant(in)) {
    if (!r.tensor(in).shape || r.tensor(in).shape->size() != inverse.size() || NumElements(*r.tensor(in).shape) == 1) {
      return;
    }
    return r.SetInput(
        move.node, slot,
        ConstantLike(
            r, in, "/untransposed", [&](const Shape& s) { return Permuted(s, inverse); }, KeepsOrder(r.tensor(in))));
  }
  const NodeId producer = r.Producer(in);
  const std::optional<Perm> before = PermOf(r, producer);
  if (before && before->size() == inverse.size()) {
    const TensorId from = r.Input(producer, 0);
    r.Absorb(move.node, producer);
    r.SetInput(move.node, slot, *before == move.perm ? from : AddTranspose(move, from, Then(*before, inverse)));
    return RemoveIfUnread(r, producer);
  }
  for (NodeId reader : r.Readers(in)) {
    if (reader != move.node && PermOf(r, reader) == inverse) {
      return r.SetInput(move.node, slot, r.Output(reader));
    }
  }
  r.SetInput(move.node, slot, AddTranspose(move, in, inverse));
}

void UntransposeInputs(Move& move) {
  for (size_t slot : move.slots) UntransposeInput(move, slot);
}

bool EqualiseRanks(Move& move) {
  Rewrite& r = move.rewrite;
  const size_t rank = move.perm.size();
  for (size_t slot : move.slots) {
    const TensorId in = r.Input(move.node, slot);
    if (in == kNone || !r.tensor(in).shape || r.Rank(in) > rank) return false;
  }
  for (size_t slot : move.slots) {
    const size_t own = r.Rank(r.Input(move.node, slot));
    if (own < rank) UnsqueezeInput(move, slot, rank - own);
  }
  return true;
}

void TransposeOutputs(Move& move, const Perm& perm) {
  if (IsIdentity(perm)) return;
  Rewrite& r = move.rewrite;
  for (size_t slot = 0; slot < r.node(move.node).outputs.size(); ++slot) {
    const TensorId out = r.Output(move.node, slot);
    if (out == kNone) continue;
    const TensorId before =
        r.AddLike(out, "/untransposed", [&](const Shape& s) { return PermutedShape(s, Inverse(perm)); });
    r.SetOutput(move.node, slot, before);
    Node node = MakeNode(move, "Transpose", {before}, out);
    SetAttribute(node, "perm", perm);
    r.Add(std::move(node), r.origins(move.transpose), false);
  }
}

void PermuteVector(Move& move, size_t slot, const Perm& perm) {
  Rewrite& r = move.rewrite;
  const TensorId in = r.Input(move.node, slot);
  if (in == kNone) return;
  const std::optional<std::vector<int64_t>> values = r.IntValues(in);
  if (values && values->size() == perm.size()) {
    return r.SetInput(move.node, slot,
                      r.AddInts(absl::StrCat(r.tensor(in).name, "/permuted"), Permuted(*values, perm)));
  }
  if (r.IsConstant(in)) return;
  const TensorId out = r.AddLike(in, "/permuted", [](const Shape& s) { return s; });
  Node gather = MakeNode(move, "Gather", {in, r.AddInts("perm", perm)}, out);
  r.Add(std::move(gather), r.origins(move.transpose), true);
  r.SetInput(move.node, slot, out);
}

bool MergeTransposes(Move& move, const Perm& second) {
  Rewrite& r = move.rewrite;
  const Perm both = Then(move.perm, second);
  const TensorId in = r.Input(move.transpose, 0), out = r.Output(move.node);
  r.Absorb(move.node, move.transpose);
  if (IsIdentity(both) && !r.tensor(out).is_graph_output) {
    const NodeId heir = r.Producer(in);
    if (heir != kNone) r.Absorb(heir, move.node);
    r.ReplaceUses(out, in);
    r.Remove(move.node);
  } else {
    Node& node = r.node(move.node);
    if (node.op_type != "Transpose") {
      node.op_type = "Transpose";
      node.attributes.clear();
      r.SetInput(move.node, 1, kNone);
      r.node(move.node).inputs.resize(1);
    }
    SetAttribute(r.node(move.node), "perm", both);
    r.SetInput(move.node, 0, in);
  }
  RemoveIfUnread(r, move.transpose);
  return true;
}

}  // namespace opcost::internal
