// Reductions, running sums and orderings of small tensors whose elements are all known.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

enum class Kind { kSum, kProd, kMin, kMax, kMean };

struct Plan {
  std::vector<int64_t> dims;    // of the result
  std::vector<int64_t> target;  // for each input element, the element of the result it goes to
  int64_t group = 1;            // input elements that make one of the result
};

std::optional<Plan> PlanReduction(const Operands& o, const Value& v) {
  const auto axes = Axes(o, 1);
  if (!axes) return std::nullopt;
  const bool noop = AttributeInt(o.node, "noop_with_empty_axes", 0) != 0;
  const bool keep = AttributeInt(o.node, "keepdims", 1) != 0;
  std::vector<bool> reduced(v.dims.size(), axes->empty() && !noop);
  for (const int64_t a : *axes) {
    const auto axis = WrapAxis(a, static_cast<int64_t>(v.dims.size()));
    if (!axis) return std::nullopt;
    reduced[static_cast<size_t>(*axis)] = true;
  }
  Plan plan;
  std::vector<int64_t> kept;
  for (size_t d = 0; d < v.dims.size(); ++d) {
    kept.push_back(reduced[d] ? 1 : v.dims[d]);
    if (reduced[d]) plan.group *= v.dims[d];
    if (!reduced[d]) {
      plan.dims.push_back(v.dims[d]);
    } else if (keep) {
      plan.dims.push_back(1);
    }
  }
  const std::vector<int64_t> strides = Strides(kept);
  ForEach(v.dims, [&](int64_t, const std::vector<int64_t>& at) {
    int64_t k = 0;
    for (size_t d = 0; d < at.size(); ++d) k += reduced[d] ? 0 : at[d] * strides[d];
    plan.target.push_back(k);
  });
  return plan;
}

Results Reduce(const Operands& o, Kind kind) {
  const Value* v = o.known(0);
  if (v == nullptr || v->dtype == DType::kString) return {};
  // Of no elements there is a sum and a product, nothing else.
  if (v->size() == 0 && kind != Kind::kSum && kind != Kind::kProd) return {};
  const auto plan = PlanReduction(o, *v);
  if (!plan) return {};
  Value out = Zeros(v->dtype, plan->dims);
  if (v->size() == 0 && kind == Kind::kProd) {
    std::fill(out.ints.begin(), out.ints.end(), 1);
    std::fill(out.floats.begin(), out.floats.end(), 1);
  }
  std::vector<bool> started(static_cast<size_t>(out.size()), false);
  for (size_t i = 0; i < plan->target.size(); ++i) {
    const size_t t = static_cast<size_t>(plan->target[i]);
    const bool first = !started[t];
    started[t] = true;
    if (!v->ints.empty()) {
      const int64_t x = v->ints[i];
      int64_t& y = out.ints[t];
      const std::optional<int64_t> next = first                 ? x
                                          : kind == Kind::kProd ? CheckedMul(y, x)
                                          : kind == Kind::kMin  ? std::min(y, x)
                                          : kind == Kind::kMax  ? std::max(y, x)
                                                                : CheckedAdd(y, x);
      if (!next) return {};
      y = *next;
    } else {
      const double x = v->floats[i];
      double& y = out.floats[t];
      y = first                 ? x
          : kind == Kind::kProd ? y * x
          : kind == Kind::kMin  ? std::min(y, x)
          : kind == Kind::kMax  ? std::max(y, x)
                                : y + x;
    }
  }
  if (kind == Kind::kMean) {
    for (int64_t& x : out.ints) x /= plan->group;
    for (double& x : out.floats) x /= static_cast<double>(plan->group);
  }
  return One(std::move(out));
}

Results ReduceSum(const Operands& o) { return Reduce(o, Kind::kSum); }
Results ReduceProd(const Operands& o) { return Reduce(o, Kind::kProd); }
Results ReduceMin(const Operands& o) { return Reduce(o, Kind::kMin); }
Results ReduceMax(const Operands& o) { return Reduce(o, Kind::kMax); }
Results ReduceMean(const Operands& o) { return Reduce(o, Kind::kMean); }

// The value as doubles, exact for the integers that occur as extents.
std::vector<double> AsDoubles(const Value& v) {
  if (!v.floats.empty()) return v.floats;
  return std::vector<double>(v.ints.begin(), v.ints.end());
}

struct Lines {
  int64_t count = 0, length = 0, step = 0;
  std::vector<int64_t> start;
};

// The lines of elements along an axis.
Lines LinesAlong(absl::Span<const int64_t> dims, size_t axis) {
  Lines lines;
  lines.length = dims[axis];
  lines.step = Product(dims.subspan(axis + 1));
  const int64_t outer = Product(dims.subspan(0, axis));
  for (int64_t a = 0; a < outer; ++a) {
    for (int64_t b = 0; b < lines.step; ++b) lines.start.push_back(a * lines.length * lines.step + b);
  }
  lines.count = static_cast<int64_t>(lines.start.size());
  return lines;
}

