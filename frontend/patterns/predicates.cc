#include "frontend/patterns/predicates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <vector>

#include "frontend/patterns/form.h"
#include "frontend/patterns/graph_view.h"

namespace opcost {
namespace {

const Tensor* Input(const Graph& graph, const Node& node, size_t slot) {
  if (slot >= node.inputs.size() || node.inputs[slot] == kNone) return nullptr;
  return &graph.tensors[static_cast<size_t>(node.inputs[slot])];
}

std::optional<int64_t> Rank(const Graph& graph, const Node& node, size_t slot) {
  const Tensor* t = Input(graph, node, slot);
  if (t == nullptr || !t->shape) return std::nullopt;
  return static_cast<int64_t>(t->shape->size());
}

bool ConstantAt(const Graph& graph, const Node& node, size_t slot) {
  const Tensor* t = Input(graph, node, slot);
  return t != nullptr && (t->is_constant || IsWeight(*t));
}

// Clip's bounds: attributes up to opset 10, inputs from 11 on. A missing bound is infinite, an unknown one is NaN.
double ClipBound(const Graph& graph, const Node& node, size_t slot, const char* attribute, double missing) {
  if (FindAttribute(node, attribute) != nullptr) return FloatAttribute(node, attribute, missing);
  if (slot >= node.inputs.size() || node.inputs[slot] == kNone) return missing;
  double value = 0;
  return UniformValue(graph, node.inputs[slot], &value) ? value : std::numeric_limits<double>::quiet_NaN();
}

bool IsRelu6(const Graph& graph, const Node& node) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kSix = 6;
  return ClipBound(graph, node, 1, "min", -kInfinity) == 0 && ClipBound(graph, node, 2, "max", kInfinity) == kSix;
}

// Without training outputs or mode.
bool IsInference(const Graph& graph, const Node& node) {
  if (IntAttribute(node, "training_mode", 0) != 0) return false;
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == kNone) continue;
    const Tensor& t = graph.tensors[static_cast<size_t>(node.outputs[i])];
    if (!t.consumers.empty() || t.is_graph_output) return false;
  }
  return true;
}

std::vector<int64_t> Axes(const Graph& graph, const Node& node) {
  if (!IntsAttribute(node, "axes").empty()) return IntsAttribute(node, "axes");
  const Tensor* t = Input(graph, node, 1);
  if (t == nullptr || t->value == kNone) return {};
  return graph.values[static_cast<size_t>(t->value)].ints;
}

// A reduction that keeps its axis, over the last axis alone or over several trailing ones.
bool ReducesLast(const Graph& graph, const Node& node) {
  if (IntAttribute(node, "keepdims", 1) == 0) return false;
  const std::vector<int64_t> axes = Axes(graph, node);
  const std::optional<int64_t> rank = Rank(graph, node, 0);
  return std::any_of(axes.begin(), axes.end(), [&](int64_t a) { return a == -1 || (rank && a == *rank - 1); });
}

bool ReducesSpatial(const Graph& graph, const Node& node) {
  std::vector<int64_t> axes = Axes(graph, node);
  const std::optional<int64_t> rank = Rank(graph, node, 0);
  if (!rank || *rank != 4) return false;
  for (int64_t& a : axes) a = a < 0 ? a + *rank : a;
  std::sort(axes.begin(), axes.end());
  return axes == std::vector<int64_t>{2, 3} || axes == std::vector<int64_t>{1, 2};
}

bool SwapsLast(const Graph&, const Node& node) {
  const std::vector<int64_t>& perm = IntsAttribute(node, "perm");
  const size_t n = perm.size();
  if (n < 2) return false;
  return perm[n - 2] == static_cast<int64_t>(n) - 1 && perm[n - 1] == static_cast<int64_t>(n) - 2;
}

bool WeightAtOne(const Graph& graph, const Node& node) { return ConstantAt(graph, node, 1); }
bool NoWeight(const Graph& graph, const Node& node) {
  return !ConstantAt(graph, node, 0) && !ConstantAt(graph, node, 1);
}

// Softmax over the last axis (the default of opset 13 on; before that the attribute or 1).
bool OverLast(const Graph& graph, const Node& node) {
  constexpr int kSoftmaxLastByDefault = 13;
  const int64_t fallback = node.opset >= kSoftmaxLastByDefault || node.opset == 0 ? -1 : 1;
  const int64_t axis = IntAttribute(node, "axis", fallback);
  const std::optional<int64_t> rank = Rank(graph, node, 0);
  return axis == -1 || !rank || axis == *rank - 1;
}

