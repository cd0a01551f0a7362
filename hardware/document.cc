#include "hardware/document.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

// Compiled in here, without exceptions: a library that a distribution ships has them.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// Its parser asserts that a table's name starts like one ("[=x]" does not), which is an error in the input and reported
// as such right after; with NDEBUG it would tell the compiler to assume it.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace opcost {
namespace {

DocValue Convert(const toml::node& node, int line);

// Members in the order of the file: the library sorts them by name.
DocValue ConvertTable(const toml::table& table, int line) {
  DocValue value;
  value.line = line;
  for (auto&& [key, node] : table) {
    DocMember member;
    member.key = std::string(key.str());
    member.line = static_cast<int>(key.source().begin.line);
    member.value = Convert(node, member.line);
    value.members.push_back(std::move(member));
  }
  std::stable_sort(value.members.begin(), value.members.end(),
                   [](const DocMember& a, const DocMember& b) { return a.line < b.line; });
  return value;
}

DocValue ConvertArray(const toml::array& array, int line) {
  DocValue value;
  value.kind = DocValue::Kind::kArray;
  value.line = line;
  for (const toml::node& item : array) value.items.push_back(Convert(item, line));
  return value;
}

DocValue ConvertDate(const toml::node& node) {
  DocValue value;
  value.kind = DocValue::Kind::kDate;
  std::ostringstream text;
  if (const auto* date = node.as_date()) text << date->get();
  if (const auto* time = node.as_time()) text << time->get();
  if (const auto* both = node.as_date_time()) text << both->get();
  value.text = text.str();
  return value;
}

// `line` stands in where the library does not know one.
DocValue Convert(const toml::node& node, int line) {
  if (node.source().begin.line != 0) line = static_cast<int>(node.source().begin.line);
  if (const toml::table* table = node.as_table()) return ConvertTable(*table, line);
  if (const toml::array* array = node.as_array()) return ConvertArray(*array, line);
  DocValue value;
  if (const auto* text = node.as_string()) {
    value.kind = DocValue::Kind::kString;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = DocValue::Kind::kNumber;
    value.number = static_cast<double>(integer->get());
    value.whole = true;
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = DocValue::Kind::kNumber;
    value.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.kind = DocValue::Kind::kBool;
    value.flag = flag->get();
  } else {
    value = ConvertDate(node);
  }
  value.line = line;
  return value;
}

}  // namespace

absl::string_view Name(DocValue::Kind kind) {
  switch (kind) {
    case DocValue::Kind::kTable:
      return "a table";
    case DocValue::Kind::kArray:
      return "a list";
    case DocValue::Kind::kString:
      return "a text";
    case DocValue::Kind::kNumber:
      return "a number";
    case DocValue::Kind::kBool:
      return "true or false";
    case DocValue::Kind::kDate:
      return "a date";
  }
  return "";
}

absl::StatusOr<DocValue> ParseDocument(absl::string_view toml, const std::string& path) {
  const toml::parse_result parsed = toml::parse(std::string_view(toml.data(), toml.size()), std::string_view(path));
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    // The library quotes the offending character as it is; a message is one line.
    const std::string what =
        absl::StrReplaceAll(std::string(error.description()), {{"\n", "\\n"}, {"\r", "\\r"}, {"\t", "\\t"}});
    return absl::InvalidArgumentError(absl::StrCat(path, ":", error.source().begin.line, ": no TOML: ", what));
  }
  return ConvertTable(parsed.table(), 1);
}

}  // namespace opcost
