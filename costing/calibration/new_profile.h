// The part of a new profile that no fit writes: the machine's facts and the conservative default.
#ifndef OPCOST_COSTING_CALIBRATION_NEW_PROFILE_H_
#define OPCOST_COSTING_CALIBRATION_NEW_PROFILE_H_

#include <string>
#include <vector>

#include "costing/calibration/fit.h"
#include "costing/calibration/measurement.h"
#include "hardware/target.h"

namespace opcost {

// What the measurements cannot say.
struct MachineIdentity {
  std::string id;              // "epyc-zen4-1t": of the profile
  std::string name;            // "AMD EPYC (Zen 4), one thread, ONNX Runtime"
  std::string machine_source;  // where cache sizes and vector width are from
  std::string fit_source;      // what "calibration" stands for
  RuntimeFacts runtime;
  const Target* base = nullptr;  // peaks, bandwidth and default of a profile of the same processor
};

// Without a base, peak and bandwidth are the best that any kernel of the samples achieved, and the default is what the
// slowest tenth of them achieved against it: each says so.
std::string NewProfile(const MachineIdentity& identity, const SampleSet& set, const Fit& fit);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_NEW_PROFILE_H_
