#include "costing/calibration/runtime/cuda_provider.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace opcost {

std::string WhatCudaProviderLacks(const std::string& library_path) {
  namespace fs = std::filesystem;
  const fs::path provider = fs::path(library_path).parent_path() / "libonnxruntime_providers_cuda.so";
  std::error_code error;
  if (!fs::exists(provider, error)) return absl::StrCat(provider.string(), " is not there");
  void* handle = dlopen(provider.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) return dlerror();
  dlclose(handle);
  return "";
}

}  // namespace opcost