bool OneReader(const Graph& graph, const Node& node) {
  return !node.outputs.empty() && node.outputs[0] != kNone &&
         graph.tensors[static_cast<size_t>(node.outputs[0])].consumers.size() == 1;
}

// A bias: one extent above 1, or none at all.
bool VectorOperand(const Graph& graph, const Node& node) {
  for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
    if (!ConstantAt(graph, node, slot)) continue;
    const Tensor* t = Input(graph, node, slot);
    if (!t->shape) return true;
    const auto wide = [](const Dim& d) { return d.extent != 1; };
    return std::count_if(t->shape->begin(), t->shape->end(), wide) <= 1;
  }
  return false;
}

bool DenseConv(const Graph& graph, const Node& node) {
  const ConvKind kind = KindOfConvolution(graph, node);
  return kind == ConvKind::kDense || kind == ConvKind::kPointwise || kind == ConvKind::kGrouped;
}
bool PointwiseConv(const Graph& graph, const Node& node) {
  return KindOfConvolution(graph, node) == ConvKind::kPointwise;
}
bool SpatialConv(const Graph& graph, const Node& node) { return KindOfConvolution(graph, node) == ConvKind::kDense; }
bool SpatialOrGrouped(const Graph& graph, const Node& node) {
  const ConvKind kind = KindOfConvolution(graph, node);
  return kind == ConvKind::kDense || kind == ConvKind::kGrouped;
}
bool DepthwiseConv(const Graph& graph, const Node& node) {
  return KindOfConvolution(graph, node) == ConvKind::kDepthwise;
}
bool NotTransposed(const Graph& graph, const Node& node) {
  return KindOfConvolution(graph, node) != ConvKind::kTransposed;
}

// More output than input channels, as an expansion has.
bool Widens(const Graph& graph, const Node& node) {
  const Tensor* w = Input(graph, node, 1);
  if (w == nullptr || !w->shape || w->shape->size() < 2) return false;
  return (*w->shape)[0].extent > (*w->shape)[1].extent;
}
bool Narrows(const Graph& graph, const Node& node) {
  const Tensor* w = Input(graph, node, 1);
  if (w == nullptr || !w->shape || w->shape->size() < 2) return false;
  return (*w->shape)[0].extent < (*w->shape)[1].extent;
}

bool IsFloatNode(const Graph& graph, const Node& node) {
  return !node.outputs.empty() && node.outputs[0] != kNone &&
         IsFloat(graph.tensors[static_cast<size_t>(node.outputs[0])].dtype);
}

// Some input has one element.
bool ScalarOperand(const Graph& graph, const Node& node) {
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId t) {
    if (t == kNone) return false;
    const std::optional<Shape>& shape = graph.tensors[static_cast<size_t>(t)].shape;
    return shape && NumElements(*shape) == 1;
  });
}

bool ConstantScalar(const Graph& graph, const Node& node) {
  for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
    const Tensor* t = Input(graph, node, slot);
    if (t != nullptr && ConstantAt(graph, node, slot) && t->shape && NumElements(*t->shape) == 1) return true;
  }
  return false;
}

bool RankFour(const Graph& graph, const Node& node) { return Rank(graph, node, 0) == 4; }

bool HasPerm(const Node& node, std::initializer_list<int64_t> perm) {
  const std::vector<int64_t>& own = IntsAttribute(node, "perm");
  return std::equal(own.begin(), own.end(), perm.begin(), perm.end());
}
// [N, C, H, W] as [N, groups, C/groups, H, W].
bool SplitsChannels(const Graph& graph, const Node& node) {
  const Tensor* in = Input(graph, node, 0);
  if (in == nullptr || !in->shape || in->shape->size() != 4 || node.outputs.empty() || node.outputs[0] == kNone) {
    return false;
  }
  const std::optional<Shape>& out = graph.tensors[static_cast<size_t>(node.outputs[0])].shape;
  return out && out->size() == 5 && std::equal(in->shape->begin() + 2, in->shape->end(), out->begin() + 3);
}
// Groups of channels and the channels in them change places.
bool SwapsGroups(const Graph&, const Node& node) { return HasPerm(node, {0, 2, 1, 3, 4}); }
// Channels become pixels or pixels channels, in the two orders of DepthToSpace.
bool MovesPixels(const Graph&, const Node& node) {
  return HasPerm(node, {0, 1, 4, 2, 5, 3}) || HasPerm(node, {0, 1, 3, 5, 2, 4}) || HasPerm(node, {0, 3, 4, 1, 5, 2}) ||
         HasPerm(node, {0, 3, 5, 1, 2, 4});
}

