// Which time forms there are to fit: one a class, with the terms it must and may have and what it leans on.
#ifndef OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
#define OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/pattern.h"
#include "costing/calibration/kernel_class.h"
#include "costing/calibration/kernel_metric.h"
#include "costing/calibration/measurement.h"

namespace opcost {

struct FormSpec {
  std::string name;
  int32_t parent = -1;  // index; -1 for a root
  Shrinkage shrinkage = Shrinkage::kNone;
  Pattern pattern = Pattern::kOther;
  std::vector<Term> always, optional;
};

// The kernel classes of a CPU runtime, by KernelClass.
std::vector<FormSpec> KernelForms();
// The subgraph classes of eager PyTorch, as the subgraph tables name them.
std::vector<FormSpec> SubgraphForms();

// One measured kernel as the fit sees it.
struct Sample {
  int32_t form = -1;  // index into the forms
  KernelAmounts amounts{};
  double footprint_bytes = 0;  // of the run it belongs to
  double seconds = 0;
  int32_t network = -1;
  int32_t kernel = -1;  // index within the run
};

struct SampleSet {
  std::vector<FormSpec> forms;
  KernelMachine machine;
  std::vector<std::string> networks;
  std::vector<Sample> samples;
  std::vector<Note> notes;
};

// Counts every kernel of the runs. Runs with shapes take KernelForms, runs with the source's own counts SubgraphForms;
// a set that mixes them is an error.
absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const KernelMachine& machine);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
