// The copy of ONNX Runtime that tests run.
#ifndef OPCOST_TESTS_MEASURING_INSTALLED_H_
#define OPCOST_TESTS_MEASURING_INSTALLED_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "costing/calibration/runtime/ort_library.h"

namespace opcost {

inline constexpr const char* kInstalled = "build/onnxruntime";

// A test that needs the runtime fails without it, unless somebody asked for tests without.
inline bool WithoutRuntime() { return std::getenv("OPCOST_NO_ONNXRUNTIME") != nullptr; }

// Once for all tests of a program. Null after a failure.
inline std::shared_ptr<const OrtLibrary> Installed() {
  static const auto* const library = [] {
    absl::StatusOr<std::string> path = FindOrtLibrary(kInstalled);
    if (!path.ok()) return new absl::StatusOr<std::shared_ptr<const OrtLibrary>>(path.status());
    return new absl::StatusOr<std::shared_ptr<const OrtLibrary>>(OrtLibrary::Load(*path));
  }();
  EXPECT_TRUE(library->ok()) << library->status() << " (scripts/onnxruntime.sh installs it)";
  return library->ok() ? **library : nullptr;
}

}  // namespace opcost

#endif  // OPCOST_TESTS_MEASURING_INSTALLED_H_
