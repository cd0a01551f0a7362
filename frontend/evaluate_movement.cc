// Operators that only rearrange elements: each is a list of which input element goes where.
#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

// The same elements in the same order under other extents.
Results Reshaped(const Value& in, std::vector<int64_t> dims) {
  if (Product(dims) != in.size()) return {};
  Value out = in;
  out.dims = std::move(dims);
  return One(std::move(out));
}

Results Identity(const Operands& o) {
  const Value* v = o.input(0);
  return v != nullptr ? One(*v) : Results{};
}

Results Reshape(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr) return {};
  std::vector<int64_t> dims;
  if (auto attribute = AttributeInts(o.node, "shape")) {
    dims = *std::move(attribute);
  } else if (const Value* target = o.known(1)) {
    dims = target->ints;
  } else {
    return {};
  }
  const bool allow_zero = AttributeInt(o.node, "allowzero", 0) != 0;
  int64_t rest = -1;
  int64_t product = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !allow_zero) {
      if (i >= v->dims.size()) return {};
      dims[i] = v->dims[i];
    }
    if (dims[i] == -1) {
      rest = static_cast<int64_t>(i);
    } else {
      if (dims[i] < 0 || __builtin_mul_overflow(product, dims[i], &product)) return {};
    }
  }
  if (rest >= 0) {
    if (product == 0 || v->size() % product != 0) return {};
    dims[static_cast<size_t>(rest)] = v->size() / product;
  }
  return Reshaped(*v, std::move(dims));
}

Results Flatten(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr) return {};
  const int64_t rank = static_cast<int64_t>(v->dims.size());
  int64_t axis = AttributeInt(o.node, "axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) return {};
  const absl::Span<const int64_t> dims(v->dims);
  return Reshaped(
      *v, {Product(dims.subspan(0, static_cast<size_t>(axis))), Product(dims.subspan(static_cast<size_t>(axis)))});
}

Results Squeeze(const Operands& o) {
  const Value* v = o.input(0);
  const auto axes = Axes(o, 1);
  if (v == nullptr || !axes) return {};
  std::vector<bool> drop(v->dims.size(), false);
  if (axes->empty()) {
    for (size_t i = 0; i < drop.size(); ++i) drop[i] = v->dims[i] == 1;
  }
  for (const int64_t a : *axes) {
    const auto axis = WrapAxis(a, static_cast<int64_t>(v->dims.size()));
    if (!axis) return {};
    drop[static_cast<size_t>(*axis)] = true;
  }
  std::vector<int64_t> dims;
  for (size_t i = 0; i < drop.size(); ++i) {
    if (!drop[i]) dims.push_back(v->dims[i]);
  }
  return Reshaped(*v, std::move(dims));
}

Results Unsqueeze(const Operands& o) {
  const Value* v = o.input(0);
  const auto axes = Axes(o, 1);
  if (v == nullptr || !axes) return {};
  const size_t rank = v->dims.size() + axes->size();
  std::vector<bool> added(rank, false);
  for (const int64_t a : *axes) {
    const auto axis = WrapAxis(a, static_cast<int64_t>(rank));
    if (!axis || added[static_cast<size_t>(*axis)]) return {};
    added[static_cast<size_t>(*axis)] = true;
  }
  std::vector<int64_t> dims;
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i) dims.push_back(added[i] ? 1 : v->dims[next++]);
  return Reshaped(*v, std::move(dims));
}

Results Transpose(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr) return {};
  const size_t rank = v->dims.size();
  std::vector<int64_t> perm;
  if (auto attribute = AttributeInts(o.node, "perm")) {
    perm = *std::move(attribute);
  } else {
    perm.resize(rank);
    std::iota(perm.rbegin(), perm.rend(), 0);
  }
  if (perm.size() != rank) return {};
  const std::vector<int64_t> strides = Strides(v->dims);
  std::vector<int64_t> dims, step;
  for (const int64_t p : perm) {
    if (p < 0 || p >= static_cast<int64_t>(rank)) return {};
    dims.push_back(v->dims[static_cast<size_t>(p)]);
    step.push_back(strides[static_cast<size_t>(p)]);
  }
  if (Product(dims) != v->size()) return {};
  std::vector<int64_t> index;
  ForEach(dims, [&](int64_t, const std::vector<int64_t>& at) {
    index.push_back(std::inner_product(at.begin(), at.end(), step.begin(), int64_t{0}));
  });
  return One(Pick(*v, dims, index));
}

