// Operators that make small tensors out of shapes, attributes and bounds.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

Results Constant(const Operands& o) {
  for (const onnx::AttributeProto& a : o.node.attribute()) {
    if (a.name() == "value_int") return One(IntScalar(DType::kInt64, a.i()));
    if (a.name() == "value_ints") return One(IntVector({a.ints().begin(), a.ints().end()}));
    if (a.name() == "value_float") {
      Value v = Zeros(DType::kFloat32, {});
      v.floats[0] = static_cast<double>(a.f());
      return One(std::move(v));
    }
    if (a.name() == "value_floats") {
      Value v = Zeros(DType::kFloat32, {a.floats_size()});
      std::copy(a.floats().begin(), a.floats().end(), v.floats.begin());
      return One(std::move(v));
    }
    if (a.name() == "value_string") {
      Value v = Zeros(DType::kString, {});
      v.strings[0] = a.s();
      return One(std::move(v));
    }
    if (a.name() == "value_strings") {
      Value v = Zeros(DType::kString, {a.strings_size()});
      std::copy(a.strings().begin(), a.strings().end(), v.strings.begin());
      return One(std::move(v));
    }
    if (a.name() == "value" && a.has_t()) {
      std::optional<Value> v = Decode(a.t());
      return v ? One(*std::move(v)) : Results{};
    }
  }
  return {};
}

// Extents that are symbols stay so.
Results Shape(const Operands& o) {
  const Tensor* t = o.tensor(0);
  if (t == nullptr || !t->shape) return {};
  const int64_t rank = static_cast<int64_t>(t->shape->size());
  const auto bound = [&](const char* name, int64_t fallback) {
    int64_t x = AttributeInt(o.node, name, fallback);
    if (x < 0) x += rank;
    return std::clamp<int64_t>(x, 0, rank);
  };
  const int64_t start = bound("start", 0), end = bound("end", rank);
  Value v = Zeros(DType::kInt64, {std::max<int64_t>(0, end - start)});
  v.state.assign(v.ints.size(), kKnownElement);
  for (int64_t i = start; i < end; ++i) {
    const Dim& d = (*t->shape)[static_cast<size_t>(i)];
    const size_t k = static_cast<size_t>(i - start);
    v.ints[k] = d.known() ? d.extent : 0;
    if (!d.known()) v.state[k] = d.symbol == kNone ? kUnknownElement : d.symbol;
  }
  return One(std::move(v));
}

// A number, or the only symbol where all other extents are 1.
Results Size(const Operands& o) {
  const Tensor* t = o.tensor(0);
  if (t == nullptr || !t->shape) return {};
  std::vector<int64_t> known;
  SymbolId symbol = kNone;
  for (const Dim& d : *t->shape) {
    if (d.known()) {
      known.push_back(d.extent);
    } else if (d.symbol == kNone || symbol != kNone) {
      return {};
    } else {
      symbol = d.symbol;
    }
  }
  const int64_t product = Product(known);
  if (product < 0 || (symbol != kNone && product > 1)) return {};
  Value v = IntScalar(DType::kInt64, product);
  if (symbol != kNone && product == 1) v.state = {symbol};
  return One(std::move(v));
}

Results ConstantOfShape(const Operands& o) {
  const Value* shape = o.known(0);
  if (shape == nullptr) return {};
  Value fill = Zeros(DType::kFloat32, {});
  if (const onnx::AttributeProto* a = internal::FindAttribute(o.node, "value"); a != nullptr && a->has_t()) {
    std::optional<Value> given = Decode(a->t());
    if (!given || given->size() != 1) return {};
    fill = *std::move(given);
  }
  if (!Keepable(fill.dtype, Product(shape->ints))) return {};
  const std::vector<int64_t> index(static_cast<size_t>(Product(shape->ints)), 0);
  return One(Pick(fill, shape->ints, index));
}

