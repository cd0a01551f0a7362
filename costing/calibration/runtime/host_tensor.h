// Tensors in memory that the runtime reads: inputs of a model, and weights for models that come without.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_HOST_TENSOR_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_HOST_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/dtype.h"
#include "frontend/external_tensors.h"
#include "frontend/graph.h"

namespace opcost {

struct HostTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<int64_t> dims;
  std::string bytes;  // packed, row-major
};

// One for each input of the graph, with the extents that it is bound to. Floats lie in [-1, 1]; integers are 0 or 1,
// which is valid for indices and masks; whatever is called a mask lets everything pass; lengths that a cache's kernel
// reads are the cache's. The same for the same seed. InvalidArgument for an input without extents, or of a kind that
// cannot be made (strings, sequences).
absl::StatusOr<std::vector<HostTensor>> MakeInputs(const Graph& graph, uint64_t seed);

// Random elements for weights whose file is missing: products keep the size of what they are applied to, so that no
// activation grows to infinity or shrinks to denormals, either of which changes times; scales and variances are
// positive, that of a bias is the product of those of its input and weight, zero points 0, integers valid indices.
absl::StatusOr<std::vector<HostTensor>> MakeWeights(const Graph& graph, const std::vector<ExternalTensor>& missing,
                                                    uint64_t seed);

// A tensor of zeros.
absl::StatusOr<HostTensor> ZeroTensor(const std::string& name, DType dtype, const std::vector<int64_t>& dims);

// ONNX's numbers for element types, which the runtime shares; 0 for types that it lacks.
int ElementNumber(DType dtype);
DType ElementType(int number);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_HOST_TENSOR_H_
