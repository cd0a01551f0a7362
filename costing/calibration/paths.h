// Parts of the paths of measurement files.
#ifndef OPCOST_COSTING_CALIBRATION_PATHS_H_
#define OPCOST_COSTING_CALIBRATION_PATHS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace opcost {

// "dir/" of "dir/a.json"; "" without a folder.
std::string FolderOf(absl::string_view path);
// "a" of "dir/a.json.gz".
std::string StemOf(absl::string_view path);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_PATHS_H_
