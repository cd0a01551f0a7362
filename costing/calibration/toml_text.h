// Words of TOML, written so that equal values are equal text.
#ifndef OPCOST_COSTING_CALIBRATION_TOML_TEXT_H_
#define OPCOST_COSTING_CALIBRATION_TOML_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "hardware/target.h"

namespace opcost {

// Six significant digits: more than any measurement has.
std::string TomlNumber(double value);
// Four: of errors, shares and spreads.
std::string TomlShare(double value);
std::string TomlText(absl::string_view text);
// `{ value = …, evidence = "…", source = "…", note = "…" }`; without a note where it is empty.
std::string TomlValue(double value, Evidence evidence, absl::string_view source, absl::string_view note);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_TOML_TEXT_H_
