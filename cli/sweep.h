// --sweep: one model under many bindings, priced in one process.
#ifndef OPCOST_CLI_SWEEP_H_
#define OPCOST_CLI_SWEEP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/report.h"

namespace opcost {

struct SweptSymbol {
  std::string name;
  std::vector<int64_t> values;
};

// The product of its symbols' values; the last symbol changes fastest.
struct Sweep {
  std::vector<SweptSymbol> symbols;
};
// More bindings than this are a mistake.
inline constexpr size_t kMaxBindings = 1000;

// "seq=128,512,2048", one text a symbol. Usage errors: what is no whole number >= 0, a value or symbol twice, a symbol
// that `bound` (from --dim) has already, more than kMaxBindings.
absl::StatusOr<Sweep> ParseSweep(const std::vector<std::string>& texts, const std::map<std::string, int64_t>& bound);
size_t Bindings(const Sweep& sweep);
std::map<std::string, int64_t> BindingAt(const Sweep& sweep, size_t index);
// "seq=128, batch=8".
std::string BindingWords(const Sweep& sweep, const std::map<std::string, int64_t>& binding);

// Each model under each binding on each target, in this order.
struct SweepResult {
  Sweep sweep;
  std::vector<Report> reports;
  int64_t readings = 0;         // files read
  int64_t classifications = 0;  // times that rows were grouped, or kernels predicted, over all of them
};

}  // namespace opcost

#endif  // OPCOST_CLI_SWEEP_H_
