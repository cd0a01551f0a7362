// The network that a family builds: a model builder, random numbers, and how much work there is already.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_NET_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_NET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "costing/calibration/generate/random.h"
#include "frontend/model_builder.h"

namespace opcost::generate {

using T = BuiltTensor;
using Dims = std::vector<int64_t>;
using Attributes = std::vector<BuiltAttribute>;

class Net {
 public:
  Net(ModelBuilder& builder, uint64_t seed, int64_t index) : random(seed), builder_(builder), index_(index) {}

  Random random;

  // Goes through `from` as networks of the family follow one another, so that few of them have seen every choice.
  // `step` differs between choices that should not go in step.
  template <typename Choice>
  Choice Turn(std::initializer_list<Choice> from, int64_t step = 1) const {
    return from.begin()[static_cast<size_t>(index_ / step) % from.size()];
  }
  int64_t index() const { return index_; }
  int opset() const { return builder_.opset(); }
  bool ok() const { return builder_.ok(); }

  T Input(const Dims& dims, DType dtype = DType::kFloat32);
  void Output(const T& tensor) { builder_.Output(tensor); }
  T Weight(const Dims& dims, DType dtype = DType::kFloat32) { return builder_.Weight(dtype, dims); }
  T Ints(const Dims& values);  // int64, one axis
  T Int(int64_t value);        // int64, a scalar
  T Integers(DType dtype, const Dims& dims, const Dims& values) { return builder_.Integers(dtype, dims, values); }
  T Scalar(double value, DType dtype = DType::kFloat32);
  T Floats(const Dims& dims, const std::vector<float>& values, DType dtype = DType::kFloat32);
  // Floats between `low` and `high`, in the file: variances, scales, slopes.
  T Near(const Dims& dims, double low, double high, DType dtype = DType::kFloat32);

  // Operators of ai.onnx and of com.microsoft, with one output or several.
  T Op(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes = {});
  std::vector<T> Ops(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes,
                     size_t outputs);
  T Ms(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes = {});
  std::vector<T> MsAll(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes,
                       size_t outputs);

  // Multiply-accumulates of all convolutions and products so far.
  double macs() const { return macs_; }

 private:
  void CountMacs(absl::string_view op_type, const std::vector<T>& inputs, const T& output);

  ModelBuilder& builder_;
  int64_t index_;
  int64_t inputs_ = 0;
  double macs_ = 0;
};

int64_t Elements(const T& tensor);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_NET_H_
