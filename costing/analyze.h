// Graph × Target → Report, and the two questions about it: what does a coefficient do, and what is one node made of.
#ifndef OPCOST_COSTING_ANALYZE_H_
#define OPCOST_COSTING_ANALYZE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "costing/report.h"
#include "frontend/graph.h"
#include "frontend/patterns/classify.h"
#include "hardware/target.h"
#include "ops/count.h"

namespace opcost {

// What does not depend on the machine beyond its fusion rule set: made once, priced on many targets.
struct CountedModel {
  Graph graph;
  Classification classification;
  std::vector<NodeCount> counts;  // by NodeId
};
// `rule_set` "" takes "none".
absl::StatusOr<CountedModel> CountModel(Graph graph, const std::string& rule_set);

struct PriceOptions {
  bool exact_points = true;  // off in validation
};

class ExprPool;

// A priced model: the expression of every row and of the total in one pool.
class Estimate {
 public:
  Estimate(Estimate&&) noexcept;
  Estimate& operator=(Estimate&&) noexcept;
  ~Estimate();

  static absl::StatusOr<Estimate> Price(const CountedModel& model, const Target& target,
                                        const PriceOptions& options = {});

  // Seconds, under the target's own coefficients or under others (by CoefficientId).
  double Total() const;
  double TotalUnder(const std::vector<double>& coefficients) const;
  const Target& target() const;
  // Formulas, terms, shares: everything. `model` as given to Price.
  Report MakeReport(const CountedModel& model) const;

  // What one coefficient does to the total.
  struct Effect {
    std::string key;
    double value = 0;
    std::string source;
    // d log(total) / d log(coefficient), upwards and downwards (they differ at a kink).
    double elasticity_up = 0, elasticity_down = 0;
    double seconds_per_percent = 0;  // change of the total when it grows by 1 %
    // Why it does nothing: what hides it ("memory.bandwidth_bytes_per_s in 12 rows"), and by how much that wins
    // (compute would have to take `margin` times as long to show). Empty when it moves the total or no row uses it.
    std::string hidden_under;
    double margin = 0;
    bool used = false;  // occurs in some row
  };
  // Every coefficient of the target, largest effect first.
  std::vector<Effect> Sensitivity() const;

 private:
  struct Impl;
  explicit Estimate(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_ANALYZE_H_
