// One session of the runtime: a model loaded, fed and run.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_SESSION_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_SESSION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "costing/calibration/runtime/host_tensor.h"
#include "costing/calibration/runtime/ort_library.h"
#include "frontend/runtime/executed.h"

namespace opcost {

struct OrtSessionOptions {
  std::string model;  // the file
  std::string shown;  // what messages call it; "": the file
  int threads = 1;    // within an operator
  bool optimise = true;
  RuntimeLevel level = RuntimeLevel::kAll;  // with `optimise`
  std::string write_optimised;              // the file to save the optimised model as; "" none
  bool weights_beside = false;   // that file's weights in another one beside it, beyond what a protobuf holds
  std::string profile_prefix;    // of the profile's file; "" runs without the profiler
  std::string provider = "cpu";  // or "cuda"
  const std::vector<HostTensor>* weights = nullptr;  // for external data whose file is missing; copied
};

class OrtSession {
 public:
  // InvalidArgument with the runtime's own words when it cannot run the model; FailedPrecondition for a provider that
  // this library lacks, naming those that it has.
  static absl::StatusOr<OrtSession> Create(std::shared_ptr<const OrtLibrary> library, const OrtSessionOptions& options);
  OrtSession(OrtSession&& other) noexcept;
  OrtSession& operator=(OrtSession&&) = delete;
  ~OrtSession();

  // What later runs read; `inputs` must outlive them. Inputs of the session that are not among them are zeros.
  absl::Status Feed(const std::vector<HostTensor>& inputs);
  absl::Status Run();
  // Writes the profile of all runs so far and returns its path. Later runs are without the profiler.
  absl::StatusOr<std::string> EndProfiling();

 private:
  OrtSession(std::shared_ptr<const OrtLibrary> library, std::string model);
  absl::Status ReadNames();
  absl::StatusOr<HostTensor> Zeros(size_t input) const;
  absl::Status AddValue(const HostTensor& tensor);

  std::shared_ptr<const OrtLibrary> library_;
  std::string model_;
  ort::Session* session_ = nullptr;
  std::vector<std::string> input_names_, output_names_;
  std::vector<HostTensor> zeros_;
  std::vector<ort::Value*> values_;  // by input
};

// "cpu" → CPUExecutionProvider. FailedPrecondition when the library lacks it: what is missing, and what it has.
absl::Status CheckProvider(const OrtLibrary& library, const std::string& provider);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_ORT_SESSION_H_
