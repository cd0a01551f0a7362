// ONNX Runtime's library, found and loaded while the program runs.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_LIBRARY_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_LIBRARY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "costing/calibration/runtime/ort_api.h"

namespace opcost {

// Names the library where no flag does.
inline constexpr const char* kRuntimeLibraryVariable = "OPCOST_ONNXRUNTIME";

// Where the library is: `path` (a file, or a folder that holds it), else the variable, else the copy in the
// site-packages of the active Python, else the dynamic loader's folders. NotFound says where was looked and what helps.
absl::StatusOr<std::string> FindOrtLibrary(const std::string& path);

// A library that stays loaded until the process ends: its threads and atexit handlers do not survive being unloaded.
class OrtLibrary {
 public:
  // InvalidArgument: the file is no library, of another architecture, without ONNX Runtime's entry point, or older than
  // kOldestApi. Telemetry, which newer versions have, is off before anything of the library runs.
  static absl::StatusOr<std::shared_ptr<const OrtLibrary>> Load(const std::string& path);
  ~OrtLibrary();
  OrtLibrary(const OrtLibrary&) = delete;
  OrtLibrary& operator=(const OrtLibrary&) = delete;

  const ort::Api& api() const { return api_; }
  const ort::Env* env() const { return env_; }
  const std::string& path() const { return path_; }
  const std::string& version() const { return version_; }  // "1.26.0"
  int minor_version() const { return minor_; }
  // "CUDAExecutionProvider", "CPUExecutionProvider", in the runtime's order.
  const std::vector<std::string>& providers() const { return providers_; }

  // The runtime's message behind `what`; OK for null. Takes the status.
  absl::Status Check(ort::Status* status, absl::string_view what) const;

 private:
  OrtLibrary() = default;
  absl::Status ReadProviders();

  std::string path_, version_;
  int minor_ = 0;
  ort::Api api_{};
  ort::Env* env_ = nullptr;
  std::vector<std::string> providers_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_LIBRARY_H_
