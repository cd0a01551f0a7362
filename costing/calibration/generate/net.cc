#include "costing/calibration/generate/net.h"

#include "absl/strings/str_cat.h"

namespace opcost::generate {

int64_t Elements(const T& tensor) {
  int64_t n = 1;
  for (int64_t extent : tensor.dims) n *= extent;
  return n;
}

T Net::Input(const Dims& dims, DType dtype) { return builder_.Input(absl::StrCat("input_", inputs_++), dtype, dims); }

T Net::Ints(const Dims& values) {
  return builder_.Integers(DType::kInt64, {static_cast<int64_t>(values.size())}, values);
}

T Net::Int(int64_t value) { return builder_.Integers(DType::kInt64, {}, {value}); }

T Net::Scalar(double value, DType dtype) { return builder_.Floats(dtype, {}, {static_cast<float>(value)}); }

T Net::Floats(const Dims& dims, const std::vector<float>& values, DType dtype) {
  return builder_.Floats(dtype, dims, values);
}

T Net::Near(const Dims& dims, double low, double high, DType dtype) {
  int64_t n = 1;
  for (int64_t extent : dims) n *= extent;
  std::vector<float> values;
  for (int64_t i = 0; i < n; ++i) values.push_back(static_cast<float>(low + random.Uniform() * (high - low)));
  return builder_.Floats(dtype, dims, values);
}

T Net::Op(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes) {
  return Ops(op_type, inputs, attributes, 1)[0];
}

std::vector<T> Net::Ops(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes,
                        size_t outputs) {
  std::vector<T> results = builder_.Node(op_type, "", inputs, attributes, outputs);
  CountMacs(op_type, inputs, results[0]);
  return results;
}

T Net::Ms(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes) {
  return MsAll(op_type, inputs, attributes, 1)[0];
}

std::vector<T> Net::MsAll(absl::string_view op_type, const std::vector<T>& inputs, const Attributes& attributes,
                          size_t outputs) {
  return builder_.Node(op_type, "com.microsoft", inputs, attributes, outputs);
}

void Net::CountMacs(absl::string_view op_type, const std::vector<T>& inputs, const T& output) {
  const auto product = [](const Dims& dims) {
    double n = 1;
    for (int64_t extent : dims) n *= static_cast<double>(extent);
    return n;
  };
  if (op_type == "Conv") {
    macs_ += product(output.dims) * product(inputs[1].dims) / static_cast<double>(inputs[1].dims[0]);
  } else if (op_type == "ConvTranspose") {
    macs_ += product(inputs[0].dims) * product(inputs[1].dims) / static_cast<double>(inputs[1].dims[0]);
  } else if ((op_type == "MatMul" || op_type == "Gemm") && !inputs[0].dims.empty()) {
    macs_ += product(output.dims) * static_cast<double>(inputs[0].dims.back());
  }
}

}  // namespace opcost::generate
