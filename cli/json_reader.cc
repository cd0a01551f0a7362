#include "cli/json_reader.h"

#include <algorithm>
#include <limits>
#include <string>

namespace opcost {

void JsonValue::Fail(absl::string_view expected) const {
  if (error_->ok()) {
    const char* found = json_ == nullptr ? "nothing" : json_->type_name();
    *error_ = absl::InvalidArgumentError(absl::StrCat(where_, ": found ", found, ", expected ", expected));
  }
}

JsonValue JsonValue::operator[](const char* key) const {
  const std::string where = absl::StrCat(where_, where_.empty() ? "" : ".", key);
  if (json_ == nullptr) return JsonValue(nullptr, where, error_);
  if (!json_->is_object()) {
    Fail("an object");
    return JsonValue(nullptr, where, error_);
  }
  const auto at = json_->find(key);
  if (at == json_->end()) {
    if (error_->ok()) *error_ = absl::InvalidArgumentError(absl::StrCat(where, ": missing"));
    return JsonValue(nullptr, where, error_);
  }
  return JsonValue(&*at, where, error_);
}

size_t JsonValue::Size() const {
  if (json_ == nullptr) return 0;
  if (!json_->is_array()) {
    Fail("an array");
    return 0;
  }
  return json_->size();
}

JsonValue JsonValue::Element(size_t i) const {
  const bool there = json_ != nullptr && json_->is_array() && i < json_->size();
  return JsonValue(there ? &(*json_)[i] : nullptr, absl::StrCat(where_, "[", i, "]"), error_);
}

void JsonValue::Only(std::initializer_list<const char*> keys) const {
  if (json_ == nullptr) return;
  if (!json_->is_object()) return Fail("an object");
  for (const auto& [key, unused] : json_->items()) {
    if (std::find_if(keys.begin(), keys.end(), [&](const char* known) { return key == known; }) == keys.end()) {
      if (error_->ok()) {
        *error_ = absl::InvalidArgumentError(absl::StrCat(where_, where_.empty() ? "" : ".", key, ": unknown member"));
      }
      return;
    }
  }
}

std::string JsonValue::String() const {
  if (json_ == nullptr) return "";
  if (!json_->is_string()) return Fail("a string"), "";
  return json_->get<std::string>();
}

int64_t JsonValue::Int() const {
  if (json_ == nullptr) return 0;
  const bool fits = json_->is_number_integer() &&
                    !(json_->is_number_unsigned() &&
                      json_->get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  if (!fits) return Fail("an integer of 64 bits"), 0;
  return json_->get<int64_t>();
}

double JsonValue::Double() const {
  if (json_ == nullptr) return 0;
  if (json_->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!json_->is_number()) return Fail("a number or null"), 0;
  return json_->get<double>();
}

std::optional<double> JsonValue::OptionalDouble() const {
  if (is_null()) return std::nullopt;
  return Double();
}

std::optional<int64_t> JsonValue::OptionalInt() const {
  if (is_null()) return std::nullopt;
  return Int();
}

bool JsonValue::Bool() const {
  if (json_ == nullptr) return false;
  if (!json_->is_boolean()) return Fail("true or false"), false;
  return json_->get<bool>();
}

std::vector<std::string> JsonValue::Strings() const {
  std::vector<std::string> strings;
  const size_t size = Size();
  for (size_t i = 0; i < size && ok(); ++i) strings.push_back(Element(i).String());
  return strings;
}

std::map<std::string, int64_t> JsonValue::Ints() const {
  std::map<std::string, int64_t> ints;
  if (json_ == nullptr) return ints;
  if (!json_->is_object()) return Fail("an object"), ints;
  for (const auto& [key, value] : json_->items()) {
    ints[key] = JsonValue(&value, absl::StrCat(where_, ".", key), error_).Int();
  }
  return ints;
}

std::map<std::string, double> JsonValue::Doubles() const {
  std::map<std::string, double> doubles;
  if (json_ == nullptr) return doubles;
  if (!json_->is_object()) return Fail("an object"), doubles;
  for (const auto& [key, value] : json_->items()) {
    doubles[key] = JsonValue(&value, absl::StrCat(where_, ".", key), error_).Double();
  }
  return doubles;
}

}  // namespace opcost
