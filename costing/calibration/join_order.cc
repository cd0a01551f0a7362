// Nameless kernels of runtimes whose rules are not known: by kind and order.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "costing/calibration/join_ownership.h"

namespace opcost {
namespace {

// What a runtime's class of kernels is called, and the operators of that kind. The first row that fits counts.
struct KindRow {
  absl::string_view word;  // in lower case, '_' for blanks
  std::array<absl::string_view, 3> operators;
};
constexpr std::array kKinds = std::to_array<KindRow>({
    {"transpose_conv", {"ConvTranspose"}},
    {"deconv", {"ConvTranspose"}},
    {"conv", {"Conv"}},
    {"fully_connected", {"Gemm", "MatMul"}},
    {"fullyconnected", {"Gemm", "MatMul"}},
    {"linear", {"Gemm", "MatMul"}},
    {"matmul", {"MatMul", "Gemm"}},
    {"batch_matrix", {"MatMul"}},
    {"max_pool", {"MaxPool"}},
    {"maxpool", {"MaxPool"}},
    {"average_pool", {"AveragePool", "GlobalAveragePool"}},
    {"avg_pool", {"AveragePool", "GlobalAveragePool"}},
    {"mean", {"GlobalAveragePool", "ReduceMean"}},
    {"softmax", {"Softmax"}},
    {"concat", {"Concat"}},
    {"eltwise_add", {"Add"}},
    {"add", {"Add"}},
    {"eltwise_mul", {"Mul"}},
    {"mul", {"Mul"}},
    {"sub", {"Sub"}},
    {"div", {"Div"}},
    {"pad", {"Pad"}},
    {"resize", {"Resize", "Upsample"}},
    {"hard_swish", {"HardSwish"}},
    {"hardswish", {"HardSwish"}},
    {"elu", {"Elu"}},
    {"tanh", {"Tanh"}},
    {"logistic", {"Sigmoid"}},
    {"gather", {"Gather"}},
    {"lstm", {"LSTM"}},
    {"gru", {"GRU"}},
});
constexpr size_t kNoKind = kKinds.size();

size_t KindOfText(absl::string_view text) {
  std::string name = absl::AsciiStrToLower(text);
  std::replace(name.begin(), name.end(), ' ', '_');
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (absl::StrContains(name, kKinds[i].word)) return i;
  }
  return kNoKind;
}

// What it calls its first part says more than its class, and that more than its name.
size_t KindOfKernel(const MeasuredKernel& kernel) {
  size_t kind = kernel.parts.empty() ? kNoKind : KindOfText(kernel.parts[0]);
  if (kind == kNoKind) kind = KindOfText(kernel.op_type);
  return kind == kNoKind ? KindOfText(kernel.name) : kind;
}

bool IsOfKind(const KindRow& kind, const std::string& op_type) {
  return std::find(kind.operators.begin(), kind.operators.end(), op_type) != kind.operators.end();
}

}  // namespace

void ClaimInOrder(Ownership& o) {
  if (o.run.facts.runtime == "onnxruntime") return;
  // By the operators of the kind: words of one meaning belong together.
  std::map<std::array<absl::string_view, 3>, std::vector<size_t>> kernels;
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    if (o.kernels[k].way != JoinWay::kNone) continue;
    const size_t kind = KindOfKernel(o.run.kernels[k]);
    if (kind != kNoKind) kernels[kKinds[kind].operators].push_back(k);
  }
  for (const auto& [operators, of_kind] : kernels) {
    std::vector<NodeId> nodes;
    for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
      if (o.IsFree(static_cast<NodeId>(n)) && IsOfKind({"", operators}, o.graph.nodes[n].op_type)) {
        nodes.push_back(static_cast<NodeId>(n));
      }
    }
    if (nodes.size() != of_kind.size()) continue;
    for (size_t i = 0; i < nodes.size(); ++i) {
      o.kernels[of_kind[i]].way = JoinWay::kStructure;
      o.Give(of_kind[i], nodes[i]);
    }
  }
}

}  // namespace opcost
