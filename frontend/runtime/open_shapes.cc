// What the runtime knows of the shapes that a file leaves open.
//
// Extents that differ between two bindings are open. Where the file states the shape of a tensor the runtime knows
// their symbols, and takes two names for two extents though inference could tell that they are one; from there they are
// carried along as ONNX's shape inference does it: by operators whose result takes its extents from their operands.
// Behind one that takes them from the elements of a tensor (Reshape to a computed shape) nothing is known, not even
// what the two bindings have in common.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/permute.h"

namespace opcost::internal {
namespace {

// The shape of the result are the elements of this operand.
struct ShapeOperand {
  absl::string_view op;
  size_t slot;
};
constexpr std::array<ShapeOperand, 3> kShapeOperands = {{{"Reshape", 1}, {"Expand", 1}, {"ConstantOfShape", 0}}};

// The rank of their result does not depend on that of the operands.
constexpr std::array<absl::string_view, 5> kOwnRank = {"Shape", "Size", "NonZero", "Range", "NonMaxSuppression"};

constexpr std::array<absl::string_view, 19> kBroadcast = {
    "Add",         "Sub", "Mul", "Div",  "Pow",   "Where",   "Max",
    "Min",         "And", "Or",  "Less", "Equal", "Greater", "GreaterOrEqual",
    "LessOrEqual", "Mod", "Xor", "Sum",  "PRelu"};

template <size_t N>
bool IsOneOf(const std::array<absl::string_view, N>& ops, const Node& node) {
  return node.domain.empty() && std::find(ops.begin(), ops.end(), node.op_type) != ops.end();
}

bool IsShapeComputed(Rewrite& rewrite, NodeId n) {
  for (const ShapeOperand& row : kShapeOperands) {
    const TensorId operand = rewrite.Is(n, row.op) ? rewrite.Input(n, row.slot) : kNone;
    if (operand != kNone) return rewrite.tensor(operand).value == kNone && !rewrite.IsConstant(operand);
  }
  return false;
}

// Not even the rank, or the rank alone and which axes were reduced.
bool IsUnknown(Rewrite& rewrite, TensorId t) {
  if (t == kNone || rewrite.IsConstant(t) || !rewrite.IsOpen(t)) return false;
  const std::optional<Shape>& shape = rewrite.tensor(t).shape;
  const auto unknown = [](const Dim& d) { return d.known() ? d.extent == 1 : d.symbol == kNone; };
  return !shape || (!shape->empty() && std::all_of(shape->begin(), shape->end(), unknown));
}

// The axes of a reduction that keeps them: of extent 1 whatever it reads.
std::vector<int64_t> ReducedAxes(Rewrite& rewrite, NodeId n, size_t rank) {
  const Node& node = rewrite.node(n);
  if (!node.domain.empty() || !absl::StartsWith(node.op_type, "Reduce") || IntAttribute(node, "keepdims", 1) == 0) {
    return {};
  }
  const std::optional<std::vector<int64_t>> input = rewrite.IntValues(rewrite.Input(n, 1));
  return NormalAxes(input ? *input : IntsAttribute(node, "axes"), rank).value_or(std::vector<int64_t>{});
}

bool ReadsUnknown(Rewrite& rewrite, NodeId n) {
  const std::vector<TensorId>& inputs = rewrite.node(n).inputs;
  return std::any_of(inputs.begin(), inputs.end(), [&](TensorId t) { return IsUnknown(rewrite, t); });
}

class Forgetter {
 public:
  Forgetter(Rewrite& rewrite, const Graph& other)
      : r_(rewrite), other_(other), count_(std::min(rewrite.graph().tensors.size(), other.tensors.size())) {}

  void Run() {
    for (size_t t = 0; t < count_; ++t) ForgetValue(static_cast<TensorId>(t));
    for (size_t t = 0; t < count_; ++t) {
      if (r_.Producer(static_cast<TensorId>(t)) == kNone) Keep(static_cast<TensorId>(t), {});
    }
    for (size_t n = 0; n < r_.size(); ++n) Visit(static_cast<NodeId>(n));
  }

