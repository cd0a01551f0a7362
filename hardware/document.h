// A TOML file as a plain tree in which every value knows its line. The one place that meets the TOML library.
#ifndef OPCOST_HARDWARE_DOCUMENT_H_
#define OPCOST_HARDWARE_DOCUMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

struct DocMember;

struct DocValue {
  enum class Kind { kTable, kArray, kString, kNumber, kBool, kDate };
  Kind kind = Kind::kTable;
  int line = 0;
  std::string text;                // kString, kDate
  double number = 0;               // kNumber
  bool whole = false;              // kNumber: written as an integer
  bool flag = false;               // kBool
  std::vector<DocValue> items;     // kArray
  std::vector<DocMember> members;  // kTable, in the order of the file
};

struct DocMember {
  std::string key;
  int line = 0;
  DocValue value;
};

// "a table", "a number" …: for messages.
absl::string_view Name(DocValue::Kind kind);

// InvalidArgument "path:line: …" where the text is no TOML. `path` is for messages only.
absl::StatusOr<DocValue> ParseDocument(absl::string_view toml, const std::string& path);

}  // namespace opcost

#endif  // OPCOST_HARDWARE_DOCUMENT_H_
