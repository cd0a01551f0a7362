#include "costing/calibration/runtime/temp_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
constexpr double kMiB = 1024.0 * 1024.0;

}  // namespace

absl::StatusOr<TempFolder> TempFolder::Make(int64_t bytes) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("no folder for temporary files: ", error.message(), ", expected TMPDIR to name one"));
  }
  const fs::space_info space = fs::space(parent, error);
  if (!error && space.available < static_cast<uintmax_t>(bytes)) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "%s: %.0f MiB are free, the runtime's copy of the model needs %.0f MiB; TMPDIR names another "
        "folder",
        parent.string(), static_cast<double>(space.available) / kMiB, static_cast<double>(bytes) / kMiB));
  }
  std::string path = (parent / "opcost-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) {
    return absl::PermissionDeniedError(
        absl::StrCat(parent.string(), ": cannot be written to; TMPDIR names another folder"));
  }
  return TempFolder(std::move(path));
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace opcost
