// Exporters write arithmetic into dim_param: "past + seq", "(((frames - 1)//2)) + 1", "Min(512, seq)".
#ifndef OPCOST_FRONTEND_DIM_EXPRESSION_H_
#define OPCOST_FRONTEND_DIM_EXPRESSION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost::internal {

// The value of a symbol, nullopt when it is not bound.
using Lookup = std::function<std::optional<int64_t>(absl::string_view)>;

// The symbols of `text`, in order of appearance, each once; nullopt when it is no expression. A text that is one symbol
// is an expression of that symbol. Operators: + - * / // % **, parentheses, Min, Max, Mod, floor, ceiling, abs.
std::optional<std::vector<std::string>> DimAtoms(absl::string_view text);

// The value; nullopt when it is no expression, a symbol is not bound, a division by zero or an overflow occurs, or "/"
// leaves a remainder.
std::optional<int64_t> EvaluateDim(absl::string_view text, const Lookup& lookup);

// True when `text` does arithmetic that cannot be meant as a name: "batch-size" and "h/2" may be names, "past + seq"
// not.
bool IsPlainArithmetic(absl::string_view text);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_DIM_EXPRESSION_H_
