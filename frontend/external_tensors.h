// Weights that a model names but keeps in files beside it.
#ifndef OPCOST_FRONTEND_EXTERNAL_TENSORS_H_
#define OPCOST_FRONTEND_EXTERNAL_TENSORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/dtype.h"

namespace opcost {

struct ExternalTensor {
  std::string name;
  DType dtype = DType::kUnknown;
  std::vector<int64_t> dims;
  std::string location;  // relative to the model's folder
};

// The initialisers and the constants of the main graph whose elements lie in another file, by the name of the tensor.
// Errors as of Model::Read.
absl::StatusOr<std::vector<ExternalTensor>> ListExternalTensors(const std::string& path);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_EXTERNAL_TENSORS_H_