Results Range(const Operands& o) {
  const Value *start = o.known(0), *limit = o.known(1), *delta = o.known(2);
  if (start == nullptr || limit == nullptr || delta == nullptr) return {};
  if (start->size() != 1 || limit->size() != 1 || delta->size() != 1) return {};
  if (StoredAsInt(start->dtype)) {
    const int64_t a = start->ints[0], b = limit->ints[0], d = delta->ints[0];
    if (d == 0) return {};
    // Wide enough for the distance of any two 64-bit integers.
    const __int128 distance = static_cast<__int128>(b) - a;
    const __int128 n = (distance > 0) == (d > 0) ? (distance + d + (d > 0 ? -1 : 1)) / d : 0;
    if (n > kMaxIntElements) return {};
    Value v = Zeros(start->dtype, {static_cast<int64_t>(n)});
    for (size_t i = 0; i < v.ints.size(); ++i) v.ints[i] = a + static_cast<int64_t>(i) * d;
    return One(std::move(v));
  }
  if (!StoredAsFloat(start->dtype) || delta->floats[0] == 0) return {};
  const double a = start->floats[0], d = delta->floats[0];
  const double estimate = std::ceil((limit->floats[0] - a) / d);
  if (!(estimate <= static_cast<double>(kMaxFloatElements))) return {};
  Value v = Zeros(start->dtype, {std::max<int64_t>(0, static_cast<int64_t>(estimate))});
  for (size_t i = 0; i < v.floats.size(); ++i) v.floats[i] = a + static_cast<double>(i) * d;
  return One(std::move(v));
}

Results EyeLike(const Operands& o) {
  const auto dims = o.extents(0);
  if (!dims || dims->size() != 2) return {};
  const int64_t to = AttributeInt(o.node, "dtype", 0);
  const DType dtype = to != 0 ? FromElemType(static_cast<int32_t>(to)) : o.tensor(0)->dtype;
  if (!Keepable(dtype, Product(*dims)) || dtype == DType::kString) return {};
  const int64_t k = AttributeInt(o.node, "k", 0);
  Value v = Zeros(dtype, *dims);
  for (int64_t row = 0; row < (*dims)[0]; ++row) {
    const int64_t column = row + k;
    if (column < 0 || column >= (*dims)[1]) continue;
    const size_t i = static_cast<size_t>(row * (*dims)[1] + column);
    if (v.ints.empty()) {
      v.floats[i] = 1;
    } else {
      v.ints[i] = 1;
    }
  }
  return One(std::move(v));
}

Results OneHot(const Operands& o) {
  const Value *indices = o.known(0), *depth = o.known(1), *values = o.known(2);
  if (indices == nullptr || depth == nullptr || values == nullptr || depth->size() != 1 || values->size() != 2)
    return {};
  if (indices->ints.empty() || depth->ints.empty()) return {};
  const int64_t n = depth->ints[0];
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", -1), static_cast<int64_t>(indices->dims.size()) + 1);
  if (!axis || n < 0) return {};
  std::vector<int64_t> dims = indices->dims;
  dims.insert(dims.begin() + *axis, n);
  if (!Keepable(values->dtype, Product(dims))) return {};
  const std::vector<int64_t> strides = Strides(indices->dims);
  std::vector<int64_t> pick;
  ForEach(dims, [&](int64_t, std::vector<int64_t> at) {
    const int64_t along = at[static_cast<size_t>(*axis)];
    at.erase(at.begin() + *axis);
    int64_t k = 0;
    for (size_t d = 0; d < at.size(); ++d) k += at[d] * strides[d];
    int64_t wanted = indices->ints[static_cast<size_t>(k)];
    if (wanted < 0) wanted += n;
    pick.push_back(wanted == along ? 1 : 0);
  });
  return One(Pick(*values, dims, pick));
}

constexpr EvaluatorRow kRows[] = {
    {"Constant", Constant}, {"Shape", Shape},     {"Size", Size},     {"ConstantOfShape", ConstantOfShape},
    {"Range", Range},       {"EyeLike", EyeLike}, {"OneHot", OneHot},
};

}  // namespace

absl::Span<const EvaluatorRow> GeneratorEvaluators() { return kRows; }

}  // namespace opcost::internal