Results Arg(const Operands& o, bool most) {
  const Value* v = o.known(0);
  if (v == nullptr || v->dtype == DType::kString || v->size() == 0) return {};
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", 0), static_cast<int64_t>(v->dims.size()));
  if (!axis) return {};
  const bool last = AttributeInt(o.node, "select_last_index", 0) != 0;
  const std::vector<double> x = AsDoubles(*v);
  std::vector<int64_t> dims = v->dims;
  if (AttributeInt(o.node, "keepdims", 1) != 0) {
    dims[static_cast<size_t>(*axis)] = 1;
  } else {
    dims.erase(dims.begin() + *axis);
  }
  Value out = Zeros(DType::kInt64, dims);
  const Lines lines = LinesAlong(v->dims, static_cast<size_t>(*axis));
  for (int64_t l = 0; l < lines.count; ++l) {
    int64_t best = 0;
    const auto at = [&](int64_t i) {
      return x[static_cast<size_t>(lines.start[static_cast<size_t>(l)] + i * lines.step)];
    };
    for (int64_t i = 1; i < lines.length; ++i) {
      const bool better = most ? at(i) > at(best) : at(i) < at(best);
      if (better || (last && at(i) == at(best))) best = i;
    }
    out.ints[static_cast<size_t>(l)] = best;
  }
  return One(std::move(out));
}

Results ArgMax(const Operands& o) { return Arg(o, true); }
Results ArgMin(const Operands& o) { return Arg(o, false); }

Results CumSum(const Operands& o) {
  const Value *v = o.known(0), *axis_value = o.known(1);
  if (v == nullptr || axis_value == nullptr || axis_value->ints.size() != 1 || v->dtype == DType::kString) return {};
  const auto axis = WrapAxis(axis_value->ints[0], static_cast<int64_t>(v->dims.size()));
  if (!axis) return {};
  const bool exclusive = AttributeInt(o.node, "exclusive", 0) != 0;
  const bool reverse = AttributeInt(o.node, "reverse", 0) != 0;
  Value out = *v;
  const Lines lines = LinesAlong(v->dims, static_cast<size_t>(*axis));
  for (const int64_t start : lines.start) {
    int64_t int_sum = 0;
    double float_sum = 0;
    for (int64_t k = 0; k < lines.length; ++k) {
      const size_t i = static_cast<size_t>(start + (reverse ? lines.length - 1 - k : k) * lines.step);
      if (!v->ints.empty()) {
        const auto next = CheckedAdd(int_sum, v->ints[i]);
        if (!next) return {};
        out.ints[i] = exclusive ? int_sum : *next;
        int_sum = *next;
      } else {
        const double next = float_sum + v->floats[i];
        out.floats[i] = exclusive ? float_sum : next;
        float_sum = next;
      }
    }
  }
  return One(std::move(out));
}

Results TopK(const Operands& o) {
  const Value* v = o.known(0);
  if (v == nullptr || v->dtype == DType::kString) return {};
  int64_t k = AttributeInt(o.node, "k", -1);
  if (o.since_version >= 10) {
    const Value* count = o.known(1);
    if (count == nullptr || count->ints.size() != 1) return {};
    k = count->ints[0];
  }
  const auto axis = WrapAxis(AttributeInt(o.node, "axis", -1), static_cast<int64_t>(v->dims.size()));
  if (!axis || k < 0 || k > v->dims[static_cast<size_t>(*axis)]) return {};
  const bool largest = AttributeInt(o.node, "largest", 1) != 0;
  const std::vector<double> x = AsDoubles(*v);
  std::vector<int64_t> dims = v->dims;
  dims[static_cast<size_t>(*axis)] = k;
  std::vector<int64_t> source(static_cast<size_t>(Product(dims)));
  Value indices = Zeros(DType::kInt64, dims);
  const Lines from = LinesAlong(v->dims, static_cast<size_t>(*axis));
  const Lines to = LinesAlong(dims, static_cast<size_t>(*axis));
  for (size_t l = 0; l < from.start.size() && l < to.start.size(); ++l) {
    std::vector<int64_t> order(static_cast<size_t>(from.length));
    std::iota(order.begin(), order.end(), 0);
    const auto at = [&](int64_t i) { return x[static_cast<size_t>(from.start[l] + i * from.step)]; };
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return largest ? at(a) > at(b) : at(a) < at(b); });
    for (int64_t i = 0; i < k; ++i) {
      const size_t t = static_cast<size_t>(to.start[l] + i * to.step);
      indices.ints[t] = order[static_cast<size_t>(i)];
      source[t] = from.start[l] + order[static_cast<size_t>(i)] * from.step;
    }
  }
  Results results = One(Pick(*v, dims, source));
  results.emplace_back(std::move(indices));
  return results;
}

constexpr EvaluatorRow kRows[] = {
    {"ReduceSum", ReduceSum}, {"ReduceProd", ReduceProd}, {"ReduceMin", ReduceMin},
    {"ReduceMax", ReduceMax}, {"ReduceMean", ReduceMean}, {"ArgMax", ArgMax},
    {"ArgMin", ArgMin},       {"CumSum", CumSum},         {"TopK", TopK},
};

}  // namespace

absl::Span<const EvaluatorRow> ReductionEvaluators() { return kRows; }

}  // namespace opcost::internal
