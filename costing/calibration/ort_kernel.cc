#include "costing/calibration/ort_kernel.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace opcost {
namespace {

constexpr size_t kMaxSubsetInputs = 12;

// Operators that the runtime adds; the profile shows none of their domains.
struct DomainRow {
  absl::string_view op_type;
  absl::string_view domain;
};
constexpr std::array<DomainRow, 38> kDomains = {{{"ReorderInput", "com.microsoft.nchwc"},
                                                 {"ReorderOutput", "com.microsoft.nchwc"},
                                                 {"FusedConv", "com.microsoft"},
                                                 {"FusedGemm", "com.microsoft"},
                                                 {"FusedMatMul", "com.microsoft"},
                                                 {"FusedMatMulActivation", "com.microsoft"},
                                                 {"TransposeMatMul", "com.microsoft"},
                                                 {"NhwcFusedConv", "com.microsoft"},
                                                 {"NhwcMaxPool", "com.microsoft"},
                                                 {"SkipLayerNormalization", "com.microsoft"},
                                                 {"SkipSimplifiedLayerNormalization", "com.microsoft"},
                                                 {"EmbedLayerNormalization", "com.microsoft"},
                                                 {"BiasGelu", "com.microsoft"},
                                                 {"FastGelu", "com.microsoft"},
                                                 {"QuickGelu", "com.microsoft"},
                                                 {"BiasSoftmax", "com.microsoft"},
                                                 {"Attention", "com.microsoft"},
                                                 {"MultiHeadAttention", "com.microsoft"},
                                                 {"GroupQueryAttention", "com.microsoft"},
                                                 {"QAttention", "com.microsoft"},
                                                 {"RotaryEmbedding", "com.microsoft"},
                                                 {"MatMulNBits", "com.microsoft"},
                                                 {"MatMulBnb4", "com.microsoft"},
                                                 {"DynamicQuantizeMatMul", "com.microsoft"},
                                                 {"MatMulIntegerToFloat", "com.microsoft"},
                                                 {"DynamicQuantizeLSTM", "com.microsoft"},
                                                 {"QLinearAdd", "com.microsoft"},
                                                 {"QLinearMul", "com.microsoft"},
                                                 {"QLinearAveragePool", "com.microsoft"},
                                                 {"QLinearGlobalAveragePool", "com.microsoft"},
                                                 {"QLinearConcat", "com.microsoft"},
                                                 {"QLinearSigmoid", "com.microsoft"},
                                                 {"QLinearLeakyRelu", "com.microsoft"},
                                                 {"QLinearSoftmax", "com.microsoft"},
                                                 {"QLinearReduceMean", "com.microsoft"},
                                                 {"QLinearWhere", "com.microsoft"},
                                                 {"QGemm", "com.microsoft"},
                                                 {"QEmbedLayerNormalization", "com.microsoft"}}};
// Standard operators that run on the blocked layout when their name says so.
constexpr std::array<absl::string_view, 6> kBlockedOps = {
    "Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Upsample"};
constexpr std::array<absl::string_view, 3> kConvs = {"Conv", "FusedConv", "NhwcFusedConv"};
constexpr std::array<absl::string_view, 4> kProducts = {"MatMul", "FusedMatMul", "Gemm", "FusedGemm"};
constexpr size_t kBiasSlot = 2;
constexpr size_t kQuantizedWeightSlot = 3;

template <size_t N>
bool IsOneOf(const std::array<absl::string_view, N>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string DomainOf(absl::string_view op_type, absl::string_view name) {
  for (const DomainRow& row : kDomains) {
    if (row.op_type == op_type) return std::string(row.domain);
  }
  return IsOneOf(kBlockedOps, op_type) && absl::StrContains(name, "_nchwc") ? "com.microsoft.nchwc" : "";
}

// Stored weights among the inputs: the one choice of inputs whose bytes are the parameter bytes. None where several
// are.
void MarkConstants(int64_t parameter_bytes, MeasuredKernel& kernel) {
  const size_t n = kernel.inputs.size();
  if (parameter_bytes <= 0 || n == 0 || n > kMaxSubsetInputs) return;
  std::vector<int64_t> bytes;
  for (const MeasuredTensor& tensor : kernel.inputs) {
    const int64_t elements = std::accumulate(tensor.dims.begin(), tensor.dims.end(), int64_t{1}, std::multiplies<>());
    bytes.push_back(tensor.is_present ? PackedBytes(tensor.dtype, elements) : 0);
  }
  uint32_t found = 0;
  for (uint32_t set = 1; set < (1u << n); ++set) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; ++i) sum += (set >> i & 1) != 0 ? bytes[i] : 0;
    if (sum != parameter_bytes) continue;
    if (found != 0) return;
    found = set;
  }
  for (size_t i = 0; i < n; ++i) kernel.inputs[i].is_constant = (found >> i & 1) != 0;
}

