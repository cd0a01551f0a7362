#include "costing/calibration/runtime/ort_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "costing/calibration/runtime/cuda_provider.h"

namespace opcost {
namespace {

// Levels as the runtime numbers them.
constexpr int kOff = 0, kBasic = 1, kExtended = 2, kEverything = 99;
constexpr int kDeviceAllocator = 0, kDefaultMemory = 0;

int LevelNumber(const OrtSessionOptions& options) {
  if (!options.optimise) return kOff;
  if (options.level == RuntimeLevel::kBasic) return kBasic;
  return options.level == RuntimeLevel::kExtended ? kExtended : kEverything;
}

struct ProviderRow {
  absl::string_view name;
  absl::string_view provider;
  absl::string_view help;
};
constexpr std::array<ProviderRow, 2> kProviders = {{
    {"cpu", "CPUExecutionProvider", ""},
    {"cuda", "CUDAExecutionProvider",
     "`pip install onnxruntime-gpu` brings one with it, which needs an NVIDIA driver, CUDA and cuDNN"},
}};

// Releases by one of the runtime's functions.
template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// The options of one session while it is made.
class Options {
 public:
  explicit Options(const OrtLibrary& library)
      : library_(library), api_(library.api()), options_(nullptr, api_.release_session_options) {}

  absl::Status Fill(const OrtSessionOptions& from);
  const ort::SessionOptions* get() const { return options_.get(); }

 private:
  absl::Status AddWeights(const std::vector<HostTensor>& weights);
  absl::Status AddCuda();

