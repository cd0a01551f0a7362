// A library with ONNX Runtime's entry point that says it is an old version.
#include <cstdint>

namespace {

const void* GetApi(uint32_t) { return nullptr; }
const char* Version() { return "1.9.0"; }
struct Base {
  const void* (*get_api)(uint32_t);
  const char* (*version)();
};
constexpr Base kBase = {GetApi, Version};

}  // namespace

extern "C" __attribute__((visibility("default"))) const void* OrtGetApiBase() { return &kBase; }
