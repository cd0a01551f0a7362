// Reading JSON strictly: the first thing that is missing, of the wrong type or unknown ends it with its place.
#ifndef OPCOST_CLI_JSON_READER_H_
#define OPCOST_CLI_JSON_READER_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace opcost {

using Json = nlohmann::json;

// A value and the way to it ("subgraphs[3].latency"). All readers of one document share `error`: after the first
// mistake every answer is empty, so a caller asks once, at the end.
class JsonValue {
 public:
  JsonValue(const Json* json, std::string where, absl::Status* error)
      : json_(json), where_(std::move(where)), error_(error) {}

  bool ok() const { return error_->ok(); }
  bool is_null() const { return json_ == nullptr || json_->is_null(); }
  bool is_string() const { return json_ != nullptr && json_->is_string(); }
  bool Has(const char* key) const { return json_ != nullptr && json_->is_object() && json_->contains(key); }
  void Fail(absl::string_view expected) const;

  // Members of an object. A missing one is an error.
  JsonValue operator[](const char* key) const;
  JsonValue Element(size_t i) const;
  size_t Size() const;  // of an array
  // An error when the object has members outside `keys`.
  void Only(std::initializer_list<const char*> keys) const;

  std::string String() const;
  int64_t Int() const;
  double Double() const;  // null: NaN
  std::optional<double> OptionalDouble() const;
  std::optional<int64_t> OptionalInt() const;
  bool Bool() const;
  std::vector<std::string> Strings() const;
  std::map<std::string, int64_t> Ints() const;
  std::map<std::string, double> Doubles() const;

  // The value of an enum E with a Name(E) for each of 0 … count − 1.
  template <typename E>
  E Enum(int count) const {
    const std::string name = String();
    std::string all;
    for (int i = 0; i < count; ++i) {
      const absl::string_view candidate = Name(static_cast<E>(i));
      if (name == candidate) return static_cast<E>(i);
      absl::StrAppend(&all, i > 0 ? ", " : "", candidate);
    }
    if (ok()) Fail(absl::StrCat("one of ", all));
    return static_cast<E>(0);
  }

 private:
  const Json* json_;  // nullptr after an error
  std::string where_;
  absl::Status* error_;
};

}  // namespace opcost

#endif  // OPCOST_CLI_JSON_READER_H_