  const OrtLibrary& library_;
  const ort::Api& api_;
  Owned<ort::SessionOptions> options_;
};

absl::StatusOr<ort::Value*> MakeValue(const OrtLibrary& library, const HostTensor& tensor) {
  const ort::Api& api = library.api();
  ort::MemoryInfo* memory = nullptr;
  if (absl::Status s = library.Check(api.create_cpu_memory_info(kDeviceAllocator, kDefaultMemory, &memory), "memory");
      !s.ok()) {
    return s;
  }
  ort::Value* value = nullptr;
  // The runtime takes the address of memory that it only reads.
  void* data = const_cast<char*>(tensor.bytes.data());
  ort::Status* status = api.create_tensor(memory, data, tensor.bytes.size(), tensor.dims.data(), tensor.dims.size(),
                                          ElementNumber(tensor.dtype), &value);
  api.release_memory_info(memory);
  if (absl::Status s = library.Check(status, tensor.name); !s.ok()) return s;
  return value;
}

absl::Status Options::AddWeights(const std::vector<HostTensor>& weights) {
  std::vector<const char*> names;
  std::vector<Owned<ort::Value>> owned;
  std::vector<const ort::Value*> values;
  for (const HostTensor& weight : weights) {
    absl::StatusOr<ort::Value*> value = MakeValue(library_, weight);
    if (!value.ok()) return value.status();
    owned.emplace_back(*value, api_.release_value);
    values.push_back(*value);
    names.push_back(weight.name.c_str());
  }
  if (names.empty()) return absl::OkStatus();
  return library_.Check(api_.add_external_initializers(options_.get(), names.data(), values.data(), names.size()),
                        "weights");
}

absl::Status Options::AddCuda() {
  ort::CudaOptions* cuda = nullptr;
  absl::Status status = library_.Check(api_.create_cuda_options(&cuda), "--provider cuda");
  if (status.ok()) {
    status = library_.Check(api_.append_cuda(options_.get(), cuda), "--provider cuda");
    api_.release_cuda_options(cuda);
  }
  if (status.ok()) return status;
  const std::string lacks = WhatCudaProviderLacks(library_.path());
  return absl::FailedPreconditionError(absl::StrCat(status.message(), lacks.empty() ? "" : absl::StrCat(": ", lacks),
                                                    "; it needs an NVIDIA driver, CUDA and cuDNN"));
}

absl::Status Options::Fill(const OrtSessionOptions& from) {
  ort::SessionOptions* made = nullptr;
  if (absl::Status s = library_.Check(api_.create_session_options(&made), from.model); !s.ok()) return s;
  options_.reset(made);
  std::vector<ort::Status*> steps = {api_.set_intra_op_threads(made, from.threads), api_.set_inter_op_threads(made, 1),
                                     api_.set_optimization_level(made, LevelNumber(from))};
  if (!from.write_optimised.empty()) {
    steps.push_back(api_.set_optimized_model_path(made, from.write_optimised.c_str()));
  }
  if (from.weights_beside) {
    steps.push_back(api_.add_config(made, "session.optimized_model_external_initializers_file_name", "weights.bin"));
    steps.push_back(api_.add_config(made, "session.optimized_model_external_initializers_min_size_in_bytes", "65536"));
  }
  if (!from.profile_prefix.empty()) steps.push_back(api_.enable_profiling(made, from.profile_prefix.c_str()));
  absl::Status status;
  for (ort::Status* step : steps) status.Update(library_.Check(step, from.model));
  if (!status.ok()) return status;
  if (from.provider == "cuda") {
    if (status = AddCuda(); !status.ok()) return status;
  }
  return from.weights == nullptr ? absl::OkStatus() : AddWeights(*from.weights);
}

}  // namespace

absl::Status CheckProvider(const OrtLibrary& library, const std::string& provider) {
  std::vector<std::string> names;
  for (const ProviderRow& row : kProviders) {
    names.emplace_back(row.name);
    if (row.name != provider) continue;
    const std::vector<std::string>& has = library.providers();
    if (std::find(has.begin(), has.end(), row.provider) != has.end()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat("--provider ", provider, ": ", library.path(), " (ONNX Runtime ",
                                                      library.version(), ") is built without ", row.provider,
                                                      ", it has ", absl::StrJoin(has, ", "), ". ", row.help));
  }
  return absl::NotFoundError(
      absl::StrCat("--provider ", provider, ": expected cpu or cuda", DidYouMean(provider, names)));
}

OrtSession::OrtSession(std::shared_ptr<const OrtLibrary> library, std::string model)
    : library_(std::move(library)), model_(std::move(model)) {}

OrtSession::OrtSession(OrtSession&& other) noexcept
    : library_(std::move(other.library_)),
      model_(std::move(other.model_)),
      session_(std::exchange(other.session_, nullptr)),
      input_names_(std::move(other.input_names_)),
      output_names_(std::move(other.output_names_)),
      zeros_(std::move(other.zeros_)),
      values_(std::exchange(other.values_, {})) {}

OrtSession::~OrtSession() {
  if (library_ == nullptr) return;
  for (ort::Value* value : values_) library_->api().release_value(value);
  if (session_ != nullptr) library_->api().release_session(session_);
}

absl::StatusOr<OrtSession> OrtSession::Create(std::shared_ptr<const OrtLibrary> library,
                                              const OrtSessionOptions& options) {
  if (absl::Status status = CheckProvider(*library, options.provider); !status.ok()) return status;
  Options made(*library);
  if (absl::Status status = made.Fill(options); !status.ok()) return status;
  const std::string& shown = options.shown.empty() ? options.model : options.shown;
  OrtSession session(library, shown);
  ort::Status* status =
      library->api().create_session(library->env(), options.model.c_str(), made.get(), &session.session_);
  if (absl::Status s =
          library->Check(status, absl::StrCat(shown, ": ONNX Runtime ", library->version(), " cannot run the model"));
      !s.ok()) {
    return s;
  }
  if (absl::Status s = session.ReadNames(); !s.ok()) return s;
  return session;
}

absl::Status OrtSession::ReadNames() {
  const ort::Api& api = library_->api();
  ort::Allocator* allocator = nullptr;
  if (absl::Status s = library_->Check(api.default_allocator(&allocator), model_); !s.ok()) return s;
  const auto read = [&](auto count, auto name, std::vector<std::string>& names) {
    size_t n = 0;
    absl::Status status = library_->Check(count(session_, &n), model_);
    for (size_t i = 0; i < n && status.ok(); ++i) {
      char* text = nullptr;
      status = library_->Check(name(session_, i, allocator, &text), model_);
      if (!status.ok()) break;
      names.emplace_back(text);
      status = library_->Check(api.allocator_free(allocator, text), model_);
    }
    return status;
  };
  if (absl::Status s = read(api.input_count, api.input_name, input_names_); !s.ok()) return s;
  return read(api.output_count, api.output_name, output_names_);
}

// Old files list initialisers among their inputs, and those that an optimised file no longer has still want a value.
absl::StatusOr<HostTensor> OrtSession::Zeros(size_t input) const {
  const ort::Api& api = library_->api();
  ort::TypeInfo* type = nullptr;
  if (absl::Status s = library_->Check(api.input_type(session_, input, &type), model_); !s.ok()) return s;
  const Owned<ort::TypeInfo> owned(type, api.release_type_info);
  const ort::TensorInfo* info = nullptr;
  if (absl::Status s = library_->Check(api.tensor_info(type, &info), model_); !s.ok()) return s;
  if (info == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(model_, ": input '", input_names_[input], "' is no tensor"));
  }
  int element = 0;
  size_t rank = 0;
  absl::Status status = library_->Check(api.element_type(info, &element), model_);
  status.Update(library_->Check(api.dimension_count(info, &rank), model_));
  std::vector<int64_t> dims(rank);
  if (rank > 0) status.Update(library_->Check(api.dimensions(info, dims.data(), rank), model_));
  if (!status.ok()) return status;
  for (int64_t& dim : dims) dim = std::max<int64_t>(dim, 1);
  return ZeroTensor(input_names_[input], ElementType(element), dims);
}

