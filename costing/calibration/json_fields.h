// Reading a JSON document that somebody else wrote: every look-up says what was expected and where.
#ifndef OPCOST_COSTING_CALIBRATION_JSON_FIELDS_H_
#define OPCOST_COSTING_CALIBRATION_JSON_FIELDS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/measurement.h"

namespace opcost {

// The document, or InvalidArgument "path: not JSON (truncated?) …".
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view path, absl::string_view text);

// The member, or nullptr.
const nlohmann::json* Member(const nlohmann::json& object, absl::string_view key);
std::string TextOr(const nlohmann::json& object, absl::string_view key, absl::string_view fallback);

// [1, 3, 224] as extents; nullopt when it is no list of integers >= 0.
std::optional<std::vector<int64_t>> Extents(const nlohmann::json& value);

// {"float": [1, 3]}, as ONNX Runtime prints operands. Not present where it is empty or of another form.
MeasuredTensor ReadTypeShape(const nlohmann::json& value);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_JSON_FIELDS_H_
