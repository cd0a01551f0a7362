// The part of ONNX Runtime's C API that is used here, written down from its documented order.
//
// The API is a struct of function pointers to which versions only ever append, so an index means the same function in
// every version that has it. Nothing of ONNX Runtime is needed to compile this, and nothing is linked.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_API_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_API_H_

#include <cstddef>
#include <cstdint>

namespace opcost::ort {

// The runtime's own objects; only ever pointed to.
struct Status;
struct Env;
struct Session;
struct SessionOptions;
struct RunOptions;
struct Value;
struct MemoryInfo;
struct Allocator;
struct TypeInfo;
struct TensorInfo;
struct CudaOptions;

// First entries of OrtApiBase, which OrtGetApiBase() returns.
struct ApiBase {
  const void* (*get_api)(uint32_t version);  // null for a version newer than the library
  const char* (*version)();                  // "1.26.0"
};

// Null is success for all that return a Status.
struct Api {
  const char* (*error_message)(const Status*);
  void (*release_status)(Status*);
  Status* (*create_env)(int log_level, const char* name, Env** out);
  void (*release_env)(Env*);

  Status* (*create_session_options)(SessionOptions** out);
  void (*release_session_options)(SessionOptions*);
  Status* (*set_optimized_model_path)(SessionOptions*, const char* path);
  Status* (*enable_profiling)(SessionOptions*, const char* prefix);
  Status* (*set_optimization_level)(SessionOptions*, int level);
  Status* (*set_intra_op_threads)(SessionOptions*, int threads);
  Status* (*set_inter_op_threads)(SessionOptions*, int threads);
  Status* (*add_config)(SessionOptions*, const char* key, const char* value);
  Status* (*add_external_initializers)(SessionOptions*, const char* const* names, const Value* const* values, size_t n);
  // CUDA's options are an object of their own; in a library without CUDA these return an error.
  Status* (*create_cuda_options)(CudaOptions** out);
  void (*release_cuda_options)(CudaOptions*);
  Status* (*append_cuda)(SessionOptions*, const CudaOptions*);

  Status* (*create_session)(const Env*, const char* path, const SessionOptions*, Session** out);
  void (*release_session)(Session*);
  Status* (*input_count)(const Session*, size_t* out);
  Status* (*output_count)(const Session*, size_t* out);
  Status* (*input_name)(const Session*, size_t index, Allocator*, char** out);
  Status* (*output_name)(const Session*, size_t index, Allocator*, char** out);
  Status* (*input_type)(const Session*, size_t index, TypeInfo** out);
  Status* (*run)(Session*, const RunOptions*, const char* const* input_names, const Value* const* inputs,
                 size_t input_count, const char* const* output_names, size_t output_count, Value** outputs);
  Status* (*end_profiling)(Session*, Allocator*, char** path);

  Status* (*tensor_info)(const TypeInfo*, const TensorInfo** out);  // null result: no tensor
  Status* (*element_type)(const TensorInfo*, int* out);
  Status* (*dimension_count)(const TensorInfo*, size_t* out);
  Status* (*dimensions)(const TensorInfo*, int64_t* out, size_t n);
  void (*release_type_info)(TypeInfo*);

  Status* (*create_cpu_memory_info)(int allocator, int memory, MemoryInfo** out);
  void (*release_memory_info)(MemoryInfo*);
  Status* (*create_tensor)(const MemoryInfo*, void* data, size_t bytes, const int64_t* dims, size_t rank, int type,
                           Value** out);
  void (*release_value)(Value*);
  Status* (*default_allocator)(Allocator** out);
  Status* (*allocator_free)(Allocator*, void*);
  Status* (*available_providers)(char*** out, int* n);
  Status* (*release_providers)(char** providers, int n);
};

// The oldest API that has all of the above.
inline constexpr uint32_t kOldestApi = 12;

// From the table that get_api returned for a version of at least kOldestApi.
Api ReadApi(const void* table);

}  // namespace opcost::ort

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_API_H_
