#include "costing/calibration/runtime/host_tensor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/runtime/fill.h"

namespace opcost {
namespace {

constexpr std::array<DType, 24> kElements = {
    DType::kUnknown,        DType::kFloat32,  DType::kUInt8,        DType::kInt8,           DType::kUInt16,
    DType::kInt16,          DType::kInt32,    DType::kInt64,        DType::kString,         DType::kBool,
    DType::kFloat16,        DType::kFloat64,  DType::kUInt32,       DType::kUInt64,         DType::kComplex64,
    DType::kComplex128,     DType::kBFloat16, DType::kFloat8E4M3FN, DType::kFloat8E4M3FNUZ, DType::kFloat8E5M2,
    DType::kFloat8E5M2FNUZ, DType::kUInt4,    DType::kInt4,         DType::kFloat4E2M1,
};

// What an operand is for decides which values make sense.
enum class Role : uint8_t { kPlain, kScale, kZeroPoint, kPositive };

struct RoleRow {
  absl::string_view op_type;
  uint32_t scales, zero_points;  // by slot, a bit each
};
constexpr uint32_t Slots(std::initializer_list<int> slots) {
  uint32_t bits = 0;
  for (int slot : slots) bits |= 1U << slot;
  return bits;
}
constexpr std::array<RoleRow, 12> kRoles = {{
    {"QuantizeLinear", Slots({1}), Slots({2})},
    {"DequantizeLinear", Slots({1}), Slots({2})},
    {"QLinearConv", Slots({1, 4, 6}), Slots({2, 5, 7})},
    {"QLinearMatMul", Slots({1, 4, 6}), Slots({2, 5, 7})},
    {"QLinearAdd", Slots({1, 4, 6}), Slots({2, 5, 7})},
    {"QLinearMul", Slots({1, 4, 6}), Slots({2, 5, 7})},
    {"QGemm", Slots({1, 4, 7}), Slots({2, 5, 8})},
    {"MatMulInteger", 0, Slots({2, 3})},
    {"ConvInteger", 0, Slots({2, 3})},
    {"DynamicQuantizeMatMul", Slots({2}), Slots({3})},
    {"MatMulNBits", Slots({2}), 0},
    {"GatherBlockQuantized", Slots({2}), 0},
}};

Role RoleAt(const Node& node, size_t slot) {
  constexpr size_t kBatchNormVariance = 4;
  if (node.op_type == "BatchNormalization" && slot == kBatchNormVariance) return Role::kPositive;
  for (const RoleRow& row : kRoles) {
    if (row.op_type != node.op_type) continue;
    if ((row.scales >> slot & 1U) != 0) return Role::kScale;
    if ((row.zero_points >> slot & 1U) != 0) return Role::kZeroPoint;
  }
  return Role::kPlain;
}

Role RoleOf(const Graph& graph, TensorId id) {
  for (NodeId consumer : graph.tensors[static_cast<size_t>(id)].consumers) {
    const Node& node = graph.nodes[static_cast<size_t>(consumer)];
    for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
      if (node.inputs[slot] != id) continue;
      if (const Role role = RoleAt(node, slot); role != Role::kPlain) return role;
    }
  }
  return Role::kPlain;
}

int64_t Elements(const std::vector<int64_t>& dims) {
  int64_t n = 1;
  for (int64_t dim : dims) n *= dim;
  return n;
}

// Room for the elements.
absl::StatusOr<HostTensor> Allocate(const std::string& name, DType dtype, const std::vector<int64_t>& dims) {
  HostTensor tensor{.name = name, .dtype = dtype, .dims = dims};
  if (ElementNumber(dtype) == 0 || BitWidth(dtype) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "': elements of type ", Name(dtype), " cannot be made up, expected numbers"));
  }
  const int64_t bytes = PackedBytes(dtype, Elements(dims));
  if (bytes < 0) return absl::InvalidArgumentError(absl::StrCat("tensor '", name, "': too large"));
  tensor.bytes.assign(static_cast<size_t>(bytes), '\0');
  return tensor;
}