// The weight of a product, packed at load and then not shown: what remains is the left operand and perhaps a bias. Its
// extents follow from the others.
void PutBackPackedWeight(MeasuredKernel& kernel) {
  if (kernel.inputs.empty() || kernel.inputs.size() > 2 || kernel.outputs.empty()) return;
  const std::vector<int64_t>&a = kernel.inputs[0].dims, &out = kernel.outputs[0].dims;
  if (a.empty() || out.empty()) return;
  const bool is_gemm = absl::EndsWith(kernel.op_type, "Gemm");
  const bool is_transposed = is_gemm && a.size() == 2 && a[0] != out[0];
  const int64_t reduction = is_transposed ? a.front() : a.back();
  if (kernel.inputs.size() == 2) {
    const std::vector<int64_t>& second = kernel.inputs[1].dims;
    const bool is_weight = second.size() >= 2 && std::find(second.begin(), second.end(), reduction) != second.end();
    if (!is_gemm || is_weight) return;
  }
  MeasuredTensor weight{.dtype = kernel.inputs[0].dtype, .dims = {reduction, out.back()}, .is_constant = true};
  kernel.inputs.insert(kernel.inputs.begin() + 1, std::move(weight));
}

// Omitted and packed operands leave no trace in the list, so the slots behind them move up.
void PutIntoSlots(MeasuredKernel& kernel) {
  std::vector<MeasuredTensor>& inputs = kernel.inputs;
  if (IsOneOf(kConvs, kernel.op_type) && inputs.size() == kBiasSlot + 1 && inputs[kBiasSlot].dims.size() > 1) {
    // A residual: a bias has one axis.
    inputs.insert(inputs.begin() + kBiasSlot, MeasuredTensor{.is_present = false});
  }
  if (IsOneOf(kProducts, kernel.op_type)) PutBackPackedWeight(kernel);
  if (kernel.op_type == "QLinearConv" && inputs.size() > kQuantizedWeightSlot &&
      inputs[kQuantizedWeightSlot].dims.empty()) {
    inputs[kQuantizedWeightSlot].is_present = false;
    inputs[kQuantizedWeightSlot].is_constant = true;
  }
}

}  // namespace

MeasuredKernel KernelOfEvent(const OrtEvent& event) {
  MeasuredKernel kernel;
  kernel.name = event.name;
  kernel.op_type = event.op_type;
  kernel.domain = DomainOf(event.op_type, event.name);
  kernel.is_conversion = absl::StartsWith(event.op_type, "Reorder") && kernel.domain == "com.microsoft.nchwc";
  kernel.provider = event.provider;
  if (!absl::SimpleAtoi(event.index, &kernel.index)) kernel.index = -1;
  kernel.inputs = event.inputs;
  kernel.outputs = event.outputs;
  MarkConstants(event.parameter_bytes, kernel);
  PutIntoSlots(kernel);
  return kernel;
}

}  // namespace opcost
