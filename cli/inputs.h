// From flags to priced models: reads each file once, binds it, and prices it on each target.
#ifndef OPCOST_CLI_INPUTS_H_
#define OPCOST_CLI_INPUTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/options.h"
#include "costing/analyze.h"
#include "costing/report.h"
#include "frontend/load.h"
#include "hardware/target.h"

namespace opcost {

struct Priced {
  std::shared_ptr<const CountedModel> model;
  std::unique_ptr<Estimate> estimate;
  Report report;
};

// A model that is read and bound, and priced on as many targets as wanted. Work that does not depend on the target is
// done once a runtime.
class BoundModel {
 public:
  static absl::StatusOr<BoundModel> Load(const std::string& path, const InputOptions& options);
  // Reads the file only: it has to be bound before it is priced.
  static absl::StatusOr<BoundModel> Read(const std::string& path, const InputOptions& options);
  // Binds `dims`, which messages call --sweep, beside those of the options. May be called again with other values for
  // the same symbols: nothing is read again, and rows are grouped again only where the new extents could change them.
  absl::Status Bind(const std::map<std::string, int64_t>& dims);
  // How often the rows were grouped (or the kernels predicted) so far.
  int64_t classifications() const { return classifications_; }
  absl::StatusOr<Priced> Price(const Target& target, const InputOptions& options);
  // By kernels that are known instead of predicted ones; `origin` says of which runtime.
  absl::StatusOr<Priced> PriceExecuted(const Target& target, const ExecutedGraph& executed, const std::string& origin);
  const Graph& graph() const { return *graph_; }
  // The same file with its free symbols bound to other values, which shows what it leaves open; nullopt without any.
  std::optional<Graph> OtherBinding() const;

 private:
  absl::StatusOr<std::shared_ptr<const CountedModel>> Count(const RuntimeFacts& runtime);
  absl::StatusOr<Graph> Instantiate(const LoadOptions& options) const;
  const Classification* Reusable(const RuntimeFacts& runtime) const;

  std::unique_ptr<Model> model_;
  LoadOptions load_;
  std::unique_ptr<Graph> graph_;
  std::string precision_;
  using Counted = std::pair<RuntimeFacts, std::shared_ptr<const CountedModel>>;
  std::vector<Counted> counted_;
  std::vector<Counted> classified_;  // one of each way that the rows were grouped
  int64_t classifications_ = 0;
};

// Finds the target and puts the --set layers on it. A name that does not exist is a usage error, a file that is missing
// or wrong is not.
absl::StatusOr<Target> LoadTarget(const std::string& spec, const InputOptions& options);

// --hw as given, else OPCOST_HW, else the usual one with a note on the error stream. "all" is every profile.
std::vector<std::string> TargetSpecs(const InputOptions& options, bool quiet);
std::vector<std::string> ExpandAll(const std::vector<std::string>& specs);

// A report that was saved as JSON rather than a model: by suffix, or by the first byte.
bool IsSavedReport(const std::string& path);
absl::StatusOr<Report> ReadSavedReport(const std::string& path);

// Whether --strict has something to complain about, and the sentence.
std::string Incomplete(const Report& report);

absl::StatusOr<std::vector<Target>> LoadTargets(const std::vector<std::string>& specs, const InputOptions& options);

// Each model on each target; saved reports as they are. `skip_unfit` leaves out targets that lack the precision, with
// a line for each in `skipped`.
absl::StatusOr<std::vector<Report>> AnalyzeAll(const InputOptions& options, const std::vector<std::string>& specs,
                                               std::vector<std::string>* skipped = nullptr);

}  // namespace opcost

#endif  // OPCOST_CLI_INPUTS_H_
