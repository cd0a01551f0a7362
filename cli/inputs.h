// From flags to priced models: reads each file once, binds it, and prices it on each target.
#ifndef OPCOST_CLI_INPUTS_H_
#define OPCOST_CLI_INPUTS_H_

#include <memory>
#include <string>
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
  absl::StatusOr<Priced> Price(const Target& target, const InputOptions& options);

 private:
  absl::StatusOr<std::shared_ptr<const CountedModel>> Count(const RuntimeFacts& runtime);
  absl::StatusOr<Graph> Bind(const LoadOptions& options) const;

  std::unique_ptr<Model> model_;
  LoadOptions load_;
  std::unique_ptr<Graph> graph_;
  std::string precision_;
  std::vector<std::pair<RuntimeFacts, std::shared_ptr<const CountedModel>>> counted_;
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

// Each model on each target; saved reports as they are. `skip_unfit` leaves out targets that lack the precision, with
// a line for each in `skipped`.
absl::StatusOr<std::vector<Report>> AnalyzeAll(const InputOptions& options, const std::vector<std::string>& specs,
                                               std::vector<std::string>* skipped = nullptr);

}  // namespace opcost

#endif  // OPCOST_CLI_INPUTS_H_
