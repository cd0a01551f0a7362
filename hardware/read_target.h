// Profiles: from a TOML file to a Target, strictly. A key that is unknown, missing, non-numeric or out of range is an
// error with file, line and the nearest known key. The format is described in profiles/README.md.
#ifndef OPCOST_HARDWARE_READ_TARGET_H_
#define OPCOST_HARDWARE_READ_TARGET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hardware/target.h"

namespace opcost {

// `mode` "" takes the file's default. InvalidArgument (content), NotFound (file, or mode with the nearest one).
absl::StatusOr<Target> ReadTarget(const std::string& path, absl::string_view mode = "");
absl::StatusOr<Target> ReadTargetText(absl::string_view toml, const std::string& path, absl::string_view mode = "");

// Everything that is wrong with a profile, in all its modes, as "file:line: key: what, what was expected", in the order
// of the lines. Empty when it can be used.
std::vector<std::string> CheckTarget(const std::string& path);
std::vector<std::string> CheckTargetText(absl::string_view toml, const std::string& path);

// `spec` is "name", "name:mode", "path.toml" or "path.toml:mode". Names are looked up in `folders`, in order.
// NotFound with the nearest name.
absl::StatusOr<Target> FindTarget(absl::string_view spec, const std::vector<std::string>& folders);

// Names (without modes) of the profiles in the folders, sorted, each once.
std::vector<std::string> ListTargets(const std::vector<std::string>& folders);

// Where profiles are looked for: $OPCOST_PROFILES (colon-separated), beside the program, the install prefix, the
// source tree it was built from.
std::vector<std::string> ProfileFolders();

}  // namespace opcost

#endif  // OPCOST_HARDWARE_READ_TARGET_H_