bool RankTwo(const Graph& graph, const Node& node) { return Rank(graph, node, 0) == 2; }

bool SameShapes(const Graph& graph, const Node& node) {
  const Tensor* a = Input(graph, node, 0);
  const Tensor* b = Input(graph, node, 1);
  return a != nullptr && b != nullptr && a->shape && b->shape && *a->shape == *b->shape;
}

// The readers of a convolution, or of the BatchNormalization behind it.
std::vector<NodeId> ReadersPastBatchNorm(const Graph& graph, const Node& node) {
  const std::vector<NodeId>& readers = graph.tensors[static_cast<size_t>(node.outputs[0])].consumers;
  if (readers.size() != 1) return readers;
  const Node& reader = graph.nodes[static_cast<size_t>(readers[0])];
  if (reader.op_type != "BatchNormalization" || reader.outputs.empty() || reader.outputs[0] == kNone) return readers;
  return graph.tensors[static_cast<size_t>(reader.outputs[0])].consumers;
}

// No activation follows, as on the projection of a linear bottleneck.
bool LinearOutput(const Graph& graph, const Node& node) {
  static const OpSet kActivations = ClassOps("act");
  const std::vector<NodeId> readers = ReadersPastBatchNorm(graph, node);
  return std::none_of(readers.begin(), readers.end(),
                      [&](NodeId n) { return kActivations[OpOf(graph.nodes[static_cast<size_t>(n)])]; });
}

// Normalises something else than a convolution's output.
bool NotAfterConvolution(const Graph& graph, const Node& node) {
  const Tensor* t = Input(graph, node, 0);
  return t != nullptr && (t->producer == kNone || !IsConvolution(graph.nodes[static_cast<size_t>(t->producer)]));
}

// Read by convolutions and additions only: a layer inside a backbone, not a head.
bool FeedsConvOrSum(const Graph& graph, const Node& node) {
  const std::vector<NodeId> readers = ReadersPastBatchNorm(graph, node);
  return !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](NodeId n) {
    const Node& reader = graph.nodes[static_cast<size_t>(n)];
    return IsConvolution(reader) || reader.op_type == "Add" || reader.op_type == "Sum";
  });
}

bool StaticShape(const Graph& graph, const Node& node) {
  if (node.outputs.empty() || node.outputs[0] == kNone) return false;
  const Tensor& t = graph.tensors[static_cast<size_t>(node.outputs[0])];
  return t.shape && NumElements(*t.shape).has_value();
}

struct PredicateRow {
  const char* name;
  Predicate predicate;
  bool reads_extents = false;  // of activations; ranks and the shapes of weights do not count
};

constexpr std::array<PredicateRow, 31> kPredicates = {{
    {"relu6", IsRelu6},
    {"inference", IsInference},
    {"last", ReducesLast},
    {"spatial", ReducesSpatial},
    {"swaps_last", SwapsLast},
    {"weight", WeightAtOne},
    {"no_weight", NoWeight},
    {"over_last", OverLast},
    {"one_reader", OneReader},
    {"vector", VectorOperand},
    {"dense", DenseConv},
    {"pw", PointwiseConv},
    {"kxk", SpatialConv},
    {"kxk_or_grouped", SpatialOrGrouped},
    {"dw", DepthwiseConv},
    {"not_transposed", NotTransposed},
    {"widens", Widens},
    {"narrows", Narrows},
    {"float", IsFloatNode},
    {"static_shape", StaticShape, true},
    {"scalar", ScalarOperand, true},
    {"linear_out", LinearOutput},
    {"feeds_conv", FeedsConvOrSum},
    {"bare", NotAfterConvolution},
    {"const_scalar", ConstantScalar},
    {"rank2", RankTwo},
    {"rank4", RankFour},
    {"splits_channels", SplitsChannels, true},
    {"swaps_groups", SwapsGroups},
    {"moves_pixels", MovesPixels},
    {"same_shapes", SameShapes, true},
}};

}  // namespace

bool ReadsExtents(Predicate predicate) {
  return std::any_of(kPredicates.begin(), kPredicates.end(),
                     [&](const PredicateRow& row) { return row.predicate == predicate && row.reads_extents; });
}

Predicate FindPredicate(absl::string_view name) {
  for (const PredicateRow& row : kPredicates) {
    if (name == row.name) return row.predicate;
  }
  return nullptr;
}

}  // namespace opcost
