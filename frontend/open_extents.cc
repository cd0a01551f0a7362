// Extents that an operator's definition fixes and ONNX's own functions leave open: those of axes that it does not
// touch, and those that are a symbol of its inputs.
#include "frontend/open_extents.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "base/checked.h"
#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

struct Place {
  Instantiation& in;
  const Node& node;
  std::vector<Inferred>& outputs;

  TensorId input(size_t i) const { return i < node.inputs.size() ? node.inputs[i] : kNone; }
  // nullptr where the input is omitted or its rank is not known.
  const Shape* shape(size_t i) const {
    const TensorId t = input(i);
    return t != kNone && in.TensorAt(t).shape ? &*in.TensorAt(t).shape : nullptr;
  }
  const Value* value(size_t i) const { return in.ValueOf(input(i)); }
};

void Fill(std::optional<Shape>& shape, size_t axis, const Dim& dim) {
  if (!shape || axis >= shape->size()) return;
  Dim& d = (*shape)[axis];
  if (!d.known() && d.symbol == kNone) d = dim;
}

// An element as an extent: a number, a symbol, or neither.
Dim DimAt(const Value& v, size_t i) {
  if (v.ints.size() <= i) return {};
  const SymbolId state = v.StateAt(static_cast<int64_t>(i));
  if (state == kKnownElement) return v.ints[i] >= 0 ? Dim{v.ints[i], kNone} : Dim{};
  return {-1, state == kUnknownElement ? kNone : state};
}

std::optional<int64_t> KnownAt(const Value* v, size_t i) {
  if (v == nullptr || i >= v->ints.size() || !v->KnownAt(static_cast<int64_t>(i))) return std::nullopt;
  return v->ints[i];
}

// Which axes an optional list names; without one the first `count`. nullopt where it is not known.
std::optional<std::vector<size_t>> AxesOf(const Place& p, size_t input, size_t count, size_t rank) {
  std::vector<size_t> axes;
  const Value* list = p.value(input);
  if (p.input(input) != kNone && (list == nullptr || !list->known() || list->ints.size() != count)) return std::nullopt;
  for (size_t i = 0; i < count; ++i) {
    const std::optional<int64_t> axis =
        WrapAxis(list != nullptr ? list->ints[i] : static_cast<int64_t>(i), static_cast<int64_t>(rank));
    if (!axis) return std::nullopt;
    axes.push_back(static_cast<size_t>(*axis));
  }
  return axes;
}

// How many elements an input of one axis has.
std::optional<size_t> LengthOf(const Place& p, size_t input) {
  const Shape* shape = p.shape(input);
  if (shape == nullptr || shape->size() != 1 || !shape->front().known()) return std::nullopt;
  return static_cast<size_t>(shape->front().extent);
}

void FillUntouched(const Shape& x, const std::vector<size_t>& touched, std::optional<Shape>& out) {
  for (size_t axis = 0; axis < x.size(); ++axis) {
    if (std::find(touched.begin(), touched.end(), axis) == touched.end()) Fill(out, axis, x[axis]);
  }
}

void CloseTopK(const Place& p) {
  const Shape* x = p.shape(0);
  if (x == nullptr) return;
  const auto axis = WrapAxis(IntAttribute(p.node, "axis", -1), static_cast<int64_t>(x->size()));
  if (!axis) return;
  for (Inferred& out : p.outputs) {
    if (!out.shape) out.shape.emplace(x->size(), Dim{});
    FillUntouched(*x, {static_cast<size_t>(*axis)}, out.shape);
    if (const Value* k = p.value(1); k != nullptr && k->size() == 1)
      Fill(out.shape, static_cast<size_t>(*axis), DimAt(*k, 0));
  }
}

void CloseSlice(const Place& p) {
  // Larger ends mean "to the end" in every exporter.
  constexpr int64_t kToTheEnd = std::numeric_limits<int32_t>::max();
  const Shape* x = p.shape(0);
  const std::optional<size_t> count = LengthOf(p, 1);
  if (x == nullptr || !count) return;
  const auto axes = AxesOf(p, 3, *count, x->size());
  if (!axes) return;
  std::optional<Shape>& out = p.outputs[0].shape;
  if (!out) out.emplace(x->size(), Dim{});
  FillUntouched(*x, *axes, out);
  for (size_t i = 0; i < *count; ++i) {
    const std::optional<int64_t> start = KnownAt(p.value(1), i), end = KnownAt(p.value(2), i);
    const std::optional<int64_t> step = p.input(4) == kNone ? std::optional<int64_t>(1) : KnownAt(p.value(4), i);
    const Dim& dim = (*x)[(*axes)[i]];
    if (!start || !end || !step || *step == 0) continue;
    if (dim.known()) {
      Fill(out, (*axes)[i], Dim{SliceLength(*start, *end, *step, dim.extent), kNone});
    } else if (*start == 0 && *step == 1 && *end >= kToTheEnd) {
      Fill(out, (*axes)[i], dim);
    }
  }
}

