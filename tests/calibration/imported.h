// Reading samples, for the tests of importers.
#ifndef OPCOST_TESTS_CALIBRATION_IMPORTED_H_
#define OPCOST_TESTS_CALIBRATION_IMPORTED_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "costing/calibration/importer.h"

namespace opcost {

inline constexpr char kProfiles[] = "tests/measurements/onnxruntime_profiles/";

inline MeasuredRun One(const std::string& path) {
  absl::StatusOr<std::vector<MeasuredRun>> runs = Import(path);
  EXPECT_TRUE(runs.ok()) << runs.status();
  return runs.ok() && !runs->empty() ? (*runs)[0] : MeasuredRun{};
}

inline bool Notes(const MeasuredRun& run, absl::string_view text) {
  return std::any_of(run.notes.begin(), run.notes.end(),
                     [&](const Note& note) { return absl::StrContains(note.text, text); });
}

// The best time of each kernel, in µs.
inline std::map<std::string, double> Micros(const MeasuredRun& run) {
  std::map<std::string, double> us;
  for (const MeasuredKernel& kernel : run.kernels) us[kernel.name] += kernel.seconds * 1e6;
  return us;
}

inline const MeasuredKernel& Find(const MeasuredRun& run, const std::string& name) {
  static const MeasuredKernel none;
  for (const MeasuredKernel& kernel : run.kernels) {
    if (kernel.name == name) return kernel;
  }
  ADD_FAILURE() << run.path << ": no kernel " << name;
  return none;
}

}  // namespace opcost

#endif  // OPCOST_TESTS_CALIBRATION_IMPORTED_H_
