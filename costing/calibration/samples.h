// Measured kernels as a fit sees them: a class, amounts of work, and seconds.
#ifndef OPCOST_COSTING_CALIBRATION_SAMPLES_H_
#define OPCOST_COSTING_CALIBRATION_SAMPLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/dtype.h"
#include "base/metric.h"
#include "costing/calibration/form_spec.h"
#include "costing/calibration/measurement.h"
#include "costing/calibration/term.h"
#include "costing/kernels/count_kernel.h"
#include "costing/price_amounts.h"

namespace opcost {

// The machine facts that amounts and terms depend on.
struct CalibratedMachine {
  KernelMachine kernels;
  Caches caches;
};

struct Sample {
  int32_t form = -1;    // index into the forms; -1: no class, priced by pattern
  WorkSubject subject;  // amounts with those of the run it belongs to
  double seconds = 0;
  double clock_error_s = 0;  // what a kernel of its run may be off by, however short it is
  int32_t network = -1;      // index into `networks`: runs of one network at several batches share it
  int32_t run = -1;
  int32_t kernel = -1;  // index within the run

  const Amounts& amounts() const { return subject.amounts; }
};

struct SampleSet {
  std::vector<FormSpec> forms;
  CalibratedMachine machine;
  std::vector<std::string> networks;
  std::vector<Sample> samples;
};

// Counts every kernel of the runs. Runs with shapes take KernelForms, runs with the source's own counts PatternForms;
// a set that mixes them is InvalidArgument.
absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine);

// Twelve hex digits over what a run's kernels are (operators, attributes, shapes), not over their names or times: equal
// for the same network measured elsewhere under another name.
std::string StructureOf(const MeasuredRun& run);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_SAMPLES_H_