void ClosePad(const Place& p) {
  const Shape* x = p.shape(0);
  const std::optional<size_t> length = LengthOf(p, 1);
  if (x == nullptr || !length || *length % 2 != 0) return;
  const size_t count = *length / 2;
  const auto axes = AxesOf(p, 3, count, x->size());
  if (!axes) return;
  std::optional<Shape>& out = p.outputs[0].shape;
  if (!out) out.emplace(x->size(), Dim{});
  FillUntouched(*x, *axes, out);
  for (size_t i = 0; i < count; ++i) {
    const std::optional<int64_t> before = KnownAt(p.value(1), i), after = KnownAt(p.value(1), i + count);
    if (!before || !after) continue;
    const Dim& dim = (*x)[(*axes)[i]];
    const std::optional<int64_t> sum = dim.known() ? CheckedAdd(CheckedAdd(dim.extent, *before), *after) : std::nullopt;
    if (sum && *sum >= 0) Fill(out, (*axes)[i], Dim{*sum, kNone});
    if (*before == 0 && *after == 0) Fill(out, (*axes)[i], dim);
  }
}

void CloseTile(const Place& p) {
  const Shape* x = p.shape(0);
  if (x == nullptr) return;
  std::optional<Shape>& out = p.outputs[0].shape;
  for (size_t axis = 0; axis < x->size(); ++axis) {
    const std::optional<int64_t> times = KnownAt(p.value(1), axis);
    const Dim& dim = (*x)[axis];
    if (!times) continue;
    if (*times == 1) Fill(out, axis, dim);
    const std::optional<int64_t> product = dim.known() ? CheckedMul(dim.extent, *times) : std::nullopt;
    if (product && *product >= 0) Fill(out, axis, Dim{*product, kNone});
  }
}