Results Expand(const Operands& o) {
  const Value* v = o.input(0);
  const Value* target = o.known(1);
  if (v == nullptr || target == nullptr) return {};
  const auto dims = Broadcast(v->dims, target->ints);
  if (!dims || !Keepable(v->dtype, Product(*dims))) return {};
  return One(Pick(*v, *dims, BroadcastIndex(v->dims, *dims)));
}

Results Tile(const Operands& o) {
  const Value* v = o.input(0);
  const Value* repeats = o.known(1);
  if (v == nullptr || repeats == nullptr || repeats->ints.size() != v->dims.size()) return {};
  std::vector<int64_t> dims;
  for (size_t i = 0; i < v->dims.size(); ++i) {
    int64_t n = 0;
    if (__builtin_mul_overflow(v->dims[i], repeats->ints[i], &n)) return {};
    dims.push_back(n);
  }
  if (!Keepable(v->dtype, Product(dims))) return {};
  const std::vector<int64_t> strides = Strides(v->dims);
  std::vector<int64_t> index;
  ForEach(dims, [&](int64_t, const std::vector<int64_t>& at) {
    int64_t k = 0;
    for (size_t d = 0; d < at.size(); ++d) k += at[d] % v->dims[d] * strides[d];
    index.push_back(k);
  });
  return One(Pick(*v, dims, index));
}

Results Concat(const Operands& o) {
  std::vector<Value> parts;
  for (size_t i = 0; i < o.tensors.size(); ++i) {
    std::optional<Value> part = o.ValueOrUnknowns(i);
    if (!part) return {};
    parts.push_back(*std::move(part));
  }
  if (parts.empty()) return {};
  const auto axis =
      WrapAxis(AttributeInt(o.node, "axis", o.since_version < 4 ? 1 : 0), static_cast<int64_t>(parts[0].dims.size()));
  if (!axis) return {};
  std::vector<int64_t> dims = parts[0].dims;
  dims[static_cast<size_t>(*axis)] = 0;
  for (const Value& p : parts) {
    if (p.dims.size() != dims.size() || p.dtype != parts[0].dtype) return {};
    for (size_t d = 0; d < dims.size(); ++d) {
      if (static_cast<int64_t>(d) == *axis) {
        dims[d] += p.dims[d];
      } else if (p.dims[d] != parts[0].dims[d]) {
        return {};
      }
    }
  }
  if (!Keepable(parts[0].dtype, Product(dims))) return {};
  // One long list of all parts' elements, then the order in which the result reads it.
  Value all = Zeros(parts[0].dtype, {0});
  std::vector<int64_t> offset;
  int64_t total = 0;
  for (const Value& p : parts) {
    offset.push_back(total);
    total += p.size();
    all.ints.insert(all.ints.end(), p.ints.begin(), p.ints.end());
    all.floats.insert(all.floats.end(), p.floats.begin(), p.floats.end());
    all.strings.insert(all.strings.end(), p.strings.begin(), p.strings.end());
    for (int64_t i = 0; i < p.size(); ++i) all.state.push_back(p.StateAt(i));
  }
  all.dims = {total};
  std::vector<int64_t> index;
  ForEach(dims, [&](int64_t, std::vector<int64_t> at) {
    size_t part = 0;
    int64_t& along = at[static_cast<size_t>(*axis)];
    while (along >= parts[part].dims[static_cast<size_t>(*axis)])
      along -= parts[part++].dims[static_cast<size_t>(*axis)];
    const std::vector<int64_t> strides = Strides(parts[part].dims);
    index.push_back(offset[part] + std::inner_product(at.begin(), at.end(), strides.begin(), int64_t{0}));
  });
  return One(Pick(all, dims, index));
}

Results Split(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr) return {};
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(v->dims.size()));
  if (!axis || o.outputs == 0) return {};
  const size_t along = static_cast<size_t>(*axis);
  std::vector<int64_t> sizes;
  if (auto attribute = AttributeInts(o.node, "split")) {
    sizes = *std::move(attribute);
  } else if (o.has(1)) {
    const Value* given = o.known(1);
    if (given == nullptr) return {};
    sizes = given->ints;
  } else {
    const int64_t n = static_cast<int64_t>(o.outputs);
    const int64_t each = (v->dims[along] + n - 1) / n;
    for (int64_t left = v->dims[along]; sizes.size() < o.outputs; left -= sizes.back()) {
      sizes.push_back(std::min(each, left));
    }
  }
  if (sizes.size() != o.outputs || std::any_of(sizes.begin(), sizes.end(), [](int64_t s) { return s < 0; })) return {};
  if (std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) != v->dims[along]) return {};
  const std::vector<int64_t> strides = Strides(v->dims);
  Results results;
  int64_t start = 0;
  for (const int64_t size : sizes) {
    std::vector<int64_t> dims = v->dims;
    dims[along] = size;
    std::vector<int64_t> index;
    ForEach(dims, [&](int64_t, const std::vector<int64_t>& at) {
      index.push_back(start * strides[along] + std::inner_product(at.begin(), at.end(), strides.begin(), int64_t{0}));
    });
    results.emplace_back(Pick(*v, dims, index));
    start += size;
  }
  return results;
}

