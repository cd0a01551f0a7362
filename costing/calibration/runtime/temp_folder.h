// A folder for files that nobody keeps.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_TEMP_FOLDER_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_TEMP_FOLDER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace opcost {

// Removed with everything in it when the object goes.
class TempFolder {
 public:
  // In TMPDIR, else /tmp. ResourceExhausted when less than `bytes` are free there, PermissionDenied when it cannot be
  // written to; both name the variable that helps.
  static absl::StatusOr<TempFolder> Make(int64_t bytes);
  TempFolder(TempFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit TempFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_TEMP_FOLDER_H_
