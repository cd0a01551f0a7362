#include "costing/calibration/json_fields.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/type_names.h"

namespace opcost {

absl::StatusOr<nlohmann::json> ParseJson(absl::string_view path, absl::string_view text) {
  nlohmann::json document = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not valid JSON, expected a whole document (is it truncated?)"));
  }
  return document;
}

const nlohmann::json* Member(const nlohmann::json& object, absl::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(std::string(key));
  return it == object.end() ? nullptr : &*it;
}

std::string TextOr(const nlohmann::json& object, absl::string_view key, absl::string_view fallback) {
  const nlohmann::json* member = Member(object, key);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string(fallback);
}

std::optional<std::vector<int64_t>> Extents(const nlohmann::json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<int64_t> dims;
  for (const nlohmann::json& item : value) {
    if (!item.is_number_integer() || item.get<int64_t>() < 0) return std::nullopt;
    dims.push_back(item.get<int64_t>());
  }
  return dims;
}

MeasuredTensor ReadTypeShape(const nlohmann::json& value) {
  MeasuredTensor tensor;
  tensor.is_present = false;
  if (!value.is_object() || value.size() != 1) return tensor;
  std::optional<std::vector<int64_t>> dims = Extents(value.begin().value());
  if (!dims) return tensor;
  return {.dtype = RuntimeDType(value.begin().key()), .dims = *std::move(dims)};
}

}  // namespace opcost