// The reach of values whose sum of products over the contracted axis keeps the size of the other operand.
double ReachOf(const std::vector<int64_t>& dims) {
  if (dims.size() < 2) return 0.5;
  const double contracted =
      static_cast<double>(Elements(dims)) / static_cast<double>(std::max(dims.front(), dims.back()));
  constexpr double kUniformVariance = 3;  // of [-r, r]: r² / 3
  return std::sqrt(kUniformVariance / std::max(1.0, contracted));
}

void FillWeight(Role role, uint64_t seed, HostTensor& tensor) {
  if (role == Role::kZeroPoint) return;
  if (role == Role::kScale) return FillFloats(0.005, 0.02, seed, tensor);
  if (role == Role::kPositive) return FillFloats(0.5, 1.5, seed, tensor);
  if (!IsFloat(tensor.dtype)) return FillIntegers(seed, tensor);
  // A vector may be a norm's gain as well as a bias: near one is harmless as both.
  if (tensor.dims.size() < 2) return FillFloats(0.25, 1, seed, tensor);
  const double reach = ReachOf(tensor.dims);
  FillFloats(-reach, reach, seed, tensor);
}

// The operands of a quantised bias: runtimes add it to sums of integers, which they only do when its scale is the
// product of those of the input and the weight.
struct BiasScale {
  TensorId input = kNone, weight = kNone, bias = kNone;
};

std::vector<BiasScale> BiasScales(const Graph& graph) {
  const auto scale = [&](TensorId t) {
    const NodeId producer = t == kNone ? kNone : graph.tensors[static_cast<size_t>(t)].producer;
    if (producer == kNone) return kNone;
    const Node& node = graph.nodes[static_cast<size_t>(producer)];
    return node.op_type == "DequantizeLinear" ? node.inputs[1] : kNone;
  };
  std::vector<BiasScale> found;
  for (const Node& node : graph.nodes) {
    if ((node.op_type != "Conv" && node.op_type != "Gemm") || node.inputs.size() < 3) continue;
    const BiasScale one{scale(node.inputs[0]), scale(node.inputs[1]), scale(node.inputs[2])};
    if (one.input != kNone && one.weight != kNone && one.bias != kNone) found.push_back(one);
  }
  return found;
}

std::vector<float> ReadFloats(const HostTensor& tensor) {
  std::vector<float> values(tensor.dtype == DType::kFloat32 ? tensor.bytes.size() / sizeof(float) : 0);
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(float));
  return values;
}

void FitBiasScales(const Graph& graph, const std::map<absl::string_view, HostTensor*>& made) {
  const auto find = [&](TensorId t) {
    const auto it = made.find(graph.tensors[static_cast<size_t>(t)].name);
    return it == made.end() ? nullptr : it->second;
  };
  const auto values = [&](TensorId t) {
    if (const HostTensor* tensor = find(t)) return ReadFloats(*tensor);
    const int32_t value = graph.tensors[static_cast<size_t>(t)].value;
    if (value == kNone) return std::vector<float>();
    const std::vector<double>& floats = graph.values[static_cast<size_t>(value)].floats;
    return std::vector<float>(floats.begin(), floats.end());
  };
  for (const BiasScale& one : BiasScales(graph)) {
    HostTensor* bias = find(one.bias);
    const std::vector<float> x = values(one.input), w = values(one.weight);
    if (bias == nullptr || x.size() != 1 || w.empty()) continue;
    std::vector<float> product = ReadFloats(*bias);
    for (size_t i = 0; i < product.size(); ++i) product[i] = x[0] * w[std::min(i, w.size() - 1)];
    if (!product.empty()) std::memcpy(bias->bytes.data(), product.data(), bias->bytes.size());
  }
}

// What a kernel with a cache reads of its length: it must be what the cache's extents say.
std::optional<int64_t> CacheLength(const Graph& graph, TensorId id) {
  constexpr size_t kPastKey = 3, kSequenceLengths = 5, kTotalLength = 6;
  constexpr size_t kPastAxis = 2;
  for (NodeId consumer : graph.tensors[static_cast<size_t>(id)].consumers) {
    const Node& node = graph.nodes[static_cast<size_t>(consumer)];
    if (node.op_type != "GroupQueryAttention" || node.inputs.size() <= kTotalLength) continue;
    const auto extent = [&](size_t slot, size_t axis) -> int64_t {
      if (node.inputs[slot] == kNone) return 0;
      const Tensor& tensor = graph.tensors[static_cast<size_t>(node.inputs[slot])];
      return tensor.shape && tensor.shape->size() > axis ? (*tensor.shape)[axis].extent : 0;
    };
    const int64_t total = extent(0, 1) + extent(kPastKey, kPastAxis);
    if (node.inputs[kSequenceLengths] == id) return total - 1;
    if (node.inputs[kTotalLength] == id) return total;
  }
  return std::nullopt;
}

