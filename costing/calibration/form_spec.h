// Which time forms there are to fit: one a class, with the terms it must and may have and what it leans on.
#ifndef OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
#define OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/pattern.h"
#include "costing/calibration/kernel_forms.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/term.h"
#include "costing/kernels/count_kernel.h"

namespace opcost {

struct FormSpec {
  std::string name;     // "conv_blocked", "conv2d"
  std::string section;  // of a profile: "kernel.conv_blocked", "pattern.conv2d"
  int32_t parent = -1;  // index; -1 for a root
  Shrinkage shrinkage = Shrinkage::kNone;
  Pattern pattern = Pattern::kOther;
  std::vector<Term> always, optional;
};

// The kernel classes of a CPU runtime, by KernelClass.
std::vector<FormSpec> KernelForms();
// The patterns that have a form of their own, for sources that count subgraphs by pattern.
std::vector<FormSpec> PatternForms();

// The machine facts that amounts and terms depend on.
struct CalibratedMachine {
  KernelMachine kernels;
  Caches caches;
};

// One measured kernel as the fit sees it.
struct Sample {
  int32_t form = -1;  // index into the forms
  Amounts amounts{};  // with kFootprintBytes of the run it belongs to
  double seconds = 0;
  int32_t network = -1;
  int32_t kernel = -1;  // index within the run
};

struct SampleSet {
  std::vector<FormSpec> forms;
  CalibratedMachine machine;
  std::vector<std::string> networks;
  std::vector<Sample> samples;
  std::vector<Note> notes;
};

// Counts every kernel of the runs. Runs with shapes take KernelForms, runs with the source's own counts PatternForms;
// a set that mixes them is an error.
absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_FORM_SPEC_H_
