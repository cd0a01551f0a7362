// Operators that read or write elements at positions: Gather, Slice, Scatter and their kin.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

Results Gather(const Operands& o) {
  const Value* data = o.input(0);
  const Value* indices = o.known(1);
  if (data == nullptr || indices == nullptr) return {};
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(data->dims.size()));
  if (!axis) return {};
  const size_t along = static_cast<size_t>(*axis);
  std::vector<int64_t> dims(data->dims.begin(), data->dims.begin() + *axis);
  dims.insert(dims.end(), indices->dims.begin(), indices->dims.end());
  dims.insert(dims.end(), data->dims.begin() + *axis + 1, data->dims.end());
  if (!Keepable(data->dtype, Product(dims))) return {};
  const absl::Span<const int64_t> all(data->dims);
  const int64_t outer = Product(all.subspan(0, along));
  const int64_t inner = Product(all.subspan(along + 1));
  const int64_t length = data->dims[along];
  std::vector<int64_t> index;
  for (int64_t a = 0; a < outer; ++a) {
    for (int64_t k : indices->ints) {
      if (k < 0) k += length;
      if (k < 0 || k >= length) return {};
      for (int64_t b = 0; b < inner; ++b) index.push_back((a * length + k) * inner + b);
    }
  }
  return One(Pick(*data, dims, index));
}

Results GatherElements(const Operands& o) {
  const Value* data = o.input(0);
  const Value* indices = o.known(1);
  if (data == nullptr || indices == nullptr || data->dims.size() != indices->dims.size()) return {};
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(data->dims.size()));
  if (!axis) return {};
  const std::vector<int64_t> strides = Strides(data->dims);
  std::vector<int64_t> index;
  bool inside = true;
  ForEach(indices->dims, [&](int64_t i, std::vector<int64_t> at) {
    int64_t k = indices->ints[static_cast<size_t>(i)];
    const int64_t length = data->dims[static_cast<size_t>(*axis)];
    at[static_cast<size_t>(*axis)] = k < 0 ? k + length : k;
    for (size_t d = 0; d < at.size(); ++d) inside = inside && at[d] >= 0 && at[d] < data->dims[d];
    index.push_back(std::inner_product(at.begin(), at.end(), strides.begin(), int64_t{0}));
  });
  if (!inside) return {};
  return One(Pick(*data, indices->dims, index));
}

// Flat offsets of the slices that the last axis of `indices` addresses; nullopt when one lies outside.
std::optional<std::vector<int64_t>> SliceOffsets(const std::vector<int64_t>& dims, const Value& indices, size_t batch) {
  if (indices.dims.empty()) return std::nullopt;
  const int64_t depth = indices.dims.back();
  if (depth <= 0 || batch + static_cast<size_t>(depth) > dims.size()) return std::nullopt;
  const std::vector<int64_t> strides = Strides(dims);
  std::vector<int64_t> offsets;
  const int64_t tuples = indices.size() / depth;
  const int64_t batches = Product(absl::Span<const int64_t>(dims).subspan(0, batch));
  const int64_t each = batches > 0 ? std::max<int64_t>(1, tuples / batches) : 1;
  const int64_t batch_stride = batch == 0 ? 0 : strides[batch - 1];
  for (int64_t t = 0; t < tuples; ++t) {
    int64_t offset = batch == 0 ? 0 : t / each * batch_stride;
    for (int64_t d = 0; d < depth; ++d) {
      const size_t axis = batch + static_cast<size_t>(d);
      int64_t k = indices.ints[static_cast<size_t>(t * depth + d)];
      if (k < 0) k += dims[axis];
      if (k < 0 || k >= dims[axis]) return std::nullopt;
      offset += k * strides[axis];
    }
    offsets.push_back(offset);
  }
  return offsets;
}

