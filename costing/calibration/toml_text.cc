#include "costing/calibration/toml_text.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace opcost {
namespace {

constexpr double kWholeBelow = 1e9;

}  // namespace

// Whole numbers, such as sizes, to the last digit.
std::string TomlNumber(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) < kWholeBelow;
  return absl::StrFormat(whole ? "%.0f" : "%.6g", value);
}

std::string TomlShare(double value) { return absl::StrFormat("%.4g", value); }

std::string TomlText(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += absl::StrFormat("\\u%04X", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string TomlValue(double value, Evidence evidence, absl::string_view source, absl::string_view note) {
  std::string text = absl::StrCat("{ value = ", TomlNumber(value), ", evidence = ", TomlText(Name(evidence)),
                                  ", source = ", TomlText(source));
  if (!note.empty()) absl::StrAppend(&text, ", note = ", TomlText(note));
  return absl::StrCat(text, " }");
}

}  // namespace opcost
