// A profile's text with some of its sections replaced, and files of profiles with their past.
#ifndef OPCOST_COSTING_CALIBRATION_UPDATE_PROFILE_H_
#define OPCOST_COSTING_CALIBRATION_UPDATE_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace opcost {

// `profile` with the sections of `sections` in place of its own of the same names; the others, and comments, stay as
// they are. [calibration] and [validation], of the profile or of a mode, take their subsections with them.
std::string UpdateProfile(absl::string_view profile, absl::string_view sections);

// `sections` as those of a mode: [pattern.conv2d.fp32] → [mode.NAME.pattern.conv2d.fp32].
std::string BelowMode(absl::string_view sections, absl::string_view mode);

// `profile` with `key = value` in [section]: in the place of that key where it stands there, else at the section's end.
// The section exists.
std::string SetLine(absl::string_view profile, absl::string_view section, absl::string_view key,
                    absl::string_view value);

// Writes beside the file, then renames. What stood there before is kept in history/NAME/DATE.toml beside it.
absl::Status WriteFileKeepingOld(const std::string& path, absl::string_view text, absl::string_view date);

// The kept versions of a profile, oldest first, and the file itself last where it exists.
std::vector<std::string> VersionsOf(const std::string& path);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_UPDATE_PROFILE_H_
