// Rows of executed kernels, as the tables of this project and its saved runs hold them in JSON.
//
//   name, op, domain   the kernel
//   attrs              by name; {"float": 1} for a float without a fraction
//   ins, outs          [{"float": [1, 3, 224, 224]}, …] as the runtime shows them
//   inits              by input slot: the shape of a stored weight, "input" for what the caller hands in, or null
//   counts             {"flops": …, "weight_bytes": …, "activation_bytes": …} in place of shapes
//   p1, p2             [minimum, median, runs] of a pass, in µs
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_ROWS_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_ROWS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/measurement.h"

namespace opcost {

// InvalidArgument "where: …" without operator, without times, or without outputs and counts.
absl::StatusOr<MeasuredKernel> ReadKernelRow(const nlohmann::json& row, const std::string& where);

// The smallest min_us of a list of passes ("e2e", "prof"), in seconds; untouched where there is none.
absl::Status ReadBestRun(const nlohmann::json& document, absl::string_view key, const std::string& path,
                         std::optional<double>& best);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_ROWS_H_
