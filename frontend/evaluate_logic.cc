// Comparisons of two small tensors, and logic between them.
#include <cstdint>
#include <utility>
#include <vector>

#include "frontend/evaluate.h"

namespace opcost::internal {
namespace {

// A symbol is an extent, so 0 stands for it beside a negative number, and beside itself.
bool ComparesAsZero(const Value& a, int64_t i, const Value& b, int64_t j) {
  const SymbolId x = a.StateAt(i), y = b.StateAt(j);
  if (x == kUnknownElement || y == kUnknownElement) return false;
  if (x == kKnownElement) return a.ints[static_cast<size_t>(i)] < 0;
  return y == kKnownElement ? b.ints[static_cast<size_t>(j)] < 0 : x == y;
}

// Two inputs element by element, as far as those are known.
template <typename IntTest, typename FloatTest>
Results Test(const Operands& o, IntTest ints, FloatTest floats) {
  const Value *a = o.input(0), *b = o.input(1);
  if (a == nullptr || b == nullptr || a->dtype == DType::kString || StoredAsInt(a->dtype) != StoredAsInt(b->dtype))
    return {};
  const auto dims = Broadcast(a->dims, b->dims);
  if (!dims || OldBroadcast(o) || !Keepable(DType::kBool, Product(*dims))) return {};
  const std::vector<int64_t> ai = BroadcastIndex(a->dims, *dims);
  const std::vector<int64_t> bi = BroadcastIndex(b->dims, *dims);
  Value out = Zeros(DType::kBool, *dims);
  for (size_t k = 0; k < ai.size(); ++k) {
    const size_t i = static_cast<size_t>(ai[k]), j = static_cast<size_t>(bi[k]);
    out.ints[k] =
        (a->ints.empty() && b->ints.empty() ? floats(a->floats[i], b->floats[j]) : ints(a->ints[i], b->ints[j])) ? 1
                                                                                                                 : 0;
    if (a->KnownAt(ai[k]) && b->KnownAt(bi[k])) continue;
    if (out.state.empty()) out.state.assign(ai.size(), kKnownElement);
    const bool decided = StoredAsInt(a->dtype) && ComparesAsZero(*a, ai[k], *b, bi[k]);
    if (!decided) out.state[k] = kUnknownElement;
  }
  return One(std::move(out));
}

Results Equal(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a == b; }, [](double a, double b) { return a == b; });
}
Results Less(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a < b; }, [](double a, double b) { return a < b; });
}
Results LessOrEqual(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a <= b; }, [](double a, double b) { return a <= b; });
}
Results Greater(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a > b; }, [](double a, double b) { return a > b; });
}
Results GreaterOrEqual(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a >= b; }, [](double a, double b) { return a >= b; });
}
Results And(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a != 0 && b != 0; }, [](double, double) { return false; });
}
Results Or(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return a != 0 || b != 0; }, [](double, double) { return false; });
}
Results Xor(const Operands& o) {
  return Test(
      o, [](int64_t a, int64_t b) { return (a != 0) != (b != 0); }, [](double, double) { return false; });
}

constexpr EvaluatorRow kRows[] = {
    {"Equal", Equal},
    {"Less", Less},
    {"LessOrEqual", LessOrEqual},
    {"Greater", Greater},
    {"GreaterOrEqual", GreaterOrEqual},
    {"And", And},
    {"Or", Or},
    {"Xor", Xor},
};

}  // namespace

absl::Span<const EvaluatorRow> LogicEvaluators() { return kRows; }

}  // namespace opcost::internal
