// Level basic: what follows from constants and known shapes, and nodes that do nothing.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

// Never computed ahead: their results differ from run to run, or later passes want to see them.
constexpr std::array<absl::string_view, 7> kNotFolded = {"RandomNormal",      "RandomNormalLike", "RandomUniform",
                                                         "RandomUniformLike", "Bernoulli",        "Multinomial",
                                                         "DequantizeLinear"};

bool IsFoldable(Rewrite& rewrite, NodeId n) {
  const Node& node = rewrite.node(n);
  if (rewrite.removed(n) || !node.bodies.empty()) return false;
  if (std::find(kNotFolded.begin(), kNotFolded.end(), node.op_type) != kNotFolded.end()) return false;
  const bool constant = std::all_of(node.inputs.begin(), node.inputs.end(),
                                    [&](TensorId t) { return t == kNone || rewrite.IsConstant(t); });
  if (constant) return true;
  if (node.op_type != "Shape" && node.op_type != "Size") return false;
  return rewrite.Output(n) != kNone && rewrite.tensor(rewrite.Output(n)).value != kNone;
}

// Removes a node whose first output is its first input.
bool Bypass(Rewrite& rewrite, NodeId n) {
  const TensorId from = rewrite.Output(n), to = rewrite.Input(n, 0);
  if (from == kNone || to == kNone) return false;
  if (rewrite.tensor(from).is_graph_output &&
      (rewrite.Producer(to) == kNone || rewrite.tensor(to).is_graph_output || !rewrite.IsPrivate(to))) {
    return false;
  }
  const NodeId heir = rewrite.Producer(to);
  if (heir != kNone) rewrite.Absorb(heir, n);
  rewrite.ReplaceUses(from, to);
  rewrite.Remove(n);
  return true;
}

bool SameShape(Rewrite& rewrite, TensorId a, TensorId b) {
  const auto x = rewrite.Extents(a), y = rewrite.Extents(b);
  return x && y && *x == *y;
}

// Add 0, Sub 0, Mul 1, Div 1 by a scalar that leaves the shape as it is.
bool IsNeutral(Rewrite& rewrite, NodeId n, size_t* kept) {
  struct Neutral {
    absl::string_view op;
    double value;
    bool either_side;
  };
  constexpr std::array<Neutral, 4> kNeutral = {
      {{"Add", 0, true}, {"Sub", 0, false}, {"Mul", 1, true}, {"Div", 1, false}}};
  for (const Neutral& row : kNeutral) {
    if (!rewrite.Is(n, row.op)) continue;
    for (size_t side : {size_t{1}, size_t{0}}) {
      if (side == 0 && !row.either_side) continue;
      const std::optional<double> value = rewrite.Scalar(rewrite.Input(n, side));
      const TensorId other = rewrite.Input(n, 1 - side), number = rewrite.Input(n, side);
      if (value != row.value || !rewrite.tensor(other).shape || rewrite.Rank(number) > rewrite.Rank(other)) continue;
      *kept = 1 - side;
      return true;
    }
  }
  return false;
}

// A condition that only selects: the branches change places.
bool SwapBranches(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Not")) return false;
  const TensorId out = rewrite.Output(n), in = rewrite.Input(n, 0);
  const std::vector<NodeId> readers = rewrite.Readers(out);
  const auto selects = [&](NodeId r) { return rewrite.Is(r, "Where") && rewrite.Input(r, 0) == out; };
  if (rewrite.tensor(out).is_graph_output || readers.empty() || !std::all_of(readers.begin(), readers.end(), selects)) {
    return false;
  }
  for (NodeId reader : readers) {
    const TensorId yes = rewrite.Input(reader, 1), no = rewrite.Input(reader, 2);
    rewrite.SetInput(reader, 0, in);
    rewrite.SetInput(reader, 1, no);
    rewrite.SetInput(reader, 2, yes);
    rewrite.Absorb(reader, n);
  }
  rewrite.Remove(n);
  return true;
}

