// What kind of convolution a node is: decided by group, kernel extents and weight shape.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "frontend/patterns/predicates.h"

namespace opcost {
namespace {

// The slot of the weight and where its extents stand.
struct ConvRow {
  const char* op_type;
  size_t weight_slot;
  bool transposed = false;
  bool channels_last = false;  // weight [M, k…, C/g] instead of [M, C/g, k…]
};

constexpr std::array<ConvRow, 9> kConvs = {{
    {"Conv", 1},
    {"FusedConv", 1},
    {"NhwcConv", 1, false, true},
    {"NhwcFusedConv", 1},
    {"ConvInteger", 1},
    {"QLinearConv", 3},
    {"DeformConv", 1},
    {"ConvTranspose", 1, true},
    {"ConvTransposeWithDynamicPads", 1, true},
}};

const ConvRow* FindRow(const Node& node) {
  for (const ConvRow& row : kConvs) {
    if (node.op_type == row.op_type) return &row;
  }
  return nullptr;
}

}  // namespace

bool IsConvolution(const Node& node) { return FindRow(node) != nullptr; }

ConvKind KindOfConvolution(const Graph& graph, const Node& node) {
  const ConvRow* row = FindRow(node);
  if (row == nullptr) return ConvKind::kDense;
  if (row->transposed) return ConvKind::kTransposed;
  const int64_t group = IntAttribute(node, "group", 1);
  const Shape* weight = nullptr;
  if (row->weight_slot < node.inputs.size() && node.inputs[row->weight_slot] != kNone) {
    const Tensor& t = graph.tensors[static_cast<size_t>(node.inputs[row->weight_slot])];
    if (t.shape && t.shape->size() >= 3) weight = &*t.shape;
  }
  if (group > 1) {
    if (weight == nullptr) return ConvKind::kGrouped;
    const Dim per_group = row->channels_last ? weight->back() : (*weight)[1];
    const bool depthwise = per_group.extent == 1 && (*weight)[0].extent % group == 0;
    return depthwise ? ConvKind::kDepthwise : ConvKind::kGrouped;
  }
  const std::vector<int64_t>& kernel = IntsAttribute(node, "kernel_shape");
  if (!kernel.empty()) {
    const bool ones = std::all_of(kernel.begin(), kernel.end(), [](int64_t k) { return k == 1; });
    return ones ? ConvKind::kPointwise : ConvKind::kDense;
  }
  if (weight == nullptr) return ConvKind::kDense;
  const auto begin = weight->begin() + (row->channels_last ? 1 : 2);
  const auto end = weight->end() - (row->channels_last ? 1 : 0);
  return std::all_of(begin, end, [](const Dim& d) { return d.extent == 1; }) ? ConvKind::kPointwise : ConvKind::kDense;
}

}  // namespace opcost