 private:
  void ForgetValue(TensorId id) {
    Tensor& t = r_.tensor(id);
    const Tensor& o = other_.tensors[static_cast<size_t>(id)];
    if (t.value == kNone || o.value == kNone) return;
    const TensorValue& mine = r_.graph().values[static_cast<size_t>(t.value)];
    const TensorValue& theirs = other_.values[static_cast<size_t>(o.value)];
    if (mine.ints != theirs.ints || mine.floats != theirs.floats) t.value = kNone;
  }

  bool IsOpenIn(TensorId t, size_t axis) const {
    const std::optional<Shape>& theirs = other_.tensors[static_cast<size_t>(t)].shape;
    return !theirs || axis >= theirs->size() ||
           !((*theirs)[axis] == (*r_.graph().tensors[static_cast<size_t>(t)].shape)[axis]);
  }
  // The extents of an axis under the two bindings.
  using Pair = std::pair<int64_t, int64_t>;
  using Stated = std::pair<int32_t, Pair>;  // the file's name for them beside
  Pair PairOf(TensorId t, size_t axis) {
    const std::optional<Shape>& theirs = other_.tensors[static_cast<size_t>(t)].shape;
    const int64_t there = theirs && axis < theirs->size() ? (*theirs)[axis].extent : -1;
    return Pair((*r_.tensor(t).shape)[axis].extent, there);
  }

  // The file's name for it, kNone where it states a number.
  int32_t NameOf(TensorId t, size_t axis) const {
    const std::vector<int32_t>& names = r_.graph().tensors[static_cast<size_t>(t)].stated_symbols;
    return axis < names.size() ? names[axis] : kNone;
  }

  // Open extents become symbols where they are stated or among `carried`, else nothing is known of them.
  void Keep(TensorId t, const std::vector<SymbolId>& carried) {
    if (!r_.tensor(t).shape) return;
    Shape known = *r_.tensor(t).shape;
    bool open = false;
    for (size_t axis = 0; axis < known.size(); ++axis) {
      if (!IsOpenIn(t, axis)) continue;
      open = true;
      const Pair pair = PairOf(t, axis);
      SymbolId symbol = kNone;
      if (r_.tensor(t).shape_stated) {
        const Stated stated(NameOf(t, axis), pair);
        symbol = symbols_.try_emplace(stated, kFirstOpenSymbol + static_cast<SymbolId>(symbols_.size())).first->second;
      } else {
        const auto at = std::find_if(carried.begin(), carried.end(), [&](SymbolId s) { return pairs_.at(s) == pair; });
        if (at != carried.end()) symbol = *at;
      }
      if (symbol != kNone) pairs_.try_emplace(symbol, pair);
      known[axis] = {.symbol = symbol};
    }
    if (open) r_.Forget(t, std::move(known), Fixed(t));
  }

  Shape Fixed(TensorId t) const {
    Shape fixed = *r_.graph().tensors[static_cast<size_t>(t)].shape;
    for (size_t axis = 0; axis < fixed.size(); ++axis) {
      if (IsOpenIn(t, axis)) fixed[axis] = {};
    }
    return fixed;
  }

  void Visit(NodeId n) {
    const std::vector<TensorId> outputs = r_.node(n).outputs;
    const bool computed = IsShapeComputed(r_, n);
    const bool lost = r_.node(n).region == 0 && !IsOneOf(kOwnRank, r_.node(n)) && (computed || ReadsUnknown(r_, n));
    const std::vector<SymbolId> carried = computed ? std::vector<SymbolId>{} : Carried(n);
    for (TensorId t : outputs) {
      if (t == kNone || static_cast<size_t>(t) >= count_) continue;
      if (lost && !r_.IsConstant(t) && !r_.tensor(t).shape_stated) {
        Lose(n, t, computed);
      } else {
        Keep(t, carried);
      }
    }
    const Node& node = r_.node(n);
    // The shape of what is open is no constant.
    if (node.op_type != "Shape" || node.inputs.empty() || !r_.IsOpen(node.inputs[0])) return;
    for (TensorId t : std::vector<TensorId>(node.outputs)) {
      if (t != kNone) r_.tensor(t).value = kNone;
    }
  }