// Constant padding only, with begin and end for every axis or for those that are named.
Results Pad(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr || AttributeString(o.node, "mode", "constant") != "constant") return {};
  std::vector<int64_t> pads;
  if (auto attribute = AttributeInts(o.node, "pads")) {
    pads = *std::move(attribute);
  } else if (const Value* given = o.known(1)) {
    pads = given->ints;
  } else {
    return {};
  }
  const int64_t rank = static_cast<int64_t>(v->dims.size());
  std::vector<int64_t> axes(static_cast<size_t>(rank));
  std::iota(axes.begin(), axes.end(), 0);
  if (o.has(3)) {
    const Value* named = o.known(3);
    if (named == nullptr) return {};
    axes = named->ints;
  }
  if (pads.size() != 2 * axes.size()) return {};
  std::vector<int64_t> before(v->dims.size(), 0);
  std::vector<int64_t> dims = v->dims;
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = WrapAxis(axes[i], rank);
    if (!axis) return {};
    before[static_cast<size_t>(*axis)] = pads[i];
    int64_t& d = dims[static_cast<size_t>(*axis)];
    if (__builtin_add_overflow(d, pads[i], &d) || __builtin_add_overflow(d, pads[i + axes.size()], &d)) return {};
    if (pads[i] < -kMaxIntElements) return {};
  }
  if (!Keepable(v->dtype, Product(dims)) || Product(dims) < 0) return {};
  const std::vector<int64_t> strides = Strides(v->dims);
  std::vector<int64_t> index;
  ForEach(dims, [&](int64_t, const std::vector<int64_t>& at) {
    int64_t k = 0;
    for (size_t d = 0; d < at.size(); ++d) {
      const int64_t x = at[d] - before[d];
      if (x < 0 || x >= v->dims[d]) k = -1;
      if (k >= 0) k += x * strides[d];
    }
    index.push_back(k);
  });
  Value out = Pick(*v, dims, index);
  if (o.has(2)) {
    const Value* fill = o.known(2);
    if (fill == nullptr || fill->size() != 1) return {};
    for (size_t i = 0; i < index.size(); ++i) {
      if (index[i] >= 0) continue;
      if (!out.ints.empty() && !fill->ints.empty()) out.ints[i] = fill->ints[0];
      if (!out.floats.empty() && !fill->floats.empty()) out.floats[i] = fill->floats[0];
    }
  }
  return One(std::move(out));
}

Results Trilu(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr || v->dims.size() < 2) return {};
  int64_t k = 0;
  if (o.has(1)) {
    const Value* diagonal = o.known(1);
    if (diagonal == nullptr || diagonal->ints.size() != 1) return {};
    k = diagonal->ints[0];
  }
  const bool upper = AttributeInt(o.node, "upper", 1) != 0;
  std::vector<int64_t> index;
  ForEach(v->dims, [&](int64_t i, const std::vector<int64_t>& at) {
    const int64_t row = at[at.size() - 2], column = at.back();
    const bool keep = upper ? column - row >= k : column - row <= k;
    index.push_back(keep ? i : -1);
  });
  return One(Pick(*v, v->dims, index));
}

// The value passes through, whatever else the operator does in training.
Results Dropout(const Operands& o) { return Identity(o); }

constexpr EvaluatorRow kRows[] = {
    {"Identity", Identity},   {"Reshape", Reshape},     {"Flatten", Flatten}, {"Squeeze", Squeeze},
    {"Unsqueeze", Unsqueeze}, {"Transpose", Transpose}, {"Expand", Expand},   {"Tile", Tile},
    {"Concat", Concat},       {"Split", Split},         {"Pad", Pad},         {"Trilu", Trilu},
    {"Dropout", Dropout},
};

}  // namespace

absl::Span<const EvaluatorRow> MovementEvaluators() { return kRows; }

}  // namespace opcost::internal
