// Arithmetic, functions of single elements and casts on small tensors. Results are rounded to the element type, as a
// runtime would.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "frontend/evaluate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

using MaybeInt = std::optional<int64_t>;

// Doubles below it in magnitude convert to a 64-bit integer.
constexpr double kMostInt = 9.2e18;

double Round(DType dtype, double x) {
  return dtype == DType::kFloat64 ? x : static_cast<double>(static_cast<float>(x));
}

// Wraps to the width of a narrower integer type; 64-bit results were checked for overflow already.
int64_t Narrow(DType dtype, int64_t x) {
  switch (dtype) {
    case DType::kInt32:
      return static_cast<int32_t>(x);
    case DType::kUInt32:
      return static_cast<uint32_t>(x);
    case DType::kInt16:
      return static_cast<int16_t>(x);
    case DType::kUInt16:
      return static_cast<uint16_t>(x);
    case DType::kInt8:
      return static_cast<int8_t>(x);
    case DType::kUInt8:
      return static_cast<uint8_t>(x);
    case DType::kBool:
      return x != 0 ? 1 : 0;
    default:
      return x;
  }
}

// How two elements combine. An integer result of nullopt (division by zero, overflow) is an unknown element.
struct Binary {
  MaybeInt (*ints)(int64_t, int64_t);
  double (*floats)(double, double);
};