Results GatherND(const Operands& o) {
  const Value* data = o.input(0);
  const Value* indices = o.known(1);
  const int64_t batch = AttributeInt(o.node, "batch_dims", 0);
  if (data == nullptr || indices == nullptr || indices->dims.empty() || batch < 0) return {};
  const auto offsets = SliceOffsets(data->dims, *indices, static_cast<size_t>(batch));
  if (!offsets) return {};
  const size_t used = static_cast<size_t>(batch + indices->dims.back());
  const absl::Span<const int64_t> rest = absl::Span<const int64_t>(data->dims).subspan(used);
  std::vector<int64_t> dims(indices->dims.begin(), indices->dims.end() - 1);
  dims.insert(dims.end(), rest.begin(), rest.end());
  if (!Keepable(data->dtype, Product(dims))) return {};
  std::vector<int64_t> index;
  for (const int64_t offset : *offsets) {
    for (int64_t i = 0; i < Product(rest); ++i) index.push_back(offset + i);
  }
  return One(Pick(*data, dims, index));
}

struct Window {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
};

// Numpy's rule for one axis.
Window Clamp(int64_t start, int64_t end, int64_t step, int64_t length) {
  const auto wrap = [&](int64_t x) { return x < 0 ? (x < -length ? -length - 1 : x) + length : x; };
  start = wrap(start);
  end = wrap(end);
  Window w;
  w.step = step;
  if (step > 0) {
    w.start = std::clamp<int64_t>(start, 0, length);
    end = std::clamp<int64_t>(end, 0, length);
    w.count = end > w.start ? (end - w.start - 1) / step + 1 : 0;
  } else {
    w.start = std::clamp<int64_t>(start, -1, length - 1);
    end = std::clamp<int64_t>(end, -1, length - 1);
    const int64_t stride = step == std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::max() : -step;
    w.count = w.start > end ? (w.start - end - 1) / stride + 1 : 0;
  }
  return w;
}

Results Slice(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr) return {};
  const auto read = [&](const char* attribute, size_t input) -> std::optional<std::vector<int64_t>> {
    if (o.since_version < 10) return AttributeInts(o.node, attribute).value_or(std::vector<int64_t>());
    if (!o.has(input)) return std::vector<int64_t>();
    const Value* given = o.known(input);
    if (given == nullptr) return std::nullopt;
    return given->ints;
  };
  const auto starts = read("starts", 1);
  const auto ends = read("ends", 2);
  auto axes = read("axes", 3);
  auto steps = o.since_version < 10 ? std::optional<std::vector<int64_t>>(std::vector<int64_t>()) : read("steps", 4);
  if (!starts || !ends || !axes || !steps || starts->size() != ends->size()) return {};
  if (axes->empty()) {
    axes->resize(starts->size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (steps->empty()) steps->assign(starts->size(), 1);
  if (axes->size() != starts->size() || steps->size() != starts->size()) return {};
  std::vector<Window> windows;
  for (const int64_t d : v->dims) windows.push_back({0, 1, d});
  for (size_t i = 0; i < axes->size(); ++i) {
    const auto axis = WrapAxis((*axes)[i], static_cast<int64_t>(v->dims.size()));
    if (!axis || (*steps)[i] == 0) return {};
    windows[static_cast<size_t>(*axis)] =
        Clamp((*starts)[i], (*ends)[i], (*steps)[i], v->dims[static_cast<size_t>(*axis)]);
  }
  std::vector<int64_t> dims;
  for (const Window& w : windows) dims.push_back(w.count);
  const std::vector<int64_t> strides = Strides(v->dims);
  std::vector<int64_t> index;
  ForEach(dims, [&](int64_t, const std::vector<int64_t>& at) {
    int64_t k = 0;
    for (size_t d = 0; d < at.size(); ++d) k += (windows[d].start + at[d] * windows[d].step) * strides[d];
    index.push_back(k);
  });
  return One(Pick(*v, dims, index));
}

// Copies element `from` of `source` over element `to` of `target`.
void Put(Value& target, int64_t to, const Value& source, int64_t from) {
  const size_t a = static_cast<size_t>(to), b = static_cast<size_t>(from);
  if (!target.ints.empty()) target.ints[a] = source.ints[b];
  if (!target.floats.empty()) target.floats[a] = source.floats[b];
  if (!target.strings.empty()) target.strings[a] = source.strings[b];
  if (!target.state.empty()) target.state[a] = source.StateAt(from);
}

bool CanScatter(const Operands& o, const Value* data, const Value* indices, const std::optional<Value>& updates) {
  return data != nullptr && indices != nullptr && updates && updates->dtype == data->dtype &&
         AttributeString(o.node, "reduction", "none") == "none";
}

Results ScatterElements(const Operands& o) {
  const Value* data = o.input(0);
  const Value* indices = o.known(1);
  const std::optional<Value> updates = o.ValueOrUnknowns(2);
  if (!CanScatter(o, data, indices, updates)) return {};
  if (indices->dims != updates->dims || indices->dims.size() != data->dims.size()) return {};
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(data->dims.size()));
  if (!axis) return {};
  Value out = *data;
  if (!updates->known() && out.state.empty()) out.state.assign(static_cast<size_t>(out.size()), kKnownElement);
  const std::vector<int64_t> strides = Strides(data->dims);
  bool inside = true;
  ForEach(indices->dims, [&](int64_t i, std::vector<int64_t> at) {
    const int64_t k = indices->ints[static_cast<size_t>(i)];
    at[static_cast<size_t>(*axis)] = k < 0 ? k + data->dims[static_cast<size_t>(*axis)] : k;
    for (size_t d = 0; d < at.size(); ++d) inside = inside && at[d] >= 0 && at[d] < data->dims[d];
    if (inside) Put(out, std::inner_product(at.begin(), at.end(), strides.begin(), int64_t{0}), *updates, i);
  });
  if (!inside) return {};
  return One(std::move(out));
}

