#include "frontend/dim_expression.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/checked.h"

namespace opcost::internal {
namespace {

// Exact rational arithmetic, because "seq/2" may stand inside a floor.
struct Ratio {
  int64_t num = 0;
  int64_t den = 1;  // > 0
};
using Result = std::optional<Ratio>;

int64_t FloorDiv(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

Result Make(std::optional<int64_t> num, std::optional<int64_t> den) {
  if (!num || !den || *den == 0) return std::nullopt;
  int64_t a = std::abs(*num), b = std::abs(*den);
  while (b != 0) a = std::exchange(b, a % b);
  const int64_t g = std::max<int64_t>(a, 1);
  const int64_t sign = *den < 0 ? -1 : 1;
  return Ratio{sign * (*num / g), sign * (*den / g)};
}

Result Add(Ratio a, Ratio b, int64_t sign) {
  const auto x = CheckedMul(a.num, b.den);
  const auto y = CheckedMul(CheckedMul(b.num, a.den), sign);
  if (!x || !y) return std::nullopt;
  return Make(CheckedAdd(*x, *y), CheckedMul(a.den, b.den));
}
Result Multiply(Ratio a, Ratio b) { return Make(CheckedMul(a.num, b.num), CheckedMul(a.den, b.den)); }
Result Divide(Ratio a, Ratio b) { return Make(CheckedMul(a.num, b.den), CheckedMul(a.den, b.num)); }
Result Floor(Ratio a) { return Ratio{FloorDiv(a.num, a.den), 1}; }
Result Ceiling(Ratio a) { return Ratio{-FloorDiv(-a.num, a.den), 1}; }
bool Less(Ratio a, Ratio b) { return static_cast<__int128>(a.num) * b.den < static_cast<__int128>(b.num) * a.den; }

// Recursive descent. With no look-up the symbols count as 1 and are only collected.
class Parser {
 public:
  Parser(absl::string_view text, const Lookup* lookup) : text_(text), lookup_(lookup) {}

  bool Parse() {
    value_ = Sum(0);
    Skip();
    return ok_ && at_ == text_.size();
  }
  Result value() const { return value_; }
  const std::vector<std::string>& atoms() const { return atoms_; }

 private:
  static constexpr int kDeepest = 64;

  void Skip() {
    while (at_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool Take(absl::string_view token) {
    Skip();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  Result Fail() {
    ok_ = false;
    return std::nullopt;
  }

  Result Sum(int depth) {
    if (depth > kDeepest) return Fail();
    Result left = Term(depth);
    while (ok_) {
      const int sign = Take("+") ? 1 : Take("-") ? -1 : 0;
      if (sign == 0) break;
      const Result right = Term(depth);
      left = left && right ? Add(*left, *right, sign) : std::nullopt;
    }
    return left;
  }

  Result Term(int depth) {
    Result left = Unary(depth);
    while (ok_) {
      const int op = Take("//") ? 1 : Take("/") ? 2 : Take("%") ? 3 : 0;
      if (op == 0) {
        Skip();
        if (text_.substr(at_, 2) == "**" || !Take("*")) break;
      }
      const Result right = Unary(depth);
      if (!left || !right) {
        left = std::nullopt;
        continue;
      }
      const Result quotient = op == 0 ? std::nullopt : Divide(*left, *right);
      if (op == 0) {
        left = Multiply(*left, *right);
      } else if (op == 2) {
        left = quotient;
      } else {
        const Result whole = quotient ? Floor(*quotient) : std::nullopt;
        const Result part = whole && op == 3 ? Multiply(*whole, *right) : whole;
        left = op == 3 && part ? Add(*left, *part, -1) : part;
      }
    }
    return left;
  }

  Result Unary(int depth) {
    if (depth > kDeepest) return Fail();
    if (Take("-")) {
      const Result v = Unary(depth + 1);
      return v ? Result(Ratio{-v->num, v->den}) : std::nullopt;
    }
    return Power(depth);
  }

  Result Power(int depth) {
    const Result base = Primary(depth);
    if (!ok_ || !Take("**")) return base;
    const Result exponent = Unary(depth + 1);
    if (!base || !exponent || exponent->den != 1 || exponent->num < 0 || exponent->num > 62) return std::nullopt;
    Result out = Ratio{1, 1};
    for (int64_t i = 0; i < exponent->num && out; ++i) out = Multiply(*out, *base);
    return out;
  }

  Result Primary(int depth) {
    Skip();
    if (at_ >= text_.size()) return Fail();
    if (Take("(")) {
      const Result inner = Sum(depth + 1);
      return Take(")") ? inner : Fail();
    }
    const size_t start = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    const absl::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) return Fail();
    int64_t number = 0;
    if (std::all_of(word.begin(), word.end(),
                    [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); })) {
      return absl::SimpleAtoi(word, &number) ? Result(Ratio{number, 1}) : Fail();
    }
    Skip();
    if (at_ < text_.size() && text_[at_] == '(') return Call(word, depth);
    return Symbol(word);
  }

  static bool IsNameChar(char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == ':' || c == '$' ||
           c == '?';
  }

  Result Symbol(absl::string_view word) {
    if (std::find(atoms_.begin(), atoms_.end(), word) == atoms_.end()) atoms_.emplace_back(word);
    if (lookup_ == nullptr) return Ratio{1, 1};
    const std::optional<int64_t> v = (*lookup_)(word);
    return v ? Result(Ratio{*v, 1}) : std::nullopt;
  }

  Result Call(absl::string_view function, int depth) {
    Take("(");
    std::vector<Result> arguments;
    do {
      arguments.push_back(Sum(depth + 1));
    } while (ok_ && Take(","));
    if (!ok_ || !Take(")")) return Fail();
    const std::string name = absl::AsciiStrToLower(function);
    const bool known = name == "min" || name == "max" || name == "floor" || name == "ceiling" || name == "ceil" ||
                       name == "abs" || name == "mod" || name == "floordiv" || name == "cleandiv";
    if (!known) return Fail();
    for (const Result& a : arguments) {
      if (!a) return std::nullopt;
    }
    return Apply(name, arguments);
  }

  static Result Apply(absl::string_view name, const std::vector<Result>& arguments) {
    const Ratio a = *arguments[0];
    if (name == "floor") return Floor(a);
    if (name == "ceiling" || name == "ceil") return Ceiling(a);
    if (name == "abs") return Ratio{std::abs(a.num), a.den};
    if (name == "min" || name == "max") {
      Ratio best = a;
      for (const Result& r : arguments) {
        if (name == "min" ? Less(*r, best) : Less(best, *r)) best = *r;
      }
      return best;
    }
    if (arguments.size() != 2) return std::nullopt;
    const Result quotient = Divide(a, *arguments[1]);
    const Result whole = quotient ? Floor(*quotient) : std::nullopt;
    if (name != "mod" || !whole) return whole;
    const Result part = Multiply(*whole, *arguments[1]);
    return part ? Add(a, *part, -1) : std::nullopt;
  }

  absl::string_view text_;
  const Lookup* lookup_;
  size_t at_ = 0;
  bool ok_ = true;
  Result value_;
  std::vector<std::string> atoms_;
};

}  // namespace

std::optional<std::vector<std::string>> DimAtoms(absl::string_view text) {
  Parser parser(text, nullptr);
  if (!parser.Parse()) return std::nullopt;
  return parser.atoms();
}

std::optional<int64_t> EvaluateDim(absl::string_view text, const Lookup& lookup) {
  Parser parser(text, &lookup);
  if (!parser.Parse()) return std::nullopt;
  const Result v = parser.value();
  if (!v || v->den != 1) return std::nullopt;
  return v->num;
}

bool IsPlainArithmetic(absl::string_view text) {
  return text.find_first_of("+*(") != absl::string_view::npos || text.find(" - ") != absl::string_view::npos ||
         text.find("//") != absl::string_view::npos || text.find(" / ") != absl::string_view::npos;
}

}  // namespace opcost::internal