  // Of the operand that holds the shape: how many axes there are.
  bool HasKnownLength(NodeId n, TensorId in) {
    for (const ShapeOperand& row : kShapeOperands) {
      if (r_.Is(n, row.op) && r_.Input(n, row.slot) == in) return r_.Extents(in).has_value();
    }
    return true;
  }

  // Of a result whose operands are not known: the rank, where it follows, and the extents of other operands.
  void Lose(NodeId n, TensorId t, bool computed) {
    if (!r_.tensor(t).shape) return;
    bool ranked = true;
    std::vector<int64_t> extents;
    for (TensorId in : r_.node(n).inputs) {
      if (in == kNone) continue;
      if (computed) {
        ranked = ranked && HasKnownLength(n, in);
        continue;
      }
      ranked = ranked && r_.tensor(in).shape;
      for (const Dim& d : r_.tensor(in).shape.value_or(Shape{})) extents.push_back(d.extent);
    }
    Shape known = *r_.tensor(t).shape;
    for (Dim& d : known) {
      if (d.extent == 1 || std::find(extents.begin(), extents.end(), d.extent) == extents.end()) d = {};
    }
    for (int64_t axis : ReducedAxes(r_, n, known.size())) known[static_cast<size_t>(axis)] = Dim{.extent = 1};
    r_.Forget(t, ranked ? std::optional<Shape>(known) : std::nullopt, Fixed(t));
  }

  std::vector<SymbolId> Carried(NodeId n) {
    const Node& node = r_.node(n);
    std::vector<SymbolId> symbols;
    const bool broadcast = IsOneOf(kBroadcast, node);
    for (TensorId t : node.inputs) {
      if (t == kNone || !r_.tensor(t).shape) continue;
      for (const Dim& d : *r_.tensor(t).shape) {
        if (d.symbol >= kFirstOpenSymbol) symbols.push_back(d.symbol);
      }
    }
    if (!broadcast || node.outputs.empty() || node.outputs[0] == kNone || !r_.tensor(node.outputs[0]).shape) {
      return symbols;
    }
    // Two operands that may differ: the result is only known where both are, and by the same symbol.
    std::vector<Pair> missing;
    const size_t rank = r_.tensor(node.outputs[0]).shape->size();
    std::vector<SymbolId> met(rank, kNone);
    for (TensorId t : node.inputs) {
      if (t == kNone || !r_.tensor(t).shape) continue;
      const Shape& shape = *r_.tensor(t).shape;
      for (size_t d = 0; d < shape.size(); ++d) {
        const size_t axis = rank - shape.size() + d;
        if (shape[d].known() || !IsOpenIn(node.outputs[0], axis)) continue;
        const bool differs = met[axis] != kNone && met[axis] != shape[d].symbol;
        if (shape[d].symbol < kFirstOpenSymbol || differs) missing.push_back(PairOf(node.outputs[0], axis));
        met[axis] = shape[d].symbol;
      }
    }
    symbols.erase(std::remove_if(symbols.begin(), symbols.end(),
                                 [&](SymbolId s) {
                                   return std::find(missing.begin(), missing.end(), pairs_.at(s)) != missing.end();
                                 }),
                  symbols.end());
    return symbols;
  }

  Rewrite& r_;
  const Graph& other_;
  const size_t count_;
  std::map<Stated, SymbolId> symbols_;
  std::map<SymbolId, Pair> pairs_;
};

}  // namespace

void LearnShapes(Rewrite& rewrite, NodeId n) {
  if (rewrite.removed(n) || IsShapeComputed(rewrite, n) || ReadsUnknown(rewrite, n)) return;
  for (TensorId t : std::vector<TensorId>(rewrite.node(n).outputs)) {
    if (!IsUnknown(rewrite, t)) continue;
    rewrite.Learn(t);
    for (NodeId reader : rewrite.Readers(t)) LearnShapes(rewrite, reader);
  }
}

void ForgetOpenShapes(Rewrite& rewrite, const Graph& other) { Forgetter(rewrite, other).Run(); }

}  // namespace opcost::internal
