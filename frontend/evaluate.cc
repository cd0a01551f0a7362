#include "frontend/evaluate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {

const Value* Operands::known(size_t i) const {
  const Value* v = input(i);
  return v != nullptr && v->known() ? v : nullptr;
}

std::optional<std::vector<int64_t>> Operands::extents(size_t i) const {
  const Tensor* t = tensor(i);
  if (t == nullptr || !t->shape) return std::nullopt;
  std::vector<int64_t> out;
  out.reserve(t->shape->size());
  for (const Dim& d : *t->shape) {
    if (!d.known()) return std::nullopt;
    out.push_back(d.extent);
  }
  return out;
}

std::optional<Value> Operands::ValueOrUnknowns(size_t i) const {
  if (const Value* v = input(i)) return *v;
  const Tensor* t = tensor(i);
  std::optional<std::vector<int64_t>> dims = extents(i);
  // Half-known floats help nobody; integers may be extents. Vectors as long as a rank can be, no more.
  constexpr int64_t kLongest = 64;
  if (t == nullptr || !dims || !StoredAsInt(t->dtype) || dims->size() > 1) return std::nullopt;
  const int64_t n = Product(*dims);
  if (n < 0 || n > kLongest) return std::nullopt;
  return Unknowns(t->dtype, *std::move(dims));
}

std::optional<int64_t> WrapAxis(int64_t axis, int64_t rank) {
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  return axis;
}

std::optional<std::vector<int64_t>> Axes(const Operands& o, size_t input) {
  if (auto attribute = AttributeInts(o.node, "axes")) return attribute;
  if (!o.has(input)) return std::vector<int64_t>();
  const Value* v = o.known(input);
  if (v == nullptr) return std::nullopt;
  return v->ints;
}

std::vector<int64_t> Strides(absl::Span<const int64_t> dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<int64_t>(dims[i], 1);
  return strides;
}

std::optional<std::vector<int64_t>> Broadcast(absl::Span<const int64_t> a, absl::Span<const int64_t> b) {
  std::vector<int64_t> out(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    out[out.size() - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

std::vector<int64_t> BroadcastIndex(absl::Span<const int64_t> from, absl::Span<const int64_t> to) {
  const std::vector<int64_t> strides = Strides(from);
  std::vector<int64_t> index;
  index.reserve(static_cast<size_t>(std::max<int64_t>(0, Product(to))));
  const size_t skip = to.size() - from.size();
  ForEach(to, [&](int64_t, const std::vector<int64_t>& at) {
    int64_t k = 0;
    for (size_t d = 0; d < from.size(); ++d) {
      if (from[d] != 1) k += at[d + skip] * strides[d];
    }
    index.push_back(k);
  });
  return index;
}

bool OldBroadcast(const Operands& o) { return internal::FindAttribute(o.node, "broadcast") != nullptr; }

void ForEach(absl::Span<const int64_t> dims, absl::FunctionRef<void(int64_t, const std::vector<int64_t>&)> visit) {
  const int64_t n = Product(dims);
  std::vector<int64_t> at(dims.size(), 0);
  for (int64_t i = 0; i < n; ++i) {
    visit(i, at);
    for (size_t d = dims.size(); d-- > 0;) {
      if (++at[d] < dims[d]) break;
      at[d] = 0;
    }
  }
}

Evaluator FindEvaluator(absl::string_view op_type) {
  using Table = absl::flat_hash_map<std::string, Evaluator>;
  static const Table* const table = [] {
    auto* t = new Table();
    for (const auto family : {MovementEvaluators(), IndexingEvaluators(), ElementwiseEvaluators(), LogicEvaluators(),
                              ReductionEvaluators(), GeneratorEvaluators()}) {
      for (const EvaluatorRow& row : family) t->emplace(row.op_type, row.evaluate);
    }
    return t;
  }();
  const auto it = table->find(std::string(op_type));
  return it == table->end() ? nullptr : it->second;
}

}  // namespace opcost::internal
