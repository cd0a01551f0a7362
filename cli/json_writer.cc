#include "cli/json_writer.h"

#include <charconv>
#include <cmath>
#include <string>

#include "cli/terminal.h"

namespace opcost {
namespace {

void AppendEscaped(absl::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < ' ') {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

void JsonWriter::NewLine() {
  out_ += '\n';
  out_.append(static_cast<size_t>(depth_), ' ');
}

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += ',';
  if (depth_ <= flat_) {
    NewLine();
  } else if (!first_) {
    out_ += ' ';
  }
  first_ = false;
}

void JsonWriter::Begin(char bracket) {
  Separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::End(char bracket) {
  const bool empty = first_;
  const bool lines = depth_ <= flat_;
  --depth_;
  if (!empty && lines) NewLine();
  out_ += bracket;
  first_ = false;
}

JsonWriter& JsonWriter::Key(absl::string_view key) {
  Separate();
  out_ += '"';
  AppendEscaped(MendUtf8(key), out_);
  out_ += "\": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(absl::string_view text) {
  Separate();
  out_ += '"';
  // Names from a file may be anything; JSON is UTF-8.
  AppendEscaped(MendUtf8(text), out_);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  Separate();
  char buffer[32];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  char buffer[64];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::BeginObject() { return Begin('{'), *this; }
JsonWriter& JsonWriter::EndObject() { return End('}'), *this; }
JsonWriter& JsonWriter::BeginArray() { return Begin('['), *this; }
JsonWriter& JsonWriter::EndArray() { return End(']'), *this; }

JsonWriter& JsonWriter::OptionalField(absl::string_view key, const std::optional<double>& value) {
  Key(key);
  return value ? Double(*value) : Null();
}

JsonWriter& JsonWriter::StringsField(absl::string_view key, const std::vector<std::string>& texts) {
  Key(key).BeginArray();
  for (const std::string& text : texts) String(text);
  return EndArray();
}

}  // namespace opcost
