#include "costing/calibration/runtime/ort_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

constexpr const char* kEntryPoint = "OrtGetApiBase";
// Nothing here needs a newer one, and the runtime serves every older version.
constexpr uint32_t kNewestApi = 22;
// What goes wrong comes back as a status: the runtime's own log would only repeat it on the error stream.
constexpr int kLogOnlyFatal = 4;

absl::Status CannotLoad(const std::string& path, const char* message) {
  const std::string text = message == nullptr ? "unknown error" : message;
  if (absl::StrContains(text, "wrong ELF class") || absl::StrContains(text, "cannot open shared object file: Exec") ||
      absl::StrContains(text, "invalid ELF header")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no library of this machine's architecture (", text, "), expected ONNX Runtime's"));
  }
  return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be loaded: ", text));
}

absl::StatusOr<int> MinorOf(const std::string& path, const std::string& version) {
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  int minor = 0;
  if (parts.size() < 2 || parts[0] != "1" || !absl::SimpleAtoi(parts[1], &minor)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ONNX Runtime '", version, "', expected a version 1.x"));
  }
  if (minor < static_cast<int>(ort::kOldestApi)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ONNX Runtime ", version, " is too old, expected 1.", ort::kOldestApi, " or newer"));
  }
  return minor;
}

}  // namespace

absl::Status OrtLibrary::Check(ort::Status* status, absl::string_view what) const {
  if (status == nullptr) return absl::OkStatus();
  const absl::Status result = absl::InvalidArgumentError(absl::StrCat(what, ": ", api_.error_message(status)));
  api_.release_status(status);
  return result;
}

absl::Status OrtLibrary::ReadProviders() {
  char** names = nullptr;
  int n = 0;
  if (absl::Status status = Check(api_.available_providers(&names, &n), path_); !status.ok()) return status;
  for (int i = 0; i < n; ++i) providers_.emplace_back(names[i]);
  return Check(api_.release_providers(names, n), path_);
}

absl::StatusOr<std::shared_ptr<const OrtLibrary>> OrtLibrary::Load(const std::string& path) {
  setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return CannotLoad(path, dlerror());
  using EntryPoint = const ort::ApiBase* (*)();
  const auto entry = reinterpret_cast<EntryPoint>(dlsym(handle, kEntryPoint));
  if (entry == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": a library without ", kEntryPoint, ", expected ONNX Runtime's libonnxruntime.so"));
  }
  auto library = std::shared_ptr<OrtLibrary>(new OrtLibrary);
  library->path_ = path;
  library->version_ = entry()->version();
  absl::StatusOr<int> minor = MinorOf(path, library->version_);
  if (!minor.ok()) return minor.status();
  library->minor_ = *minor;
  const void* table = entry()->get_api(std::min(kNewestApi, static_cast<uint32_t>(*minor)));
  if (table == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ONNX Runtime ", library->version_, " offers no API ",
                                                   std::min(kNewestApi, static_cast<uint32_t>(*minor))));
  }
  library->api_ = ort::ReadApi(table);
  absl::Status status = library->Check(library->api_.create_env(kLogOnlyFatal, "opcost", &library->env_), path);
  if (!status.ok()) return status;
  if (status = library->ReadProviders(); !status.ok()) return status;
  return std::shared_ptr<const OrtLibrary>(std::move(library));
}

OrtLibrary::~OrtLibrary() {
  if (env_ != nullptr) api_.release_env(env_);
}

}  // namespace opcost
