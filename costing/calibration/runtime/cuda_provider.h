// Why ONNX Runtime's CUDA provider does not load.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_CUDA_PROVIDER_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_CUDA_PROVIDER_H_

#include <string>

namespace opcost {

// What the provider beside the runtime's library lacks, in the dynamic linker's words: "libcublasLt.so.12: cannot open
// shared object file …". The runtime itself says no more than that it could not be loaded. "" when nothing is found to
// be missing.
std::string WhatCudaProviderLacks(const std::string& library_path);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_CUDA_PROVIDER_H_
