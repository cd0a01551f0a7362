#include "cli/sweep.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/exit_code.h"

namespace opcost {
namespace {

absl::Status Malformed(absl::string_view text, absl::string_view what) {
  return Usage(absl::InvalidArgumentError(absl::StrCat("--sweep ", text, ": ", what)));
}

absl::StatusOr<SweptSymbol> ParseSymbol(absl::string_view text) {
  constexpr absl::string_view kExpected = "expected NAME=N,N,… with whole numbers N >= 0";
  const size_t equals = text.rfind('=');
  if (equals == absl::string_view::npos || equals == 0) return Malformed(text, kExpected);
  SweptSymbol symbol{.name = std::string(text.substr(0, equals))};
  for (const absl::string_view part : absl::StrSplit(text.substr(equals + 1), ',')) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(part, &value) || value < 0) {
      return Malformed(text, absl::StrCat(kExpected, "; '", part, "' is none"));
    }
    if (std::find(symbol.values.begin(), symbol.values.end(), value) != symbol.values.end()) {
      return Malformed(text, absl::StrCat(value, " occurs twice; expected each value once"));
    }
    symbol.values.push_back(value);
  }
  return symbol;
}

}  // namespace

absl::StatusOr<Sweep> ParseSweep(const std::vector<std::string>& texts, const std::map<std::string, int64_t>& bound) {
  Sweep sweep;
  double bindings = 1;
  for (const std::string& text : texts) {
    auto symbol = ParseSymbol(text);
    if (!symbol.ok()) return symbol.status();
    if (const auto dim = bound.find(symbol->name); dim != bound.end()) {
      return Malformed(
          text, absl::StrCat("--dim binds '", symbol->name, "' to ", dim->second, " already; expected one of the two"));
    }
    for (const SweptSymbol& other : sweep.symbols) {
      if (other.name == symbol->name) return Malformed(text, "the symbol is swept already; expected all values in one");
    }
    bindings *= static_cast<double>(symbol->values.size());
    sweep.symbols.push_back(*std::move(symbol));
  }
  if (bindings > static_cast<double>(kMaxBindings)) {
    return Malformed(absl::StrJoin(texts, " --sweep "),
                     absl::StrCat(bindings, " bindings; expected at most ", kMaxBindings));
  }
  return sweep;
}

size_t Bindings(const Sweep& sweep) {
  size_t n = 1;
  for (const SweptSymbol& symbol : sweep.symbols) n *= symbol.values.size();
  return n;
}

std::map<std::string, int64_t> BindingAt(const Sweep& sweep, size_t index) {
  std::map<std::string, int64_t> binding;
  for (auto symbol = sweep.symbols.rbegin(); symbol != sweep.symbols.rend(); ++symbol) {
    binding[symbol->name] = symbol->values[index % symbol->values.size()];
    index /= symbol->values.size();
  }
  return binding;
}

std::string BindingWords(const Sweep& sweep, const std::map<std::string, int64_t>& binding) {
  return absl::StrJoin(sweep.symbols, ", ", [&](std::string* out, const SweptSymbol& symbol) {
    absl::StrAppend(out, symbol.name, "=", binding.at(symbol.name));
  });
}

}  // namespace opcost
