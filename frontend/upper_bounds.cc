// The most that an extent which depends on data can be, where the operator's definition says so.
#include <algorithm>
#include <array>
#include <optional>

#include "base/checked.h"
#include "frontend/instantiate.h"

namespace opcost::internal {
namespace {

struct Place {
  Instantiation& in;
  const Node& node;
  size_t output;
  size_t axis;

  const Tensor* tensor(size_t input) const {
    const TensorId t = input < node.inputs.size() ? node.inputs[input] : kNone;
    return t == kNone ? nullptr : &in.TensorAt(t);
  }
  // The extent, or the most that its symbol can be.
  std::optional<int64_t> most(const Dim& dim) const {
    if (dim.known()) return dim.extent;
    const auto it = in.at_most.find(dim.symbol);
    return it == in.at_most.end() ? std::nullopt : std::optional<int64_t>(it->second);
  }
  std::optional<int64_t> elements(size_t input) const {
    const Tensor* t = tensor(input);
    return t != nullptr && t->shape ? NumElements(*t->shape) : std::nullopt;
  }
  // Extent of axis `at` (negative from the end).
  std::optional<int64_t> extent(size_t input, int64_t at) const {
    const Tensor* t = tensor(input);
    if (t == nullptr || !t->shape) return std::nullopt;
    const std::optional<int64_t> wrapped = WrapAxis(at, static_cast<int64_t>(t->shape->size()));
    if (!wrapped || !(*t->shape)[static_cast<size_t>(*wrapped)].known()) return std::nullopt;
    return (*t->shape)[static_cast<size_t>(*wrapped)].extent;
  }
  // Along the attribute `axis`; of all elements where there is none.
  std::optional<int64_t> along_axis() const {
    return FindAttribute(node, "axis") != nullptr ? extent(0, IntAttribute(node, "axis", 0)) : elements(0);
  }
};

std::optional<int64_t> Least(std::optional<int64_t> a, std::optional<int64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<int64_t> AllElements(const Place& p) { return p.elements(0); }
std::optional<int64_t> AlongAxis(const Place& p) { return p.along_axis(); }
std::optional<int64_t> SameAxis(const Place& p) { return p.extent(0, static_cast<int64_t>(p.axis)); }
std::optional<int64_t> Picked(const Place& p) { return Least(p.along_axis(), p.elements(1)); }
// Largest elements along the last axis unless the node says otherwise.
std::optional<int64_t> AlongLast(const Place& p) { return p.extent(0, IntAttribute(p.node, "axis", -1)); }

// Scores [batch, classes, boxes]: each class keeps at most all boxes, or as many as the third input says: none without
// it.
std::optional<int64_t> Suppressed(const Place& p) {
  if (p.node.inputs.size() < 3 || p.node.inputs[2] == kNone) return 0;
  const std::optional<int64_t> batch = p.extent(1, 0), classes = p.extent(1, 1);
  std::optional<int64_t> boxes = p.extent(1, 2);
  const Value* most = p.in.ValueOf(p.node.inputs[2]);
  if (most != nullptr && most->known() && most->ints.size() == 1) {
    boxes = Least(boxes, std::max<int64_t>(0, most->ints[0]));
  }
  if (!batch || !classes || !boxes) return std::nullopt;
  return CheckedMul(CheckedMul(*batch, *classes), *boxes);
}

// The larger of both branches.
std::optional<int64_t> LargerBranch(const Place& p) {
  std::optional<int64_t> most = 0;
  for (const RegionId body : p.node.bodies) {
    const Region& region = p.in.graph.regions[static_cast<size_t>(body)];
    if (region.dead || p.output >= region.outputs.size()) continue;
    const std::optional<Shape>& shape = p.in.TensorAt(region.outputs[p.output]).shape;
    if (!shape || p.axis >= shape->size()) return std::nullopt;
    const std::optional<int64_t> extent = p.most((*shape)[p.axis]);
    if (!extent) return std::nullopt;
    most = std::max(*most, *extent);
  }
  return most;
}

// As many results on top of each other as there are rounds.
std::optional<int64_t> Rounds(const Place& p) {
  const size_t states = p.node.inputs.size() < 2 ? 0 : p.node.inputs.size() - 2;
  const Value* most = p.in.ValueOf(p.node.inputs.empty() ? kNone : p.node.inputs[0]);
  if (p.axis != 0 || p.output < states || most == nullptr || !most->known() || most->ints.size() != 1) {
    return std::nullopt;
  }
  return std::max<int64_t>(0, most->ints[0]);
}

struct Row {
  const char* op_type;
  std::optional<int64_t> (*most)(const Place&);
};

constexpr std::array<Row, 9> kRows = {{{"NonZero", AllElements},
                                       {"NonMaxSuppression", Suppressed},
                                       {"Unique", AlongAxis},
                                       {"Compress", Picked},
                                       {"TopK", AlongLast},
                                       {"Slice", SameAxis},
                                       {"Split", SameAxis},
                                       {"If", LargerBranch},
                                       {"Loop", Rounds}}};

}  // namespace

std::optional<int64_t> UpperBound(Instantiation& in, NodeId id, size_t output, size_t axis) {
  const Node& node = in.NodeAt(id);
  if (!node.domain.empty()) return std::nullopt;
  for (const Row& row : kRows) {
    if (node.op_type == row.op_type) return row.most({in, node, output, axis});
  }
  return std::nullopt;
}

}  // namespace opcost::internal