void FillInput(const Graph& graph, TensorId id, uint64_t seed, HostTensor& tensor) {
  const std::string name = absl::AsciiStrToLower(tensor.name);
  const bool mask = absl::StrContains(name, "mask");
  if (const auto length = CacheLength(graph, id); length) return FillWith(*length, tensor);
  if (mask) return IsFloat(tensor.dtype) ? void() : FillWith(1, tensor);  // floats are added: zeros
  if (tensor.dtype == DType::kBool) return FillWith(1, tensor);
  if (IsFloat(tensor.dtype)) return FillFloats(-1, 1, seed, tensor);
  // A table of positions may have a single row, where only one is asked for.
  if (absl::StrContains(name, "position")) return FillWith(0, tensor);
  const bool bytes = tensor.dtype == DType::kUInt8 || tensor.dtype == DType::kInt8;  // pictures
  bytes ? FillIntegers(seed, tensor) : FillBits(seed, tensor);
}

}  // namespace

int ElementNumber(DType dtype) {
  const auto it = std::find(kElements.begin(), kElements.end(), dtype);
  return it == kElements.end() ? 0 : static_cast<int>(it - kElements.begin());
}

DType ElementType(int number) {
  return number >= 0 && static_cast<size_t>(number) < kElements.size() ? kElements[static_cast<size_t>(number)]
                                                                       : DType::kUnknown;
}

absl::StatusOr<HostTensor> ZeroTensor(const std::string& name, DType dtype, const std::vector<int64_t>& dims) {
  return Allocate(name, dtype, dims);
}

absl::StatusOr<std::vector<HostTensor>> MakeInputs(const Graph& graph, uint64_t seed) {
  std::vector<HostTensor> inputs;
  for (TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    if (tensor.type != TypeClass::kTensor || !tensor.shape) {
      return absl::InvalidArgumentError(absl::StrCat(
          graph.path, ": input '", tensor.name, "' is no tensor of known rank, and such inputs cannot be made up"));
    }
    std::vector<int64_t> dims;
    for (const Dim& dim : *tensor.shape) {
      if (!dim.known()) {
        return absl::InvalidArgumentError(absl::StrCat(graph.path, ": input '", tensor.name, "' has the shape ",
                                                       ToString(*tensor.shape, graph),
                                                       ", expected it bound (--dim, "
                                                       "--shape)"));
      }
      dims.push_back(dim.extent);
    }
    absl::StatusOr<HostTensor> input = Allocate(tensor.name, tensor.dtype, dims);
    if (!input.ok()) return input.status();
    FillInput(graph, id, seed + inputs.size(), *input);
    inputs.push_back(*std::move(input));
  }
  return inputs;
}

absl::StatusOr<std::vector<HostTensor>> MakeWeights(const Graph& graph, const std::vector<ExternalTensor>& missing,
                                                    uint64_t seed) {
  std::map<absl::string_view, TensorId> by_name;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].region == 0) by_name.try_emplace(graph.tensors[t].name, static_cast<TensorId>(t));
  }
  std::vector<HostTensor> weights;
  for (const ExternalTensor& one : missing) {
    absl::StatusOr<HostTensor> weight = Allocate(one.name, one.dtype, one.dims);
    if (!weight.ok()) return weight.status();
    const auto it = by_name.find(one.name);
    FillWeight(it == by_name.end() ? Role::kPlain : RoleOf(graph, it->second), seed + weights.size(), *weight);
    weights.push_back(*std::move(weight));
  }
  std::map<absl::string_view, HostTensor*> made;
  for (HostTensor& weight : weights) made.try_emplace(weight.name, &weight);
  FitBiasScales(graph, made);
  return weights;
}

}  // namespace opcost
