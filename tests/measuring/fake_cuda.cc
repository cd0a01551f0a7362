// ONNX Runtime as it looks with a CUDA provider, on a machine without a GPU: everything is passed on to the real
// library, except that it has that provider, takes it, and writes its name into profiles as the one that ran the nodes.
// What a device would do is not imitated; that the tool asks for the provider and reads what comes back is what this
// shows.
#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace {

// Places in the runtime's table (onnxruntime_c_api.h), and as many of them as its oldest supported version has.
constexpr size_t kTable = 211, kEndProfiling = 110, kAvailableProviders = 125, kReleaseProviders = 126;
constexpr size_t kAppendCuda = 204, kCreateCudaOptions = 205, kReleaseCudaOptions = 208;

struct Base {
  const void* (*get_api)(uint32_t);
  const char* (*version)();
};

std::array<const void*, kTable>& Table() {
  static std::array<const void*, kTable> table;
  return table;
}
const void* real_end_profiling = nullptr;
int appended = 0;

const Base* Real() {
  static const Base* const base = [] {
    const char* path = std::getenv("FAKE_CUDA_OVER");
    void* library = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return static_cast<const Base*>(nullptr);
    return reinterpret_cast<const Base* (*)()>(dlsym(library, "OrtGetApiBase"))();
  }();
  return base;
}

void* AvailableProviders(char*** names, int* n) {
  static char cuda[] = "CUDAExecutionProvider", cpu[] = "CPUExecutionProvider";
  static char* both[] = {cuda, cpu};
  *names = both;
  *n = 2;
  return nullptr;
}
void* ReleaseProviders(char**, int) { return nullptr; }
void* CreateCudaOptions(void** options) {
  *options = &appended;
  return nullptr;
}
void ReleaseCudaOptions(void*) {}
void* AppendCuda(void*, const void* options) {
  appended += options == &appended ? 1 : 0;
  return nullptr;
}

void* EndProfiling(void* session, void* allocator, char** path) {
  using Function = void* (*)(void*, void*, char**);
  void* status = reinterpret_cast<Function>(const_cast<void*>(real_end_profiling))(session, allocator, path);
  if (status != nullptr) return status;
  std::stringstream text;
  text << std::ifstream(*path).rdbuf();
  std::string profile = text.str();
  const std::string from = "CPUExecutionProvider", to = "CUDAExecutionProvider";
  for (size_t at = 0; (at = profile.find(from, at)) != std::string::npos; at += to.size()) {
    profile.replace(at, from.size(), to);
  }
  std::ofstream(*path) << profile;
  return nullptr;
}

const void* GetApi(uint32_t version) {
  const void* const* real = static_cast<const void* const*>(Real()->get_api(version));
  if (real == nullptr) return nullptr;
  for (size_t i = 0; i < kTable; ++i) Table()[i] = real[i];
  real_end_profiling = real[kEndProfiling];
  Table()[kEndProfiling] = reinterpret_cast<const void*>(&EndProfiling);
  Table()[kAvailableProviders] = reinterpret_cast<const void*>(&AvailableProviders);
  Table()[kReleaseProviders] = reinterpret_cast<const void*>(&ReleaseProviders);
  Table()[kAppendCuda] = reinterpret_cast<const void*>(&AppendCuda);
  Table()[kCreateCudaOptions] = reinterpret_cast<const void*>(&CreateCudaOptions);
  Table()[kReleaseCudaOptions] = reinterpret_cast<const void*>(&ReleaseCudaOptions);
  return Table().data();
}

const char* Version() { return Real() == nullptr ? "1.9.0" : Real()->version(); }
constexpr Base kBase = {GetApi, Version};

}  // namespace

extern "C" __attribute__((visibility("default"))) const void* OrtGetApiBase() { return &kBase; }
extern "C" __attribute__((visibility("default"))) int CudaProvidersAppended() { return appended; }
