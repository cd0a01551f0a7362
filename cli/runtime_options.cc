#include "cli/runtime_options.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "costing/calibration/runtime/executed_model.h"

namespace opcost {

std::vector<Argument> InstalledRuntimeArguments(InstalledRuntime& options) {
  return {{"--runtime", "NAME", "the runtime that runs the model: onnxruntime", &options.runtime},
          {"--runtime-library", "FILE",
           absl::StrCat("its libonnxruntime.so, or a folder that holds it (default: ", kRuntimeLibraryVariable,
                        ", else the copy of the active Python)"),
           &options.library},
          {"--provider", "NAME", "what of the runtime runs it: cpu (default), cuda", &options.provider}};
}

std::vector<Argument> ThreadArguments(InstalledRuntime& options) {
  return {{"--threads", "N", "threads within an operator (default 1)", &options.threads}};
}

std::vector<Argument> LevelArguments(InstalledRuntime& options) {
  return {{"--level", "NAME", "optimisation of the runtime: basic, extended, all (default all)", &options.level}};
}

absl::StatusOr<RuntimeRequest> RequestOf(const InstalledRuntime& options) {
  RuntimeRequest request{.threads = static_cast<int>(options.threads),
                         .provider = options.provider,
                         .seed = static_cast<uint64_t>(options.seed)};
  constexpr int64_t kMostThreads = 4096;
  if (options.threads < 1 || options.threads > kMostThreads) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--threads ", options.threads, ": expected 1 or more")));
  }
  absl::StatusOr<RuntimeLevel> level = ParseRuntimeLevel(options.level);
  if (!level.ok()) return Usage(level.status());
  request.level = *level;
  return request;
}

absl::StatusOr<std::shared_ptr<const OrtLibrary>> LoadRuntime(const InstalledRuntime& options) {
  if (options.runtime != "onnxruntime") {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--runtime ", options.runtime, ": expected onnxruntime",
                                                         DidYouMean(options.runtime, {"onnxruntime"}),
                                                         "; profiles of others are read by `opcost import`")));
  }
  absl::StatusOr<std::string> path = FindOrtLibrary(options.library);
  if (!path.ok()) return path.status();
  absl::StatusOr<std::shared_ptr<const OrtLibrary>> library = OrtLibrary::Load(*path);
  if (!library.ok()) return library.status();
  if (absl::Status status = CheckProvider(**library, options.provider); !status.ok()) {
    return UsageIfNotFound(status);
  }
  return library;
}

}  // namespace opcost