absl::Status OrtSession::AddValue(const HostTensor& tensor) {
  absl::StatusOr<ort::Value*> value = MakeValue(*library_, tensor);
  if (!value.ok()) return value.status();
  values_.push_back(*value);
  return absl::OkStatus();
}

absl::Status OrtSession::Feed(const std::vector<HostTensor>& inputs) {
  for (ort::Value* value : std::exchange(values_, {})) library_->api().release_value(value);
  zeros_.clear();
  zeros_.reserve(input_names_.size());  // values point into it
  for (size_t i = 0; i < input_names_.size(); ++i) {
    const auto it = std::find_if(inputs.begin(), inputs.end(),
                                 [&](const HostTensor& tensor) { return tensor.name == input_names_[i]; });
    if (it == inputs.end()) {
      absl::StatusOr<HostTensor> zeros = Zeros(i);
      if (!zeros.ok()) return zeros.status();
      zeros_.push_back(*std::move(zeros));
    }
    if (absl::Status s = AddValue(it == inputs.end() ? zeros_.back() : *it); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status OrtSession::Run() {
  std::vector<const char*> inputs, outputs;
  for (const std::string& name : input_names_) inputs.push_back(name.c_str());
  for (const std::string& name : output_names_) outputs.push_back(name.c_str());
  std::vector<ort::Value*> results(outputs.size(), nullptr);
  ort::Status* status = library_->api().run(session_, nullptr, inputs.data(), values_.data(), values_.size(),
                                            outputs.data(), outputs.size(), results.data());
  for (ort::Value* result : results) {
    if (result != nullptr) library_->api().release_value(result);
  }
  return library_->Check(status, absl::StrCat(model_, ": the run failed"));
}

absl::StatusOr<std::string> OrtSession::EndProfiling() {
  const ort::Api& api = library_->api();
  ort::Allocator* allocator = nullptr;
  if (absl::Status s = library_->Check(api.default_allocator(&allocator), model_); !s.ok()) return s;
  char* path = nullptr;
  if (absl::Status s = library_->Check(api.end_profiling(session_, allocator, &path), model_); !s.ok()) return s;
  std::string result = path;
  absl::Status status = library_->Check(api.allocator_free(allocator, path), model_);
  if (!status.ok()) return status;
  return result;
}

}  // namespace opcost
