#include "costing/calibration/runtime/ort_api.h"

namespace opcost::ort {
namespace {

// Places in the runtime's table.
enum Index : size_t {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetOptimizedModelFilePath = 11,
  kEnableProfiling = 14,
  kSetSessionGraphOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kSessionGetInputCount = 30,
  kSessionGetOutputCount = 31,
  kSessionGetInputTypeInfo = 33,
  kSessionGetInputName = 36,
  kSessionGetOutputName = 37,
  kCreateTensorWithDataAsOrtValue = 49,
  kCastTypeInfoToTensorInfo = 55,
  kGetTensorElementType = 60,
  kGetDimensionsCount = 61,
  kGetDimensions = 62,
  kCreateCpuMemoryInfo = 69,
  kAllocatorFree = 76,
  kGetAllocatorWithDefaultOptions = 78,
  kReleaseEnv = 92,
  kReleaseStatus = 93,
  kReleaseMemoryInfo = 94,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseTypeInfo = 98,
  kReleaseSessionOptions = 100,
  kSessionEndProfiling = 110,
  kGetAvailableProviders = 125,
  kReleaseAvailableProviders = 126,
  kAddSessionConfigEntry = 130,
  kAppendExecutionProviderCudaV2 = 204,
  kCreateCudaProviderOptions = 205,
  kReleaseCudaProviderOptions = 208,
  kAddExternalInitializers = 210,
};

// Data as code: what POSIX says of dlsym holds for a table of such pointers, too.
template <typename Function>
void Take(const void* table, Index index, Function& function) {
  function = reinterpret_cast<Function>(static_cast<void* const*>(table)[index]);
}

void TakeSession(const void* table, Api& api) {
  Take(table, kCreateSession, api.create_session);
  Take(table, kReleaseSession, api.release_session);
  Take(table, kSessionGetInputCount, api.input_count);
  Take(table, kSessionGetOutputCount, api.output_count);
  Take(table, kSessionGetInputName, api.input_name);
  Take(table, kSessionGetOutputName, api.output_name);
  Take(table, kSessionGetInputTypeInfo, api.input_type);
  Take(table, kRun, api.run);
  Take(table, kSessionEndProfiling, api.end_profiling);
}

void TakeOptions(const void* table, Api& api) {
  Take(table, kCreateSessionOptions, api.create_session_options);
  Take(table, kReleaseSessionOptions, api.release_session_options);
  Take(table, kSetOptimizedModelFilePath, api.set_optimized_model_path);
  Take(table, kEnableProfiling, api.enable_profiling);
  Take(table, kSetSessionGraphOptimizationLevel, api.set_optimization_level);
  Take(table, kSetIntraOpNumThreads, api.set_intra_op_threads);
  Take(table, kSetInterOpNumThreads, api.set_inter_op_threads);
  Take(table, kAddSessionConfigEntry, api.add_config);
  Take(table, kAddExternalInitializers, api.add_external_initializers);
  Take(table, kCreateCudaProviderOptions, api.create_cuda_options);
  Take(table, kReleaseCudaProviderOptions, api.release_cuda_options);
  Take(table, kAppendExecutionProviderCudaV2, api.append_cuda);
}

void TakeTensors(const void* table, Api& api) {
  Take(table, kCastTypeInfoToTensorInfo, api.tensor_info);
  Take(table, kGetTensorElementType, api.element_type);
  Take(table, kGetDimensionsCount, api.dimension_count);
  Take(table, kGetDimensions, api.dimensions);
  Take(table, kReleaseTypeInfo, api.release_type_info);
  Take(table, kCreateCpuMemoryInfo, api.create_cpu_memory_info);
  Take(table, kReleaseMemoryInfo, api.release_memory_info);
  Take(table, kCreateTensorWithDataAsOrtValue, api.create_tensor);
  Take(table, kReleaseValue, api.release_value);
  Take(table, kGetAllocatorWithDefaultOptions, api.default_allocator);
  Take(table, kAllocatorFree, api.allocator_free);
}

}  // namespace

Api ReadApi(const void* table) {
  Api api{};
  Take(table, kGetErrorMessage, api.error_message);
  Take(table, kReleaseStatus, api.release_status);
  Take(table, kCreateEnv, api.create_env);
  Take(table, kReleaseEnv, api.release_env);
  Take(table, kGetAvailableProviders, api.available_providers);
  Take(table, kReleaseAvailableProviders, api.release_providers);
  TakeOptions(table, api);
  TakeSession(table, api);
  TakeTensors(table, api);
  return api;
}

}  // namespace opcost::ort
