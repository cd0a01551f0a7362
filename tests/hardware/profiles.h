// What the tests of profiles share.
#ifndef OPCOST_TESTS_HARDWARE_PROFILES_H_
#define OPCOST_TESTS_HARDWARE_PROFILES_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hardware/read_target.h"

namespace opcost {

inline Target Read(const std::string& path, absl::string_view mode = "") {
  absl::StatusOr<Target> target = ReadTarget(path, mode);
  EXPECT_TRUE(target.ok()) << target.status();
  return target.ok() ? *std::move(target) : Target{};
}

inline std::vector<double> Values(const Target& target) {
  std::vector<double> values;
  for (const Coefficient& coefficient : target.coefficients) values.push_back(coefficient.value());
  return values;
}

inline const Coefficient& Get(const Target& target, absl::string_view key) {
  const CoefficientId id = target.Find(key);
  EXPECT_NE(id, kNoId) << key;
  static const Coefficient* const kNone = new Coefficient{"none", {}, {}, {}, "", "", {}, {{"none", 0}}};
  return id == kNoId ? *kNone : target.coefficients[static_cast<size_t>(id)];
}

inline const Entry& EntryFor(const Target& target, Pattern pattern, Precision precision = Precision::kFp32) {
  return target.entries[static_cast<size_t>(FindEntry(target, pattern, precision).entry)];
}

// The curve of the entry that prices a pattern, at x.
inline double EfficiencyAt(const Target& target, Pattern pattern, double x, Precision precision = Precision::kFp32) {
  const Entry& entry = EntryFor(target, pattern, precision);
  EXPECT_TRUE(entry.efficiency && entry.efficiency->curve != kNoId);
  return EvaluateCurve(target.curves[static_cast<size_t>(entry.efficiency->curve)], x, Values(target));
}

}  // namespace opcost

#endif  // OPCOST_TESTS_HARDWARE_PROFILES_H_
