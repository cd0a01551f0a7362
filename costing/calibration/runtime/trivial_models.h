// Models made up to measure the measuring.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_TRIVIAL_MODELS_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_TRIVIAL_MODELS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace opcost {

// `length` operators over 1024 floats, one after another: what is left of their times is dispatch and the profiler. Neg
// with one operand, Max with `operands` of them.
absl::StatusOr<std::string> TrivialChain(int64_t length, int64_t operands);
// `length` sums with a stored operand of `floats` each: every kernel pushes as much of the runtime out of the caches.
absl::StatusOr<std::string> DisplacingChain(int64_t length, int64_t floats);
// One product of a matrix of `rows` and a square one.
absl::StatusOr<std::string> Product(int64_t rows, int64_t side);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_TRIVIAL_MODELS_H_
