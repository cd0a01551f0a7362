// Writes JSON straight into a string. Doubles read back as the same doubles; NaN and infinity become null; integers
// stay integers. Lists down to `kFlat` levels go one element a line, so that saved reports can be compared by eye.
#ifndef OPCOST_CLI_JSON_WRITER_H_
#define OPCOST_CLI_JSON_WRITER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost {

class JsonWriter {
 public:
  // `flat`: containers nested deeper than this stay on one line.
  explicit JsonWriter(std::string* out, int flat = 2) : out_(*out), flat_(flat) {}

  JsonWriter& Key(absl::string_view key);
  JsonWriter& String(absl::string_view text);
  JsonWriter& Int(int64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();

  JsonWriter& Field(absl::string_view key, absl::string_view text) { return Key(key).String(text); }
  JsonWriter& IntField(absl::string_view key, int64_t value) { return Key(key).Int(value); }
  JsonWriter& DoubleField(absl::string_view key, double value) { return Key(key).Double(value); }
  JsonWriter& BoolField(absl::string_view key, bool value) { return Key(key).Bool(value); }
  // null when absent.
  JsonWriter& OptionalField(absl::string_view key, const std::optional<double>& value);
  JsonWriter& StringsField(absl::string_view key, const std::vector<std::string>& texts);

 private:
  void Separate();
  void NewLine();
  void Begin(char bracket);
  void End(char bracket);

  std::string& out_;
  const int flat_;
  int depth_ = 0;
  bool first_ = true;  // nothing in the current container yet
  bool after_key_ = false;
};

}  // namespace opcost

#endif  // OPCOST_CLI_JSON_WRITER_H_