void CloseResize(const Place& p) {
  const Shape* x = p.shape(0);
  if (x == nullptr || StringAttribute(p.node, "keep_aspect_ratio_policy", "stretch") != "stretch") return;
  std::vector<size_t> axes;
  for (const int64_t a : IntsAttribute(p.node, "axes")) {
    const auto axis = WrapAxis(a, static_cast<int64_t>(x->size()));
    if (!axis) return;
    axes.push_back(static_cast<size_t>(*axis));
  }
  if (FindAttribute(p.node, "axes") == nullptr) {
    axes.resize(x->size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  std::optional<Shape>& out = p.outputs[0].shape;
  if (!out) out.emplace(x->size(), Dim{});
  FillUntouched(*x, axes, out);
  const Value* sizes = p.value(3);
  for (size_t i = 0; sizes != nullptr && i < axes.size(); ++i) Fill(out, axes[i], DimAt(*sizes, i));
}

// As many as the condition has ones, where it is known.
void CloseCompress(const Place& p) {
  const Shape* x = p.shape(0);
  const Value* condition = p.value(1);
  if (x == nullptr || condition == nullptr || !condition->known()) return;
  const bool flat = FindAttribute(p.node, "axis") == nullptr;
  const auto axis = flat ? 0 : WrapAxis(IntAttribute(p.node, "axis", 0), static_cast<int64_t>(x->size()));
  if (!axis) return;
  const std::optional<int64_t> length = flat ? NumElements(*x) : (*x)[static_cast<size_t>(*axis)].extent;
  if (!length || *length < static_cast<int64_t>(condition->ints.size())) return;
  const int64_t kept = std::count_if(condition->ints.begin(), condition->ints.end(), [](int64_t c) { return c != 0; });
  Fill(p.outputs[0].shape, static_cast<size_t>(*axis), Dim{kept, kNone});
}

// From 0 in steps of 1 up to a symbol.
void CloseRange(const Place& p) {
  const std::optional<int64_t> start = KnownAt(p.value(0), 0), step = KnownAt(p.value(2), 0);
  const Value* limit = p.value(1);
  if (!start || *start != 0 || !step || *step != 1 || limit == nullptr || limit->size() != 1) return;
  Fill(p.outputs[0].shape, 0, DimAt(*limit, 0));
}

// A product of extents: a number times symbols, each with how often it occurs.
struct Extents {
  std::optional<int64_t> number = 1;
  std::map<SymbolId, int> symbols;
  bool open = false;

  void Times(const Dim& d, int sign) {
    if (d.known()) {
      number = sign > 0                                            ? CheckedMul(number, d.extent)
               : number && d.extent > 0 && *number % d.extent == 0 ? std::optional<int64_t>(*number / d.extent)
                                                                   : std::nullopt;
    } else if (d.symbol != kNone) {
      if ((symbols[d.symbol] += sign) == 0) symbols.erase(d.symbol);
    } else {
      open = true;
    }
  }
  Dim AsDim() const {
    if (open || !number) return {};
    if (symbols.empty()) return {*number, kNone};
    const auto& [symbol, times] = *symbols.begin();
    return symbols.size() == 1 && times == 1 && *number == 1 ? Dim{-1, symbol} : Dim{};
  }
};

// The extent of -1 is what the others leave.
void CloseReshape(const Place& p) {
  const Shape* x = p.shape(0);
  const Value* target = p.value(1);
  if (x == nullptr || target == nullptr || target->dims.size() != 1) return;
  std::optional<Shape>& out = p.outputs[0].shape;
  if (!out) out.emplace(target->ints.size(), Dim{});
  if (out->size() != target->ints.size()) return;
  const bool copies = IntAttribute(p.node, "allowzero", 0) == 0;
  std::optional<size_t> rest;
  Extents left;
  for (const Dim& d : *x) left.Times(d, +1);
  for (size_t i = 0; i < target->ints.size(); ++i) {
    const std::optional<int64_t> known = KnownAt(target, i);
    if (known && *known == -1) {
      rest = i;
      continue;
    }
    if (known && *known == 0 && copies && i >= x->size()) return;
    const Dim dim = known && *known == 0 && copies ? (*x)[i] : DimAt(*target, i);
    Fill(out, i, dim);
    left.Times(dim, -1);
  }
  if (rest) Fill(out, *rest, left.AsDim());
}

// Where each input element went: as many as there are along the axis, or in all.
void CloseUnique(const Place& p) {
  const Shape* x = p.shape(0);
  if (x == nullptr || p.outputs.size() < 3) return;
  if (FindAttribute(p.node, "axis") == nullptr) {
    if (const auto n = NumElements(*x)) Fill(p.outputs[2].shape, 0, Dim{*n, kNone});
  } else if (const auto axis = WrapAxis(IntAttribute(p.node, "axis", 0), static_cast<int64_t>(x->size()))) {
    Fill(p.outputs[2].shape, 0, (*x)[static_cast<size_t>(*axis)]);
  }
}

struct Row {
  const char* op_type;
  void (*close)(const Place&);
};

constexpr std::array<Row, 9> kRows = {{{"Compress", CloseCompress},
                                       {"Pad", ClosePad},
                                       {"Range", CloseRange},
                                       {"Reshape", CloseReshape},
                                       {"Resize", CloseResize},
                                       {"Slice", CloseSlice},
                                       {"Tile", CloseTile},
                                       {"TopK", CloseTopK},
                                       {"Unique", CloseUnique}}};

bool IsOpen(const Inferred& out) {
  return out.type == TypeClass::kTensor &&
         (!out.shape || std::any_of(out.shape->begin(), out.shape->end(),
                                    [](const Dim& d) { return !d.known() && d.symbol == kNone; }));
}

}  // namespace

void CloseExtents(Instantiation& in, NodeId id, std::vector<Inferred>& outputs) {
  const Node& node = in.NodeAt(id);
  if (!node.domain.empty() || outputs.empty() || std::none_of(outputs.begin(), outputs.end(), IsOpen)) return;
  for (const Row& row : kRows) {
    if (node.op_type == row.op_type) return row.close({in, node, outputs});
  }
}

void FollowFirst(Instantiation& in, NodeId id, size_t output, Inferred& inferred) {
  const Node& node = in.NodeAt(id);
  if (output == 0 || !node.domain.empty() || !IsOpen(inferred) || node.outputs[0] == kNone) return;
  const std::optional<Shape>& first = in.TensorAt(node.outputs[0]).shape;
  if (!first) return;
  if (node.op_type == "TopK") {
    for (size_t axis = 0; axis < first->size(); ++axis) Fill(inferred.shape, axis, (*first)[axis]);
  } else if (node.op_type == "Unique" && output != 2) {
    const auto axis = WrapAxis(IntAttribute(node, "axis", 0), static_cast<int64_t>(first->size()));
    if (axis) Fill(inferred.shape, 0, (*first)[static_cast<size_t>(*axis)]);
  }
}

}  // namespace opcost::internal