Results ScatterND(const Operands& o) {
  const Value* data = o.input(0);
  const Value* indices = o.known(1);
  const std::optional<Value> updates = o.ValueOrUnknowns(2);
  if (!CanScatter(o, data, indices, updates)) return {};
  const auto offsets = SliceOffsets(data->dims, *indices, 0);
  if (!offsets || indices->dims.empty()) return {};
  const int64_t inner =
      Product(absl::Span<const int64_t>(data->dims).subspan(static_cast<size_t>(indices->dims.back())));
  if (updates->size() != inner * static_cast<int64_t>(offsets->size())) return {};
  Value out = *data;
  if (!updates->known() && out.state.empty()) out.state.assign(static_cast<size_t>(out.size()), kKnownElement);
  for (size_t t = 0; t < offsets->size(); ++t) {
    for (int64_t i = 0; i < inner; ++i) Put(out, (*offsets)[t] + i, *updates, static_cast<int64_t>(t) * inner + i);
  }
  return One(std::move(out));
}

bool True(const Value& v, size_t i) { return v.ints.empty() ? v.floats[i] != 0 : v.ints[i] != 0; }

Results NonZero(const Operands& o) {
  const Value* v = o.known(0);
  if (v == nullptr || v->dtype == DType::kString) return {};
  std::vector<std::vector<int64_t>> found;
  ForEach(v->dims, [&](int64_t i, const std::vector<int64_t>& at) {
    if (True(*v, static_cast<size_t>(i))) found.push_back(at);
  });
  const int64_t rank = static_cast<int64_t>(v->dims.size());
  const int64_t n = static_cast<int64_t>(found.size());
  if (rank * n > kMaxIntElements) return {};
  Value out = Zeros(DType::kInt64, {rank, n});
  for (int64_t d = 0; d < rank; ++d) {
    for (int64_t k = 0; k < n; ++k) {
      out.ints[static_cast<size_t>(d * n + k)] = found[static_cast<size_t>(k)][static_cast<size_t>(d)];
    }
  }
  return One(std::move(out));
}

