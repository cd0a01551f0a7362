#include "costing/calibration/join_roles.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace opcost {
namespace {

struct RoleRow {
  absl::string_view op_type;
  JoinRole role;
};
constexpr JoinRole kConv = JoinRole::kConv, kProduct = JoinRole::kProduct, kActivation = JoinRole::kActivation,
                   kBinary = JoinRole::kBinary, kReduction = JoinRole::kReduction, kView = JoinRole::kView,
                   kCopy = JoinRole::kCopy, kQuantize = JoinRole::kQuantize, kMeta = JoinRole::kMeta;
constexpr std::array kRoles = std::to_array<RoleRow>({
    {"Conv", kConv},
    {"ConvTranspose", kConv},
    {"ConvInteger", kConv},
    {"FusedConv", kConv},
    {"NhwcFusedConv", kConv},
    {"QLinearConv", kConv},
    {"MatMul", kProduct},
    {"Gemm", kProduct},
    {"MatMulInteger", kProduct},
    {"MatMulIntegerToFloat", kProduct},
    {"DynamicQuantizeMatMul", kProduct},
    {"QLinearMatMul", kProduct},
    {"QGemm", kProduct},
    {"FusedMatMul", kProduct},
    {"FusedGemm", kProduct},
    {"TransposeMatMul", kProduct},
    {"MatMulNBits", kProduct},
    {"BatchNormalization", JoinRole::kBatchNorm},
    {"Relu", kActivation},
    {"LeakyRelu", kActivation},
    {"PRelu", kActivation},
    {"Elu", kActivation},
    {"Selu", kActivation},
    {"Celu", kActivation},
    {"ThresholdedRelu", kActivation},
    {"Sigmoid", kActivation},
    {"HardSigmoid", kActivation},
    {"HardSwish", kActivation},
    {"Swish", kActivation},
    {"Mish", kActivation},
    {"Softplus", kActivation},
    {"Softsign", kActivation},
    {"Tanh", kActivation},
    {"Clip", kActivation},
    {"Gelu", kActivation},
    {"QuickGelu", kActivation},
    {"Erf", kActivation},
    {"Exp", kActivation},
    {"Log", kActivation},
    {"Sqrt", kActivation},
    {"Reciprocal", kActivation},
    {"Neg", kActivation},
    {"Abs", kActivation},
    {"Add", kBinary},
    {"Sum", kBinary},
    {"Sub", kBinary},
    {"Mul", kBinary},
    {"Div", kBinary},
    {"Pow", kBinary},
    {"Max", kBinary},
    {"Min", kBinary},
    {"Where", kBinary},
    {"ReduceMean", kReduction},
    {"ReduceSum", kReduction},
    {"ReduceSumSquare", kReduction},
    {"ReduceL2", kReduction},
    {"Reshape", kView},
    {"Flatten", kView},
    {"Squeeze", kView},
    {"Unsqueeze", kView},
    {"Identity", kView},
    {"Dropout", kView},
    {"Cast", kView},
    {"CastLike", kView},
    {"Transpose", kView},
    {"Pad", kView},
    {"Expand", kView},
    {"Not", kView},
    {"Slice", kCopy},
    {"Gather", kCopy},
    {"Split", kCopy},
    {"Concat", kCopy},
    {"Tile", kCopy},
    {"QuantizeLinear", kQuantize},
    {"DequantizeLinear", kQuantize},
    {"DynamicQuantizeLinear", kQuantize},
    {"Shape", kMeta},
    {"Size", kMeta},
    {"Constant", kMeta},
    {"ConstantOfShape", kMeta},
    {"Range", kMeta},
});

// What runtimes call their own classes of kernels: "CaskConvolution", "CONV_2D", "FullyConnected". The first that fits.
constexpr std::array kWords = std::to_array<RoleRow>({
    {"convert", kView},
    {"conv", kConv},
    {"fullyconnected", kProduct},
    {"fully_connected", kProduct},
    {"fully connected", kProduct},
    {"matmul", kProduct},
    {"gemm", kProduct},
});

}  // namespace

JoinRole RoleOf(absl::string_view op_type) {
  for (const RoleRow& row : kRoles) {
    if (row.op_type == op_type) return row.role;
  }
  const std::string lower = absl::AsciiStrToLower(op_type);
  for (const RoleRow& row : kWords) {
    if (absl::StrContains(lower, row.op_type)) return row.role;
  }
  return JoinRole::kOther;
}

int Weight(JoinRole role) {
  // In the order of the enum.
  constexpr std::array<int, 11> kWeights = {9, 9, 5, 4, 4, 4, 1, 3, 2, 0, 8};
  return kWeights[static_cast<size_t>(role)];
}

}  // namespace opcost
