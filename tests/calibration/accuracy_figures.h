// How well profiles that are fitted on generated networks alone predict real models, from the data in the repository.
#ifndef OPCOST_TESTS_CALIBRATION_ACCURACY_FIGURES_H_
#define OPCOST_TESTS_CALIBRATION_ACCURACY_FIGURES_H_

#include <map>
#include <string>
#include <vector>

#include "costing/calibration/calibrate.h"
#include "costing/calibration/validate.h"
#include "frontend/load.h"
#include "hardware/target.h"

namespace opcost {

// A machine whose runs lie in tests/measurements.
struct MeasuredMachine {
  const char* folder;
  const char* id;  // of the shipped profile
  const char* name;
  double l2, llc;
};
extern const MeasuredMachine kEpyc, kXeon;

// Every run of a folder, in the order of the files' names. Exits with the message where one cannot be read.
std::vector<MeasuredRun> RunsOf(const std::string& folder);
// The shapes that a file of the modern corpus was measured with, from tests/modern/models.tsv, by file name.
std::map<std::string, LoadOptions> CorpusBindings();
CalibrationRequest RequestFor(const MeasuredMachine& machine);
// Fitted on generated/ alone.
Target CalibrateOn(const MeasuredMachine& machine);

enum class Group { kVision, kModern, kOther };  // torchvision; modern fp32; quantised, half precision, recurrent
Group GroupOf(const std::string& network);
std::vector<MeasuredRun> ModelsOf(const MeasuredMachine& machine, Group group);

// Errors of totals when nothing is known but the raw file and the target: predicted kernels, predicted times. Runs
// without a raw file in the repository are left out.
struct RawErrors {
  std::vector<std::string> networks;
  std::vector<double> errors;
  std::vector<double> predicted_s, measured_s;
};
RawErrors PredictRaw(const Target& target, const std::vector<MeasuredRun>& runs);

// Mean |predicted ratio / measured ratio − 1| of the two machines' times, over the networks that both have.
struct RatioError {
  int models = 0;
  double mean = 0;
};
RatioError RatioOf(const RawErrors& a, const RawErrors& b);
RatioError RatioOf(const Validation& a, const Validation& b);

// Eager PyTorch on an i7-12700K: each model from the others.
Validation LeaveOneOutOnI7();

}  // namespace opcost

#endif  // OPCOST_TESTS_CALIBRATION_ACCURACY_FIGURES_H_
