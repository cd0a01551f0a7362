// Level extended: an activation becomes an attribute of the convolution or the Gemm in front of it. Level all: a sum
// behind a convolution that kept the plain layout, and the activation behind that, become part of it.
#include <array>
#include <string>

#include "absl/types/span.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr std::array<absl::string_view, 6> kConvActivations = {"Relu",      "Sigmoid", "Tanh",
                                                               "LeakyRelu", "Clip",    "HardSigmoid"};
constexpr std::array<absl::string_view, 10> kGemmActivations = {
    "Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "HardSigmoid", "Selu", "Softplus", "Softsign", "ThresholdedRelu"};

bool IsOneOf(Rewrite& rewrite, NodeId n, absl::Span<const absl::string_view> ops) {
  for (absl::string_view op : ops) {
    if (rewrite.Is(n, op)) return true;
  }
  return false;
}

// Bounds of Clip must be known ahead.
bool HasConstantOperands(Rewrite& rewrite, NodeId n) {
  for (size_t slot = 1; slot < rewrite.node(n).inputs.size(); ++slot) {
    if (rewrite.Input(n, slot) != kNone && !rewrite.IsConstant(rewrite.Input(n, slot))) return false;
  }
  return true;
}

}  // namespace

bool FuseActivations(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    const bool conv = rewrite.Is(n, "Conv"), gemm = rewrite.Is(n, "Gemm");
    if (!conv && !gemm) continue;
    const TensorId out = rewrite.Output(n);
    const NodeId act = rewrite.OnlyReader(out);
    if (act == kNone || rewrite.tensor(out).dtype != DType::kFloat32) continue;
    if (!IsOneOf(rewrite, act, conv ? absl::MakeConstSpan(kConvActivations) : absl::MakeConstSpan(kGemmActivations))) {
      continue;
    }
    if (!HasConstantOperands(rewrite, act)) continue;
    Node& node = rewrite.node(n);
    node.op_type = conv ? "FusedConv" : "FusedGemm";
    node.domain = "com.microsoft";
    node.opset = node.since_version = 1;
    SetAttribute(node, "activation", absl::string_view(rewrite.node(act).op_type));
    const TensorId result = rewrite.Output(act);
    rewrite.Absorb(n, act);
    rewrite.Remove(act);
    rewrite.SetOutput(n, 0, result);
    changed = true;
  }
  return changed;
}

bool FuseConvSums(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (!rewrite.Is(n, "Conv") || rewrite.Input(n, 3) != kNone) continue;
    const TensorId out = rewrite.Output(n);
    const NodeId sum = rewrite.OnlyReader(out);
    if (sum == kNone || !rewrite.Is(sum, "Add") || rewrite.Rank(out) != 4 ||
        rewrite.tensor(out).dtype != DType::kFloat32)
      continue;
    const TensorId other = rewrite.Input(sum, rewrite.Input(sum, 0) == out ? 1 : 0);
    if (rewrite.IsConstant(other) || !rewrite.Extents(out) || rewrite.Extents(out) != rewrite.Extents(other)) continue;
    TensorId result = rewrite.Output(sum);
    NodeId act = rewrite.OnlyReader(result);
    if (act != kNone && (!IsOneOf(rewrite, act, kConvActivations) || !HasConstantOperands(rewrite, act))) act = kNone;
    Node& node = rewrite.node(n);
    node.op_type = "FusedConv";
    node.domain = "com.microsoft";
    node.opset = node.since_version = 1;
    rewrite.Absorb(n, sum);
    if (act != kNone) {
      SetAttribute(node, "activation", absl::string_view(rewrite.node(act).op_type));
      rewrite.Absorb(n, act);
      result = rewrite.Output(act);
      rewrite.Remove(act);
    }
    rewrite.Remove(sum);
    rewrite.SetInput(n, 3, other);
    rewrite.SetOutput(n, 0, result);
    changed = true;
  }
  return changed;
}

}  // namespace opcost::internal