// Of all elements, in ascending order unless the node says as they come.
Results Unique(const Operands& o) {
  const Value* v = o.known(0);
  if (v == nullptr || internal::FindAttribute(o.node, "axis") != nullptr || v->dtype == DType::kString) return {};
  if (std::any_of(v->floats.begin(), v->floats.end(), [](double x) { return std::isnan(x); })) return {};
  const auto less = [&](int64_t a, int64_t b) {
    const size_t i = static_cast<size_t>(a), j = static_cast<size_t>(b);
    return v->ints.empty() ? v->floats[i] < v->floats[j] : v->ints[i] < v->ints[j];
  };
  std::map<int64_t, int64_t, decltype(less)> place(less);  // by any position of the value
  for (int64_t i = 0; i < v->size(); ++i) place.emplace(i, static_cast<int64_t>(place.size()));
  if (AttributeInt(o.node, "sorted", 1) != 0) {
    int64_t next = 0;
    for (auto& [position, at] : place) at = next++;
  }
  std::vector<int64_t> first(place.size()), counts(place.size(), 0), inverse;
  for (const auto& [position, at] : place) first[static_cast<size_t>(at)] = position;
  for (int64_t i = 0; i < v->size(); ++i) {
    inverse.push_back(place.at(i));
    ++counts[static_cast<size_t>(inverse.back())];
  }
  Results results = One(Pick(*v, {static_cast<int64_t>(first.size())}, first));
  for (std::vector<int64_t>* list : {&first, &inverse, &counts}) results.emplace_back(IntVector(std::move(*list)));
  return results;
}

Results Compress(const Operands& o) {
  const Value* v = o.input(0);
  const Value* condition = o.known(1);
  if (v == nullptr || condition == nullptr) return {};
  std::vector<int64_t> dims = v->dims;
  size_t along = 0;
  if (internal::FindAttribute(o.node, "axis") != nullptr) {
    const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(dims.size()));
    if (!axis) return {};
    along = static_cast<size_t>(*axis);
  } else {
    dims = {v->size()};
  }
  std::vector<int64_t> kept;
  for (size_t i = 0; i < condition->ints.size() && static_cast<int64_t>(i) < dims[along]; ++i) {
    if (condition->ints[i] != 0) kept.push_back(static_cast<int64_t>(i));
  }
  const std::vector<int64_t> strides = Strides(dims);
  std::vector<int64_t> out_dims = dims;
  out_dims[along] = static_cast<int64_t>(kept.size());
  std::vector<int64_t> index;
  ForEach(out_dims, [&](int64_t, std::vector<int64_t> at) {
    at[along] = kept[static_cast<size_t>(at[along])];
    index.push_back(std::inner_product(at.begin(), at.end(), strides.begin(), int64_t{0}));
  });
  return One(Pick(*v, out_dims, index));
}

Results Where(const Operands& o) {
  const Value* condition = o.input(0);
  const std::optional<Value> a = o.ValueOrUnknowns(1);
  const std::optional<Value> b = o.ValueOrUnknowns(2);
  if (condition == nullptr || !a || !b || a->dtype != b->dtype) return {};
  const auto ab = Broadcast(a->dims, b->dims);
  const auto dims = ab ? Broadcast(*ab, condition->dims) : std::nullopt;
  if (!dims || !Keepable(a->dtype, Product(*dims))) return {};
  const std::vector<int64_t> ci = BroadcastIndex(condition->dims, *dims);
  const std::vector<int64_t> ai = BroadcastIndex(a->dims, *dims);
  const std::vector<int64_t> bi = BroadcastIndex(b->dims, *dims);
  Value out = Zeros(a->dtype, *dims);
  if (!condition->known() || !a->known() || !b->known()) out.state.assign(ci.size(), kKnownElement);
  for (size_t i = 0; i < ci.size(); ++i) {
    const bool first = condition->ints[static_cast<size_t>(ci[i])] != 0;
    Put(out, static_cast<int64_t>(i), first ? *a : *b, first ? ai[i] : bi[i]);
    if (!condition->KnownAt(ci[i])) out.state[i] = kUnknownElement;
  }
  Normalize(out);
  return One(std::move(out));
}

constexpr EvaluatorRow kRows[] = {
    {"Gather", Gather},
    {"GatherElements", GatherElements},
    {"GatherND", GatherND},
    {"Slice", Slice},
    {"Scatter", ScatterElements},
    {"ScatterElements", ScatterElements},
    {"ScatterND", ScatterND},
    {"NonZero", NonZero},
    {"Compress", Compress},
    {"Unique", Unique},
    {"Where", Where},
};

}  // namespace

int64_t SliceLength(int64_t start, int64_t end, int64_t step, int64_t length) {
  return Clamp(start, end, step, length).count;
}

absl::Span<const EvaluatorRow> IndexingEvaluators() { return kRows; }

}  // namespace opcost::internal
