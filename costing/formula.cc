#include "costing/formula.h"

#include <array>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace opcost {
namespace {

struct Prefix {
  double from;
  absl::string_view name;
};
constexpr std::array<Prefix, 8> kPrefixes = {
    {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}}};

constexpr absl::string_view kByte = "byte";

struct Arity {
  size_t least, most;
};
// By ExprKind.
constexpr std::array<Arity, 9> kArities = {
    {{0, 0}, {0, 0}, {0, 1}, {1, SIZE_MAX}, {1, SIZE_MAX}, {3, 3}, {2, 2}, {2, 2}, {2, 2}}};

// How tightly an infix operator binds, for brackets.
enum Level { kLevelSum, kLevelProduct, kLevelLeaf };

struct Text {
  std::string text;
  Level level = kLevelLeaf;
  bool one = false;  // the number 1, which a product need not show
};

std::string Bracketed(const Text& t, Level least) { return t.level >= least ? t.text : absl::StrCat("(", t.text, ")"); }

std::string Call(absl::string_view name, const std::vector<const Text*>& arguments) {
  std::string result = absl::StrCat(name, "(");
  for (size_t i = 0; i < arguments.size(); ++i) absl::StrAppend(&result, i == 0 ? "" : ", ", arguments[i]->text);
  return result + ")";
}

Text Leaf(const FormulaNode& n, bool symbols) {
  if (symbols) return {n.key};
  return {Quantity(n.value, n.unit), kLevelLeaf, n.kind == ExprKind::kWork && n.value == 1 && n.unit.empty()};
}

Text Infix(const FormulaNode& n, const std::vector<const Text*>& c, bool symbols) {
  switch (n.kind) {
    case ExprKind::kWork:
    case ExprKind::kCoefficient:
    case ExprKind::kCurve:
      return Leaf(n, symbols);
    case ExprKind::kSum: {
      std::string text;
      for (size_t i = 0; i < c.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : " + ", c[i]->text);
      return {text, kLevelSum};
    }
    case ExprKind::kMul:
      if (c[0]->one) return *c[1];
      if (c[1]->one) return *c[0];
      return {absl::StrCat(Bracketed(*c[0], kLevelProduct), " × ", Bracketed(*c[1], kLevelProduct)), kLevelProduct};
    case ExprKind::kDiv:
      return {absl::StrCat(Bracketed(*c[0], kLevelProduct), " / ", Bracketed(*c[1], kLevelLeaf)), kLevelProduct};
    case ExprKind::kMax:
      return {Call("max", c)};
    case ExprKind::kOverlap:
      return {Call("overlap", c)};
    case ExprKind::kHinge:
      return {Call("beyond", c)};
  }
  return {};
}

std::string Render(const Formula& formula, bool symbols) {
  if (formula.empty()) return "0 s";
  std::vector<Text> texts;
  texts.reserve(formula.nodes.size());
  for (const FormulaNode& n : formula.nodes) {
    std::vector<const Text*> children;
    for (int32_t c : n.children) children.push_back(&texts[static_cast<size_t>(c)]);
    texts.push_back(Infix(n, children, symbols));
  }
  return texts.back().text;
}

}  // namespace

std::string Quantity(double value, absl::string_view unit) {
  // Prefixes belong to the symbol: "4.1 MB/s".
  const std::string symbol =
      absl::StartsWith(unit, kByte) ? absl::StrCat("B", unit.substr(kByte.size())) : std::string(unit);
  if (value == 0 || !std::isfinite(value) || unit.empty()) {
    return absl::StrCat(absl::StrFormat("%.4g", value), unit.empty() ? "" : " ", symbol);
  }
  for (const Prefix& p : kPrefixes) {
    if (std::abs(value) >= p.from) return absl::StrFormat("%.4g %s%s", value / p.from, p.name, symbol);
  }
  return absl::StrFormat("%.4g %s", value, symbol);
}

bool IsWellFormed(const Formula& formula) {
  for (size_t i = 0; i < formula.nodes.size(); ++i) {
    const FormulaNode& n = formula.nodes[i];
    if (static_cast<size_t>(n.kind) >= kArities.size()) return false;
    const Arity arity = kArities[static_cast<size_t>(n.kind)];
    if (n.children.size() < arity.least || n.children.size() > arity.most) return false;
    for (int32_t c : n.children) {
      if (c < 0 || static_cast<size_t>(c) >= i) return false;
    }
  }
  return true;
}

double Evaluate(const Formula& formula) {
  std::vector<double> values;
  values.reserve(formula.nodes.size());
  for (const FormulaNode& n : formula.nodes) {
    const auto value = [&](size_t i) { return values[static_cast<size_t>(n.children[i])]; };
    double result = n.value;
    switch (n.kind) {
      case ExprKind::kWork:
      case ExprKind::kCoefficient:
      case ExprKind::kCurve:
        break;
      case ExprKind::kSum:
      case ExprKind::kMax:
        result = value(0);
        for (size_t i = 1; i < n.children.size(); ++i) Accumulate(n.kind, value(i), result);
        break;
      case ExprKind::kOverlap:
        result = OverlapOf(value(0), value(1), value(2));
        break;
      case ExprKind::kMul:
        result = value(0) * value(1);
        break;
      case ExprKind::kDiv:
        result = value(0) / value(1);
        break;
      case ExprKind::kHinge:
        result = HingeOf(value(0), value(1));
        break;
    }
    values.push_back(result);
  }
  return values.empty() ? 0 : values.back();
}

std::string ToString(const Formula& formula) { return Render(formula, /*symbols=*/false); }
std::string ToSymbols(const Formula& formula) { return Render(formula, /*symbols=*/true); }

}  // namespace opcost
