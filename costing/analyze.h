// Graph × Target → Report, and the two questions about it: what does a coefficient do, and what is one node made of.
#ifndef OPCOST_COSTING_ANALYZE_H_
#define OPCOST_COSTING_ANALYZE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "costing/kernels/count_kernel.h"
#include "costing/report.h"
#include "frontend/graph.h"
#include "frontend/patterns/classify.h"
#include "frontend/runtime/executed.h"
#include "hardware/target.h"
#include "ops/count.h"

namespace opcost {

// The kernels that a runtime executes, where they are known: the priced rows of such a model.
struct ExecutedModel {
  ExecutedGraph executed;
  std::vector<NodeCount> counts;     // by NodeId of executed.graph
  std::vector<KernelCount> kernels;  // likewise, with the footprint of a run
  std::string origin;                // "ONNX Runtime 1.26, level all, 16 channels a block, predicted"
};

// What does not depend on the machine beyond its runtime: made once, priced on many targets.
struct CountedModel {
  Graph graph;
  Classification classification;
  std::vector<NodeCount> counts;  // by NodeId
  std::optional<ExecutedModel> executed;
};

// Where the kernels of a runtime come from, and what they need.
struct CountOptions {
  RuntimeFacts runtime;  // a rule set of "" is "none"
  // For runtimes whose kernels are predicted: the same file with its symbols bound to other values (RuntimeOptions).
  const Graph* other_binding = nullptr;
  // The kernels themselves, instead of predicted ones, and where they are from.
  const ExecutedGraph* executed = nullptr;
  std::string origin;
  // Of the same file under other bindings, by the same rule set, where it holds for these too (ClassifyAlike).
  const Classification* classification = nullptr;
};
// NotFound for a rule set that does not exist; InvalidArgument for counts beyond 64 bits and unknown versions.
absl::StatusOr<CountedModel> CountModel(Graph graph, const CountOptions& options);

// The file bound otherwise than `graph`, for CountOptions::other_binding; nullopt where no symbol of it is free.
std::optional<Graph> BindOtherwise(
    const Graph& graph, absl::FunctionRef<absl::StatusOr<Graph>(const std::map<std::string, int64_t>&)> load);

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
