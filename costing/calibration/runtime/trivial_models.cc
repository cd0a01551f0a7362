#include "costing/calibration/runtime/trivial_models.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/model_builder.h"

namespace opcost {
namespace {

constexpr int kOpset = 13;

}  // namespace

absl::StatusOr<std::string> TrivialChain(int64_t length, int64_t operands) {
  ModelBuilder builder("trivial_chain", kOpset);
  const std::vector<int64_t> dims = {1, 4, 16, 16};
  BuiltTensor x = builder.Input("x", DType::kFloat32, dims);
  std::vector<BuiltTensor> inputs(static_cast<size_t>(operands));
  for (size_t i = 1; i < inputs.size(); ++i) inputs[i] = builder.Input(absl::StrCat("c", i), DType::kFloat32, dims);
  for (int64_t i = 0; i < length; ++i) {
    inputs[0] = x;
    x = builder.Node(operands == 1 ? "Neg" : "Max", "", inputs, {}, 1)[0];
  }
  builder.Output(x);
  return builder.Serialize();
}

absl::StatusOr<std::string> DisplacingChain(int64_t length, int64_t floats) {
  ModelBuilder builder("displacing_chain", kOpset);
  BuiltTensor x = builder.Input("x", DType::kFloat32, {1, floats});
  for (int64_t i = 0; i < length; ++i) {
    x = builder.Node("Add", "", {x, builder.Weight(DType::kFloat32, {1, floats})}, {}, 1)[0];
  }
  builder.Output(x);
  return builder.Serialize();
}

absl::StatusOr<std::string> Product(int64_t rows, int64_t side) {
  ModelBuilder builder("product", kOpset);
  const BuiltTensor a = builder.Input("a", DType::kFloat32, {rows, side});
  const BuiltTensor b = builder.Input("b", DType::kFloat32, {side, side});
  builder.Output(builder.Node("MatMul", "", {a, b}, {}, 1)[0]);
  return builder.Serialize();
}

}  // namespace opcost