bool DoesNothing(Rewrite& rewrite, NodeId n) {
  if (rewrite.Is(n, "Identity")) return true;
  if (rewrite.Is(n, "Dropout")) {
    return rewrite.Output(n, 1) == kNone || rewrite.tensor(rewrite.Output(n, 1)).consumers.empty();
  }
  const TensorId in = rewrite.Input(n, 0), out = rewrite.Output(n);
  if (in == kNone || out == kNone) return false;
  if (rewrite.Is(n, "Cast")) return rewrite.tensor(in).dtype == rewrite.tensor(out).dtype;
  if (rewrite.Is(n, "Expand")) return rewrite.IsConstant(rewrite.Input(n, 1)) && SameShape(rewrite, in, out);
  if (rewrite.Is(n, "Slice")) {
    const bool forward = rewrite.Input(n, 4) == kNone || rewrite.IsConstant(rewrite.Input(n, 4));
    const auto steps = rewrite.IntValues(rewrite.Input(n, 4)), ends = rewrite.IntValues(rewrite.Input(n, 2));
    const bool ones = !steps || std::all_of(steps->begin(), steps->end(), [](int64_t s) { return s > 0; });
    // An end that is the very extent is not looked at (optimizer/slice_elimination.cc).
    const bool open = ends && std::all_of(ends->begin(), ends->end(), [](int64_t end) { return end == INT64_MAX; });
    return forward && ones && open && rewrite.IsConstant(rewrite.Input(n, 1)) && SameShape(rewrite, in, out);
  }
  if (rewrite.Is(n, "Transpose")) {
    const std::vector<int64_t>& perm = IntsAttribute(rewrite.node(n), "perm");
    return !perm.empty() && std::is_sorted(perm.begin(), perm.end());
  }
  return false;
}

}  // namespace

// Operators without a kernel of their own become the operators of their definition.
bool InlineFunctions(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (!rewrite.Is(n, "HardSwish")) continue;
    const TensorId in = rewrite.Input(n, 0), out = rewrite.Output(n);
    const TensorId gate = static_cast<TensorId>(rewrite.graph().tensors.size());
    Tensor copy = rewrite.tensor(out);
    copy.name = absl::StrCat(copy.name, "/gate");
    copy.is_graph_output = false;
    copy.consumers.clear();
    rewrite.graph().tensors.push_back(std::move(copy));
    Node sigmoid = rewrite.node(n);
    sigmoid.op_type = "HardSigmoid";
    sigmoid.outputs = {gate};
    sigmoid.attributes.clear();
    SetAttribute(sigmoid, "alpha", 1.0 / 6.0);
    SetAttribute(sigmoid, "beta", 0.5);
    Node product = rewrite.node(n);
    product.op_type = "Mul";
    product.attributes.clear();
    product.inputs = {in, gate};
    const std::vector<NodeId> origins = rewrite.origins(n);
    rewrite.Remove(n);
    rewrite.Add(std::move(sigmoid), origins, false);
    rewrite.Add(std::move(product), origins, false);
    changed = true;
  }
  return changed;
}

// Of a file with functions of its own all are inlined at once, else what has no kernel when kernels are chosen.
bool InlineCastsEarly(Rewrite& rewrite, const RuntimeOptions& options) {
  const std::vector<Node>& nodes = rewrite.graph().nodes;
  const bool has_functions =
      std::any_of(nodes.begin(), nodes.end(), [](const Node& node) { return !node.call_path.empty(); });
  return has_functions && InlineCasts(rewrite, options);
}

bool InlineCasts(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (!rewrite.Is(n, "CastLike")) continue;
    rewrite.SetInput(n, 1, kNone);
    rewrite.node(n).inputs.resize(1);
    rewrite.node(n).op_type = "Cast";
    rewrite.node(n).attributes.clear();
    changed = true;
  }
  return changed;
}

bool FoldConstants(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.node(n).region != 0 || !IsFoldable(rewrite, n)) continue;
    rewrite.Fold(n);
    changed = true;
  }
  return changed;
}

bool EliminateNoOps(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.removed(n) || rewrite.node(n).region != 0) continue;
    size_t kept = 0;
    if (SwapBranches(rewrite, n)) {
      changed = true;
    } else if (IsNeutral(rewrite, n, &kept)) {
      if (kept != 0) rewrite.SetInput(n, 0, rewrite.Input(n, kept));
      changed |= Bypass(rewrite, n);
    } else if (DoesNothing(rewrite, n)) {
      changed |= Bypass(rewrite, n);
    }
  }
  return changed;
}

}  // namespace opcost::internal