MaybeInt AddInts(int64_t a, int64_t b) { return CheckedAdd(a, b); }
MaybeInt SubInts(int64_t a, int64_t b) {
  int64_t r;
  if (__builtin_sub_overflow(a, b, &r)) return std::nullopt;
  return r;
}
MaybeInt MulInts(int64_t a, int64_t b) { return CheckedMul(a, b); }
// ONNX integer division truncates.
MaybeInt DivInts(int64_t a, int64_t b) {
  if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) return std::nullopt;
  return a / b;
}
MaybeInt ModInts(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return b == 0 ? MaybeInt() : MaybeInt(0);
  const int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
MaybeInt FmodInts(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return b == 0 ? MaybeInt() : MaybeInt(0);
  return a % b;
}
MaybeInt PowInts(int64_t a, int64_t b) {
  if (b < 0 || b > 64) return std::nullopt;
  MaybeInt r = 1;
  for (int64_t i = 0; i < b; ++i) r = CheckedMul(r, a);
  return r;
}
MaybeInt MinInts(int64_t a, int64_t b) { return std::min(a, b); }
MaybeInt MaxInts(int64_t a, int64_t b) { return std::max(a, b); }
double AddFloats(double a, double b) { return a + b; }
double SubFloats(double a, double b) { return a - b; }
double MulFloats(double a, double b) { return a * b; }
double DivFloats(double a, double b) { return a / b; }
double MinFloats(double a, double b) { return std::min(a, b); }
double MaxFloats(double a, double b) { return std::max(a, b); }
double FmodFloats(double a, double b) { return std::fmod(a, b); }
double PowFloats(double a, double b) { return std::pow(a, b); }

constexpr Binary kAdd{AddInts, AddFloats};
constexpr Binary kSub{SubInts, SubFloats};
constexpr Binary kMul{MulInts, MulFloats};
constexpr Binary kDiv{DivInts, DivFloats};
constexpr Binary kMod{ModInts, FmodFloats};
constexpr Binary kFmod{FmodInts, FmodFloats};
constexpr Binary kPow{PowInts, PowFloats};
constexpr Binary kMin{MinInts, MinFloats};
constexpr Binary kMax{MaxInts, MaxFloats};

// The state of a result of which an operand is not known: a symbol survives adding 0 and multiplying by 1, and 0 · x is
// 0.
SymbolId Survives(const Binary& op, const Value& a, int64_t i, const Value& b, int64_t j, int64_t& result) {
  const bool a_known = a.KnownAt(i), b_known = b.KnownAt(j);
  if (!a_known && !b_known) return kUnknownElement;
  const int64_t known = a_known ? a.ints[static_cast<size_t>(i)] : b.ints[static_cast<size_t>(j)];
  const SymbolId other = a_known ? b.StateAt(j) : a.StateAt(i);
  if (op.ints == MulInts && known == 0) {
    result = 0;
    return kKnownElement;
  }
  const bool neutral = (op.ints == MulInts && known == 1) || (op.ints == AddInts && known == 0) ||
                       (b_known && op.ints == SubInts && known == 0) || (b_known && op.ints == DivInts && known == 1);
  return neutral ? other : kUnknownElement;
}

std::optional<Value> Combine(const Binary& op, const Value& a, const Value& b) {
  // Pow takes its result type from the base; elsewhere the types are equal.
  const auto dims = Broadcast(a.dims, b.dims);
  if (!dims || !Keepable(a.dtype, Product(*dims))) return std::nullopt;
  const std::vector<int64_t> ai = BroadcastIndex(a.dims, *dims);
  const std::vector<int64_t> bi = BroadcastIndex(b.dims, *dims);
  Value out = Zeros(a.dtype, *dims);
  out.state.assign(ai.size(), kKnownElement);
  for (size_t k = 0; k < ai.size(); ++k) {
    const size_t i = static_cast<size_t>(ai[k]), j = static_cast<size_t>(bi[k]);
    const bool known = a.KnownAt(ai[k]) && b.KnownAt(bi[k]);
    if (StoredAsFloat(a.dtype)) {
      const double y = b.floats.empty() ? static_cast<double>(b.ints[j]) : b.floats[j];
      out.floats[k] = known ? Round(a.dtype, op.floats(a.floats[i], y)) : 0;
      if (!known) out.state[k] = kUnknownElement;
    } else if (!known) {
      out.state[k] = b.ints.empty() ? kUnknownElement : Survives(op, a, ai[k], b, bi[k], out.ints[k]);
    } else if (b.ints.empty()) {
      const double r = op.floats(static_cast<double>(a.ints[i]), b.floats[j]);
      const bool fits = std::fabs(r) < kMostInt;
      out.ints[k] = fits ? Narrow(a.dtype, static_cast<int64_t>(r)) : 0;
      if (!fits) out.state[k] = kUnknownElement;
    } else {
      const MaybeInt r = op.ints(a.ints[i], b.ints[j]);
      out.ints[k] = r ? Narrow(a.dtype, *r) : 0;
      if (!r) out.state[k] = kUnknownElement;
    }
  }
  Normalize(out);
  return out;
}

Results TwoOperands(const Operands& o, const Binary& op) {
  const std::optional<Value> a = o.ValueOrUnknowns(0), b = o.ValueOrUnknowns(1);
  if (!a || !b || OldBroadcast(o) || a->dtype == DType::kString || b->dtype == DType::kString) return {};
  if (!o.input(0) && !o.input(1)) return {};
  std::optional<Value> out = Combine(op, *a, *b);
  return out ? One(*std::move(out)) : Results{};
}

Results Add(const Operands& o) { return TwoOperands(o, kAdd); }
Results Sub(const Operands& o) { return TwoOperands(o, kSub); }
Results Mul(const Operands& o) { return TwoOperands(o, kMul); }
Results Div(const Operands& o) { return TwoOperands(o, kDiv); }
Results Pow(const Operands& o) { return TwoOperands(o, kPow); }
Results Mod(const Operands& o) { return TwoOperands(o, AttributeInt(o.node, "fmod", 0) != 0 ? kFmod : kMod); }

Results Fold(const Operands& o, const Binary& op) {
  std::optional<Value> out = o.ValueOrUnknowns(0);
  for (size_t i = 1; i < o.inputs.size() && out; ++i) {
    const std::optional<Value> next = o.ValueOrUnknowns(i);
    out = next && next->dtype == out->dtype && out->dtype != DType::kString ? Combine(op, *out, *next) : std::nullopt;
  }
  return out ? One(*std::move(out)) : Results{};
}
Results Min(const Operands& o) { return Fold(o, kMin); }
Results Max(const Operands& o) { return Fold(o, kMax); }
Results Sum(const Operands& o) { return Fold(o, kAdd); }

Results Mean(const Operands& o) {
  Results sum = Fold(o, kAdd);
  if (sum.empty() || !StoredAsFloat(sum[0]->dtype)) return {};
  for (double& x : sum[0]->floats) x = Round(sum[0]->dtype, x / static_cast<double>(o.inputs.size()));
  return sum;
}

template <typename IntOp, typename FloatOp>
Results Map(const Operands& o, IntOp ints, FloatOp floats) {
  const Value* v = o.input(0);
  if (v == nullptr || v->dtype == DType::kString) return {};
  Value out = *v;
  for (int64_t& x : out.ints) x = Narrow(v->dtype, ints(x));
  for (double& x : out.floats) x = Round(v->dtype, floats(x));
  for (SymbolId& s : out.state) s = s == kKnownElement ? s : kUnknownElement;
  return One(std::move(out));
}

int64_t Same(int64_t x) { return x; }
int64_t Minus(int64_t x) { return x == std::numeric_limits<int64_t>::min() ? x : -x; }
Results Neg(const Operands& o) {
  return Map(o, Minus, [](double x) { return -x; });
}
Results Abs(const Operands& o) {
  return Map(
      o, [](int64_t x) { return x < 0 ? Minus(x) : x; }, [](double x) { return std::fabs(x); });
}
Results Sign(const Operands& o) {
  return Map(
      o, [](int64_t x) { return int64_t{x > 0} - int64_t{x < 0}; },
      [](double x) { return static_cast<double>((x > 0) - (x < 0)); });
}
Results Not(const Operands& o) {
  return Map(
      o, [](int64_t x) { return int64_t{x == 0}; }, [](double x) { return x; });
}
Results Floor(const Operands& o) {
  return Map(o, Same, [](double x) { return std::floor(x); });
}
Results Ceil(const Operands& o) {
  return Map(o, Same, [](double x) { return std::ceil(x); });
}
// Halves go to the even neighbour.
Results RoundEven(const Operands& o) {
  return Map(o, Same, [](double x) { return std::nearbyint(x); });
}
Results Sqrt(const Operands& o) {
  return Map(o, Same, [](double x) { return std::sqrt(x); });
}
Results Exp(const Operands& o) {
  return Map(o, Same, [](double x) { return std::exp(x); });
}
Results Log(const Operands& o) {
  return Map(o, Same, [](double x) { return std::log(x); });
}
Results Reciprocal(const Operands& o) {
  return Map(o, Same, [](double x) { return 1 / x; });
}
Results Sin(const Operands& o) {
  return Map(o, Same, [](double x) { return std::sin(x); });
}
Results Cos(const Operands& o) {
  return Map(o, Same, [](double x) { return std::cos(x); });
}
Results Relu(const Operands& o) {
  return Map(
      o, [](int64_t x) { return std::max<int64_t>(x, 0); }, [](double x) { return std::max(x, 0.0); });
}

Results Clip(const Operands& o) {
  const Value* v = o.input(0);
  if (v == nullptr || v->dtype == DType::kString) return {};
  std::optional<Value> out = *v;
  const auto bound = [&](size_t input, const char* attribute, const Binary& op) {
    if (!out) return;
    if (o.has(input)) {
      const Value* limit = o.known(input);
      out = limit != nullptr && limit->dtype == out->dtype ? Combine(op, *out, *limit) : std::nullopt;
    } else if (internal::FindAttribute(o.node, attribute) != nullptr && StoredAsFloat(out->dtype)) {
      Value limit = Zeros(out->dtype, {});
      limit.floats[0] = AttributeFloat(o.node, attribute, 0);
      out = Combine(op, *out, limit);
    }
  };
  bound(1, "min", kMax);
  bound(2, "max", kMin);
  return out ? One(*std::move(out)) : Results{};
}

Results Converted(const Value& in, DType to) {
  Value out;
  out.dtype = to;
  out.dims = in.dims;
  out.state = in.state;
  if (in.dtype == DType::kString || to == DType::kString || !Keepable(to, in.size())) return {};
  if (StoredAsInt(in.dtype) && StoredAsInt(to)) {
    for (const int64_t x : in.ints) out.ints.push_back(Narrow(to, x));
  } else if (StoredAsInt(in.dtype) && StoredAsFloat(to)) {
    for (const int64_t x : in.ints) out.floats.push_back(Round(to, static_cast<double>(x)));
    // Symbols live in integers only.
    for (SymbolId& s : out.state) s = s == kKnownElement ? s : kUnknownElement;
  } else if (StoredAsFloat(in.dtype) && StoredAsFloat(to)) {
    for (const double x : in.floats) out.floats.push_back(Round(to, x));
  } else if (StoredAsFloat(in.dtype) && StoredAsInt(to)) {
    for (const double x : in.floats) {
      const double whole = std::trunc(x);
      const bool fits = std::fabs(whole) < kMostInt;
      const int64_t i = !fits ? 0 : to == DType::kBool ? int64_t{x != 0} : static_cast<int64_t>(whole);
      out.ints.push_back(fits        ? Narrow(to, i)
                         : whole > 0 ? std::numeric_limits<int64_t>::max()
                                     : std::numeric_limits<int64_t>::min());
    }
  } else {
    return {};
  }
  return One(std::move(out));
}

Results Cast(const Operands& o) {
  const Value* v = o.input(0);
  return v != nullptr ? Converted(*v, FromElemType(static_cast<int32_t>(AttributeInt(o.node, "to", 0)))) : Results{};
}

Results CastLike(const Operands& o) {
  const Value* v = o.input(0);
  return v != nullptr && o.has(1) ? Converted(*v, o.tensor(1)->dtype) : Results{};
}

constexpr EvaluatorRow kRows[] = {
    {"Add", Add},
    {"Sub", Sub},
    {"Mul", Mul},
    {"Div", Div},
    {"Mod", Mod},
    {"Pow", Pow},
    {"Min", Min},
    {"Max", Max},
    {"Sum", Sum},
    {"Mean", Mean},
    {"Neg", Neg},
    {"Abs", Abs},
    {"Sign", Sign},
    {"Not", Not},
    {"Floor", Floor},
    {"Ceil", Ceil},
    {"Round", RoundEven},
    {"Sqrt", Sqrt},
    {"Exp", Exp},
    {"Log", Log},
    {"Sin", Sin},
    {"Cos", Cos},
    {"Reciprocal", Reciprocal},
    {"Relu", Relu},
    {"Clip", Clip},
    {"Cast", Cast},
    {"CastLike", CastLike},
};

}  // namespace

absl::Span<const EvaluatorRow> ElementwiseEvaluators() { return kRows; }

}  // namespace opcost::internal
